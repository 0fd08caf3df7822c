"""Where hair grows on the mean head's scalp: hairlines as signed depth in metres, positive inside the hair."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from scipy.spatial import KDTree

from toonface.morphable.face_model import FaceModel, subdivide
from toonface.morphable.regions import SkinRegion
from toonface.types import Faces, Vertices

AXIS_Z = -0.005
"""Metres: the vertical axis about which the azimuth of a hairline is counted."""
EAR_GAP = 0.0020
"""Metres of bare skin round the ears."""

Line = tuple[tuple[float, float], ...]
"""Azimuth in degrees from the front, height of the hairline in metres."""

_SIDES: Line = ((44.0, 0.062), (47.0, 0.050), (49.0, 0.030), (50.0, 0.010), (70.0, 0.010), (76.0, 0.036), (84.0, 0.034))
_NAPE: Line = ((90.0, 0.012), (98.0, -0.010), (118.0, -0.026), (150.0, -0.035), (180.0, -0.038))

HAIRLINES: dict[str, Line] = {
    "round": ((0.0, 0.1045), (14.0, 0.1045), (25.0, 0.100), (33.0, 0.089), (40.0, 0.074), *_SIDES, *_NAPE),
    "straight": (
        (0.0, 0.1020),
        (14.0, 0.1020),
        (24.0, 0.1005),
        (29.0, 0.096),
        (34.0, 0.082),
        (40.0, 0.071),
        *_SIDES,
        *_NAPE,
    ),
    "peak": (
        (0.0, 0.0975),
        (6.0, 0.1020),
        (14.0, 0.1085),
        (22.0, 0.1075),
        (30.0, 0.097),
        (38.0, 0.078),
        *_SIDES,
        *_NAPE,
    ),
    "receding": (
        (0.0, 0.1120),
        (8.0, 0.1160),
        (17.0, 0.1270),
        (27.0, 0.1265),
        (36.0, 0.104),
        (43.0, 0.078),
        *_SIDES,
        *_NAPE,
    ),
    "bald": ((0.0, 0.170), (30.0, 0.170), (41.0, 0.090), (44.0, 0.062), *_SIDES[1:], *_NAPE),
    "faded": ((0.0, 0.1030), (14.0, 0.1030), (25.0, 0.1000), (33.0, 0.092), (42.0, 0.088), (180.0, 0.084)),
}
"""`bald` leaves the crown to `CROWN_HEIGHT`; `faded` bounds the longer hair above faded sides."""


@dataclass(frozen=True, kw_only=True)
class Scalp:
    """Hairlines on LOD0 of the mean head."""

    positions: Vertices
    """LOD0 of the mean head."""
    depths: dict[str, Float[np.ndarray, " V"]]
    """Signed distance in metres from each hairline, positive where hair grows; capped at ±5 cm."""
    ears: Bool[np.ndarray, " V"]
    """The ears with their backs."""
    growing: Bool[np.ndarray, " V"]
    """Skin on which hair of the head may grow: not face below the temples, ears, neck below the nape."""


def make_scalp(model: FaceModel) -> Scalp:
    """Measure the hairlines on a model's mean head.

    Args:
        model: the face model.
    """
    positions = subdivide(model, model.mean[: model.skin.count])
    ears = _ears(positions)
    outside = region_share(model, SkinRegion.MOUTH) + region_share(model, SkinRegion.SOCKET) > 0.01
    from_ears = KDTree(positions[ears]).query(positions)[0] - EAR_GAP
    faces = model.skin.faces[0]
    azimuth = np.degrees(np.arctan2(np.abs(positions[:, 0]), positions[:, 2] - AXIS_Z))
    depths = {}
    for name, line in HAIRLINES.items():
        angles, heights = np.array(line).T
        above = positions[:, 1] - np.interp(azimuth, angles, heights)
        if name == "bald":
            above = np.minimum(above, _below_crown(positions))
        depth = np.minimum(signed_distance(positions, faces, above), from_ears)
        depths[name] = np.where(outside, -0.05, np.clip(depth, -0.05, 0.05))
    growing = np.max([depths[name] for name in ("round", "straight", "peak")], axis=0) > -0.008
    return Scalp(positions=positions, depths=depths, ears=ears, growing=growing & ~ears)


def signed_distance(positions: Vertices, faces: Faces, level: Float[np.ndarray, " V"]) -> Float[np.ndarray, " V"]:
    """Turn a function on a mesh into distances from its zero line, with the function's sign.

    Args:
        positions: of the vertices, metres.
        faces: triangles.
        level: any continuous function; it must change its sign on some edge.
    """
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    a, b = edges[(level[edges[:, 0]] > 0.0) & (level[edges[:, 1]] <= 0.0)].T
    share = (level[a] / (level[a] - level[b]))[:, None]
    zero = (1.0 - share) * positions[a] + share * positions[b]
    return np.sign(level) * KDTree(zero).query(positions)[0]


def region_share(model: FaceModel, region: SkinRegion) -> Float[np.ndarray, " V"]:
    """Return how much each vertex of LOD0 belongs to a region, in [0, 1]."""
    return subdivide(model, np.repeat((model.skin.region == region).astype(float)[:, None], 3, axis=1))[:, 0]


def _ears(positions: Vertices) -> Bool[np.ndarray, " V"]:
    """Find the ears with their backs: what stands out from the sides of the mean head below the temples.

    The cage's region of the ears leaves out their backs and holds some of the cheeks.
    """
    x, y, z = np.abs(positions[:, 0]), positions[:, 1], positions[:, 2]
    return (x > 0.0655 + 0.17 * y) & (y > -0.03) & (y < 0.049) & (z > -0.03)


def _below_crown(positions: Vertices) -> Float[np.ndarray, " V"]:
    """A horseshoe's upper edge: lower at the temples than at the back."""
    back = np.clip((0.06 - positions[:, 2]) / 0.13, 0.0, 1.0)
    return (0.078 + 0.022 * back) - positions[:, 1]
