"""How far what networks say is from the truth: pure functions of arrays."""

import numpy as np
from jaxtyping import Bool, Float, Int, Num, UInt8

from toonface.morphable.eyes import gaze_rotation
from toonface.morphable.face_model import FaceModel, Points, subdivide
from toonface.morphable.regions import SkinRegion

PARTS: dict[str, tuple[int, ...]] = {
    "contour": tuple(range(17)),
    "brows": tuple(range(17, 27)),
    "nose": tuple(range(27, 36)),
    "eyes": tuple(range(36, 48)),
    "mouth": tuple(range(48, 68)),
}
"""Part → its landmarks."""
OUTER_CORNERS = (36, 45)
"""Landmarks whose distance is the unit of landmark errors."""
ENOUGH_OVERLAP = 0.5
"""Intersection over union of two boxes that show the same face."""
MILLIMETRE = 1e-3
LEAST_SPREAD = 1e-6
"""Standard deviation below which a series counts as constant, and has no correlation."""


def landmark_error(
    points_px: Float[np.ndarray, "68 2"], truth_px: Float[np.ndarray, "68 2"], part: str | None = None
) -> float:
    """Compute the normalised mean error: mean distance over that of the true outer eye corners.

    Points whose truth is NaN do not count; a part of which no point is given has the error NaN.

    Args:
        points_px: found, in iBUG order.
        truth_px: NaN where a point is not given.
        part: one of `PARTS`; None for all points.

    Raises:
        ValueError: an outer eye corner is not given, or both are in one place.
    """
    right, left = truth_px[list(OUTER_CORNERS)]
    unit = float(np.linalg.norm(left - right))
    if not unit > 0.0:
        raise ValueError(f"the outer eye corners are {right} and {left}, expected two given points apart")
    chosen = list(range(68) if part is None else PARTS[part])
    away = np.linalg.norm(points_px[chosen] - truth_px[chosen], axis=1)
    given = np.isfinite(truth_px[chosen]).all(axis=1)
    return float(away[given].mean() / unit) if given.any() else float("nan")


def confusion_matrix(
    found: UInt8[np.ndarray, "H W"], truth: UInt8[np.ndarray, "H W"], count: int
) -> Int[np.ndarray, "{count} {count}"]:
    """Count the pixels of each true class (row) that were taken for each class (column).

    Args:
        found: class of each pixel.
        truth: likewise.
        count: number of classes.

    Raises:
        ValueError: a class is not below the count.
    """
    if max(found.max(initial=0), truth.max(initial=0)) >= count:
        raise ValueError(f"classes go up to {max(found.max(), truth.max())}, expected all below {count}")
    pairs = count * truth.astype(np.int64) + found
    return np.bincount(pairs.ravel(), minlength=count * count).reshape(count, count)


def intersection_over_union(confusion: Int[np.ndarray, "K K"]) -> Float[np.ndarray, " K"]:
    """Compute intersection over union of each class; NaN for classes that do not occur in the truth.

    What is taken for a class that does not occur still counts: as missed pixels of the class that it is.

    Args:
        confusion: from `confusion_matrix`, added up over pictures.
    """
    hit, true, taken = np.diag(confusion), confusion.sum(axis=1), confusion.sum(axis=0)
    return np.where(true > 0, hit / np.maximum(true + taken - hit, 1), np.nan)


def box_around(points_px: Float[np.ndarray, "N 2"]) -> Float[np.ndarray, "4"]:
    """Return left, top, right and bottom of the box around points.

    Args:
        points_px: at least one.
    """
    return np.concatenate([points_px.min(axis=0), points_px.max(axis=0)])


def box_overlap(first: Float[np.ndarray, "4"], second: Float[np.ndarray, "4"]) -> float:
    """Compute intersection over union of two boxes, in [0, 1]; 0 where neither has an area.

    Args:
        first: left, top, right, bottom.
        second: likewise.
    """
    common = np.maximum(np.minimum(first[2:], second[2:]) - np.maximum(first[:2], second[:2]), 0.0).prod()
    areas = np.maximum(first[2:] - first[:2], 0.0).prod() + np.maximum(second[2:] - second[:2], 0.0).prod()
    return float(common / (areas - common)) if areas > common else 0.0


