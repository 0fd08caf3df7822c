"""Close the lips of the neutral head: the base mesh leaves them a little apart."""

import numpy as np
from jaxtyping import Float, Int
from scipy import sparse

from tools.face_model.loops import Loops

CONTACT_RINGS = (1, 2)
"""Rings on which upper and lower lip touch over a band, so that they also seal after subdivision."""
CORNER_WIDTH = 0.0022
"""Metres from the corners within which the lips are welded by the skin itself and are not forced together."""
FALLOFF = {-2: 0.1, -1: 0.35, 0: 0.75, 3: 0.7, 4: 0.4, 5: 0.15}
"""Share of the nearest contact ring's motion that its neighbours follow."""
SEALING_RINGS = {0: 0.3, 1: 1.0, 2: 1.0, 3: 0.3}
"""How readily each ring gives way when the lips are sealed on the subdivided skin."""


def contact_curve(loops: Loops) -> Float[np.ndarray, "K K"]:
    """Return the matrix that takes a ring of the mouth to the curve on which both lips meet.

    The halves have different numbers of columns, so the meeting curve is made on the lower one and interpolated.
    """
    count = loops.table.shape[1]
    middle = 0.5 * (np.eye(count) + loops.facing)
    middle[loops.is_upper] = loops.facing[loops.is_upper] @ middle
    return middle


def contact_columns(loops: Loops) -> Int[np.ndarray, " N"]:
    """List the upper lip's columns that are sealed: all but those that crowd into the corners, where lips are welded.

    Args:
        loops: of the mouth.
    """
    return np.flatnonzero(loops.is_upper & (loops.corner_distance > CORNER_WIDTH))


def lip_closing(loops: Loops, subdivision: sparse.csr_array) -> sparse.csr_array:
    """Build the linear map of cage points that makes the lips touch, on the cage nearly and on LOD0 exactly.

    Args:
        loops: of the mouth.
        subdivision: matrix from the cage to LOD0, whose first rows are the cage's points.
    """
    count = subdivision.shape[1]
    change = sparse.lil_array((count, count))
    fade = np.clip(loops.corner_distance / CORNER_WIDTH, 0.0, 1.0)[:, None]
    step = fade * (contact_curve(loops) - np.eye(loops.table.shape[1]))
    for ring in CONTACT_RINGS:
        points = loops.ring(ring)
        change[np.ix_(points, points)] = step
    for ring, share in FALLOFF.items():
        source = loops.ring(CONTACT_RINGS[0] if ring < CONTACT_RINGS[0] else CONTACT_RINGS[-1])
        change[np.ix_(loops.ring(ring), source)] = share * step
    nearly = sparse.eye_array(count) + change.tocsr()
    return (lip_sealing(loops, subdivision) @ nearly).tocsr()


def lip_sealing(loops: Loops, subdivision: sparse.csr_array) -> sparse.csr_array:
    """Project cage points onto those whose subdivided lips have no gap, with the smallest weighted motion.

    Args:
        loops: of the mouth.
        subdivision: matrix from the cage to LOD0, whose first rows are the cage's points.
    """
    count = subdivision.shape[1]
    upper = contact_columns(loops)
    gaps = []
    for ring in CONTACT_RINGS:
        smooth = subdivision[loops.ring(ring)].toarray()
        gaps.append(smooth[upper] - loops.facing[upper] @ smooth)
    gap = np.concatenate(gaps)
    give = np.zeros(count)
    for ring, share in SEALING_RINGS.items():
        give[loops.ring(ring)] = share * np.clip(loops.corner_distance / CORNER_WIDTH - 0.5, 0.0, 1.0)
    moving = np.flatnonzero(give)
    inner = gap[:, moving] * give[moving]
    response = give[moving, None] * (gap[:, moving].T @ np.linalg.pinv(inner @ gap[:, moving].T, rcond=1e-9))
    touched = np.flatnonzero(np.abs(gap).max(axis=0))
    correction = sparse.lil_array((count, count))
    correction[np.ix_(moving, touched)] = response @ gap[:, touched]
    return (sparse.eye_array(count) - correction.tocsr()).tocsr()
