"""Random textures that repeat without a seam, and the strokes and dots of pens and print.

Noise is drawn from a lattice, so that the same generator gives the same texture at any size.
"""

from typing import TypeAlias, no_type_check

import numpy as np
from jaxtyping import Float32

from toonface.geometry.kernels import inlined, kernel

Plane: TypeAlias = Float32[np.ndarray, "H W"]
Texture: TypeAlias = Float32[np.ndarray, "S S"]
"""Values in [0, 1]; row 0 continues the last row, and so do the columns."""

_TURNS = np.arange(256) * (2.0 * np.pi / 256.0)
DIRECTIONS = np.stack([np.cos(_TURNS), np.sin(_TURNS)], axis=-1).astype(np.float32)
"""Gradients that noise is made of."""
BRUSHES = 32
"""Directions of strokes over half a turn."""
SPREAD = 0.55
"""Half the range that is shown, in units of one octave of gradient noise; what lies outside is clipped (under 1 %)."""


def tileable_noise(
    rng: np.random.Generator, size: int, octaves: int, *, period: int = 4, gain: float = 0.5, stretch: int = 1
) -> Texture:
    """Draw fractal gradient noise (Perlin 1985 and 2002) around 0.5.

    Args:
        rng: randomness; the lattice drawn does not depend on the size.
        size: side of the texture in pixels, at least 1.
        octaves: layers, each twice as fine as the one before, at least 1.
        period: cells of the coarsest layer along a row, at least 1.
        gain: amplitude of a layer as a share of the one before, in (0, 1].
        stretch: how many times longer a cell is along the columns than along the rows.

    Raises:
        ValueError: a count is below 1, or the gain is outside (0, 1].
    """
    for name, value in (("size", size), ("octaves", octaves), ("period", period), ("stretch", stretch)):
        if value < 1:
            raise ValueError(f"{name} is {value}, expected at least 1")
    if not 0.0 < gain <= 1.0:
        raise ValueError(f"gain is {gain}, expected in (0, 1]")
    out = np.zeros((size, size), np.float32)
    for octave in range(octaves):
        columns = period * 2**octave
        lattice = rng.integers(0, len(DIRECTIONS), (max(columns // stretch, 1), columns), np.uint8)
        # The first column again after the last.
        gradients = np.take(DIRECTIONS, np.hstack([lattice, lattice[:, :1]]), axis=0)
        first = (2 * np.arange(columns + 1) * size + columns - 1) // (2 * columns)
        cell = np.repeat(np.arange(columns), np.diff(first))
        across = ((np.arange(size) + 0.5) * columns / size - cell).astype(np.float32)
        fade = across**3 * (across * (across * 6 - 15) + 10)
        weights = np.stack([1 - fade, (1 - fade) * across, fade, fade * (across - 1)])
        lines = np.zeros((2, columns + 1), np.float32)
        _add_gradient_noise(gradients, np.float32(gain**octave), (cell, weights), lines, out)
    loudness = np.sqrt(sum(gain ** (2 * octave) for octave in range(octaves)))
    out *= np.float32(0.5 / (SPREAD * loudness))
    out += np.float32(0.5)
    return np.clip(out, 0.0, 1.0, out=out)


def strand_noise(rng: np.random.Generator, size: int, octaves: int, *, strands: int = 32, stretch: int = 16) -> Texture:
    """Draw noise whose streaks run down the columns, as hair and brushed metal do.

    Args:
        rng: randomness.
        size: side of the texture in pixels.
        octaves: layers of strands, each twice as fine.
        strands: number of the widest strands side by side.
        stretch: length of a streak over its width.
    """
    return tileable_noise(rng, size, octaves, period=strands, gain=0.7, stretch=stretch)


def spot_noise(
    rng: np.random.Generator, size: int, count: int, *, radii: tuple[float, float], softness: float = 0.5
) -> Texture:
    """Draw soft dots at random places, 0 between them and at most 1 inside: freckles, stubble, drops.

    Args:
        rng: randomness.
        size: side of the texture in pixels, at least 1.
        count: number of dots, at least 0.
        radii: smallest and largest radius as a share of the side; small dots are commoner.
        softness: share of the radius over which a dot fades, in (0, 1].

    Raises:
        ValueError: the size, the count, the radii or the softness are out of range.
    """
    if size < 1 or count < 0:
        raise ValueError(f"size is {size} and count {count}, expected at least 1 and 0")
    if not 0.0 < radii[0] <= radii[1] <= 0.5:
        raise ValueError(f"radii are {radii}, expected 0 < smallest <= largest <= 0.5")
    if not 0.0 < softness <= 1.0:
        raise ValueError(f"softness is {softness}, expected in (0, 1]")
    places, share, strength = rng.random((count, 2)), rng.random(count) ** 2, rng.uniform(0.35, 1.0, count)
    radius = radii[0] + (radii[1] - radii[0]) * share
    out = np.zeros((size, size), np.float32)
    _stamp_dots(size * places, size * radius, strength, softness, out)
    return out


@kernel()
@no_type_check
def _add_gradient_noise(gradients, amplitude, pixels, lines, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    rows = len(gradients)
    height = len(out)
    cell, weights = pixels
    start, climb, end, fall = weights
    left, slopes = lines
    one = np.float32(1.0)
    for y in range(height):
        v = (y + 0.5) * rows / height
        top = min(int(v), rows - 1)
        above, below = gradients[top], gradients[(top + 1) % rows]
        t = np.float32(v - top)
        low = amplitude * _fade(t)
        high = amplitude - low
        # Along a row and within a cell the noise is a ramp at either end, and a fade from one to the other.
        for a in range(len(left)):
            left[a] = above[a, 1] * t * high + below[a, 1] * (t - one) * low
            slopes[a] = above[a, 0] * high + below[a, 0] * low
        row = out[y]
        for x in range(len(row)):
            a = cell[x]
            near, far = left[a] * start[x] + slopes[a] * climb[x], left[a + 1] * end[x] + slopes[a + 1] * fall[x]
            row[x] += near + far


@inlined()
@no_type_check
def _fade(t):  # noqa: ANN001, ANN202 - compiled, types inferred
    return t * t * t * (t * (t * np.float32(6.0) - np.float32(15.0)) + np.float32(10.0))


@kernel()
@no_type_check
def _stamp_dots(places, radius, strength, softness, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    size = out.shape[0]
    for i in range(len(places)):
        cx, cy, r = places[i, 0], places[i, 1], radius[i]
        # A dot smaller than a pixel keeps its total darkness: it grows to a pixel and gets paler.
        drawn = max(r, 0.7)
        full = strength[i] * (r / drawn) ** 2
        for y in range(int(np.floor(cy - drawn)), int(np.floor(cy + drawn)) + 1):
            for x in range(int(np.floor(cx - drawn)), int(np.floor(cx + drawn)) + 1):
                distance = np.sqrt((x + 0.5 - cx) ** 2 + (y + 0.5 - cy) ** 2) / drawn
                value = np.float32(full * min(max((1.0 - distance) / softness, 0.0), 1.0))
                row, column = y % size, x % size
                if value > out[row, column]:
                    out[row, column] = value


def stripes(tone: Plane, noise: Plane, *, angle: float, pitch: float, wobble: float) -> Plane:
    """Cover a tone with parallel strokes, wider where it is darker: 0 paper, 1 stroke, with soft edges.

    Args:
        tone: wanted cover in [0, 1].
        noise: around 0 and of the same size; bends the strokes.
        angle: of the strokes, radians from the rows.
        pitch: pixels from stroke to stroke, at least 1.
        wobble: how far noise of 1 shifts a stroke, in pixels.
    """
    across = _across(tone.shape, angle, pitch) + noise * np.float32(wobble / pitch)
    # A triangle wave, 0 in the middle of a stroke and 1 between two: below the tone there is ink.
    wave = np.abs(across - np.floor(across) - np.float32(0.5)) * np.float32(2.0)
    return np.clip((tone - wave) * np.float32(0.5 * pitch) + np.float32(0.5) * (tone > 0), 0.0, 1.0)


def halftone(tone: Plane, *, angle: float, pitch: float) -> Plane:
    """Cover a tone with the dots of print, larger where it is darker: 0 paper, 1 ink, with soft edges.

    Args:
        tone: wanted cover in [0, 1].
        angle: of the rows of dots, radians.
        pitch: pixels from dot to dot, at least 1.
    """
    u, v = _across(tone.shape, angle, pitch), _across(tone.shape, angle + 0.5 * np.pi, pitch)
    u, v = u - np.floor(u) - np.float32(0.5), v - np.floor(v) - np.float32(0.5)
    radius = np.sqrt(tone * np.float32(1.0 / np.pi))
    return np.clip((radius - np.sqrt(u * u + v * v)) * np.float32(pitch) + np.float32(0.5), 0.0, 1.0) * (tone > 0.02)


def _across(shape: tuple[int, int], angle: float, pitch: float) -> Plane:
    """Distance of each pixel from the first line of a grid, in pitches."""
    rows, columns = np.arange(shape[0], dtype=np.float32)[:, None], np.arange(shape[1], dtype=np.float32)
    return rows * np.float32(np.cos(angle) / pitch) - columns * np.float32(np.sin(angle) / pitch)


def stroke_noise(angle: Plane, noise: Plane, length: float) -> Plane:
    """Smear noise along straight strokes of given directions, as bristles would.

    Args:
        angle: direction of the stroke through each pixel, radians clockwise from the rows, in [-π/2, π/2].
        noise: what is smeared.
        length: of a stroke, in pixels.
    """
    steps = max(round(length / 3.0), 1)
    along = 1.5 * np.arange(-steps, steps + 1)
    turns = (np.arange(BRUSHES) * (np.pi / BRUSHES))[:, None]
    margin = (3 * steps + 1) // 2
    padded = np.pad(noise, margin, mode="edge")
    down, across = np.rint(along * np.sin(turns)), np.rint(along * np.cos(turns))
    offsets = ((down + margin) * padded.shape[1] + across + margin).astype(np.int64)
    brush = np.rint(angle * np.float32(BRUSHES / np.pi)).astype(np.int32) % BRUSHES
    out = np.zeros_like(noise)
    _smear(padded.reshape(-1), padded.shape[1], brush, offsets, out)
    return out


@kernel()
@no_type_check
def _smear(padded, width, brush, offsets, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    share = np.float32(1.0) / np.float32(offsets.shape[1])
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            at, total, steps = y * width + x, np.float32(0.0), offsets[brush[y, x]]
            for k in range(len(steps)):
                total += padded[at + steps[k]]
            out[y, x] = total * share
