"""What a list of triangles says without positions: edges, boundaries, manifoldness, pieces. numpy and scipy only."""

import numpy as np
from jaxtyping import Int
from scipy import sparse
from scipy.sparse import csgraph

from toonface.types import Faces

KEY_BASE = 2**31
"""Vertex indices lie below it, so that two of them make one 64-bit key."""


def edges(faces: Faces) -> Int[np.ndarray, "E 2"]:
    """List every undirected edge once, smaller vertex first, in rising order.

    Args:
        faces: triangles.
    """
    return np.unique(_keys(np.sort(_half_edges(faces), axis=1)))[:, None] // [KEY_BASE, 1] % KEY_BASE


def boundary_loops(faces: Faces) -> list[Int[np.ndarray, " B"]]:
    """Walk along every hole, in the direction of the triangles' own edges.

    Each loop starts at its smallest vertex, the loops are in the order of these; a closed mesh has none.

    Args:
        faces: triangles, consistently wound.

    Raises:
        ValueError: two boundaries touch in a vertex, or the winding is not consistent there.
    """
    half_edges = _half_edges(faces)
    undirected = _keys(np.sort(half_edges, axis=1))
    _, inverse, counts = np.unique(undirected, return_inverse=True, return_counts=True)
    starts, ends = half_edges[counts[inverse] == 1].T
    unique_starts = np.unique(starts)
    if len(unique_starts) != len(starts) or not np.array_equal(unique_starts, np.unique(ends)):
        odd = _odd_boundary_vertex(starts, ends)
        raise ValueError(f"vertex {odd} is not entered and left once by the boundary, expected simple loops")
    successor = dict(zip(starts.tolist(), ends.tolist(), strict=True))
    loops = []
    for first in unique_starts.tolist():
        if first not in successor:
            continue
        loop = [first]
        while (vertex := successor.pop(loop[-1])) != first:
            loop.append(vertex)
        loops.append(np.array(loop, dtype=np.int64))
    return loops


def is_manifold(faces: Faces) -> bool:
    """Tell whether the triangles form an oriented surface, with or without boundary.

    That is: no triangle repeats a vertex, every edge has at most two triangles, which run along it in opposite
    directions, and the triangles around every vertex form one fan.

    Args:
        faces: triangles; none at all is a manifold.
    """
    half_edges = _half_edges(faces)
    if np.any(half_edges[:, 0] == half_edges[:, 1]):
        return False
    if len(np.unique(_keys(half_edges))) != len(half_edges):
        return False
    return _fan_count(faces) == len(np.unique(faces))


def connected_components(faces: Faces) -> Int[np.ndarray, " F"]:
    """Number the pieces: triangles that share vertices, directly or through others, have the same number.

    The numbers are 0, 1, ... in the order in which the pieces first occur.

    Args:
        faces: triangles.
    """
    used, compact = np.unique(faces, return_inverse=True)
    if not len(used):
        return np.zeros(0, dtype=np.int64)
    compact = compact.reshape(faces.shape)
    _, vertex_labels = _components(compact[:, [0, 0]].ravel(), compact[:, [1, 2]].ravel(), len(used))
    _, first, labels = np.unique(vertex_labels[compact[:, 0]], return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))
    return rank[labels.ravel()].astype(np.int64)


def _half_edges(faces: Faces) -> Int[np.ndarray, "H 2"]:
    """List the three directed edges of every triangle: row 3 f + k runs from corner k to corner k + 1 of face f."""
    if faces.size and faces.min() < 0:
        raise ValueError(f"faces have index {faces.min()}, expected at least 0")
    return faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2).astype(np.int64)


def _keys(half_edges: Int[np.ndarray, "H 2"]) -> Int[np.ndarray, " H"]:
    """Pack each pair of vertices into one number that sorts like the pair; far faster to compare than rows."""
    return half_edges[:, 0] * KEY_BASE + half_edges[:, 1]


def _odd_boundary_vertex(starts: Int[np.ndarray, " B"], ends: Int[np.ndarray, " B"]) -> int:
    """Find the first vertex that the boundary does not enter once and leave once."""
    count = int(max(starts.max(), ends.max())) + 1
    leaving, entering = np.bincount(starts, minlength=count), np.bincount(ends, minlength=count)
    return int(np.flatnonzero((leaving != entering) | (leaving > 1))[0])


def _fan_count(faces: Faces) -> int:
    """Count the fans: sets of triangle corners at one vertex that are joined across edges."""
    half_edges = _half_edges(faces)
    if not len(half_edges):
        return 0
    corner = np.arange(len(half_edges))
    following = corner - corner % 3 + (corner + 1) % 3
    # Half-edge h leaves the vertex of corner h and ends at that of corner following[h].
    keys, opposite = _keys(half_edges), _keys(half_edges[:, ::-1])
    order = np.argsort(keys)
    place = np.minimum(np.searchsorted(keys, opposite, sorter=order), len(keys) - 1)
    twin = order[place]
    inner = np.flatnonzero(keys[twin] == opposite)
    joined_from = np.concatenate([corner[inner], following[inner]])
    joined_to = np.concatenate([following[twin[inner]], twin[inner]])
    return _components(joined_from, joined_to, len(corner))[0]


def _components(
    starts: Int[np.ndarray, " E"], ends: Int[np.ndarray, " E"], count: int
) -> tuple[int, Int[np.ndarray, " N"]]:
    """Label the connected pieces of an undirected graph of `count` nodes."""
    graph = sparse.coo_array((np.ones(len(starts), dtype=np.int8), (starts, ends)), (count, count))
    number, labels = csgraph.connected_components(graph, directed=False)
    return int(number), labels
