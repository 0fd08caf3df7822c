"""A few colours that stand for many."""

from typing import TypeAlias, no_type_check

import numpy as np
from jaxtyping import Float32, Int

from toonface.geometry.kernels import kernel
from toonface.synth.filters import Colour

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
    gap = ((sample - centres[0]) ** 2).sum(1)
    for k in range(1, count):
        centres[k] = sample[gap.argmax()]
        gap = np.minimum(gap, ((sample - centres[k]) ** 2).sum(1))
    sums = np.zeros((count, 4), np.float32)
    for _ in range(6):
        _move_to_means(sample, centres, sums)
    return np.clip(centres @ np.linalg.inv(OPPONENT).T, 0.0, 1.0).astype(np.float32)


def nearest_colour(picture: Colour, palette: Palette) -> Int[np.ndarray, "H W"]:
    """Return for each pixel the number of the colour of a palette that is nearest in `OPPONENT` space."""
    out = np.zeros(picture.shape[:2], np.int64)
    colours = np.ascontiguousarray(palette @ OPPONENT.T, np.float32)
    _nearest(np.ascontiguousarray(picture).reshape(-1, 3), colours, OPPONENT, out.reshape(-1))
    return out


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
def _nearest(picture, palette, axes, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    for i in range(len(out)):
        r, g, b = picture[i, 0], picture[i, 1], picture[i, 2]
        grey = axes[0, 0] * r + axes[0, 1] * g + axes[0, 2] * b
        blue = axes[1, 0] * r + axes[1, 1] * g + axes[1, 2] * b
        red = axes[2, 0] * r + axes[2, 1] * g + axes[2, 2] * b
        best = np.float32(1e9)
        for k in range(len(palette)):
            a, d, e = grey - palette[k, 0], blue - palette[k, 1], red - palette[k, 2]
            gap = a * a + d * d + e * e
            if gap < best:
                best = gap
                out[i] = k
