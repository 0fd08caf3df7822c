"""Smooth what lies within a mask, and keep its strong edges: pores go, wrinkles of character stay."""

from typing import no_type_check

import numpy as np
from jaxtyping import Float32

from toonface.geometry.kernels import kernel

LEAST_SHARE = 1e-3
"""Of a window that must lie within the mask."""
FINENESS = 2
"""Samples of a coarser picture across half a window; gain and offset change too slowly to need more."""


def smooth_within(
    picture: Float32[np.ndarray, "H W 3"],
    mask: Float32[np.ndarray, "H W"],
    contrast: Float32[np.ndarray, "H W"] | float,
    radius_px: int,
) -> Float32[np.ndarray, "H W 3"]:
    """Apply a guided filter whose guide is the picture itself and whose windows see the mask alone.

    Nothing outside the mask reaches into it, so that hair or background never bleeds onto skin. All colours share
    one gain, so that none of them fringes.

    Args:
        picture: sRGB in [0, 1].
        mask: in [0, 1]; the picture is kept where it is 0.
        contrast: standard deviation, in [0, 1], above which a window is rather kept than smoothed; above 0; of all
            or of each pixel.
        radius_px: half the side of the windows, at least 1.

    Raises:
        ValueError: radius or contrast is out of range.

    Source: He, Sun and Tang, Guided image filtering, 2013, Eq. 5 to 8; the coarse grid after He and Sun, Fast guided
    filter, 2015.
    """
    if radius_px < 1 or not np.min(contrast) > 0.0:
        raise ValueError(f"radius and contrast are {radius_px} and {np.min(contrast)}, expected at least 1 and above 0")
    step = max(radius_px // FINENESS, 1)
    height, width = mask.shape
    window = max(round(radius_px / step), 1)
    moments = np.zeros((-(-height // step), -(-width // step), 6), np.float32)
    level = np.broadcast_to(np.asarray(contrast, np.float32), mask.shape)
    _moments(picture, mask, level, step, moments)
    fields = box(moments[..., :5].copy(), window)
    share = np.maximum(fields[..., :1], np.float32(LEAST_SHARE))
    mean = fields[..., 1:4] / share
    variance = np.maximum(fields[..., 4:] / share - (mean * mean).sum(axis=2, keepdims=True), 0.0) / np.float32(3.0)
    gain = variance / (variance + moments[..., 5:])
    kept = box(np.concatenate([gain, mean * (1.0 - gain)], axis=2) * moments[..., :1], window)
    out = picture.copy()
    _apply(kept / share, mask, step, out)
    return out


def box(planes: Float32[np.ndarray, "H W C"], radius: int) -> Float32[np.ndarray, "H W C"]:
    """Average over square windows; beyond the border there is zero.

    Args:
        planes: any number.
        radius: half the side of the windows, at least 0.
    """
    rows, out = np.zeros(planes.shape, np.float32), np.zeros(planes.shape, np.float32)
    total = np.zeros(planes.shape[1:], np.float32)
    _box_along_rows(planes, radius, rows)
    _box_along_columns(rows, radius, total, out)
    return out


@kernel()
@no_type_check
def _moments(picture: np.ndarray, mask: np.ndarray, contrast: np.ndarray, step: int, out: np.ndarray) -> None:
    """Average over blocks, of which the last ones repeat the border: mask, colours, squares, squared contrast."""
    height, width = mask.shape
    share = np.float32(1.0 / (step * step))
    for y in range(out.shape[0] * step):
        line = min(y, height - 1)
        for x in range(out.shape[1] * step):
            place = min(x, width - 1)
            m = share * mask[line, place]
            red, green, blue = picture[line, place, 0], picture[line, place, 1], picture[line, place, 2]
            row, column = y // step, x // step
            out[row, column, 0] += m
            out[row, column, 1] += m * red
            out[row, column, 2] += m * green
            out[row, column, 3] += m * blue
            out[row, column, 4] += m * (red * red + green * green + blue * blue)
            out[row, column, 5] += share * contrast[line, place] * contrast[line, place]


@kernel()
@no_type_check
def _box_along_rows(planes: np.ndarray, radius: int, out: np.ndarray) -> None:
    height, width, channels = planes.shape
    share = np.float32(1.0 / (2 * radius + 1))
    for y in range(height):
        for k in range(channels):
            total = np.float32(0.0)
            for x in range(min(radius, width)):
                total += planes[y, x, k]
            for x in range(width):
                if x + radius < width:
                    total += planes[y, x + radius, k]
                if x - radius - 1 >= 0:
                    total -= planes[y, x - radius - 1, k]
                out[y, x, k] = share * total


@kernel()
@no_type_check
def _box_along_columns(planes: np.ndarray, radius: int, total: np.ndarray, out: np.ndarray) -> None:
    height, width, channels = planes.shape
    share = np.float32(1.0 / (2 * radius + 1))
    for y in range(-radius, height):
        for x in range(width):
            for k in range(channels):
                if y + radius < height:
                    total[x, k] += planes[y + radius, x, k]
                if y - radius - 1 >= 0:
                    total[x, k] -= planes[y - radius - 1, x, k]
                if y >= 0:
                    out[y, x, k] = share * total[x, k]


@kernel()
@no_type_check
def _apply(fields: np.ndarray, mask: np.ndarray, step: int, out: np.ndarray) -> None:
    """Multiply by the gain and add the offset, both read bilinearly, as far as the mask says; in place."""
    rows, columns = fields.shape[0], fields.shape[1]
    for y in range(out.shape[0]):
        v = min(max((y + 0.5) / step - 0.5, 0.0), rows - 1.0)
        top = int(v)
        bottom, along = min(top + 1, rows - 1), np.float32(v - top)
        for x in range(out.shape[1]):
            if mask[y, x] <= 0.0:
                continue
            u = min(max((x + 0.5) / step - 0.5, 0.0), columns - 1.0)
            left = int(u)
            right, across = min(left + 1, columns - 1), np.float32(u - left)
            a, b = (1 - along) * (1 - across), (1 - along) * across
            c, d = along * (1 - across), along * across
            gain = a * fields[top, left, 0] + b * fields[top, right, 0]
            gain += c * fields[bottom, left, 0] + d * fields[bottom, right, 0]
            for k in range(3):
                offset = a * fields[top, left, k + 1] + b * fields[top, right, k + 1]
                offset += c * fields[bottom, left, k + 1] + d * fields[bottom, right, k + 1]
                out[y, x, k] += mask[y, x] * (gain * out[y, x, k] + offset - out[y, x, k])
