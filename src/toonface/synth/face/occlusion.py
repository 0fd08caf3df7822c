"""Ambient occlusion of the bare head: how much of the sky each vertex of the skin sees."""

import numpy as np
from jaxtyping import Float
from scipy import sparse

from toonface.geometry.normals import vertex_normals
from toonface.geometry.rasterize import clear, draw
from toonface.morphable.face_model import FaceModel, subdivide
from toonface.morphable.regions import SkinRegion
from toonface.types import Faces
from toonface.worn.surface import Sitter

DIRECTIONS = 96
SIZE = 192
"""Side of the depth pictures, pixels."""
REACH = 0.17
"""Metres from the middle of the head that they cover."""
BIAS = 0.0025
"""Metres."""
DARKEST = 0.35
"""Outer skin is not darker than this: lips and lids open, and then see more than on the mean head."""
MOUTH_LIT, MOUTH_DEPTH = 0.004, 0.045
"""Metres behind the lips up to which the mouth is lit from outside, and over which the light fades."""


def ambient_occlusion(model: FaceModel) -> Float[np.ndarray, " V"]:
    """Measure the share of the sky that each LOD0 vertex of the mean head sees, in [0, 1].

    Args:
        model: the face model.
    """
    skin, faces = subdivide(model, model.mean[: model.skin.count]), model.skin.faces[0]
    normals = vertex_normals(skin, faces)
    middle = np.array([0.0, 0.05, 0.02])
    seen, total = np.zeros(len(skin)), np.zeros(len(skin))
    for direction in _sphere(DIRECTIONS):
        side = np.cross([0.0, 1.0, 0.01], direction)
        side /= np.linalg.norm(side)
        axes = np.stack([side, -np.cross(direction, side), direction])
        scale = np.array([0.5 * SIZE / REACH, 0.5 * SIZE / REACH, 1.0])
        place = ((skin - middle) @ axes.T) * scale + [0.5 * SIZE, 0.5 * SIZE, 0.0]
        fragments = clear(SIZE, SIZE)
        draw(fragments, place, faces)
        column, row = np.clip(place[:, :2].astype(int), 0, SIZE - 1).T
        weight = np.maximum(normals @ direction, 0.0)
        total += weight
        seen += weight * (fragments.depth[row, column] < place[:, 2] + BIAS)
    share = seen / np.maximum(total, 1e-9)
    inside = subdivide(model, np.repeat((model.skin.region >= SkinRegion.MOUTH)[:, None], 3, axis=1).astype(float))[
        :, 0
    ]
    average = _average(faces, len(skin))
    for _ in range(3):
        share = average @ share
    return np.maximum(share, DARKEST * (1.0 - inside))


def skin_occlusion(sitter: Sitter, occlusion: Float[np.ndarray, " V"]) -> Float[np.ndarray, " V"]:
    """Adapt the mean head's occlusion to a face: an open mouth is lit from outside.

    Args:
        sitter: the head.
        occlusion: from `ambient_occlusion`.
    """
    region = sitter.model.skin.region
    inside = (region == SkinRegion.MOUTH).astype(float)
    inside = sitter.model.skin.subdivision.matrix @ inside
    return np.where(inside > 0.0, (1.0 - inside) * occlusion + inside * mouth_light(sitter, sitter.skin), occlusion)


def mouth_light(sitter: Sitter, points: Float[np.ndarray, "N 3"]) -> Float[np.ndarray, " N"]:
    """Return the ambient light that reaches points in the mouth, in [0, 1].

    Args:
        sitter: the head.
        points: of teeth, tongue or the mouth's inside, metres.
    """
    lips = sitter.skin[sitter.model.lips.upper, 2].max()
    return np.clip(1.0 - (lips - MOUTH_LIT - points[:, 2]) / MOUTH_DEPTH, 0.1, 0.85)


def _sphere(count: int) -> Float[np.ndarray, "N 3"]:
    """Fibonacci's points on the sphere."""
    height = 1.0 - 2.0 * (np.arange(count) + 0.5) / count
    angle = np.arange(count) * np.pi * (3.0 - np.sqrt(5.0))
    ring = np.sqrt(1.0 - height**2)
    return np.stack([ring * np.cos(angle), height, ring * np.sin(angle)], axis=1)


def _average(faces: Faces, count: int) -> sparse.csr_array:
    """Matrix that takes half of a vertex and half of the mean of its neighbours."""
    ends = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    links = sparse.csr_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(count, count))
    links = links + links.T
    degree = np.maximum(links.sum(axis=1), 1.0)
    return sparse.csr_array(0.5 * sparse.eye_array(count) + 0.5 * sparse.diags_array(1.0 / degree) @ links)
