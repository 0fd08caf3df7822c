"""Hang stiff parts on their control points so that they turn with them."""

from dataclasses import replace

import numpy as np
from jaxtyping import Float
from scipy import sparse

from tools.face_model.parts import PartRecord


def make_rigid(record: PartRecord, points: Float[np.ndarray, "P 3"], controls: slice) -> PartRecord:
    """Bind a part again without offsets, which would not turn.

    Args:
        record: the part.
        points: of the template.
        controls: points that carry the part.
    """
    matrix = sparse.lil_array((len(record.offsets), len(points)))
    matrix[:, controls] = affine_weights(points[controls], record.vertices(points))
    return replace(record, matrix=matrix.tocsr(), offsets=np.zeros_like(record.offsets))


def affine_weights(controls: Float[np.ndarray, "C 3"], vertices: Float[np.ndarray, "N 3"]) -> Float[np.ndarray, "N C"]:
    """Write each vertex as a sum of control points that follows every affine motion of theirs exactly.

    Args:
        controls: at least four, not in one plane.
        vertices: on the template.

    Returns:
        the weights nearest to those of the closest controls; rows sum to 1.
    """
    distance = np.linalg.norm(vertices[:, None] - controls[None], axis=2)
    near = np.exp(-((distance / (2.0 * distance.min(axis=1, keepdims=True) + 1e-3)) ** 2))
    near = near / near.sum(axis=1, keepdims=True)
    frame = np.concatenate([controls.T, np.ones((1, len(controls)))])
    wanted = np.concatenate([vertices.T, np.ones((1, len(vertices)))])
    lack = np.linalg.lstsq(frame, wanted - frame @ near.T, rcond=None)[0]
    return near + lack.T
