"""Place the 68 landmarks and the paths on which the contour slides."""

import numpy as np
from jaxtyping import Float, Int

from toonface.geometry.barycentric import closest_points_on_mesh
from toonface.morphable.landmarks import LandmarkTable
from toonface.types import Faces, Vertices

BASE_VERTICES = (
    *(5426, 269, 5246, 5242, 5240, 915, 917, 914, 732, 7616, 7619, 7617, 11849, 11851, 11854, 7038, 12025),
    *(211, 206, 204, 180, 209, 6984, 6956, 6979, 6981, 6986),
    *(133, 131, 201, 5054, 334, 313, 312, 7076, 7096),
    *(4856, 6762, 6775, 66, 50, 1067, 6850, 13371, 13358, 11474, 7759, 6834),
    *(368, 447, 460, 466, 7219, 7207, 7128, 7232, 7245, 496, 490, 477),
    *(368, 453, 468, 7213, 7128, 11962, 523, 5360),
)
"""Vertices of MakeHuman's base mesh, found with a detector trained on photographs."""
MIRROR = (
    tuple(range(16, -1, -1))
    + tuple(range(26, 16, -1))
    + (27, 28, 29, 30, 35, 34, 33, 32, 31)
    + (45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40)
    + (54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55)
    + (64, 63, 62, 61, 60, 67, 66, 65)
)
"""Landmark on the other side of each landmark."""
BROW_LIFT = 0.0004
"""Metres from the middle of the brow's hair to its upper edge, where iBUG has the brow points."""
INNER_CORNER = 0.0026
"""Metres by which 60 and 64 lie inside the corners of the mouth."""
ON_MIDDLE = 1e-6
"""Metres from the middle within which a vertex is its own mirror image; landmarks that are theirs lie on such."""
CENTRE = np.array([0.0, -0.010, 0.040])
"""Inside the head; the contour's paths turn about it."""
PATH_DEGREES, PATH_POINTS = 44.0, 20


def place_landmarks(
    skin: Vertices, faces: Faces, cage_points: Int[np.ndarray, "68"], visible: Int[np.ndarray, "N"]
) -> LandmarkTable:
    """Build the table on a symmetric template.

    Args:
        skin: vertices of LOD0.
        faces: triangles of LOD0.
        cage_points: cage point of each landmark's vertex; LOD0 starts with the cage points.
        visible: triangles that can be seen from outside (no mouth bag, no sockets).
    """
    points = skin[cage_points].copy()
    points[17:27] += np.array([0.0, BROW_LIFT, 0.0])
    points[60, 0] += INNER_CORNER
    points[64, 0] -= INNER_CORNER
    points = 0.5 * (points + points[list(MIRROR)] * np.array([-1.0, 1.0, 1.0]))
    outside = faces[visible]
    found = closest_points_on_mesh(skin, outside, points).points
    corners, weights = found.corners.copy(), found.weights.copy()
    seen = np.unique(outside)
    middle = seen[np.abs(skin[seen, 0]) < ON_MIDDLE]
    for number in np.flatnonzero(np.arange(68) == np.array(MIRROR)):
        nearest = middle[np.argmin(np.linalg.norm(skin[middle] - points[number], axis=1))]
        corners[number] = outside[np.flatnonzero((outside == nearest).any(axis=1))[0]]
        weights[number] = corners[number] == nearest
    paths, path_weights = _contour_paths(skin, outside, points[:17])
    return LandmarkTable(corners=corners, weights=weights, paths=paths, path_weights=path_weights)


def _contour_paths(
    skin: np.ndarray, faces: np.ndarray, jaw: Float[np.ndarray, "17 3"]
) -> tuple[Int[np.ndarray, "17 K 2"], Float[np.ndarray, "17 K 2"]]:
    """Cut the skin with planes across the jaw line and keep each cut from the jaw over the cheek."""
    sides = np.sort(np.stack([faces, np.roll(faces, -1, axis=1)], axis=2).reshape(-1, 2), axis=1)
    edges = np.unique(sides, axis=0)
    tangents = np.gradient(jaw, axis=0)
    tangents[:, 2] *= 0.25
    paths = [_cut(skin, edges, point, tangent) for point, tangent in zip(jaw, tangents, strict=True)]
    return np.array([path[0] for path in paths]), np.array([path[1] for path in paths])


def _cut(skin: np.ndarray, edges: np.ndarray, start: np.ndarray, tangent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    normal = tangent / np.linalg.norm(tangent)
    height = (skin - start) @ normal
    above = height >= 0.0
    crossing = edges[above[edges[:, 0]] != above[edges[:, 1]]]
    a, b = height[crossing[:, 0]], height[crossing[:, 1]]
    share = a / (a - b)
    points = (1 - share)[:, None] * skin[crossing[:, 0]] + share[:, None] * skin[crossing[:, 1]]
    centre = CENTRE - ((CENTRE - start) @ normal) * normal
    first = (start - centre) / np.linalg.norm(start - centre)
    second = np.cross(normal, first)
    second *= np.sign(second @ np.array([0.0, 0.35, 1.0]))
    angle = np.degrees(np.arctan2((points - centre) @ second, (points - centre) @ first))
    reach = np.linalg.norm(points - centre, axis=1)
    wanted = np.linspace(0.0, PATH_DEGREES, PATH_POINTS)
    chosen = [_outermost(angle, reach, target) for target in wanted]
    return crossing[chosen], np.stack([1 - share[chosen], share[chosen]], axis=1)


def _outermost(angle: np.ndarray, reach: np.ndarray, target: float) -> int:
    """The crossing nearest to an angle; among those equally near, the one on the outside (ears have folds)."""
    near = np.flatnonzero(np.abs(angle - target) <= np.abs(angle - target).min() + 1e-9)
    return int(near[np.argmax(reach[near])])
