"""The 68 iBUG landmarks on the head, and contour points that slide to the silhouette.

A detector marks the contour where the face ends in the picture, not on a fixed point of the skin. Each contour point
therefore has a path over the cheek, and the point of the path that lies farthest out in the picture is the landmark.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from toonface.types import Vertices

CONTOUR = slice(0, 17)
LANDMARK_COUNT = 68


@dataclass(frozen=True, kw_only=True)
class LandmarkTable:
    """Where the landmarks lie on the subdivided skin (LOD0)."""

    corners: Int[np.ndarray, "68 3"]
    """Vertices of the triangle of each point."""
    weights: Float[np.ndarray, "68 3"]
    """Barycentric weights, rows sum to 1."""
    paths: Int[np.ndarray, "17 K 2"]
    """Edges that each contour point's path crosses, from the jaw inwards over the cheek."""
    path_weights: Float[np.ndarray, "17 K 2"]


def landmarks_3d(
    skin: Vertices, table: LandmarkTable, rotation: Float[np.ndarray, "3 3"] | None = None
) -> Float[np.ndarray, "68 3"]:
    """Return the landmarks of a head in model coordinates, metres.

    Args:
        skin: vertices of LOD0.
        table: of the model.
        rotation: from the head to the camera (z towards the viewer); None leaves the contour on the jaw.
    """
    points = np.einsum("nk,nkc->nc", table.weights, skin[table.corners])
    if rotation is not None:
        points[CONTOUR] = slide_contour(skin, table, rotation)
    return points


def jaw_normals(jaw: Float[np.ndarray, "17 3"]) -> Float[np.ndarray, "17 2"]:
    """Return the direction out of the face, across the jaw line, as seen from the front.

    Args:
        jaw: first points of the contour's paths, from the character's right ear to the left.
    """
    tangent = np.gradient(jaw[:, :2], axis=0)
    outward = np.stack([tangent[:, 1], -tangent[:, 0]], axis=1)
    return outward / np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-12)


def picture_axes(rotation: Float[np.ndarray, "3 3"]) -> Float[np.ndarray, "2 2"]:
    """Return the head's own x and y as unit directions in the picture; they turn with its roll, not with its yaw.

    Args:
        rotation: from the head to the camera; yaw and pitch below 90 degrees.
    """
    axes = rotation[:2, :2].T
    return axes / np.maximum(np.linalg.norm(axes, axis=1, keepdims=True), 1e-12)


def slide_contour(
    skin: Vertices, table: LandmarkTable, rotation: Float[np.ndarray, "3 3"]
) -> Float[np.ndarray, "17 3"]:
    """Move each contour point along its path to where it lies farthest out in the picture.

    Args:
        skin: vertices of LOD0.
        table: of the model.
        rotation: from the head to the camera.
    """
    paths = np.einsum("nks,nksc->nkc", table.path_weights, skin[table.paths])
    return paths[np.arange(17), silhouette_steps(paths, rotation)]


def silhouette_steps(paths: Float[np.ndarray, "17 K 3"], rotation: Float[np.ndarray, "3 3"]) -> Int[np.ndarray, "17"]:
    """Choose the step of each contour path that lies farthest out in the picture.

    Args:
        paths: where they run, metres.
        rotation: from the head to the camera.
    """
    outward = jaw_normals(paths[:, 0]) @ picture_axes(rotation)
    return np.argmax(np.einsum("nkc,nc->nk", paths @ rotation[:2].T, outward), axis=1)
