"""Smooth what lies within a mask, and keep its strong edges: pores go, wrinkles of character stay."""

import numpy as np
from jaxtyping import Float32
from scipy.ndimage import uniform_filter

LEAST_SHARE = 1e-3
"""Of a window that must lie within the mask."""


def smooth_within(
    picture: Float32[np.ndarray, "H W 3"], mask: Float32[np.ndarray, "H W"], *, radius_px: int, contrast: float
) -> Float32[np.ndarray, "H W 3"]:
    """Apply a guided filter whose guide is the picture itself and whose windows see the mask alone.

    Nothing outside the mask reaches into it, so that hair or background never bleeds onto skin. All colours share
    one gain, so that none of them fringes.

    Args:
        picture: sRGB in [0, 1].
        mask: in [0, 1]; the picture is kept where it is 0.
        radius_px: half the side of the windows, at least 1.
        contrast: standard deviation, in [0, 1], above which a window is rather kept than smoothed; above 0.

    Raises:
        ValueError: radius or contrast is out of range.

    Source: He, Sun and Tang, Guided image filtering, 2013, Eq. 5 to 8.
    """
    if radius_px < 1 or not contrast > 0.0:
        raise ValueError(f"radius and contrast are {radius_px} and {contrast}, expected at least 1 and above 0")
    side = 2 * radius_px + 1
    share = np.maximum(_box(mask, side), np.float32(LEAST_SHARE))
    mean = _means(picture, mask, share, side)
    square = _box(mask * (picture * picture).sum(axis=2), side) / share
    variance = np.maximum(square - (mean * mean).sum(axis=2), 0.0) / np.float32(3.0)
    gain = variance / (variance + np.float32(contrast * contrast))
    smooth_gain = _box(mask * gain, side) / share
    offset = _means(mean * (1.0 - gain)[..., None], mask, share, side)
    smoothed = smooth_gain[..., None] * picture + offset
    return picture + mask[..., None] * (smoothed - picture)


def _means(
    picture: Float32[np.ndarray, "H W 3"],
    mask: Float32[np.ndarray, "H W"],
    share: Float32[np.ndarray, "H W"],
    side: int,
) -> Float32[np.ndarray, "H W 3"]:
    return np.stack([_box(mask * picture[..., k], side) for k in range(3)], axis=2) / share[..., None]


def _box(plane: Float32[np.ndarray, "H W"], side: int) -> Float32[np.ndarray, "H W"]:
    return uniform_filter(plane, side, mode="constant")
