"""Lines that lie over skin although the parser calls them skin: thin frames, strands of hair, outlines, necklaces."""

import numpy as np
from jaxtyping import Bool, Float32, UInt8
from scipy.ndimage import uniform_filter

from toonface.types import FaceRegion, Picture

PLAIN_CLASSES = (FaceRegion.SKIN, FaceRegion.NOSE, FaceRegion.EAR_LEFT, FaceRegion.EAR_RIGHT, FaceRegion.NECK)
SKIN_CLASSES = (
    *PLAIN_CLASSES, FaceRegion.LIP_UPPER, FaceRegion.LIP_LOWER, FaceRegion.BROW_LEFT, FaceRegion.BROW_RIGHT,
    FaceRegion.FACIAL_HAIR,
)  # fmt: skip
"""What may land on the skin. Brows stay on it as texture: the skin below them carries them along when it moves."""
BROWS = (FaceRegion.BROW_LEFT, FaceRegion.BROW_RIGHT)
LEAST_GLASSES_PIXELS, GLASSES_REACH_M = 12, 0.008
"""Around the box of so many pixels of glasses, by so much, there may be more of them."""
WINDOW_M = 0.012
"""Side of the square whose mean a pixel is compared with."""
PIXELS_ACROSS = 8
"""So many pixels across the square are looked at."""
CONTRAST, BROW_CONTRAST = 26.0, 15.0
"""Steps of 255 by which skin may differ from this mean, and by which a brow may be brighter than it."""


def stray_lines(picture: Picture, classes: UInt8[np.ndarray, "H W"], scale: float) -> Bool[np.ndarray, "H W"]:
    """Find pixels that stand out from the skin around them, on the neck, beside hair and near glasses.

    Args:
        picture: sRGB.
        classes: `FaceRegion` of each pixel.
        scale: pixels per metre.
    """
    lines = np.zeros(classes.shape, bool)
    rows, columns = np.nonzero(np.isin(classes, PLAIN_CLASSES))
    if not len(rows):
        return lines
    box = (slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1))
    inside, colours = classes[box], picture[box].astype(np.float32)
    bare = np.isin(inside, PLAIN_CLASSES)
    window = max(int(WINDOW_M * scale), 3)
    around = _mean_around(colours, bare, window)
    glasses = _near_glasses(inside, int(GLASSES_REACH_M * scale) + 1)
    hair = uniform_filter((inside == FaceRegion.HAIR).astype(np.float32), window) > 0.5 / window**2
    looked_at = bare & ((inside == FaceRegion.NECK) | ((inside == FaceRegion.SKIN) & hair) | glasses)
    brows = glasses & np.isin(inside, BROWS)
    for k in range(3):
        change = colours[..., k] - around[..., k]
        lines[box] |= (looked_at & (np.abs(change) > CONTRAST)) | (brows & (change > BROW_CONTRAST))
    return lines


def _mean_around(
    colours: Float32[np.ndarray, "H W 3"], bare: Bool[np.ndarray, "H W"], window: int
) -> Float32[np.ndarray, "H W 3"]:
    """The mean of the bare pixels in a square around each; every few pixels are enough for it."""
    step = max(window // PIXELS_ACROSS, 1)
    few, wide = bare[::step, ::step].astype(np.float32), window // step
    share = np.maximum(uniform_filter(few, wide), 1e-3)
    means = uniform_filter(colours[::step, ::step] * few[..., None], (wide, wide, 1)) / share[..., None]
    height, width = bare.shape
    return means.repeat(step, axis=0)[:height].repeat(step, axis=1)[:, :width]


def _near_glasses(classes: UInt8[np.ndarray, "H W"], reach: int) -> Bool[np.ndarray, "H W"]:
    near = np.zeros(classes.shape, bool)
    rows, columns = np.nonzero(classes == FaceRegion.GLASSES)
    if len(rows) >= LEAST_GLASSES_PIXELS:
        top, left = max(rows.min() - reach, 0), max(columns.min() - reach, 0)
        near[top : rows.max() + reach + 1, left : columns.max() + reach + 1] = True
    return near
