"""One Catmull-Clark step as a sparse matrix, so that a subdivided mesh stays linear in its cage."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Int
from scipy import sparse

from toonface.types import Faces, check_indices

Quads = Int[np.ndarray, "Q 4"]


@dataclass(frozen=True, kw_only=True)
class Subdivision:
    """A refined mesh: vertex points first (in the cage's order), then edge points, then face points."""

    matrix: sparse.csr_array
    """Refined vertices = matrix @ cage vertices; every row sums to 1."""
    quads: Quads


def catmull_clark(quads: Quads, vertex_count: int) -> Subdivision:
    """Build the matrix of one Catmull-Clark step (Catmull and Clark 1978), boundaries as cubic B-splines.

    Args:
        quads: a manifold quad mesh, with or without boundary.
        vertex_count: number of cage vertices; all must be used.

    Raises:
        ValueError: an index is out of range, a vertex is in no quad, or more than two quads share an edge.
    """
    check_indices("quads", quads, vertex_count)
    unused = np.flatnonzero(np.bincount(quads.ravel(), minlength=vertex_count) == 0)
    if len(unused):
        raise ValueError(f"vertex {unused[0]} of {vertex_count} is in no quad, expected every vertex in one")
    edges, edge_of, faces_at_edge = _edges(quads)
    crowded = np.flatnonzero(faces_at_edge > 2)
    if len(crowded):
        edge, uses = edges[crowded[0]].tolist(), faces_at_edge[crowded[0]]
        raise ValueError(f"edge {edge} is in {uses} quads, expected at most 2")
    face_points = _average(np.arange(len(quads))[:, None].repeat(4, 1), quads, (len(quads), vertex_count), 0.25)
    inner = faces_at_edge == 2
    ends = _average(
        np.arange(len(edges))[:, None].repeat(2, 1), edges, (len(edges), vertex_count), np.where(inner, 0.25, 0.5)
    )
    beside = _average(edge_of, np.arange(len(quads))[:, None].repeat(4, 1), (len(edges), len(quads)), 0.25)
    edge_points = ends + sparse.diags_array(inner.astype(float)) @ beside @ face_points
    vertex_points = _vertex_points(quads, edges, inner, face_points, vertex_count)
    matrix = sparse.vstack([vertex_points, edge_points, face_points]).tocsr()
    matrix.sort_indices()
    return Subdivision(matrix=matrix, quads=_refine(quads, edge_of, vertex_count, len(edges)))


def linear_subdivision(quads: Quads, vertex_count: int) -> Subdivision:
    """Split every quad in four without smoothing; same topology as `catmull_clark`. For texture coordinates.

    Args:
        quads: any quads; a shared edge is split once.
        vertex_count: number of points.

    Raises:
        ValueError: an index is out of range.
    """
    check_indices("quads", quads, vertex_count)
    edges, edge_of, _ = _edges(quads)
    matrix = sparse.vstack(
        [
            sparse.eye_array(vertex_count),
            _average(np.arange(len(edges))[:, None].repeat(2, 1), edges, (len(edges), vertex_count), 0.5),
            _average(np.arange(len(quads))[:, None].repeat(4, 1), quads, (len(quads), vertex_count), 0.25),
        ]
    ).tocsr()
    return Subdivision(matrix=matrix, quads=_refine(quads, edge_of, vertex_count, len(edges)))


def triangulate(quads: Quads) -> Faces:
    """Split quads along their first diagonal; a quad that repeats its third corner gives one triangle.

    Args:
        quads: corners counter-clockwise.
    """
    pairs = np.stack([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]], axis=1).reshape(-1, 3)
    return pairs[pairs[:, 1] != pairs[:, 2]]


def _edges(quads: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    sides = np.sort(np.stack([quads, np.roll(quads, -1, axis=1)], axis=2).reshape(-1, 2), axis=1)
    edges, edge_of, faces_at_edge = np.unique(sides, axis=0, return_inverse=True, return_counts=True)
    return edges, edge_of.reshape(-1, 4), faces_at_edge


def _average(
    rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int], weight: float | np.ndarray
) -> sparse.csr_array:
    per_row = np.broadcast_to(weight, (shape[0],))
    return sparse.csr_array((per_row[rows.ravel()], (rows.ravel(), columns.ravel())), shape=shape)


def _vertex_points(
    quads: np.ndarray, edges: np.ndarray, inner: np.ndarray, face_points: sparse.csr_array, count: int
) -> sparse.csr_array:
    """Inner: (F + 2R + (n - 3)P) / n with face points F and edge midpoints R; boundary: (1, 6, 1) / 8."""
    identity = sparse.eye_array(count).tocsr()
    corner = sparse.csr_array(
        (np.ones(quads.size), (quads.ravel(), np.arange(len(quads)).repeat(4))), (count, len(quads))
    )
    valence = np.bincount(quads.ravel(), minlength=count)
    rim = np.zeros(count, bool)
    rim[edges[~inner]] = True
    neighbours = _neighbours(edges, count)
    border = _neighbours(edges[~inner], count)
    n = sparse.diags_array(1.0 / valence)
    smooth = n @ (n @ corner @ face_points) + n @ n @ (neighbours + sparse.diags_array(valence * 1.0))
    smooth = smooth + sparse.diags_array((valence - 3.0) / valence)
    curve = 0.125 * border + 0.75 * identity
    return sparse.diags_array((~rim).astype(float)) @ smooth + sparse.diags_array(rim.astype(float)) @ curve


def _neighbours(edges: np.ndarray, count: int) -> sparse.csr_array:
    ones = np.ones(len(edges))
    half = sparse.csr_array((ones, (edges[:, 0], edges[:, 1])), (count, count))
    return half + half.T


def _refine(quads: np.ndarray, edge_of: np.ndarray, vertices: int, edges: int) -> np.ndarray:
    centre = vertices + edges + np.arange(len(quads))
    after, before = vertices + edge_of, vertices + np.roll(edge_of, 1, axis=1)
    return np.stack([quads, after, centre[:, None].repeat(4, 1), before], axis=2).reshape(-1, 4)