def align_similarity(source: Float[np.ndarray, "N 3"], target: Float[np.ndarray, "N 3"]) -> Float[np.ndarray, "N 3"]:
    """Move points by the rotation, scale and translation that bring them closest to others, in least squares.

    Source: Umeyama 1991, "Least-squares estimation of transformation parameters between two point patterns", Eq. 39-42.

    Args:
        source: to be moved; at least three, not on a line.
        target: where each should go.

    Raises:
        ValueError: the source's points are all in one place.
    """
    centre, goal = source.mean(axis=0), target.mean(axis=0)
    offsets = source - centre
    variance = (offsets**2).sum() / len(source)
    if not variance > 0.0:
        raise ValueError(f"all {len(source)} points are at {centre}, expected points apart")
    left, stretch, right = np.linalg.svd((target - goal).T @ offsets / len(source))
    signs = np.array([1.0, 1.0, np.sign(np.linalg.det(left) * np.linalg.det(right))])
    rotation = (left * signs) @ right
    return (stretch @ signs / variance) * offsets @ rotation.T + goal


def face_vertices(model: FaceModel) -> Bool[np.ndarray, " V"]:
    """Choose the vertices of LOD0 on which heads are compared: those of the front of the head.

    Ears, scalp and neck are mostly hidden by hair and clothes, the inside of the mouth and the sockets always; an error
    there says little about the likeness, and would dominate the alignment by its number of vertices.

    Args:
        model: the face model.
    """
    of_face = (model.skin.region == SkinRegion.FACE).astype(float)
    return model.skin.subdivision.matrix @ of_face >= 0.5


def vertex_error_mm(
    model: FaceModel, found: Points, truth: Points, chosen: Bool[np.ndarray, " V"] | None = None
) -> float:
    """Compute the mean distance in mm between two neutral heads on the face, after similarity alignment.

    Args:
        model: the face model.
        found: points of a neutral head of its topology, metres.
        truth: likewise; millimetres are those of this head.
        chosen: vertices of LOD0; None for `face_vertices`.
    """
    chosen = face_vertices(model) if chosen is None else chosen
    target, source = (subdivide(model, head[: model.skin.count])[chosen] for head in (truth, found))
    return float(np.linalg.norm(align_similarity(source, target) - target, axis=1).mean() / MILLIMETRE)


def correlations(found: Float[np.ndarray, "N K"], truth: Float[np.ndarray, "N K"]) -> Float[np.ndarray, " K"]:
    """Compute Pearson's correlation of each column; NaN where either is constant.

    Args:
        found: one row per face.
        truth: likewise.
    """
    if not len(truth):
        return np.full(truth.shape[1], np.nan)
    found, truth = found - found.mean(axis=0), truth - truth.mean(axis=0)
    spread = np.sqrt((found**2).mean(axis=0)), np.sqrt((truth**2).mean(axis=0))
    varies = (spread[0] > LEAST_SPREAD) & (spread[1] > LEAST_SPREAD)
    product = np.where(varies, spread[0] * spread[1], 1.0)
    return np.where(varies, (found * truth).mean(axis=0) / product, np.nan)


def gaze_error_degrees(found: Num[np.ndarray, "2 2"], truth: Num[np.ndarray, "2 2"]) -> Float[np.ndarray, "2"]:
    """Compute the angle between two directions of each eye, left first, degrees.

    Args:
        found: left eye, right eye: yaw and pitch in radians.
        truth: likewise.
    """
    directions = np.array([[gaze_rotation(*eye)[:, 2] for eye in eyes.astype(float)] for eyes in (found, truth)])
    # From the sine and the cosine: the cosine alone loses half the digits of a small angle.
    sine = np.linalg.norm(np.cross(directions[0], directions[1]), axis=1)
    return np.degrees(np.arctan2(sine, (directions[0] * directions[1]).sum(axis=1)))
