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
        angles = rng.uniform(0.0, 2.0 * np.pi, (max(columns // stretch, 1), columns))
        gradients = np.stack([np.cos(angles), np.sin(angles)], axis=-1).astype(np.float32)
        first = (2 * np.arange(columns + 1) * size + columns - 1) // (2 * columns)
        cell = np.repeat(np.arange(columns), np.diff(first))
        across = ((np.arange(size) + 0.5) * columns / size - cell).astype(np.float32)
        _add_gradient_noise(gradients, np.float32(gain**octave), (first, across), out)
    loudness = np.sqrt(sum(gain ** (2 * octave) for octave in range(octaves)))
    return np.clip(0.5 + out * np.float32(0.5 / (SPREAD * loudness)), 0.0, 1.0)


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
def _add_gradient_noise(gradients, amplitude, cells, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    rows, columns = gradients.shape[0], gradients.shape[1]
    height = out.shape[0]
    first, across = cells
    one = np.float32(1.0)
    for y in range(height):
        v = (y + 0.5) * rows / height
        top = min(int(v), rows - 1)
        bottom = (top + 1) % rows
        t = np.float32(v - top)
        low = _fade(t)
        high = one - low
        for a in range(columns):
            b = (a + 1) % columns
            # Along a row and within a cell the noise is a ramp at either end, and a fade from one to the other.
            left = gradients[top, a, 1] * t * high + gradients[bottom, a, 1] * (t - one) * low
            right = gradients[top, b, 1] * t * high + gradients[bottom, b, 1] * (t - one) * low
            slope_left = gradients[top, a, 0] * high + gradients[bottom, a, 0] * low
            slope_right = gradients[top, b, 0] * high + gradients[bottom, b, 0] * low
            for x in range(first[a], first[a + 1]):
                near, far = left + slope_left * across[x], right + slope_right * (across[x] - one)
                out[y, x] += amplitude * (near + _fade(across[x]) * (far - near))


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


def stroke_noise(along: Plane, across: Plane, noise: Plane, length: float) -> Plane:
    """Smear noise along a field of directions, as bristles would (line integral convolution, Cabral and Leedom 1993).

    Args:
        along: column part of the unit direction at each pixel.
        across: row part of it.
        noise: what is smeared.
        length: of a stroke, in pixels.
    """
    out = np.zeros_like(noise)
    _smear(noise, along, across, max(round(length / 3.0), 1), out)
    return out


@kernel()
@no_type_check
def _smear(noise, along, across, steps, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    height, width = noise.shape
    for y in range(height):
        for x in range(width):
            total = noise[y, x]
            for sign in (np.float32(-1.5), np.float32(1.5)):
                py, px = np.float32(y), np.float32(x)
                row, column = y, x
                for _ in range(steps):
                    px += sign * along[row, column]
                    py += sign * across[row, column]
                    row, column = (
                        min(max(int(py + np.float32(0.5)), 0), height - 1),
                        min(max(int(px + np.float32(0.5)), 0), width - 1),
                    )
                    total += noise[row, column]
            out[y, x] = total / np.float32(2 * steps + 1)
