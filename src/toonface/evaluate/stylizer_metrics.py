"""What can be counted of a cartoon beside its portrait: likeness, colours, expression, and how drawn it looks."""

import numpy as np
from jaxtyping import Float, UInt8

from toonface.types import FaceRegion, Picture

LEAST_PIXELS = 60
"""Of a region whose colour is compared."""
KERNEL_DEGREE = 3
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
"""From linear sRGB, rows X, Y, Z (IEC 61966-2-1)."""
WHITE = np.array([0.9505, 1.0, 1.089])
"""D65."""


def shape_difference(points: Float[np.ndarray, "68 2"], wanted: Float[np.ndarray, "68 2"]) -> float:
    """Return the mean distance between two configurations of landmarks, over the distance of the outer eye corners.

    Position, size and turn do not count: they are taken out first (Procrustes).

    Args:
        points: of the cartoon.
        wanted: where the style would have put those of the portrait.
    """
    a, b = points - points.mean(axis=0), wanted - wanted.mean(axis=0)
    mine, theirs = a @ [1.0, 1.0j], b @ [1.0, 1.0j]
    turned = mine * (np.vdot(mine, theirs) / np.vdot(mine, mine))
    return float(np.abs(turned - theirs).mean() / abs(theirs[36] - theirs[45]))


def region_colour(picture: Picture, classes: UInt8[np.ndarray, "H W"], *regions: FaceRegion) -> Float[np.ndarray, "3"]:
    """Return the median colour of regions in CIE L*a*b*; NaN where hardly any of them is seen.

    Args:
        picture: sRGB.
        classes: `FaceRegion` of each pixel.
        regions: which ones, taken together.
    """
    seen = picture[np.isin(classes, regions)]
    if len(seen) < LEAST_PIXELS:
        return np.full(3, np.nan)
    return lab_of(np.median(seen, axis=0) / 255.0)


def lab_of(colour: Float[np.ndarray, "*N 3"]) -> Float[np.ndarray, "*N 3"]:
    """Turn sRGB in [0, 1] into CIE L*a*b* under D65.

    Args:
        colour: any number.
    """
    linear = np.where(colour > 0.04045, ((colour + 0.055) / 1.055) ** 2.4, colour / 12.92)
    t = linear @ XYZ.T / WHITE
    f = np.where(t > 216.0 / 24389.0, np.cbrt(t), (24389.0 / 27.0 * t + 16.0) / 116.0)
    x, y, z = np.moveaxis(f, -1, 0)
    return np.stack([116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)], axis=-1)


def kernel_distance(some: Float[np.ndarray, "M D"], others: Float[np.ndarray, "N D"]) -> float:
    """Return the squared maximum mean discrepancy of two samples under a cubic kernel, without bias: the KID.

    Args:
        some: features, at least two rows.
        others: features, at least two rows.

    Raises:
        ValueError: a sample has fewer rows.

    Source: Binkowski, Sutherland, Arbel and Gretton, Demystifying MMD GANs, 2018, section 4.
    """
    if min(len(some), len(others)) < 2:
        raise ValueError(f"samples have {len(some)} and {len(others)} rows, expected at least 2 each")

    def kernel(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return (a @ b.T / a.shape[1] + 1.0) ** KERNEL_DEGREE

    within = [
        (kernel(rows, rows).sum() - np.trace(kernel(rows, rows))) / (len(rows) * (len(rows) - 1))
        for rows in (some, others)
    ]
    return float(sum(within) - 2.0 * kernel(some, others).mean())
