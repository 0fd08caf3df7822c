"""The head as a grid round an axis, on which hats and hoods are built: rows leave a pole, columns go round."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy import sparse

from toonface.morphable.face_model import FaceModel, subdivide
from toonface.morphable.regions import SkinRegion
from toonface.synth.wear.rays import ray_hits
from toonface.types import Faces
from toonface.worn.lofts import Grid

COLUMNS = 64
ROWS = 20
ANGLES = np.arange(COLUMNS) * (2.0 * np.pi / COLUMNS)


@dataclass(frozen=True, kw_only=True)
class HeadAxis:
    """A pole, and the directions from it."""

    centre: tuple[float, float, float]
    """Metres."""
    lean: float
    """Angle of the pole from straight up towards the back of the head, radians."""
    reach: float
    """Angle of the last row from the pole, radians."""

    @property
    def pole(self) -> Float[np.ndarray, "3"]:
        """Unit vector to the first row."""
        return np.array([0.0, np.cos(self.lean), -np.sin(self.lean)])

    @property
    def start(self) -> Float[np.ndarray, "3"]:
        """Unit vector across the pole, to the first column: to the front of a hat, to the top of a hood."""
        return np.array([0.0, np.sin(self.lean), np.cos(self.lean)])

    def directions(self) -> Grid:
        """Return the unit vectors of the grid."""
        polar = np.linspace(0.0, self.reach, ROWS)[:, None, None]
        round_it = np.cos(ANGLES)[:, None] * self.start + np.sin(ANGLES)[:, None] * np.array([1.0, 0.0, 0.0])
        return np.cos(polar) * self.pole + np.sin(polar) * round_it

    def polar(
        self, points: Float[np.ndarray, "V 3"]
    ) -> tuple[Float[np.ndarray, " V"], Float[np.ndarray, " V"], Float[np.ndarray, " V"]]:
        """Return angle from the pole, angle round it in (-π, π], and distance from the centre.

        Args:
            points: metres.
        """
        x, y, z = (points - self.centre).T
        ahead, along = y * self.start[1] + z * self.start[2], y * self.pole[1] + z * self.pole[2]
        across = np.hypot(ahead, x)
        return np.arctan2(across, along), np.arctan2(x, ahead), np.hypot(across, along)


HAT_AXIS = HeadAxis(centre=(0.0, 0.045, -0.005), lean=0.28, reach=2.1)
HOOD_AXIS = HeadAxis(centre=(0.0, 0.020, 0.0), lean=np.pi / 2 - 0.15, reach=2.5)


@dataclass(frozen=True, kw_only=True)
class HatTables:
    """Points of the skin on the grids of both axes, as matrices times the vertices of LOD0."""

    scalp: sparse.csr_array
    """On `HAT_AXIS`, without the ears."""
    whole: sparse.csr_array
    """On `HOOD_AXIS`, with the ears, down to the throat."""


def hat_tables(model: FaceModel) -> HatTables:
    """Find the grids' points on the skin.

    Args:
        model: the face model.
    """
    # The first vertices of LOD0 are those of the cage, moved to the subdivided surface: coarse, but on it.
    skin = subdivide(model, model.mean[: model.skin.count])
    faces = model.skin.faces[1]
    middle = skin[faces].mean(axis=1)
    ears = ((middle[:, 1:] > (-0.012, -0.022)) & (middle[:, 1:] < (0.0435, 0.0125))).all(axis=1)
    hidden = np.isin(model.skin.region[faces], (SkinRegion.MOUTH, SkinRegion.SOCKET)).any(axis=1)
    head = (middle[:, 1] > -0.085) & ~hidden
    return HatTables(
        scalp=_hits(skin, faces[head & ~(ears & (np.abs(middle[:, 0]) > 0.06))], HAT_AXIS),
        whole=_hits(skin, faces[head], HOOD_AXIS),
    )


def _hits(skin: Float[np.ndarray, "V 3"], faces: Faces, axis: HeadAxis) -> sparse.csr_array:
    directions = axis.directions().reshape(-1, 3)
    return ray_hits(skin, faces, np.broadcast_to(np.array(axis.centre), directions.shape), directions)


def head_grid(points: sparse.csr_array, skin: Float[np.ndarray, "V 3"]) -> Grid:
    """Return one of the grids on a head.

    Args:
        points: of `HatTables`.
        skin: vertices of LOD0 of the neutral head.
    """
    return (points @ skin).reshape(ROWS, COLUMNS, 3)


def radii(grid: Grid, axis: HeadAxis) -> Float[np.ndarray, "R K"]:
    """Return the distances of a grid's points from the centre.

    Args:
        grid: points.
        axis: of that grid.
    """
    return np.sqrt(((grid - np.array(axis.centre)) ** 2).sum(axis=2))


def smoothed(radius: Float[np.ndarray, "R K"], reach: int) -> Float[np.ndarray, "R K"]:
    """Stretch cloth over a head, given by distances from the centre: hollows are bridged, bumps stay.

    Args:
        radius: from `radii`.
        reach: columns that are bridged; 0 only smoothes.
    """
    for step in range(1, reach + 1):
        radius = np.maximum(radius, np.maximum(np.roll(radius, step, 1), np.roll(radius, -step, 1)))
    for _ in range(1 + min(reach, 2)):
        radius = 0.5 * radius + 0.25 * (np.roll(radius, 1, 1) + np.roll(radius, -1, 1))
        rows = np.concatenate([radius[:1], radius, radius[-1:]])
        radius = 0.5 * radius + 0.25 * (rows[2:] + rows[:-2])
    radius[0] = radius[0].mean()
    return radius
