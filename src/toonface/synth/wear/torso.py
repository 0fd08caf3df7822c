"""Neck base, shoulders and chest under the head, as rings that start on the skin of this very neck.

Everything worn there is a part of the same surface: `at` counts rings from the throat (0) down to the chest (`LAST`),
and columns go round the neck from the front to the character's left.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy import sparse

from toonface.morphable.face_model import FaceModel, subdivide
from toonface.synth.wear.rays import ray_hits
from toonface.types import FaceRegion
from toonface.worn.lofts import Grid, blend_rows, grid_normals, mesh_of, superellipse
from toonface.worn.surface import RGB, Material, Sitter, Surface

COLUMNS = 64
ANGLES = np.arange(COLUMNS) * (2.0 * np.pi / COLUMNS)
_OUTWARD = np.stack([np.sin(ANGLES), np.zeros(COLUMNS), np.cos(ANGLES)], axis=1)
SKIN_LEVELS = np.array(
    [
        (-0.090, -0.076, -0.064),
        (-0.105, -0.090, -0.076),
        (-0.120, -0.104, -0.089),
        (-0.132, -0.117, -0.103),
        (-0.143, -0.128, -0.116),
        (-0.154, -0.138, -0.130),
    ]
)
"""Height of the rings on the mean skin in front, at the sides and behind, metres; the lowest is above the bust line."""
SEAM = 3
"""Ring at which the torso comes out of the skin."""
_PUSH = np.array([(0.0010, 0.0045, 0.0040), (0.0025, 0.0140, 0.0110)])
"""How far the rings below the seam lie outside the skin in front, at the sides and behind: shoulders begin gently."""
BUST_RINGS = np.array(
    [
        # half width, z of the side, height of the side; depth and height in front; depth and height behind; squareness
        (0.129, -0.038, -0.150, 0.049, -0.177, -0.117, -0.150, 2.4),
        (0.160, -0.040, -0.161, 0.065, -0.206, -0.124, -0.176, 2.3),
        (0.185, -0.040, -0.178, 0.082, -0.242, -0.129, -0.214, 2.3),
        (0.203, -0.040, -0.212, 0.096, -0.287, -0.132, -0.264, 2.4),
        (0.211, -0.038, -0.264, 0.105, -0.337, -0.132, -0.324, 2.5),
        (0.214, -0.035, -0.392, 0.108, -0.412, -0.128, -0.412, 2.6),
    ]
)
LAST = len(SKIN_LEVELS) + len(BUST_RINGS) - 1
"""Number of the lowest ring."""
_FADE = (0.9, 0.6, 0.3, 0.1, 0.0, 0.0)
"""How much of this neck's own difference from the mean each ring below the skin takes over."""


@dataclass(frozen=True, kw_only=True)
class TorsoTables:
    """What the torso needs to know of the model."""

    points: sparse.csr_array
    """Points of all rings on the skin, one after the other, from the vertices of LOD0."""
    mean: Grid
    """Those of the mean head."""
    bust: Grid
    """The rings below the skin, of an average adult on the mean neck."""


@dataclass(frozen=True, kw_only=True)
class Build:
    """Proportions of a body."""

    width: float = 1.0
    """Factor of the shoulders' width, in [0.6, 1.3]."""
    depth: float = 1.0
    """Factor of the chest's depth."""
    slope: float = 0.0
    """How much lower the shoulders hang, in metres at their outer end; negative is raised."""


AVERAGE = Build()
"""An average adult."""


def torso_tables(model: FaceModel) -> TorsoTables:
    """Find the rings round the neck on the skin.

    Args:
        model: the face model.
    """
    skin = subdivide(model, model.mean[: model.skin.count])
    faces = model.skin.faces[0]
    low = faces[(skin[faces][..., 1] < -0.05).all(axis=1)]
    height = _round(SKIN_LEVELS)
    middle = np.interp(height, (-0.15, -0.12, -0.08), (-0.030, -0.026, -0.012))
    origins = np.stack([np.zeros_like(height), height, middle], axis=2).reshape(-1, 3)
    ways = np.broadcast_to(_OUTWARD, (*height.shape, 3)).reshape(-1, 3)
    points = ray_hits(skin, low, origins, ways)
    return TorsoTables(
        points=points, mean=(points @ skin).reshape(len(SKIN_LEVELS), COLUMNS, 3), bust=body_rings(BUST_RINGS)
    )


def torso_rings(sitter: Sitter, tables: TorsoTables, build: Build) -> Grid:
    """Return the rings of neck and torso of a head.

    Args:
        sitter: the head.
        tables: from `torso_tables`.
        build: the body.
    """
    on_skin = (tables.points @ sitter.skin).reshape(tables.mean.shape)
    own = on_skin[-1] - tables.mean[-1]
    on_skin[SEAM + 1 :] += _round(_PUSH)[..., None] * _OUTWARD
    return np.concatenate([on_skin, _shaped(tables.bust, build) + np.array(_FADE)[:, None, None] * own])


