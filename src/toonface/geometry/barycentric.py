"""Points that ride on a mesh: barycentric combinations of three vertices, and the closest ones to given points."""

from dataclasses import dataclass
from typing import no_type_check

import numpy as np
from jaxtyping import Float, Int
from numba import njit

from toonface.types import Faces, Vertices, check_indices

WEIGHT_TOLERANCE = 1e-5
"""How far weights may sum from 1 or fall below 0; float32 weights pass."""


@dataclass(frozen=True, kw_only=True)
class SurfacePoints:
    """Points on triangles, each a weighted mean of three vertices.

    Raises:
        ValueError: the shapes disagree, a vertex index is negative, or weights are not those of a point in a triangle.
    """

    corners: Int[np.ndarray, "N 3"]
    """Vertex indices of the triangle each point lies on."""
    weights: Float[np.ndarray, "N 3"]
    """Barycentric weights of these vertices: at least 0, sum 1."""

    def __post_init__(self) -> None:
        if self.corners.shape != self.weights.shape or self.corners.shape[1:] != (3,):
            raise ValueError(f"corners {self.corners.shape}, weights {self.weights.shape}, expected both (N, 3)")
        if np.any(self.corners < 0):
            raise ValueError(f"corners have index {self.corners.min()}, expected at least 0")
        lowest = float(self.weights.min(initial=0.0))
        if not lowest >= -WEIGHT_TOLERANCE:
            raise ValueError(f"weights go down to {lowest}, expected at least 0")
        error = float(np.abs(self.weights.sum(axis=1) - 1.0).max(initial=0.0))
        if not error <= WEIGHT_TOLERANCE:
            raise ValueError(f"weights sum to 1 with an error of {error}, expected at most {WEIGHT_TOLERANCE}")


@dataclass(frozen=True, kw_only=True)
class ClosestPoints:
    """The points of a mesh that are closest to given points."""

    points: SurfacePoints
    """Where on the mesh."""
    triangles: Int[np.ndarray, " N"]
    """Index of the triangle of each; the first of several equally close ones."""
    distances: Float[np.ndarray, " N"]
    """How far, at least 0, in the vertices' unit."""


def points_on_triangles(
    faces: Faces, triangles: Int[np.ndarray, " N"], weights: Float[np.ndarray, "N 3"]
) -> SurfacePoints:
    """Make surface points from triangle indices.

    Args:
        faces: triangles of the mesh.
        triangles: index of the triangle of each point.
        weights: barycentric weights in the order of the triangle's corners.

    Raises:
        ValueError: a triangle index is out of range or weights are not barycentric.
    """
    check_indices("triangles", triangles, len(faces))
    return SurfacePoints(corners=faces[triangles], weights=weights)


def evaluate(points: SurfacePoints, attribute: Float[np.ndarray, "V C"]) -> Float[np.ndarray, "N C"]:
    """Interpolate an attribute of the vertices (positions, normals, colours) at surface points.

    Args:
        points: where.
        attribute: one row per vertex.

    Raises:
        ValueError: a point uses a vertex that has no row.
    """
    check_indices("corners", points.corners, len(attribute))
    # n: point, k: corner, c: channel
    return np.einsum("nk,nkc->nc", points.weights, attribute[points.corners])


def closest_points_on_mesh(vertices: Vertices, faces: Faces, queries: Float[np.ndarray, "N 3"]) -> ClosestPoints:
    """Find the closest surface point of each query by looking at every triangle.

    A triangle whose bounding sphere is farther than the best so far costs one distance; the others cost the exact
    closest point (Ericson, Real-Time Collision Detection, 5.1). Degenerate triangles are segments or points.

    Args:
        vertices: any unit of length.
        faces: triangles, at least one.
        queries: in the same frame and unit.

    Raises:
        ValueError: there is no triangle, an index is out of range, or a coordinate is not finite.
    """
    if not len(faces):
        raise ValueError("mesh has 0 triangles, expected at least 1")
    check_indices("faces", faces, len(vertices))
    corners = np.asarray(vertices[faces], dtype=np.float64)
    wanted = np.asarray(queries, dtype=np.float64)
    for name, values in (("vertices", corners), ("queries", wanted)):
        if not np.isfinite(values).all():
            raise ValueError(f"{name} hold {np.sum(~np.isfinite(values))} values that are not finite, expected none")
    centres = corners.mean(axis=1)
    radii = np.linalg.norm(corners - centres[:, None], axis=2).max(axis=1)
    triangles = np.zeros(len(wanted), dtype=np.int64)
    weights, distances = np.zeros_like(wanted), np.zeros(len(wanted))
    _closest_by_search(corners, centres, radii, wanted, (triangles, weights, distances))
    return ClosestPoints(
        points=points_on_triangles(faces, triangles, weights), triangles=triangles, distances=distances
    )


