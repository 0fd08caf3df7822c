"""Where rays leave a mesh: tables of points on the skin. Slow, made once for a model."""

import numpy as np
from jaxtyping import Float
from scipy import sparse

from toonface.types import Faces, Vertices


def ray_hits(
    vertices: Vertices, faces: Faces, origins: Float[np.ndarray, "N 3"], directions: Float[np.ndarray, "N 3"]
) -> sparse.csr_array:
    """Find where rays leave a mesh for the last time, as a matrix times its vertices; slow, for tables.

    A ray that misses is given the vertex that lies nearest to it, ahead of its origin.

    Args:
        vertices: metres.
        faces: the triangles that count.
        origins: starts of the rays.
        directions: unit vectors.
    """
    corner, edge_b, edge_c = vertices[faces[:, 0]], *(vertices[faces[:, k]] - vertices[faces[:, 0]] for k in (1, 2))
    middle = corner + (edge_b + edge_c) / 3.0
    size = np.linalg.norm(vertices[faces] - middle[:, None], axis=2).max(axis=1)
    corners, weights = np.zeros((len(origins), 3), np.int64), np.zeros((len(origins), 3))
    arm, around = middle, np.zeros(len(middle))
    for ray, (origin, way) in enumerate(zip(origins, directions, strict=True)):
        if ray == 0 or (origin != origins[ray - 1]).any():
            arm = middle - origin
            around = (arm**2).sum(axis=1) - size**2
        ahead = arm @ way
        near = np.flatnonzero((around < ahead**2) & (ahead > -size))
        second, third, distance = _cross(corner[near] - origin, edge_b[near], edge_c[near], way)
        hit = (second >= -1e-9) & (third >= -1e-9) & (second + third <= 1.0 + 1e-9) & (distance > 0.0)
        if hit.any():
            last = np.where(hit, distance, -1.0).argmax()
            corners[ray] = faces[near[last]]
            weights[ray] = (1.0 - second[last] - third[last], second[last], third[last])
        else:
            corners[ray] = _nearest_ahead(vertices, faces, origin, way)
            weights[ray] = (1.0, 0.0, 0.0)
    rows = np.arange(len(origins) + 1) * 3
    return sparse.csr_array((weights.ravel(), corners.ravel(), rows), shape=(len(origins), len(vertices)))


def _cross(
    corner: Float[np.ndarray, "N 3"],
    edge_b: Float[np.ndarray, "N 3"],
    edge_c: Float[np.ndarray, "N 3"],
    way: Float[np.ndarray, "3"],
) -> tuple[Float[np.ndarray, " N"], Float[np.ndarray, " N"], Float[np.ndarray, " N"]]:
    """Cut planes of triangles with a ray from the origin: weights of the second and third corner, and distance."""
    normal = np.cross(way, edge_c)
    scale = (edge_b * normal).sum(axis=1)
    scale = np.where(np.abs(scale) < 1e-15, np.inf, scale)
    turned = np.cross(-corner, edge_b)
    return -(corner * normal).sum(axis=1) / scale, turned @ way / scale, (edge_c * turned).sum(axis=1) / scale


def _nearest_ahead(
    vertices: Vertices, faces: Faces, origin: Float[np.ndarray, "3"], direction: Float[np.ndarray, "3"]
) -> int:
    used = np.unique(faces)
    way = vertices[used] - origin
    ahead = way @ direction
    aside = np.linalg.norm(way - ahead[:, None] * direction, axis=1)
    return int(used[np.where(ahead > 0.0, aside, np.inf).argmin()])
