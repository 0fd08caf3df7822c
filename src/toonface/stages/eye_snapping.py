"""Move the landmarks of the eyes to the border of the parsed eyes (section 3.2.1 of the paper)."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float

from toonface.types import FaceRegion, FaceRegions, Landmarks

EYES = ((slice(36, 42), FaceRegion.EYE_RIGHT), (slice(42, 48), FaceRegion.EYE_LEFT))
"""Landmarks of each eye, and its region."""


@dataclass(frozen=True, kw_only=True)
class SnappingOptions:
    """Which borders are believed."""

    farthest: float = 0.15
    """Points move at most this far, in widths of the eye: what is farther away is another border."""
    least_pixels: int = 12
    """An eye of fewer pixels is closed, or was not found."""


SNAPPING_DEFAULTS = SnappingOptions()


def snap_eyes(landmarks: Landmarks, regions: FaceRegions, options: SnappingOptions = SNAPPING_DEFAULTS) -> Landmarks:
    """Move every eye landmark to the nearest point on the border of its parsed eye, where there is one near.

    Args:
        landmarks: points of the picture.
        regions: of the same picture.
        options: which borders are believed.
    """
    points = landmarks.points_px.astype(np.float64).copy()
    for eye, region in EYES:
        mask = regions.classes == region
        if np.count_nonzero(mask) < options.least_pixels:
            continue
        border = border_points(mask)
        width = float(np.linalg.norm(points[eye][3] - points[eye][0]))
        distance = np.linalg.norm(points[eye][:, None] - border, axis=2)
        nearest = border[distance.argmin(axis=1)]
        near = distance.min(axis=1) <= options.farthest * width
        points[eye] = np.where(near[:, None], nearest, points[eye])
    return replace(landmarks, points_px=points)


def border_points(mask: Bool[np.ndarray, "H W"]) -> Float[np.ndarray, "N 2"]:
    """Return the middles of the pixel edges between a region and the rest, x and y; the picture's rim is no border.

    Args:
        mask: where the region is.
    """
    across = np.argwhere(mask[:, 1:] != mask[:, :-1])
    down = np.argwhere(mask[1:] != mask[:-1])
    beside = np.stack([across[:, 1] + 1.0, across[:, 0] + 0.5], axis=1)
    below = np.stack([down[:, 1] + 0.5, down[:, 0] + 1.0], axis=1)
    return np.concatenate([beside, below])
