"""Where glasses sit on a head: before the eyes, clear of the skin all round their rims."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from toonface.geometry.rasterize import FAR, clear, draw
from toonface.morphable.face_model import FaceModel
from toonface.morphable.landmarks import landmarks_3d
from toonface.morphable.regions import SkinRegion
from toonface.types import Faces, Vertices
from toonface.worn.glasses_spec import FORMS, GlassesSpec
from toonface.worn.lofts import superellipse
from toonface.worn.surface import Sitter

OUTLINE = 48
"""Points round a lens."""
_CELL = 0.002
"""Metres of the maps from which distances to the skin are read."""
WRAP, TILT = 2.2, 0.10
"""Curvature of the front about the head in 1/m, and how far its lower edge leans back, as a slope."""
_EAR_BOX = ((-0.012, -0.022), (0.0435, 0.0125))
"""From y and z to y and z: where the ears of the mean head are."""
_EAR_MARKS = np.array([(0.073, 0.040, 0.010), (0.0815, 0.042, -0.002)])
"""On the mean head, of the left ear; see `GlassesTables.ears`."""


@dataclass(frozen=True, kw_only=True)
class Patch:
    """A part of the cage."""

    points: Int[np.ndarray, " N"]
    """Its points among those of the cage."""
    faces: Faces
    """Its triangles, numbered by `points`."""


@dataclass(frozen=True, kw_only=True)
class GlassesTables:
    """What glasses need to know of the model."""

    front: Patch
    """The part of the cage that faces forwards, without mouth and sockets."""
    sides: tuple[Patch, Patch]
    """Its left and its right side, without the ears."""
    ears: Int[np.ndarray, "2 2"]
    """Cage points of the left and the right ear: where its rim leaves the skull in front, and its top."""


@dataclass(frozen=True, kw_only=True)
class Fit:
    """Where a frame sits on a head. Only the left half is kept; the frame is symmetric about x = `middle`."""

    middle: float
    centre: Float[np.ndarray, "2"]
    """Of the left lens, from the middle, x and y."""
    half: Float[np.ndarray, "2"]
    """Half width and half height of a lens."""
    depth: float
    """z of the front at the middle, on the height of the lens's centre."""

    def lift(self, flat: Float[np.ndarray, "N 2"]) -> Float[np.ndarray, "N 3"]:
        """Put points, x from the middle and y, on the curved and tilted front of the frame."""
        z = self.depth - WRAP * flat[:, 0] ** 2 + TILT * (flat[:, 1] - self.centre[1])
        return np.stack([flat[:, 0], flat[:, 1], z], axis=1)


def glasses_tables(model: FaceModel) -> GlassesTables:
    """Sort the cage's triangles for glasses.

    Args:
        model: the face model.
    """
    faces, region = model.skin.faces[1], model.skin.region
    corners = region[faces]
    points = model.mean[: model.skin.count]
    middle = points[faces].mean(axis=1)
    # Rims run round the lids, which are most of the triangles here.
    across = np.abs(middle[:, :1]) - model.mean[-4, :1], middle[:, 1:2] - model.mean[-4, 1:2]
    lids = np.hypot(*across)[:, 0] < 0.75 * (model.mean[-3, 0] - model.mean[-4, 0])
    face = (corners == SkinRegion.FACE).all(axis=1) & ~lids & (np.abs(middle[:, 1] - 0.035) < 0.045)
    low, high = _EAR_BOX
    beside = ((middle[:, 1:] > low) & (middle[:, 1:] < high)).all(axis=1)
    skull = ~np.isin(corners, (SkinRegion.MOUTH, SkinRegion.SOCKET, SkinRegion.NECK)).any(axis=1) & ~beside
    skull &= np.abs(middle[:, 1] - 0.04) < 0.05
    marks = [
        np.linalg.norm(points - mark * [sign, 1, 1], axis=1).argmin() for sign in (1.0, -1.0) for mark in _EAR_MARKS
    ]
    return GlassesTables(
        front=_patch(faces[face & (middle[:, 2] > 0.04)]),
        sides=(_patch(faces[skull & (middle[:, 0] > 0.035)]), _patch(faces[skull & (middle[:, 0] < -0.035)])),
        ears=np.array(marks).reshape(2, 2),
    )


def _patch(faces: Faces) -> Patch:
    points, numbers = np.unique(faces, return_inverse=True)
    return Patch(points=points, faces=numbers.reshape(faces.shape))


