"""Heads of one picture in every way that the paper's tables compare, and how far each is from the picture."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from toonface.evaluate.answers import find_twice
from toonface.evaluate.judging import project_landmarks
from toonface.evaluate.network_metrics import PARTS as LANDMARK_PARTS
from toonface.evaluate.trials import Trial
from toonface.geometry.camera import ScaledOrthographic, project
from toonface.geometry.crop import frame_around
from toonface.geometry.diffusion import diffuse
from toonface.geometry.normals import vertex_normals
from toonface.geometry.rasterize import Fragments, clear, draw
from toonface.morphable.coarse_fit import CoarseFit
from toonface.morphable.face_model import FaceModel, Head, albedo, neutral_points, pose_head, skin_vertices
from toonface.morphable.fine_fit import FineFit
from toonface.morphable.regions import SkinRegion
from toonface.morphable.spherical_harmonics import shade
from toonface.pipeline import parse_found
from toonface.stages import coarse
from toonface.stages.coarse_refinement import (
    EXPRESSION_ALONE,
    IDENTITY_AND_EXPRESSION,
    CoarseRefiner,
    refine_coarse,
)
from toonface.stages.detection import detect_faces
from toonface.stages.eye_snapping import snap_eyes
from toonface.stages.fine import FineDeformer, fit_fine
from toonface.types import FaceRegion, FaceRegions, Landmarks, Network, Picture, Vertices

SIDE_PX = 224.0
"""Errors are given in pixels of a crop of this side, framed as the coarse network's."""
COLUMN_PARTS = {"eyes": "eyes", "nose": "nose", "brow": "brows", "mouth": "mouth", "contour": "contour"}
PARTS = {column: list(LANDMARK_PARTS[part]) for column, part in COLUMN_PARTS.items()}
"""Landmarks of each part of the paper's Table 1; its total is the sum of the parts."""
TRUE_SIGMA_PX = 0.5
FACE_CLASSES = (
    *(FaceRegion.SKIN, FaceRegion.NOSE, FaceRegion.BROW_LEFT, FaceRegion.BROW_RIGHT, FaceRegion.LIP_UPPER),
    *(FaceRegion.LIP_LOWER, FaceRegion.INNER_MOUTH, FaceRegion.EYE_LEFT, FaceRegion.EYE_RIGHT),
)
"""What counts as the face when a picture becomes a texture; the rest is diffused."""


@dataclass(frozen=True, kw_only=True)
class FittingTools:
    """What the fits of all pictures share."""

    model: FaceModel
    networks: Mapping[str, Network]
    """All of `detector`, `landmarks`, `parser` and `coarse`."""
    refiner: CoarseRefiner
    deformer: FineDeformer
    snap: bool = False
    """Whether found eye points are moved to the border of the parsed eyes, as in the paper; ours are better without."""


@dataclass(frozen=True, kw_only=True)
class PaperFits:
    """Heads of one picture."""

    coarse: CoarseFit
    """What the network says."""
    refined: CoarseFit | None
    """The same after the refinement, from the true points; None where not all of them are known, as below."""
    exp: CoarseFit | None
    """Expression alone adjusted to the true points."""
    id_exp: CoarseFit | None
    """Identity and expression adjusted to the true points."""
    fine: FineFit | None
    """The method: deformed to the true points."""
    fine_detected: FineFit
    """The product: deformed to the points that the networks find."""
    found: Landmarks
    """These points."""
    regions: FaceRegions
    """What the parser says."""


def fit_all(tools: FittingTools, trial: Trial) -> PaperFits:
    """Fit a picture in every way.

    Args:
        tools: shared.
        trial: a picture with a face, and its true points as far as they are known.
    """
    picture, networks = trial.picture, tools.networks
    faces = detect_faces(networks["detector"], picture)
    found = find_twice(networks["landmarks"], picture, faces)
    regions = parse_found(networks["parser"], picture, found)
    frame = frame_around(found.points_px, coarse.MARGIN, coarse.LIFT)
    start = coarse.fit_coarse(networks["coarse"], picture, frame)
    if tools.snap:
        found = snap_eyes(found, regions)
    detected = fit_fine(tools.deformer, refine_coarse(tools.refiner, start, found), found)
    refined = exp = id_exp = fine = None
    if np.isfinite(trial.points_px).all():
        true = Landmarks(points_px=trial.points_px, sigma_px=np.full(len(trial.points_px), TRUE_SIGMA_PX))
        refined = refine_coarse(tools.refiner, start, true)
        exp = refine_coarse(tools.refiner, start, true, EXPRESSION_ALONE)
        id_exp = refine_coarse(tools.refiner, start, true, IDENTITY_AND_EXPRESSION)
        fine = fit_fine(tools.deformer, refined, true)
    return PaperFits(
        coarse=start,
        refined=refined,
        exp=exp,
        id_exp=id_exp,
        fine=fine,
        fine_detected=detected,
        found=found,
        regions=regions,
    )


