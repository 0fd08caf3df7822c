"""Cut meshes for formats in which a vertex has one place in the picture. numpy only."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from toonface.types import Faces


@dataclass(frozen=True, kw_only=True)
class Corners:
    """A mesh whose vertices are pairs of a vertex and a texture coordinate of another mesh."""

    vertex: Int[np.ndarray, " N"]
    """Vertex of the other mesh."""
    uv: Int[np.ndarray, " N"]
    """Its texture coordinate."""
    faces: Faces


def join_corners(faces: Faces, uv_faces: Faces) -> Corners:
    """Make one vertex of each pair of vertex and texture coordinate that a mesh uses, in rising order of the vertex.

    Args:
        faces: indices of vertices.
        uv_faces: indices of texture coordinates, one triple per face.

    Raises:
        ValueError: there are not as many of both.
    """
    if faces.shape != uv_faces.shape:
        raise ValueError(f"uv_faces has shape {uv_faces.shape}, expected that of faces, {faces.shape}")
    base = int(uv_faces.max(initial=0)) + 1
    keys, corner = np.unique(faces.astype(np.int64) * base + uv_faces, return_inverse=True)
    return Corners(vertex=keys // base, uv=keys % base, faces=corner.reshape(faces.shape))