def fit_glasses(
    sitter: Sitter, tables: GlassesTables, spec: GlassesSpec, style: str
) -> tuple[Float[np.ndarray, "N 2"], Fit]:
    """Choose size and place of a frame.

    Args:
        sitter: the head.
        tables: from `glasses_tables`.
        spec: the glasses.
        style: "photo" or "toon".

    Returns:
        The left lens's outline, x from the middle and y, and the fit.
    """
    marks = landmarks_3d(sitter.neutral_skin, sitter.model.landmarks)
    eyes, form = sitter.head.eyes, FORMS[spec.shape]
    middle = float(0.5 * (marks[27, 0] + marks[28, 0]))
    apart = 0.5 * float(eyes.centres[0, 0] - eyes.centres[1, 0])
    radius = float(eyes.radii.max())
    inner = 0.0085 + 0.4 * spec.thickness
    outer = max(0.5 * float(marks[26, 0] - marks[17, 0]) * 1.15, apart + 1.30 * radius)
    half_width = 0.5 * (outer - inner) * (1.0 + 0.7 * (spec.size - 1.0))
    half_height = half_width * form.height * (1.06 if style == "toon" else 1.0)
    # Lids and lashes of enlarged eyes stay inside the rims.
    half_height = max(half_height, (0.92 if form.height < 0.7 else 1.06) * radius)
    centre = np.array([inner + half_width, float(eyes.centres[:, 1].mean()) - 0.10 * half_height - spec.slipped])
    angles = np.arange(OUTLINE) * (2.0 * np.pi / OUTLINE)
    power = 2.0 + (form.power - 2.0) * (0.7 if style == "toon" else 1.0)
    across, above = superellipse(angles, power)
    x = across * (1.0 + form.taper * above)
    corner = np.clip(x, 0.0, None) ** 2
    y = above + form.lift * corner * np.clip(0.4 + above, 0.0, None) - form.droop * corner * np.clip(-above, 0.0, 1.0)
    flat = centre + np.stack([x * half_width, y * half_height], axis=1)
    fit = Fit(middle=middle, centre=centre, half=np.array([half_width, half_height]), depth=0.0)
    depth = _depth(sitter, tables, fit, flat, thick=spec.thickness)
    return flat, Fit(middle=middle, centre=centre, half=fit.half, depth=depth + 0.25 * spec.slipped)


def _depth(sitter: Sitter, tables: GlassesTables, fit: Fit, flat: Float[np.ndarray, "N 2"], thick: float) -> float:
    """Return how far forward the frame sits: clear of eyes and lashes, and of the skin all round its rims."""
    eyes = sitter.head.eyes
    front = fit.lift(flat)
    mirrored = front * [-1.0, 1.0, 1.0]
    rim = np.concatenate([front, mirrored]) + np.array([fit.middle, 0.0, 0.0])
    # The expression may come 2.7 mm closer than the neutral skin, for which the frame was made.
    both = [sitter.head.neutral[tables.front.points], sitter.head.points[tables.front.points] - [0.0, 0.0, 0.0027]]
    faces = np.concatenate([tables.front.faces, tables.front.faces + len(both[0])])
    skin = heights(np.concatenate(both), faces, rim[:, :2])
    needed = float(np.nanmax(skin + 0.0022 + thick - rim[:, 2]))
    before_eyes = eyes.centres[:, 2] + eyes.radii + 0.0095
    at_eyes = fit.lift(np.array([[abs(float(eyes.centres[0, 0]) - fit.middle), float(eyes.centres[0, 1])]]))[0, 2]
    lens = float(before_eyes.max() - at_eyes)
    # Cheeks that are raised very high are allowed to touch, or the frame would float far before the eyes.
    return min(max(lens, needed), lens + 0.014)


def heights(points: Vertices, faces: Faces, places: Float[np.ndarray, "N 2"]) -> Float[np.ndarray, " N"]:
    """Read the largest third coordinate of a mesh at places given by the first two; NaN where it has none.

    Args:
        points: metres.
        faces: triangles.
        places: metres.
    """
    low = places.min(axis=0) - 2.0 * _CELL
    size = np.ceil((places.max(axis=0) - low) / _CELL).astype(int) + 3
    buffers = clear(int(size[1]), int(size[0]))
    screen = np.concatenate([(points[:, :2] - low) / _CELL, points[:, 2:]], axis=1)
    draw(buffers, screen, faces)
    cells = ((places - low) / _CELL).astype(int)
    found = buffers.depth[cells[:, 1], cells[:, 0]].astype(np.float64)
    return np.where(found > 0.5 * float(FAR), found, np.nan)
