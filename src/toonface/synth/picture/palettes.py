"""A few colours that stand for many."""

from typing import TypeAlias, no_type_check

import numpy as np
from jaxtyping import Float32, Int32

from toonface.geometry.kernels import inlined, kernel
from toonface.synth.picture.filters import Colour

Palette: TypeAlias = Float32[np.ndarray, "K 3"]

OPPONENT = np.array([[0.299, 0.587, 0.114], [-0.30, -0.45, 0.75], [0.80, -0.67, -0.13]], np.float32)
"""Grey, blue against yellow, red against green: distances are roughly those that people see."""


def palette_of(pixels: Float32[np.ndarray, "N 3"], count: int) -> Palette:
    """Choose colours that stand for many: k-means in `OPPONENT` space, started at the most different ones.

    Args:
        pixels: at least one; about a thousand of them are looked at.
        count: how many colours, at least 1.
    """
    sample = np.ascontiguousarray(pixels[:: max(len(pixels) // 1000, 1)] @ OPPONENT.T)
    centres = np.repeat(sample.mean(0, keepdims=True), count, axis=0)
    _scatter(sample, centres, np.full(len(sample), 1e9, np.float32))
    sums = np.zeros((count, 4), np.float32)
    for _ in range(6):
        _move_to_means(sample, centres, sums)
    return np.clip(centres @ np.linalg.inv(OPPONENT).T, 0.0, 1.0).astype(np.float32)


def nearest_colour(picture: Colour, palette: Palette) -> Int32[np.ndarray, "H W"]:
    """Return for each pixel the number of the colour of a palette that is nearest in `OPPONENT` space."""
    out = np.zeros(picture.shape[:2], np.int32)
    colours = np.ascontiguousarray(palette @ OPPONENT.T, np.float32)
    lines = np.zeros((5, picture.shape[1]), np.float32)
    _nearest(np.ascontiguousarray(picture), colours, OPPONENT, lines, out)
    return out


@kernel()
@no_type_check
def _scatter(sample, centres, gap):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Move all but the first centre to what is farthest from those before it."""
    for k in range(1, len(centres)):
        first, second, third, chosen = centres[k - 1, 0], centres[k - 1, 1], centres[k - 1, 2], 0
        for i in range(len(sample)):
            a, b, d = sample[i, 0] - first, sample[i, 1] - second, sample[i, 2] - third
            gap[i] = min(gap[i], a * a + b * b + d * d)
            chosen = i if gap[i] > gap[chosen] else chosen
        for c in range(3):
            centres[k, c] = sample[chosen, c]


@kernel()
@no_type_check
def _move_to_means(sample, centres, sums):  # noqa: ANN001, ANN202 - compiled, types inferred
    """One round of k-means; a centre that is nearest to nothing stays."""
    sums[:] = 0.0
    for i in range(len(sample)):
        chosen, best = 0, np.float32(1e9)
        for k in range(len(centres)):
            a, b, d = sample[i, 0] - centres[k, 0], sample[i, 1] - centres[k, 1], sample[i, 2] - centres[k, 2]
            gap = a * a + b * b + d * d
            if gap < best:
                chosen, best = k, gap
        for c in range(3):
            sums[chosen, c] += sample[i, c]
        sums[chosen, 3] += np.float32(1.0)
    for k in range(len(centres)):
        if sums[k, 3] > 0.0:
            for c in range(3):
                centres[k, c] = sums[k, c] / sums[k, 3]


@kernel()
@no_type_check
def _nearest(picture, palette, axes, lines, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    for y in range(len(out)):
        row = picture[y]
        for k in range(3):
            line, r, g, b = lines[k], axes[k, 0], axes[k, 1], axes[k, 2]
            for x in range(len(line)):
                line[x] = r * row[x, 0] + g * row[x, 1] + b * row[x, 2]
        best, gap = lines[3], lines[4]
        best[:] = np.float32(1e9)
        for k in range(len(palette)):
            gap[:] = 0.0
            for c in range(3):
                _add_square(lines[c], palette[k, c], gap)
            _choose(gap, best, np.int32(k), out[y])
            _lower(gap, best)


# Each of these loops is compiled to vector instructions, which all of them in one are not.
@inlined()
@no_type_check
def _add_square(line, value, gap):  # noqa: ANN001, ANN202 - compiled, types inferred
    for x in range(len(gap)):
        change = line[x] - value
        gap[x] += change * change


@inlined()
@no_type_check
def _choose(gap, best, number, chosen):  # noqa: ANN001, ANN202 - compiled, types inferred
    for x in range(len(gap)):
        chosen[x] = number if gap[x] < best[x] else chosen[x]


@inlined()
@no_type_check
def _lower(gap, best):  # noqa: ANN001, ANN202 - compiled, types inferred
    for x in range(len(gap)):
        best[x] = min(gap[x], best[x])
