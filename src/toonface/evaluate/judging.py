"""How far one answer is from the truth about its picture: name of a figure → value, NaN where it is not defined."""

import numpy as np
from jaxtyping import Bool, Float, Int

from toonface.evaluate.answers import Answer, seen_by_parser
from toonface.evaluate.network_metrics import (
    ENOUGH_OVERLAP,
    OUTER_CORNERS,
    PARTS,
    box_around,
    box_overlap,
    confusion_matrix,
    gaze_error_degrees,
    intersection_over_union,
    landmark_error,
    vertex_error_mm,
)
from toonface.evaluate.trials import Trial
from toonface.geometry.camera import ScaledOrthographic, camera_from_pose, project
from toonface.geometry.rotation import axis_angle_to_matrix, matrix_to_axis_angle
from toonface.morphable.coarse_fit import CoarseFit
from toonface.morphable.face_model import FaceModel, Head, evaluate, neutral_points, skin_vertices
from toonface.morphable.landmarks import landmarks_3d
from toonface.morphable.names import ARKIT_SHAPES
from toonface.synth.labels import Labels
from toonface.types import DetectedFace, Expression, FaceRegion

ARKIT = slice(0, len(ARKIT_SHAPES))
"""The 52 among the 64 weights."""
EYES = (FaceRegion.EYE_LEFT, FaceRegion.EYE_RIGHT)
LEAST_EYE = 0.004
"""Area of an eye in squared distances of the outer eye corners, below which it counts as closed or hidden."""

Errors = dict[str, float]


def detection_errors(trial: Trial, faces: tuple[DetectedFace, ...]) -> Errors:
    """Tell whether the true face was found (`recall`), and whether anything else was taken for one (`beside`).

    Args:
        trial: of which all points are known.
        faces: found.
    """
    truth = box_around(trial.points_px)
    hits = [box_overlap(face.box_px, truth) >= ENOUGH_OVERLAP for face in faces]
    return {"recall": float(any(hits)), "beside": float(sum(hits) < len(hits))}


def landmark_errors(trial: Trial, points_px: Float[np.ndarray, "68 2"]) -> Errors:
    """Compute the normalised mean error over all points (`nme`) and over each part (`nme_eyes` and so on).

    Args:
        trial: of which at least the eyes' outer corners are known.
        points_px: found.
    """
    parts = {f"nme_{part}": landmark_error(points_px, trial.points_px, part) for part in PARTS}
    return {"nme": landmark_error(points_px, trial.points_px)} | parts


def region_confusion(answer: Answer, labels: Labels, *, whole: bool) -> Int[np.ndarray, "19 19"]:
    """Count which classes were taken for which.

    Args:
        answer: with regions.
        labels: the truth.
        whole: whether the whole picture counts; otherwise the parser's crop, which is what it is asked about.
    """
    assert answer.regions is not None and answer.points_px is not None
    found, truth = answer.regions.classes, labels.parsing
    if not whole:
        seen = seen_by_parser(answer.points_px, (found.shape[0], found.shape[1]))
        found, truth = found[seen][None], truth[seen][None]
    return confusion_matrix(found, truth, len(FaceRegion))


def mean_overlap(confusion: Int[np.ndarray, "19 19"]) -> float:
    """Average intersection over union over the classes that occur; NaN where none does.

    Args:
        confusion: from `region_confusion`.
    """
    overlaps = intersection_over_union(confusion)
    return float(np.nanmean(overlaps)) if confusion.any() else float("nan")


