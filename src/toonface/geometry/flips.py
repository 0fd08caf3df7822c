"""Flipped triangles: which triangles a deformation has turned against their neighbours. numpy, scipy, numba.

A triangle is *against its ring* if its normal opposes (negative dot product) the sum of the area-weighted normals of
the triangles that share a vertex with it, itself excluded. It is *flipped* if it is against its ring in the deformed
mesh and was not in the undeformed one. The measure is relative: turning the whole mesh inside out flips nothing.
"""

from dataclasses import dataclass
from typing import no_type_check

import numpy as np
from jaxtyping import Bool, Float, Int
from numba import njit
from scipy import sparse

from toonface.types import Faces, Vertices, check_indices


@dataclass(frozen=True, kw_only=True)
class TriangleRings:
    """For each triangle those that share a vertex with it, in compressed rows.

    Raises:
        ValueError: the offsets do not cut the neighbours into rows, or a neighbour is no triangle.
    """

    offsets: Int[np.ndarray, " F_plus_1"]
    """Row f of the neighbours is `neighbours[offsets[f]:offsets[f + 1]]`."""
    neighbours: Int[np.ndarray, " M"]
    """Triangle indices."""

    def __post_init__(self) -> None:
        ends = (int(self.offsets[0]), int(self.offsets[-1])) if len(self.offsets) else ()
        if ends != (0, len(self.neighbours)) or np.any(np.diff(self.offsets) < 0):
            raise ValueError(f"offsets run over {ends}, expected to rise from 0 to {len(self.neighbours)}")
        check_indices("neighbours", self.neighbours, len(self.offsets) - 1)


def triangle_rings(faces: Faces, vertex_count: int) -> TriangleRings:
    """Find the one-ring of every triangle; compute it once per mesh.

    Args:
        faces: triangles.
        vertex_count: number of vertices they index.

    Raises:
        ValueError: an index is out of range.
    """
    check_indices("faces", faces, vertex_count)
    count = len(faces)
    rows = np.repeat(np.arange(count), 3)
    incidence = sparse.csr_array((np.ones(3 * count, dtype=np.int32), (rows, faces.ravel())), (count, vertex_count))
    shared = sparse.coo_array(incidence @ incidence.T)
    others = shared.row != shared.col
    adjacency = sparse.csr_array((shared.data[others], (shared.row[others], shared.col[others])), (count, count))
    adjacency.sort_indices()
    return TriangleRings(offsets=adjacency.indptr.astype(np.int64), neighbours=adjacency.indices.astype(np.int64))


def ring_agreement(vertices: Vertices, faces: Faces, rings: TriangleRings) -> Float[np.ndarray, " F"]:
    """Compute the cosine between each triangle's normal and the area-weighted normal of its ring.

    Zero where the triangle has no area, has no ring, or where the ring's normals cancel.

    Args:
        vertices: any unit of length.
        faces: triangles, consistently wound.
        rings: `triangle_rings` of these faces.

    Raises:
        ValueError: the rings belong to another number of triangles, or an index is out of range.
    """
    if len(rings.offsets) != len(faces) + 1:
        raise ValueError(f"rings are of {len(rings.offsets) - 1} triangles, expected {len(faces)}")
    check_indices("faces", faces, len(vertices))
    agreement = np.zeros(len(faces))
    _ring_cosines(_normals_by_area(vertices, faces), rings.offsets, rings.neighbours, agreement)
    return agreement


def flipped_triangles(before: Vertices, after: Vertices, faces: Faces, rings: TriangleRings) -> Bool[np.ndarray, " F"]:
    """Tell which triangles oppose their ring after a deformation and did not before it.

    A triangle that lost its area is not flipped (see the module for the definition).

    Args:
        before: undeformed vertices.
        after: deformed vertices.
        faces: triangles, consistently wound.
        rings: `triangle_rings` of these faces.
    """
    return (ring_agreement(after, faces, rings) < 0.0) & (ring_agreement(before, faces, rings) >= 0.0)


@njit(cache=True)
@no_type_check
def _normals_by_area(vertices, faces):  # noqa: ANN001, ANN202 - compiled, types inferred
    normals = np.zeros((faces.shape[0], 3))
    for f in range(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        ux, uy, uz = vertices[b, 0] - vertices[a, 0], vertices[b, 1] - vertices[a, 1], vertices[b, 2] - vertices[a, 2]
        vx, vy, vz = vertices[c, 0] - vertices[a, 0], vertices[c, 1] - vertices[a, 1], vertices[c, 2] - vertices[a, 2]
        normals[f, 0] = uy * vz - uz * vy
        normals[f, 1] = uz * vx - ux * vz
        normals[f, 2] = ux * vy - uy * vx
    return normals


@njit(cache=True)
@no_type_check
def _ring_cosines(normals, offsets, neighbours, agreement):  # noqa: ANN001, ANN202 - compiled, types inferred
    for f in range(normals.shape[0]):
        x = y = z = 0.0
        for k in range(offsets[f], offsets[f + 1]):
            g = neighbours[k]
            x += normals[g, 0]
            y += normals[g, 1]
            z += normals[g, 2]
        own = np.sqrt(normals[f, 0] ** 2 + normals[f, 1] ** 2 + normals[f, 2] ** 2)
        ring = np.sqrt(x * x + y * y + z * z)
        if own > 0.0 and ring > 0.0:
            dot = normals[f, 0] * x + normals[f, 1] * y + normals[f, 2] * z
            agreement[f] = dot / own / ring
