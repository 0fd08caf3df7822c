"""A small software z-buffer: which triangle is seen at each pixel, and where in it.

Several meshes are drawn one after the other into the same `Fragments`; the nearest wins. Shading is left to the
caller, who has the triangle and the barycentric weights at every pixel. Supersample by drawing at twice the size.
"""

from dataclasses import dataclass
from typing import no_type_check

import numpy as np
from jaxtyping import Float, Float32, Int, Int16, Int32, UInt8
from numba import njit

from toonface.types import UV, Faces, check_indices

FAR = np.float32(-1e30)
BACKGROUND = -1


@dataclass(frozen=True, kw_only=True)
class Fragments:
    """The buffers of one picture; `draw` fills them in place."""

    part: Int16[np.ndarray, "H W"]
    """Number of the mesh that is seen, `BACKGROUND` where there is none."""
    face: Int32[np.ndarray, "H W"]
    """Triangle of that mesh, `BACKGROUND` where there is none."""
    barycentric: Float32[np.ndarray, "H W 3"]
    """Weights of the triangle's three corners at the pixel centre."""
    depth: Float32[np.ndarray, "H W"]
    """Depth in the unit of the vertices that were drawn, larger is nearer; `FAR` where nothing is."""


@dataclass(frozen=True, kw_only=True)
class Cutout:
    """Alpha test: a fragment whose texture is more transparent than the threshold is not drawn."""

    uv: UV
    uv_faces: Faces
    alpha: UInt8[np.ndarray, "A B"]
    threshold: int = 128
    """In [0, 255]; alpha below it is a hole."""


def clear(height: int, width: int) -> Fragments:
    """Make empty buffers.

    Args:
        height: rows, at least 1.
        width: columns, at least 1.

    Raises:
        ValueError: a size below 1.
    """
    if height < 1 or width < 1:
        raise ValueError(f"picture size is {width} x {height}, expected at least 1 x 1")
    return Fragments(
        part=np.full((height, width), BACKGROUND, np.int16),
        face=np.full((height, width), BACKGROUND, np.int32),
        barycentric=np.zeros((height, width, 3), np.float32),
        depth=np.full((height, width), FAR, np.float32),
    )


def draw(
    fragments: Fragments,
    screen: Float[np.ndarray, "V 3"],
    faces: Faces,
    *,
    part: int = 0,
    cutout: Cutout | None = None,
    cull: bool = False,
) -> None:
    """Draw one mesh into the buffers.

    Args:
        fragments: buffers from `clear`; changed in place.
        screen: x and y in pixels (pixel centres at +0.5, y down) and depth (larger is nearer).
        faces: triangles; those without area on the screen are skipped.
        part: number written where this mesh is seen, in [0, 32767].
        cutout: alpha test, or None for an opaque mesh.
        cull: skip triangles seen from behind (counter-clockwise in the y-up world is front).

    Raises:
        ValueError: the part is out of range, an index is, or the cutout has another number of triangles.
    """
    if not 0 <= part <= np.iinfo(np.int16).max:
        raise ValueError(f"part is {part}, expected in [0, {np.iinfo(np.int16).max}]")
    check_indices("faces", faces, len(screen))
    buffers = (fragments.part, fragments.face, fragments.barycentric, fragments.depth)
    points, triangles = np.ascontiguousarray(screen, np.float64), np.ascontiguousarray(faces, np.int32)
    _draw(buffers, points, triangles, np.int16(part), _flat(cutout, len(faces)), cull)