@njit(cache=True)
@no_type_check
def _closest_by_search(corners, centres, radii, queries, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    triangles, weights, distances = out
    for n in range(queries.shape[0]):
        query = (queries[n, 0], queries[n, 1], queries[n, 2])
        best = np.inf
        for f in range(centres.shape[0]):
            x, y, z = query[0] - centres[f, 0], query[1] - centres[f, 1], query[2] - centres[f, 2]
            reach = best + radii[f]
            if x * x + y * y + z * z > reach * reach:
                continue
            distance, u, v, w = _closest_on_triangle(corners[f], query)
            if distance < best:
                best = distance
                triangles[n] = f
                weights[n, 0], weights[n, 1], weights[n, 2] = u, v, w
        distances[n] = best


@njit(cache=True)
@no_type_check
def _closest_on_triangle(corners, query):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Try the foot on the plane, if it is inside, and the three edges; return (distance, weights of the corners)."""
    a = (corners[0, 0], corners[0, 1], corners[0, 2])
    ab = (corners[1, 0] - a[0], corners[1, 1] - a[1], corners[1, 2] - a[2])
    ac = (corners[2, 0] - a[0], corners[2, 1] - a[1], corners[2, 2] - a[2])
    aq = (query[0] - a[0], query[1] - a[1], query[2] - a[2])
    # Every candidate a + v ab + w ac is known by the dot products of ab, ac and aq.
    bb, bc, cc, bq, cq = _dot(ab, ab), _dot(ab, ac), _dot(ac, ac), _dot(ab, aq), _dot(ac, aq)
    t = _clamped_ratio(bq, bb)
    best = _candidate(ab, ac, aq, t, 0.0)
    t = _clamped_ratio(cq, cc)
    best = _nearer(best, _candidate(ab, ac, aq, 0.0, t))
    t = _clamped_ratio(cq - bq - bc + bb, bb - 2.0 * bc + cc)
    best = _nearer(best, _candidate(ab, ac, aq, 1.0 - t, t))
    determinant = bb * cc - bc * bc
    if determinant > 0.0:
        v, w = (cc * bq - bc * cq) / determinant, (bb * cq - bc * bq) / determinant
        if v >= 0.0 and w >= 0.0 and v + w <= 1.0:
            best = _nearer(best, _candidate(ab, ac, aq, v, w))
    return best


@njit(cache=True)
@no_type_check
def _clamped_ratio(along, squared):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Find where in [0, 1] the foot on a segment lies; 0 if the segment is a point."""
    return min(max(along / squared, 0.0), 1.0) if squared > 0.0 else 0.0


@njit(cache=True)
@no_type_check
def _candidate(ab, ac, aq, v, w):  # noqa: ANN001, ANN202 - compiled, types inferred
    offset = (v * ab[0] + w * ac[0] - aq[0], v * ab[1] + w * ac[1] - aq[1], v * ab[2] + w * ac[2] - aq[2])
    return np.sqrt(_dot(offset, offset)), 1.0 - v - w, v, w


@njit(cache=True)
@no_type_check
def _nearer(first, second):  # noqa: ANN001, ANN202 - compiled, types inferred
    return second if second[0] < first[0] else first


@njit(cache=True)
@no_type_check
def _dot(a, b):  # noqa: ANN001, ANN202 - compiled, types inferred
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
