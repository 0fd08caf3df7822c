"""Eyeballs: the sphere of MakeHuman's eye helper, and its fit to the lids of any head."""

import numpy as np
from jaxtyping import Float

from tools.face_model.cage import Cage
from tools.face_model.loops import find_loops
from toonface.geometry.subdivide import catmull_clark

EYEBALL_SHARE = 0.92
"""Radius of the eyeball in that of MakeHuman's helper: the mean of its half extents in x and y, where the lids rest."""
FISSURE_SHARE = 0.59
"""The eyeball's radius is at least this share of the lid opening's width, so that it fills the lids of large eyes."""
LID_CLEARANCE = 0.00015
"""Gap between lids and eyeball, metres; what the principal components lose of a head's lids is mostly less."""
LID_RING = 1
"""Ring of the eye loops that is the inner edge of the lids."""


class Eyeball:
    """The sphere of an eye helper, linear in its vertices: least squares of vertex = centre + radius · direction."""

    def __init__(self, helper: Float[np.ndarray, "E 3"]) -> None:
        direction = helper - 0.5 * (helper.min(axis=0) + helper.max(axis=0))
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        self._mean = direction.mean(axis=0)
        self._radius = (direction - self._mean) / ((direction - self._mean) ** 2).sum()

    def centre_and_rim(self, helper: Float[np.ndarray, "E 3"]) -> Float[np.ndarray, "2 3"]:
        """Return the centre, and the centre plus the radius along +x."""
        radius = (self._radius * helper).sum()
        centre = helper.mean(axis=0) - radius * self._mean
        return np.array([centre, centre + np.array([EYEBALL_SHARE * radius, 0.0, 0.0])])


class EyeFitter:
    """Fit the eyeballs to the lids: wide lids get a larger one, and it moves back until no lid stands in it."""

    def __init__(self, cage: Cage, reference: Float[np.ndarray, "P 3"]) -> None:
        loops = find_loops(cage, reference[: cage.skin_count])
        matrix = catmull_clark(cage.quads, cage.skin_count).matrix
        self._rings = [loops[name].ring(LID_RING) for name in ("eye_left", "eye_right")]
        self._near = [np.unique(matrix[ring].indices) for ring in self._rings]
        self._smooth = [matrix[ring][:, near].toarray() for ring, near in zip(self._rings, self._near, strict=True)]
        self._corners = [
            ring[[0, loops[n].corner]] for n, ring in zip(("eye_left", "eye_right"), self._rings, strict=True)
        ]

    def __call__(self, heads: Float[np.ndarray, "N P 3"]) -> Float[np.ndarray, "N P 3"]:
        """Return the heads with eyeballs that fit; everything else stays as it is."""
        fitted = heads.copy()
        for eye, near, smooth, corners in zip((-4, -2), self._near, self._smooth, self._corners, strict=True):
            lids = smooth @ heads[:, near]
            width = np.ptp(heads[:, corners, 0], axis=1)
            centre = heads[:, eye]
            radius = np.maximum(heads[:, eye + 1, 0] - centre[:, 0], FISSURE_SHARE * width)
            across = ((lids - centre[:, None])[..., :2] ** 2).sum(axis=2)
            outer = (radius + LID_CLEARANCE)[:, None]
            free = lids[..., 2] - np.sqrt(np.maximum(outer**2 - across, 0.0))
            free = np.where(across < outer**2, free, np.inf).min(axis=1)
            fitted[:, eye, 2] = np.minimum(centre[:, 2], free)
            fitted[:, eye + 1] = fitted[:, eye] + radius[:, None] * np.array([1.0, 0.0, 0.0])
        return fitted
