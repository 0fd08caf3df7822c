"""Normals and areas of triangle meshes. numpy, and numba where every animated frame asks for it."""

from typing import no_type_check

import numpy as np
from jaxtyping import Float
from numba import njit

from toonface.types import Faces, Vertices, check_indices


def face_area_vectors(vertices: Vertices, faces: Faces) -> Float[np.ndarray, "F 3"]:
    """Compute for each triangle the vector along its normal whose length is its area.

    Args:
        vertices: any unit of length.
        faces: counter-clockwise seen from outside.
    """
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    return 0.5 * np.cross(b - a, c - a)


def face_areas(vertices: Vertices, faces: Faces) -> Float[np.ndarray, " F"]:
    """Compute the area of each triangle, in the square of the vertices' unit.

    Args:
        vertices: any unit of length.
        faces: triangles; a degenerate one has area zero.
    """
    return np.linalg.norm(face_area_vectors(vertices, faces), axis=1)


def face_normals(vertices: Vertices, faces: Faces) -> Float[np.ndarray, "F 3"]:
    """Compute unit normals of triangles, zero where a triangle has no area.

    Args:
        vertices: any unit of length.
        faces: counter-clockwise seen from outside.
    """
    vectors = face_area_vectors(vertices, faces)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0.0, lengths, 1.0)


def vertex_normals(vertices: Vertices, faces: Faces) -> Vertices:
    """Compute unit normals of vertices: the sum of the adjacent triangles' normals weighted by their areas.

    A vertex without a triangle, or whose triangles cancel, has normal zero.

    Args:
        vertices: any unit of length.
        faces: counter-clockwise seen from outside.
    """
    out = np.zeros_like(vertices)
    vertex_normals_into(vertices, faces, out)
    return out


def vertex_normals_into(vertices: Vertices, faces: Faces, out: Vertices) -> None:
    """Write the `vertex_normals` of a mesh into an array that is reused from frame to frame.

    Args:
        vertices: any unit of length.
        faces: counter-clockwise seen from outside.
        out: overwritten; must not be the vertices themselves.

    Raises:
        ValueError: an index is out of range, or `out` has another shape.
    """
    if out.shape != vertices.shape:
        raise ValueError(f"out has shape {out.shape}, expected that of the vertices, {vertices.shape}")
    if np.may_share_memory(out, vertices):
        raise ValueError("out shares memory with vertices, expected a separate array")
    check_indices("faces", faces, len(vertices))
    _accumulate_and_normalise(vertices, faces, out)


@njit(cache=True)
@no_type_check
def _accumulate_and_normalise(vertices, faces, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    out[:] = 0.0
    for f in range(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        ux, uy, uz = vertices[b, 0] - vertices[a, 0], vertices[b, 1] - vertices[a, 1], vertices[b, 2] - vertices[a, 2]
        vx, vy, vz = vertices[c, 0] - vertices[a, 0], vertices[c, 1] - vertices[a, 1], vertices[c, 2] - vertices[a, 2]
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        for corner in range(3):
            v = faces[f, corner]
            out[v, 0] += nx
            out[v, 1] += ny
            out[v, 2] += nz
    for v in range(out.shape[0]):
        length = np.sqrt(out[v, 0] ** 2 + out[v, 1] ** 2 + out[v, 2] ** 2)
        if length > 0.0:
            out[v, 0] /= length
            out[v, 1] /= length
            out[v, 2] /= length