def head_of(model: FaceModel, fit: CoarseFit | FineFit) -> Head:
    """Pose the head of a fit.

    Args:
        model: the face model.
        fit: coarse or fine.
    """
    if isinstance(fit, FineFit):
        return pose_head(model, fit.neutral, fit.weights)
    return pose_head(model, neutral_points(model, fit.identity), fit.expression)


def camera_of(fit: CoarseFit | FineFit) -> ScaledOrthographic:
    """Return the camera of a fit.

    Args:
        fit: coarse or fine.
    """
    return fit.coarse.camera if isinstance(fit, FineFit) else fit.camera


def landmark_errors(found_px: Float[np.ndarray, "68 2"], true_px: Float[np.ndarray, "68 2"]) -> dict[str, float]:
    """Return mean squared distances of each part in pixels at 224², their sum as `total`, and `nme`.

    Args:
        found_px: points of a fit, in the picture.
        true_px: NaN where not known; a part of which no point is known is NaN, and is left out of the sum.
    """
    known = np.where(np.isfinite(true_px), true_px, found_px)
    scale = SIDE_PX / frame_around(known, coarse.MARGIN, coarse.LIFT).side_px
    distance = np.linalg.norm(found_px - true_px, axis=1)
    square = (scale * distance) ** 2
    errors = {name: _mean(square[part]) for name, part in PARTS.items()}
    width = np.linalg.norm(known[45] - known[36])
    return errors | {"total": float(np.nansum(list(errors.values()))), "nme": _mean(distance / width)}


def projected(model: FaceModel, fit: CoarseFit | FineFit) -> Float[np.ndarray, "68 2"]:
    """Project the landmarks of a fit into its picture.

    Args:
        model: the face model.
        fit: coarse or fine.
    """
    return project_landmarks(model, head_of(model, fit), camera_of(fit))


def photometric_error(model: FaceModel, fit: CoarseFit | FineFit, picture: Picture, regions: FaceRegions) -> float:
    """Return the mean absolute difference between the drawn face and the picture, per channel, in steps of 255.

    A coarse head is drawn with its own albedo and light; a fine one with the picture, whose background is diffused, by
    Eq. 12: as both are projected alike, every pixel shows its own place in that texture.

    Args:
        model: the face model.
        fit: coarse or fine.
        picture: sRGB.
        regions: of the picture.
    """
    skin, camera = skin_vertices(model, head_of(model, fit)), camera_of(fit)
    fragments = clear(*picture.shape[:2])
    draw(fragments, project(camera, skin), model.skin.faces[0], cull=True)
    seen = _shows_the_front(model, fragments)
    if not seen.any():
        return float("nan")
    if isinstance(fit, FineFit):
        face = np.isin(regions.classes, FACE_CLASSES)
        colours = (diffuse(picture, face) if face.any() else picture)[seen].astype(np.float64)
    else:
        colours = _lit(model, skin, fit, fragments, seen)
    return float(np.abs(colours - picture[seen]).mean())


def _shows_the_front(model: FaceModel, fragments: Fragments) -> Bool[np.ndarray, "H W"]:
    region = (model.skin.subdivision.matrix @ (model.skin.region == SkinRegion.FACE).astype(float)) > 0.5
    front = region[model.skin.faces[0]].all(axis=1)
    return (fragments.face >= 0) & front[np.maximum(fragments.face, 0)]


def _lit(
    model: FaceModel, skin: Vertices, fit: CoarseFit, fragments: Fragments, seen: Bool[np.ndarray, "H W"]
) -> Float[np.ndarray, "N 3"]:
    """The lit albedo of a coarse fit at the pixels that are seen."""
    faces = model.skin.faces[0]
    normals = vertex_normals(skin, faces) @ fit.camera.rotation.T
    lit = np.clip(255.0 * shade(albedo(model, fit.texture), normals, fit.light), 0.0, 255.0)
    corners = lit[faces[fragments.face[seen]]]
    return np.einsum("nk,nkc->nc", fragments.barycentric[seen].astype(np.float64), corners)


def _mean(values: Float[np.ndarray, " N"]) -> float:
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")
