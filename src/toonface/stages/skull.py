"""The skull of a fitted head, which no landmark shows: brought inside the outline that the picture shows."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float
from scipy.ndimage import distance_transform_edt

from toonface.geometry.camera import project
from toonface.geometry.rasterize import clear, draw
from toonface.geometry.smoothstep import smoothstep
from toonface.morphable.face_model import FaceModel, Points, pose_head, skin_vertices
from toonface.morphable.fine_fit import FineFit
from toonface.morphable.regions import SkinRegion
from toonface.types import FaceRegion, FaceRegions, Vertices
from toonface.worn.free_form import FreeFormOptions, fit_field, move_by_field
from toonface.worn.outline import OutlineView, square_around, view_outline

PERSON = tuple(region for region in FaceRegion if region not in (FaceRegion.BACKGROUND, FaceRegion.OTHER))
UNKNOWN = {FaceRegion.OTHER: 0.0}
BUST_M = -0.10
"""Height below which the skin is no longer the head."""
FOREHEAD_M, BEHIND_M, BELOW_M = (0.070, 0.105), (-0.055, -0.115), (-0.045, 0.0)
"""On the mean head: heights between which the forehead begins to move, depths behind the tip of the nose between which
the sides do, and heights below which nothing does."""

STIFF_FIELD = FreeFormOptions(cells=6, stiffness=2.0, staying=0.02, rounds=5, reach_px=20.0, inwards=True, agree=0.0)


@dataclass(frozen=True, kw_only=True)
class SkullOptions:
    """How a skull is fitted."""

    size_px: int = 96
    """Side of the picture in which outlines are compared."""
    margin: float = 1.5
    """How much larger than the head that picture is."""
    hair_m: float = 0.004
    """Thickness of hair, at the least, that the skull leaves to the outline where that is hair."""
    field: FreeFormOptions = STIFF_FIELD
    """How freely it is bent."""
    least_m: float = 0.002
    """Largest motion below which nothing is said."""


SKULL_DEFAULTS = SkullOptions()


class SkullFitter:
    """What depends on the model alone: how far each of its points belongs to the skull.

    Args:
        model: the face model.
    """

    def __init__(self, model: FaceModel) -> None:
        self.model = model
        cage = model.mean[: model.skin.count]
        face = cage[model.skin.region == SkinRegion.FACE]
        back = smoothstep(BEHIND_M[0], BEHIND_M[1], cage[:, 2] - face[:, 2].max())
        share = np.maximum(smoothstep(*FOREHEAD_M, cage[:, 1]), back * smoothstep(*BELOW_M, cage[:, 1]))
        inside = np.isin(model.skin.region, (SkinRegion.MOUTH, SkinRegion.SOCKET))
        self.share: Float[np.ndarray, " P"] = np.zeros(len(model.mean))
        self.share[: model.skin.count] = np.where(inside, 0.0, share)
        skin = model.skin.subdivision.matrix @ self.share[: model.skin.count]
        self.face_share: Float[np.ndarray, " F"] = skin[model.skin.faces[0]].mean(axis=1)


def fit_skull(
    fitter: SkullFitter, regions: FaceRegions, fine: FineFit, options: SkullOptions = SKULL_DEFAULTS
) -> FineFit:
    """Bend the skull in the plane of the picture until none of it is seen beyond the person's outline.

    The face stays. A skull that is already inside, with room for hair, stays as well: how thick hair is nobody sees.

    Args:
        fitter: of the model.
        regions: of the picture.
        fine: the fitted head.
        options: how freely.

    Raises:
        ValueError: regions have not the size of the fitted camera's picture.
    """
    camera = fine.coarse.camera
    if regions.classes.shape != (camera.height, camera.width):
        raise ValueError(f"regions are {regions.classes.shape}, expected the camera's {(camera.height, camera.width)}")
    head_now = pose_head(fitter.model, fine.neutral, fine.weights)
    posed = skin_vertices(fitter.model, head_now)
    head = project(camera, posed[posed[:, 1] > BUST_M])[:, :2]
    square = square_around(head, options.margin)
    faces = fitter.model.skin.faces[0]
    view = view_outline(regions, PERSON, UNKNOWN, crop=(camera, square, options.size_px), head=(posed, faces))
    hair = view_outline(
        regions, (FaceRegion.HAIR,), UNKNOWN, crop=(camera, square, options.size_px), head=(posed, faces)
    )
    view = _with_room(fitter, view, hair.target, options)
    matrix, count = fitter.model.skin.subdivision.matrix, fitter.model.skin.count

    def motion(field: np.ndarray) -> Points:
        """Metres by which the model's points move; lids do not, so that it is the same with any expression."""
        return fitter.share[:, None] * (move_by_field(view.camera, field, head_now.points) - head_now.points)

    field = fit_field(view, lambda f: _drawn(fitter, view, posed + matrix @ motion(f)[:count]), options.field)
    moved = motion(field)
    most = float(np.linalg.norm(moved, axis=1).max())
    if most < options.least_m:
        return fine
    note = f"the skull was moved by up to {1000.0 * most:.0f} mm, to lie inside the picture's outline"
    return replace(fine, neutral=fine.neutral + moved, notes=(*fine.notes, note))


def _drawn(fitter: SkullFitter, view: OutlineView, skin: Vertices) -> Bool[np.ndarray, "N N"]:
    fragments = clear(view.camera.height, view.camera.width)
    draw(fragments, project(view.camera, skin), fitter.model.skin.faces[0], cull=True)
    return fragments.face >= 0


def _with_room(
    fitter: SkullFitter, view: OutlineView, hair: Bool[np.ndarray, "N N"], options: SkullOptions
) -> OutlineView:
    """Leave room for hair, and let only the outline of the skull count."""
    room = options.hair_m * view.camera.scale
    thin = (distance_transform_edt(view.target) < room) & (distance_transform_edt(~hair) < room)
    seen = view.head.face >= 0
    if not seen.any():
        return view
    rows, columns = distance_transform_edt(~seen, return_distances=False, return_indices=True)
    movable = fitter.face_share[view.head.face[rows, columns]] > 0.5
    return replace(view, target=view.target & ~thin, weight=np.where(movable, view.weight, np.float32(0.0)))
