"""Pictures of irises: the model's own fibres in any colour, with a pupil of any size, for photographs and cartoons."""

from dataclasses import dataclass
from typing import no_type_check

import numpy as np
from jaxtyping import UInt8
from numba import njit

from toonface.geometry.smoothstep import smoothstep_at
from toonface.worn.surface import RGB

LIMBUS_SHARE = 0.25
"""Radius of the iris in the model's pictures, as a share of their width."""
PUPIL_IN_PICTURE = 0.38
"""Radius of the pupil there, fringe included, as a share of the iris's."""
SIDE = 128
"""Pixels of a painted picture: in a portrait an iris rarely is wider than its half."""
DARKEST = 0.012
"""Of the pupil."""
BINS = 64
"""Rings over which the fibres' mean brightness is taken."""


@dataclass(frozen=True, kw_only=True)
class IrisPaint:
    """How an iris is painted; lengths are shares of its radius."""

    outer: RGB
    inner: RGB
    """Round the pupil."""
    pupil: float
    softness: float
    """Width of the pupil's edge."""
    limbal_ring: float
    """How dark the rim is, in [0, 1]."""
    fibres: float
    """Contrast of the fibres: 1 is the picture's own."""
    glow: float
    """How much lighter the lower half is than the upper one: light that falls through the cornea."""
    sclera: RGB
    """Factor on the white of the eye."""
    plain: float
    """How even the white of the eye is, in [0, 1]; 0 keeps its veins and red corners."""


def paint_iris(picture: UInt8[np.ndarray, "H W 3"], paint: IrisPaint) -> UInt8[np.ndarray, "S S 3"]:
    """Paint the iris in a picture of an eye anew.

    Args:
        picture: one of the model's, square.
        paint: colours and sizes.

    Raises:
        ValueError: the picture is not square.
    """
    height, width, _ = picture.shape
    if height != width:
        raise ValueError(f"the picture of an eye is {width} x {height}, expected a square")
    out = np.zeros((SIDE, SIDE, 3), np.uint8)
    colours = np.array([paint.outer, paint.inner, paint.sclera], np.float32)
    sizes = np.array(
        [paint.pupil, paint.softness, paint.limbal_ring, paint.fibres, paint.glow, paint.plain], np.float32
    )
    _paint(picture, colours, sizes, out)
    return out


@njit(cache=True, error_model="numpy")
@no_type_check
def _paint(picture, colours, sizes, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    side, last = out.shape[0], picture.shape[0] - 1
    middle, limbus = 0.5 * picture.shape[0], LIMBUS_SHARE * picture.shape[0]
    means = _ring_means(picture, middle, limbus)
    pupil, softness, ring, fibres, glow, plain = sizes
    step = picture.shape[0] / side
    for i in range(side):
        y = ((i + 0.5) * step - middle) / limbus
        for j in range(side):
            x = ((j + 0.5) * step - middle) / limbus
            r = np.sqrt(x * x + y * y)
            share = 1.0 - smoothstep_at(0.95, 1.06, r)
            if share < 1.0:
                row, column = int((i + 0.5) * step), int((j + 0.5) * step)
                for c in range(3):
                    white = picture[row, column, c] * (1.0 - plain) + 238.0 * plain
                    out[i, j, c] = int(min(white * colours[2, c], 255.0))
            if share <= 0.0:
                continue
            # Fibres are stretched, so that the picture's pupil has the size that is wanted.
            open_share = min(max((r - pupil) / (1.0 - pupil), 0.0), 1.0)
            source = PUPIL_IN_PICTURE + open_share * (1.0 - PUPIL_IN_PICTURE)
            reach = limbus * source / max(r, 1e-3)
            row, column = min(int(middle + reach * y), last), min(int(middle + reach * x), last)
            bright = 0.3 * picture[row, column, 0] + 0.59 * picture[row, column, 1] + 0.11 * picture[row, column, 2]
            tone = 1.0 + fibres * (min(bright / means[min(int(source * BINS / 1.1), BINS - 1)], 1.9) - 1.0)
            tone *= 1.0 - ring * smoothstep_at(0.70, 0.99, r)
            tone *= 1.0 + glow * (0.95 * y / max(r, 0.3) * smoothstep_at(0.25, 0.8, r) - 0.10)
            tone *= smoothstep_at(pupil - softness, pupil + softness, r)
            near = 1.0 - smoothstep_at(0.05, 0.62, open_share)
            for c in range(3):
                value = (colours[0, c] + near * (colours[1, c] - colours[0, c])) * tone
                value = 255.0 * min(max(value, DARKEST), 1.0)
                out[i, j, c] = int(share * value + (1.0 - share) * out[i, j, c] + 0.5)


@njit(cache=True)
@no_type_check
def _ring_means(picture, middle, limbus):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Mean brightness of the picture by the distance from its middle, up to 1.1 radii."""
    total, count = np.full(BINS, 1.0, np.float32), np.full(BINS, 0.01, np.float32)
    first, last = int(middle - 1.1 * limbus), int(middle + 1.1 * limbus)
    for i in range(first, last, 2):
        for j in range(first, last, 2):
            x, y = (j + 0.5 - middle) / limbus, (i + 0.5 - middle) / limbus
            k = int(np.sqrt(x * x + y * y) * BINS / 1.1)
            if k < BINS:
                p = picture[i, j]
                total[k] += 0.3 * p[0] + 0.59 * p[1] + 0.11 * p[2]
                count[k] += 1.0
    return np.maximum(total / count, np.float32(4.0))
