"""Bake colours into an atlas: which triangle each texel lies on, and what a picture shows there."""

from dataclasses import dataclass
from typing import no_type_check

import numpy as np
from jaxtyping import Float, Float32, Int, Int32, UInt8
from scipy.ndimage import distance_transform_edt

from toonface.geometry.kernels import inlined, kernel
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
    gain: Float[np.ndarray, " V"]
    """What the picture's colours are multiplied by at each vertex."""
    sampled: Float[np.ndarray, "V 3"]
    """Picture times gain at each vertex, sRGB in [0, 255]: what is finer than this is the picture's detail."""
    colours: Float[np.ndarray, "V 3"]
    """sRGB in [0, 255], of what does not show the picture."""
    partner: Int[np.ndarray, " V"]
    """The vertex whose detail is added to these colours."""
    borrowed: Float[np.ndarray, " V"]
    """How much of it, in [0, 1]."""


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
) -> tuple[UInt8[np.ndarray, "S S 3"], float]:
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
    check_indices("partner", mesh.partner, len(mesh.trust))
    there = np.column_stack([mesh.points_px, mesh.trust, mesh.gain, mesh.sampled])[mesh.partner]
    there[:, 2] = mesh.borrowed
    vertices = np.column_stack([mesh.points_px, mesh.trust, mesh.gain, mesh.colours, there]).astype(np.float32)
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
    for row in range(triangles.shape[0]):
        for column in range(triangles.shape[1]):
            face = triangles[row, column]
            corner = (faces[face, 0], faces[face, 1], faces[face, 2])
            at = (weights[row, column, 0], weights[row, column, 1], weights[row, column, 2])
            left, top, across, down, trust = _place(vertices, corner, at, 0, mask)
            share[0] += trust
            before, above, aside, below, borrowed = _place(vertices, corner, at, OTHER, mask)
            borrowed *= np.float32(1.0) - trust
            for k in range(3):
                colour = _mean(vertices, corner, at, 4 + k)
                if borrowed > np.float32(0.0):
                    gain = _mean(vertices, corner, at, OTHER + 3)
                    detail = gain * _between(picture[:, :, k], before, above, aside, below)
                    colour += borrowed * (detail - _mean(vertices, corner, at, OTHER + 4 + k))
                if trust > np.float32(0.0):
                    gain = _mean(vertices, corner, at, 3)
                    colour += trust * (gain * _between(picture[:, :, k], left, top, across, down) - colour)
                atlas[row, column, k] = np.uint8(min(max(colour + np.float32(0.5), np.float32(0.0)), np.float32(255.0)))


OTHER = 7
"""First column of what a vertex borrows; before it are x, y, trust, gain and colour, and the same follow it."""


@inlined()
@no_type_check
def _mean(vertices, corner, at, k):  # noqa: ANN001, ANN202 - compiled, types inferred
    return at[0] * vertices[corner[0], k] + at[1] * vertices[corner[1], k] + at[2] * vertices[corner[2], k]


@inlined()
@no_type_check
def _place(vertices, corner, at, k, mask):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Return the pixel left above a texel, the shares of the next ones, and how much the picture is used there."""
    trust = _mean(vertices, corner, at, k + 2)
    left, top, across, down = 0, 0, np.float32(0.0), np.float32(0.0)
    if trust > np.float32(0.0):
        x = _mean(vertices, corner, at, k) - np.float32(0.5)
        y = _mean(vertices, corner, at, k + 1) - np.float32(0.5)
        left, top = int(np.floor(x)), int(np.floor(y))
        if left < 0 or top < 0 or left + 1 >= mask.shape[1] or top + 1 >= mask.shape[0]:
            left, top, trust = 0, 0, np.float32(0.0)
        else:
            across, down = x - np.float32(left), y - np.float32(top)
            trust *= _between(mask, left, top, across, down)
    return left, top, across, down, trust


@inlined()
@no_type_check
def _between(values, left, top, across, down):  # noqa: ANN001, ANN202 - compiled, types inferred
    first, second = np.float32(values[top, left]), np.float32(values[top, left + 1])
    third, fourth = np.float32(values[top + 1, left]), np.float32(values[top + 1, left + 1])
    upper = first + across * (second - first)
    lower = third + across * (fourth - third)
    return upper + down * (lower - upper)