def _flat(cutout: Cutout | None, face_count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """What the compiled loop reads; a threshold below 0 means that nothing is cut out."""
    if cutout is None:
        return np.zeros((1, 2), np.float32), np.zeros((1, 3), np.int32), np.zeros((1, 1), np.uint8), -1
    if len(cutout.uv_faces) != face_count:
        raise ValueError(f"uv_faces has {len(cutout.uv_faces)} triangles, expected one per face, {face_count}")
    check_indices("uv_faces", cutout.uv_faces, len(cutout.uv))
    uv, uv_faces = np.ascontiguousarray(cutout.uv, np.float32), np.ascontiguousarray(cutout.uv_faces, np.int32)
    return uv, uv_faces, np.ascontiguousarray(cutout.alpha), cutout.threshold


def interpolate(
    fragments: Fragments, part: int, faces: Int[np.ndarray, "F 3"], attribute: Float[np.ndarray, "V C"]
) -> Float32[np.ndarray, "H W C"]:
    """Interpolate a per-vertex attribute over the pixels of one part; zero elsewhere.

    Args:
        fragments: buffers that `draw` filled.
        part: which mesh.
        faces: that mesh's triangles, or its `uv_faces` for texture coordinates.
        attribute: any number of channels.
    """
    picture = np.zeros((*fragments.face.shape, attribute.shape[1]), np.float32)
    rows, columns = np.nonzero(fragments.part == part)
    corners = attribute.astype(np.float32)[faces[fragments.face[rows, columns]]]
    picture[rows, columns] = np.einsum("nk,nkc->nc", fragments.barycentric[rows, columns], corners)
    return picture


@njit(cache=True)
@no_type_check
def _hole(f, weights, cutout):  # noqa: ANN001, ANN202 - compiled, types inferred
    uv, uv_faces, alpha, threshold = cutout
    a, b, c = uv_faces[f, 0], uv_faces[f, 1], uv_faces[f, 2]
    u = weights[0] * uv[a, 0] + weights[1] * uv[b, 0] + weights[2] * uv[c, 0]
    v = weights[0] * uv[a, 1] + weights[1] * uv[b, 1] + weights[2] * uv[c, 1]
    y = min(max(v * alpha.shape[0] - 0.5, 0.0), alpha.shape[0] - 1.0)
    x = min(max(u * alpha.shape[1] - 0.5, 0.0), alpha.shape[1] - 1.0)
    row, column = int(y), int(x)
    below, right = min(row + 1, alpha.shape[0] - 1), min(column + 1, alpha.shape[1] - 1)
    t, s = y - row, x - column
    upper = (1.0 - s) * alpha[row, column] + s * alpha[row, right]
    lower = (1.0 - s) * alpha[below, column] + s * alpha[below, right]
    return (1.0 - t) * upper + t * lower < threshold


@njit(cache=True)
@no_type_check
def _draw(buffers, points, faces, part, cutout, cull):  # noqa: ANN001, ANN202 - compiled, types inferred
    part_of, face_of, barycentric, depth = buffers
    height, width = depth.shape
    for f in range(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        ax, ay, bx, by, cx, cy = points[a, 0], points[a, 1], points[b, 0], points[b, 1], points[c, 0], points[c, 1]
        area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
        if not abs(area) > 0.0 or (cull and area > 0.0):
            continue
        front = 1.0 if area > 0.0 else -1.0
        x0 = max(int(np.floor(min(ax, bx, cx) - 0.5)), 0)
        x1 = min(int(np.ceil(max(ax, bx, cx) - 0.5)), width - 1)
        y0 = max(int(np.floor(min(ay, by, cy) - 0.5)), 0)
        y1 = min(int(np.ceil(max(ay, by, cy) - 0.5)), height - 1)
        for y in range(y0, y1 + 1):
            py = y + 0.5
            for x in range(x0, x1 + 1):
                px = x + 0.5
                # One formula for every edge: a neighbour gets the same number with the other sign, so between two
                # triangles there is no gap, not even where their edge goes through the middle of a pixel.
                w0 = ((bx - px) * (cy - py) - (cx - px) * (by - py)) * front
                w1 = ((cx - px) * (ay - py) - (ax - px) * (cy - py)) * front
                w2 = ((ax - px) * (by - py) - (bx - px) * (ay - py)) * front
                total = w0 + w1 + w2
                if not (min(w0, w1, w2) >= 0.0 and total > 0.0):
                    continue
                w0, w1, w2 = w0 / total, w1 / total, w2 / total
                z = w0 * points[a, 2] + w1 * points[b, 2] + w2 * points[c, 2]
                if not z > depth[y, x]:
                    continue
                if cutout[3] >= 0 and _hole(f, (w0, w1, w2), cutout):
                    continue
                depth[y, x], part_of[y, x], face_of[y, x] = z, part, f
                barycentric[y, x, 0], barycentric[y, x, 1], barycentric[y, x, 2] = w0, w1, w2
