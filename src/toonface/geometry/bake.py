"""Bake colours into an atlas: which triangle each texel lies on, and what a picture shows there."""

from dataclasses import dataclass
from typing import no_type_check

import numpy as np
from jaxtyping import Float, Float32, Int32
from scipy.ndimage import distance_transform_edt

from toonface.geometry.kernels import kernel
from toonface.geometry.rasterize import clear, draw
from toonface.types import UV, Faces, Picture, check_indices


@dataclass(frozen=True, kw_only=True)
class Charts:
    """An atlas of one topology. Texels between the charts belong to the nearest one, so that filters read no gap."""

    triangle: Int32[np.ndarray, "S S"]
    weights: Float32[np.ndarray, "S S 3"]
    """Of the triangle's corners; at least 0, sum 1."""


@dataclass(frozen=True, kw_only=True)
class Projected:
    """A mesh in a picture."""

    points_px: Float[np.ndarray, "V 2"]
    """x and y of each vertex; pixel centres are at +0.5."""
    trust: Float[np.ndarray, " V"]
    """How much each vertex shows the picture, in [0, 1]."""
    colours: Float[np.ndarray, "V 3"]
    """sRGB in [0, 255], of what does not."""


def draw_charts(uv: UV, uv_faces: Faces, size: int) -> Charts:
    """Find the triangle of each texel.

    Args:
        uv: in [0, 1], origin at the top left.
        uv_faces: charts do not overlap.
        size: texels of a side, at least 1.

    Raises:
        ValueError: the size is below 1, or no texel lies on a triangle.
    """
    fragments = clear(size, size)
    draw(fragments, np.column_stack([uv * size, np.zeros(len(uv))]), uv_faces)
    if not (fragments.face >= 0).any():
        raise ValueError(f"no texel of {size} x {size} lies on a triangle, expected at least one")
    rows, columns = distance_transform_edt(fragments.face < 0, return_distances=False, return_indices=True)
    return Charts(triangle=fragments.face[rows, columns], weights=fragments.barycentric[rows, columns])


def bake(
    charts: Charts, faces: Faces, *, mesh: Projected, picture: Picture, mask: Float32[np.ndarray, "_ _"]
) -> tuple[Picture, float]:
    """Mix at each texel the picture's colour and the mesh's own; return the atlas and the picture's share of it.

    Args:
        charts: from `draw_charts`.
        faces: triangles in the order of the charts' own.
        mesh: where the vertices lie in the picture.
        picture: sRGB.
        mask: how much each pixel may be used, in [0, 1].

    Raises:
        ValueError: picture and mask differ in size, or an index is out of range.
    """
    if picture.shape[:2] != mask.shape:
        raise ValueError(f"mask has shape {mask.shape}, expected that of the picture, {picture.shape[:2]}")
    check_indices("faces", faces, len(mesh.trust))
    check_indices("triangle", charts.triangle, len(faces))
    vertices = np.column_stack([mesh.points_px, mesh.trust, mesh.colours]).astype(np.float32)
    atlas, share = np.zeros((*charts.triangle.shape, 3), np.uint8), np.zeros(1)
    corners = np.ascontiguousarray(faces, np.int32)
    _bake((charts.triangle, charts.weights), corners, vertices, (picture, mask), (atlas, share))
    return atlas, float(share[0]) / charts.triangle.size


@kernel()
@no_type_check
def _bake(charts, faces, vertices, source, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    atlas, share = out
    triangles, weights = charts
    picture, mask = source
    height, width = mask.shape
    for row in range(triangles.shape[0]):
        for column in range(triangles.shape[1]):
            face = triangles[row, column]
            a, b, c = faces[face, 0], faces[face, 1], faces[face, 2]
            u, v, w = weights[row, column, 0], weights[row, column, 1], weights[row, column, 2]
            x = u * vertices[a, 0] + v * vertices[b, 0] + w * vertices[c, 0] - np.float32(0.5)
            y = u * vertices[a, 1] + v * vertices[b, 1] + w * vertices[c, 1] - np.float32(0.5)
            trust = u * vertices[a, 2] + v * vertices[b, 2] + w * vertices[c, 2]
            left, top = int(np.floor(x)), int(np.floor(y))
            if left < 0 or top < 0 or left + 1 >= width or top + 1 >= height:
                left, top, trust = 0, 0, np.float32(0.0)
            across, down = x - np.float32(left), y - np.float32(top)
            if trust > np.float32(0.0):
                upper = mask[top, left] + across * (mask[top, left + 1] - mask[top, left])
                lower = mask[top + 1, left] + across * (mask[top + 1, left + 1] - mask[top + 1, left])
                trust *= upper + down * (lower - upper)
            share[0] += trust
            for k in range(3):
                colour = u * vertices[a, 3 + k] + v * vertices[b, 3 + k] + w * vertices[c, 3 + k]
                if trust > np.float32(0.0):
                    first, second = np.float32(picture[top, left, k]), np.float32(picture[top, left + 1, k])
                    third, fourth = np.float32(picture[top + 1, left, k]), np.float32(picture[top + 1, left + 1, k])
                    upper = first + across * (second - first)
                    lower = third + across * (fourth - third)
                    colour += trust * (upper + down * (lower - upper) - colour)
                atlas[row, column, k] = np.uint8(min(max(colour + np.float32(0.5), np.float32(0.0)), np.float32(255.0)))
