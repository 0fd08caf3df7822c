"""What MediaPipe's Face Landmarker says about a face: scores by name and a matrix, to weights and a turn of the head.

It has ARKit's names without `tongueOut`, and `_neutral` beside them. Some of its scores stay near 0 whatever the face
does (its issues 4436 and 4450); these are taken from our own network.
"""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float

from toonface.drive.gaze import gaze_from_weights
from toonface.morphable.names import ARKIT_SHAPES, SHAPES
from toonface.types import Expression

ABSENT = "tongueOut"
"""The ARKit shape that it does not know."""
DEAD = ("eyeWideLeft", "eyeWideRight", "cheekPuff", "noseSneerLeft", "noseSneerRight")
"""Its scores that stay near 0."""
NAMES = tuple(shape for shape in ARKIT_SHAPES if shape != ABSENT)
"""Its categories but for `_neutral`, which says nothing that the others do not."""
TAKEN = tuple(SHAPES.index(name) for name in NAMES if name not in DEAD)
"""Columns of `names.SHAPES` that are its own; the others are our network's."""
LEAST_SCALE = 1e-6
"""Below it a column of the matrix is no axis."""


def expression_of(
    scores: Mapping[str, float], matrix: Float[np.ndarray, "4 4"], ours: Expression | None = None
) -> Expression:
    """Return a face as a head is driven by it; the gaze is that of its eyeLook scores.

    Args:
        scores: by category name, of a picture that is not mirrored; clipped to [0, 1]. Further names are ignored.
        matrix: facial transformation: from the canonical face's axes (+X its left, +Y up, +Z ahead) to the camera's
            (+X right, +Y up, +Z towards the viewer). Both are ours, so that its rotation is.
        ours: what our network reads in the same picture. None: dead scores are taken as they are, and shapes that
            are not scored are 0.

    Raises:
        ValueError: a score is missing or not finite, or the matrix turns nothing.
    """
    missing = [name for name in NAMES if name not in scores]
    if missing:
        raise ValueError(f"{len(missing)} of {len(NAMES)} scores are missing ({', '.join(missing[:3])}), expected all")
    told = np.zeros(len(SHAPES))
    for name in NAMES:
        told[SHAPES.index(name)] = scores[name]
    if not np.isfinite(told).all():
        raise ValueError("a score is not finite, expected numbers in [0, 1]")
    weights = np.clip(told, 0.0, 1.0)
    if ours is not None:
        filled = np.array(ours.weights, dtype=np.float64)
        filled[list(TAKEN)] = weights[list(TAKEN)]
        weights = filled
    return Expression(weights=weights, gaze_radians=gaze_from_weights(weights), rotation=rotation_of(matrix))


def rotation_of(matrix: Float[np.ndarray, "4 4"]) -> Float[np.ndarray, "3 3"]:
    """Return the rotation in a transformation that may also scale and move: the nearest one.

    Args:
        matrix: acts on columns.

    Raises:
        ValueError: it is not finite, flattens or mirrors.
    """
    turn = np.asarray(matrix, dtype=np.float64)[:3, :3]
    if not np.isfinite(turn).all():
        raise ValueError("the facial transformation is not finite")
    left, scales, right = np.linalg.svd(turn)
    if scales[-1] < LEAST_SCALE or np.linalg.det(turn) < 0.0:
        raise ValueError(f"the facial transformation flattens or mirrors (scales {scales}), expected a rotation")
    return left @ right
