"""Warp a portrait by a field and add the field's colours, at the portrait's own size."""

from typing import no_type_check

import numpy as np
from jaxtyping import Float, Float32
from scipy.ndimage import zoom

from toonface.geometry.crop import CropFrame, to_crop, to_picture
from toonface.geometry.kernels import inlined, kernel
from toonface.stages.stylization.field import StyleField

FINER = 4
"""Steps into which a field's grid is divided, smoothly, before it is read bilinearly."""


def paint(
    picture: Float32[np.ndarray, "H W 3"],
    mask: Float32[np.ndarray, "H W"],
    frame: CropFrame,
    field: StyleField,
    strength: float,
) -> Float32[np.ndarray, "H W 3"]:
    """Return the picture with the crop's part of it warped and repainted.

    Colours belong to points of the face: where these have gone only part of their way, so have their colours.

    Args:
        picture: sRGB in [0, 1].
        mask: where colours are added, of the picture before it is warped, in [0, 1].
        frame: of the crop.
        field: of the face.
        strength: share of offsets and colours, in [0, 1]; 0 returns the picture itself.
    """
    out = picture.copy()
    height, width = mask.shape
    corners = to_picture(frame, 1, np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]))
    low = np.clip(np.floor(corners.min(axis=0)), 0, [width, height]).astype(np.int64)
    high = np.clip(np.ceil(corners.max(axis=0)), 0, [width, height]).astype(np.int64)
    if (low >= high).any():
        return out
    start, right, below = to_crop(frame, 1, low + np.array([[0.5, 0.5], [1.5, 0.5], [0.5, 1.5]]))
    steps = np.stack([right - start, below - start])
    fine = np.stack(
        [zoom(field.offset[..., k], FINER, order=3, mode="nearest", grid_mode=True) for k in range(2)], axis=2
    )
    window = (low[0], low[1], high[0], high[1])
    _paint(
        picture, mask, (start, steps, np.linalg.inv(steps)), (fine, field.residual, np.float32(strength)), window, out
    )
    return out


@inlined()
@no_type_check
def _place(value, size):  # noqa: ANN001, ANN202 - compiled, types inferred
    """The two samples between which a place in [0, 1] lies, and the share of the second."""
    x = min(max(value * size - 0.5, 0.0), size - 1.0)
    first = min(int(x), size - 2)
    return first, np.float32(x - first)


@inlined()
@no_type_check
def _bilinear(samples, row, column, k):  # noqa: ANN001, ANN202 - compiled, types inferred
    y, v = row
    x, u = column
    above = samples[y, x, k] + u * (samples[y, x + 1, k] - samples[y, x, k])
    below = samples[y + 1, x, k] + u * (samples[y + 1, x + 1, k] - samples[y + 1, x, k])
    return above + v * (below - above)


@inlined()
@no_type_check
def _cubic(t):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Weights of four samples around a place between the middle ones (Catmull and Rom 1974)."""
    half, one = np.float32(0.5), np.float32(1.0)
    return (
        half * t * (t * (np.float32(2.0) - t) - one),
        one + half * t * t * (np.float32(3.0) * t - np.float32(5.0)),
        half * t * (one + t * (np.float32(4.0) - np.float32(3.0) * t)),
        half * t * t * (t - one),
    )


@kernel()
@no_type_check
def _paint(
    picture: Float[np.ndarray, "H W 3"], mask: np.ndarray, grid: tuple, field: tuple, window: tuple, out: np.ndarray
) -> None:
    start, steps, back = grid
    fine, residual, strength = field
    height, width = mask.shape
    zero, one = np.float32(0.0), np.float32(1.0)
    for y in range(window[1], window[3]):
        for x in range(window[0], window[2]):
            right, down = x - window[0], y - window[1]
            u = start[0] + right * steps[0, 0] + down * steps[1, 0]
            v = start[1] + right * steps[0, 1] + down * steps[1, 1]
            if not (0.0 < u < 1.0 and 0.0 < v < 1.0):
                continue
            row, column = _place(v, fine.shape[0]), _place(u, fine.shape[1])
            du, dv = _bilinear(fine, row, column, 0), _bilinear(fine, row, column, 1)
            du, dv, rest_u, rest_v = strength * du, strength * dv, (one - strength) * du, (one - strength) * dv
            from_x = min(max(x + du * back[0, 0] + dv * back[1, 0], 0.0), width - 1.0)
            from_y = min(max(y + du * back[0, 1] + dv * back[1, 1], 0.0), height - 1.0)
            left, top = int(from_x), int(from_y)
            across, along = _cubic(np.float32(from_x - left)), _cubic(np.float32(from_y - top))
            colour = (zero, zero, zero)
            shown = zero
            for j in range(4):
                line = min(max(top + j - 1, 0), height - 1)
                for i in range(4):
                    place = min(max(left + i - 1, 0), width - 1)
                    w = along[j] * across[i]
                    colour = (
                        colour[0] + w * picture[line, place, 0],
                        colour[1] + w * picture[line, place, 1],
                        colour[2] + w * picture[line, place, 2],
                    )
                    shown += w * mask[line, place]
            shown = strength * min(max(shown, zero), one)
            row, column = _place(v - rest_v, residual.shape[0]), _place(u - rest_u, residual.shape[1])
            for k in range(3):
                value = colour[k] + shown * _bilinear(residual, row, column, k)
                out[y, x, k] = min(max(value, zero), one)
