"""Whether hair is combed or curled, from its pixels: how far neighbouring strands run the same way."""

import numpy as np
from jaxtyping import Bool, Float
from scipy.ndimage import binary_erosion, gaussian_filter

from toonface.types import Picture

STEP_M, EDGE_M, STRAND_M, AROUND_M = 0.001, 0.003, 0.001, 0.004
"""Metres: size of a pixel of what is looked at; border left out; blur of the strands; size of a neighbourhood."""
LEAST_PIXELS = 400
NEUTRAL = 0.72
"""Order of hair that is neither combed nor curled; it is returned where there is too little to see."""


def strand_order(picture: Picture, hair: Bool[np.ndarray, "H W"], scale: float) -> float:
    """Return the coherence of the structure tensor over the hair: 0 in all directions, 1 in one everywhere.

    Args:
        picture: sRGB.
        hair: where it is.
        scale: of the fitted camera, pixels per metre.
    """
    rows, columns = np.nonzero(hair)
    if not len(rows):
        return NEUTRAL
    step = max(STEP_M * scale, 1.0)
    size = STEP_M * scale / step / STEP_M
    y, x = (np.arange(index.min(), index.max() + 1, step).astype(int) for index in (rows, columns))
    grey = picture[y][:, x].mean(axis=2) / 255.0
    inner = binary_erosion(hair[y][:, x], iterations=max(2, round(EDGE_M * size)))
    if np.count_nonzero(inner) < LEAST_PIXELS:
        return NEUTRAL
    right, down = (gaussian_filter(grey, STRAND_M * size, order=order) for order in ((0, 1), (1, 0)))
    xx, yy, xy = (_around(product, size)[inner] for product in (right * right, down * down, right * down))
    total = float((xx + yy).sum())
    return float(np.hypot(xx - yy, 2.0 * xy).sum()) / total if total > 1e-9 else NEUTRAL


def _around(values: Float[np.ndarray, "h w"], size: float) -> Float[np.ndarray, "h w"]:
    return gaussian_filter(values, AROUND_M * size)