def fit_errors(model: FaceModel, chosen: Bool[np.ndarray, " V"], trial: Trial, fit: CoarseFit) -> Errors:
    """Compare fitted coefficients with the truth.

    `vertex_mm` is against the head that was drawn, `vertex_mm_span` against the nearest that coefficients can express;
    `landmark_nme` is that of the projected landmarks; `pose_deg` and `mae` of the 52 weights tell its causes apart.

    Args:
        model: the face model.
        chosen: vertices of LOD0 on which heads are compared.
        trial: synthetic, with its neutral head.
        fit: found.
    """
    assert trial.labels is not None and trial.neutral is not None
    labels = trial.labels
    found = neutral_points(model, fit.identity)
    label = neutral_points(model, labels.identity.astype(np.float64))
    camera = camera_from_pose(labels.pose.astype(np.float64), fit.camera.width, fit.camera.height)
    return {
        "vertex_mm": vertex_error_mm(model, found, trial.neutral, chosen),
        "vertex_mm_span": vertex_error_mm(model, found, label, chosen),
        "landmark_nme": landmark_error(projected_landmarks(model, fit), trial.points_px),
        "pose_deg": angle_between_degrees(fit.camera.rotation, camera.rotation),
        "mae": float(np.abs(fit.expression - labels.expression)[ARKIT].mean()),
    }


def blind_fit_errors(model: FaceModel, chosen: Bool[np.ndarray, " V"], trial: Trial) -> Errors:
    """Measure what to compare `vertex_mm` with: the mean head's error, and that of the best coefficients.

    Args:
        model: the face model.
        chosen: vertices of LOD0 on which heads are compared.
        trial: synthetic, with its neutral head.
    """
    assert trial.labels is not None and trial.neutral is not None
    label = neutral_points(model, trial.labels.identity.astype(np.float64))
    return {
        "mean_head_vertex_mm": vertex_error_mm(model, model.mean, trial.neutral, chosen),
        "best_vertex_mm": vertex_error_mm(model, label, trial.neutral, chosen),
    }


def expression_errors(labels: Labels, found: Expression) -> Errors:
    """Compare weights (`mae` over the 52), gaze (`gaze_deg`) and rotation of the head (`pose_deg`) with the truth.

    `gaze_seen_deg` leaves out eyes that are closed or covered, of which nobody can tell where they look.

    Args:
        labels: the truth.
        found: by the network.
    """
    gaze = gaze_error_degrees(found.gaze_radians, labels.gaze)
    seen = eyes_seen(labels)
    return {
        "mae": float(np.abs(found.weights - labels.expression)[ARKIT].mean()),
        "gaze_deg": float(gaze.mean()),
        "gaze_seen_deg": float(gaze[seen].mean()) if seen.any() else float("nan"),
        "straight_ahead_deg": float(gaze_error_degrees(np.zeros((2, 2)), labels.gaze).mean()),
        "pose_deg": angle_between_degrees(found.rotation, axis_angle_to_matrix(labels.pose[:3].astype(np.float64))),
    }


def eyes_seen(labels: Labels) -> Bool[np.ndarray, "2"]:
    """Tell whether the left and the right eyeball are seen.

    Args:
        labels: of the picture.
    """
    right, left = labels.landmarks_px[list(OUTER_CORNERS)]
    least = LEAST_EYE * float(((left - right) ** 2).sum())
    return np.array([(labels.parsing == eye).sum() > least for eye in EYES])


def projected_landmarks(model: FaceModel, fit: CoarseFit) -> Float[np.ndarray, "68 2"]:
    """Project the landmarks of a fitted face into its picture.

    Args:
        model: the face model.
        fit: found.
    """
    return project_landmarks(model, evaluate(model, fit.identity, fit.expression), fit.camera)


def project_landmarks(model: FaceModel, head: Head, camera: ScaledOrthographic) -> Float[np.ndarray, "68 2"]:
    """Project the landmarks of any head; the contour slides to its silhouette.

    Args:
        model: the face model.
        head: posed.
        camera: where from.
    """
    points = landmarks_3d(skin_vertices(model, head), model.landmarks, camera.rotation)
    return project(camera, points)[:, :2]


def angle_between_degrees(first: Float[np.ndarray, "3 3"], second: Float[np.ndarray, "3 3"]) -> float:
    """Return by how much two rotations differ, degrees in [0, 180].

    Args:
        first: a rotation.
        second: another.
    """
    return float(np.degrees(np.linalg.norm(matrix_to_axis_angle(first @ second.T))))