def torso_skin(
    sitter: Sitter, tables: TorsoTables, rings: Grid, colour: RGB | Float[np.ndarray, "V 3"], until: float
) -> Surface:
    """Make the bare skin below the neck; it comes out of the head's own skin a little above its ragged edge.

    Args:
        sitter: the head.
        tables: from `torso_tables`.
        rings: from `torso_rings`.
        colour: sRGB of the neck, or the albedo of all skin vertices, of which the seam's is taken.
        until: ring at which it ends, above `SEAM` and at most `LAST`.

    Raises:
        ValueError: it would end above the seam.
    """
    if not SEAM + 0.5 < until <= LAST:
        raise ValueError(f"the bare skin ends at ring {until}, expected in ({SEAM + 0.5}, {LAST}]")
    start = SEAM + np.array([-0.5, -0.1, 0.2, 0.6])
    at = np.concatenate([start, np.linspace(SEAM + 0.9, until, 3 + int(2.2 * (until - SEAM - 1.0)))])
    grid = blend_rows(rings, at)
    lift = np.interp(at, SEAM + np.array([-0.5, 0.0, 0.6, 2.0, 3.0]), (-0.0020, -0.0005, 0.0005, 0.0005, 0.0))
    lift = lift[:, None] + (_collarbones(at) if until == LAST else 0.0)  # elsewhere they would lie under thin cloth
    grid = grid + lift[..., None] * grid_normals(grid)
    normals = grid_normals(grid)
    on_seam = (tables.points @ sitter.normals).reshape(tables.mean.shape)[SEAM]
    share = np.interp(at, (SEAM, SEAM + 2.0), (1.0, 0.0))[:, None, None]
    normals = normals * (1.0 - share) + on_seam * share
    normals /= np.sqrt((normals**2).sum(axis=2, keepdims=True))
    vertices, faces = mesh_of(grid)
    return Surface(
        vertices=vertices,
        faces=faces,
        material=Material.SKIN,
        region=FaceRegion.NECK,
        colour=_seam_colour(tables, colour, at) if isinstance(colour, np.ndarray) else colour,
        normals=normals.reshape(-1, 3),
        gloss=0.1,
    )


def _collarbones(at: Float[np.ndarray, " R"]) -> Float[np.ndarray, "R K"]:
    """Return the height of the two collarbones, and of the notch between them, metres."""
    angle = np.abs((ANGLES + np.pi) % (2.0 * np.pi) - np.pi)
    across = at[:, None] - (5.0 + 0.75 * angle)
    ridge = np.exp(-((across / 0.42) ** 2)) - 0.6 * np.exp(-(((across + 0.9) / 0.5) ** 2))
    return 0.0032 * ridge * np.interp(angle, (0.06, 0.22, 0.9, 1.35), (-0.3, 1.0, 0.8, 0.0))


def body_rings(table: Float[np.ndarray, "R 8"]) -> Grid:
    """Return closed rings from a table of their measures, as in `BUST_RINGS`.

    Args:
        table: metres; the last column is the power of a superellipse.
    """
    half, side_z, side_y, front_z, front_y, back_z, back_y, power = table.T
    rings = np.zeros((len(table), COLUMNS, 3))
    for ring in range(len(table)):
        cosine, sine = superellipse(ANGLES, power[ring])
        ahead = np.where(cosine > 0.0, front_z[ring] - side_z[ring], side_z[ring] - back_z[ring])
        rise = np.where(cosine > 0.0, front_y[ring], back_y[ring]) - side_y[ring]
        rings[ring, :, 0] = half[ring] * sine
        rings[ring, :, 1] = side_y[ring] + rise * np.cos(ANGLES) ** 2
        rings[ring, :, 2] = side_z[ring] + ahead * cosine
    return rings


def _seam_colour(
    tables: TorsoTables, albedo: Float[np.ndarray, "V 3"], at: Float[np.ndarray, " R"]
) -> Float[np.ndarray, "N 3"]:
    """Carry the colours of the seam down, ever more mixed with their mean."""
    ring = (tables.points @ albedo).reshape(tables.mean.shape)[SEAM]
    share = np.interp(at, (SEAM + 0.5, SEAM + 4.0), (0.0, 1.0))[:, None, None]
    return (ring * (1.0 - share) + ring.mean(axis=0) * share).reshape(-1, 3)


def _round(values: Float[np.ndarray, "R 3"]) -> Float[np.ndarray, "R K"]:
    """Spread values given in front, at the sides and behind smoothly over all columns."""
    front, side, back = values.T[..., None]
    cosine = np.cos(ANGLES)
    return side + 0.5 * (front - back) * cosine + (0.5 * (front + back) - side) * cosine**2


def _shaped(bust: Grid, build: Build) -> Grid:
    """Give the average bust the proportions of a body; the neck's base stays."""
    outer = np.array([0.0, 0.3, 0.7, 1.0, 1.0, 1.0])[:, None]
    rings = bust.copy()
    rings[..., 0] *= 1.0 + (build.width - 1.0) * outer
    rings[..., 1] -= build.slope * outer * np.sin(ANGLES) ** 2
    rings[..., 2] += (build.depth - 1.0) * outer * (rings[..., 2] - BUST_RINGS[:, 1:2])
    return rings
