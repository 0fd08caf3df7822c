"""Left and right: which vertex is the mirror image of which in the plane x = 0. numpy and scipy only."""

import numpy as np
from jaxtyping import Float, Int
from scipy.spatial import KDTree

from toonface.types import Vertices, check_indices

MIRROR = np.array([-1.0, 1.0, 1.0])
"""Factors of x, y, z under the reflection x -> -x."""


def mirror_table(vertices: Vertices, tolerance: float) -> Int[np.ndarray, " V"]:
    """Find for each vertex the index of its mirror image; a vertex on the plane is its own.

    Args:
        vertices: metres, symmetric about x = 0; no two at the same place.
        tolerance: largest distance in metres between a mirrored vertex and its partner.

    Raises:
        ValueError: a vertex has no partner within the tolerance, or the partner of its partner is another vertex.
    """
    distances, table = KDTree(vertices).query(vertices * MIRROR.astype(vertices.dtype))
    worst = int(np.argmax(distances))
    if not distances[worst] <= tolerance:
        raise ValueError(f"vertex {worst} is {distances[worst]} m from a mirror image, expected at most {tolerance} m")
    table = table.astype(np.int64)
    strays = np.flatnonzero(table[table] != np.arange(len(table)))
    if len(strays):
        v = int(strays[0])
        raise ValueError(f"vertex {v} mirrors to {table[v]}, which mirrors to {table[table[v]]}, expected {v}")
    return table


def mirror_offsets(offsets: Float[np.ndarray, "V 3"], table: Int[np.ndarray, " V"]) -> Float[np.ndarray, "V 3"]:
    """Reflect a displacement field: what happened on the left happens on the right. Its own inverse.

    Args:
        offsets: displacement of each vertex, or any vector per vertex.
        table: from `mirror_table`.

    Raises:
        ValueError: the table is of another number of vertices.
    """
    if len(table) != len(offsets):
        raise ValueError(f"table has {len(table)} entries, expected one per vertex, {len(offsets)}")
    check_indices("table", table, len(offsets))
    return offsets[table] * MIRROR.astype(offsets.dtype)
