"""A small software z-buffer: which triangle is seen at each pixel, and where in it.

Several meshes are drawn one after the other into the same `Fragments`; the nearest wins. Shading is left to the
caller, who has the triangle and the barycentric weights at every pixel. Supersample by drawing at twice the size.
"""

from dataclasses import dataclass
from typing import no_type_check

import numpy as np
from jaxtyping import Float, Float32, Int, Int16, Int32, UInt8

from toonface.geometry.kernels import inlined, kernel
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
    """Alpha test: a fragment whose texture is more transparent than the threshold is not drawn.

    Raises:
        ValueError: the picture is repeated a negative number of times.
    """

    uv: UV
    uv_faces: Faces
    alpha: UInt8[np.ndarray, "A B"]
    threshold: int | float | Float[np.ndarray, " V"] = 128
    """In [0, 255], of all or of each vertex of the mesh; alpha below it is a hole."""
    spread: int | float = 0
    """How far the thresholds of 2 x 2 neighbouring pixels lie apart; averaged, these make half-transparent edges."""
    repeat: int | float = 0
    """Times that the picture is repeated over the texture's unit square; 0 for once, with its border going on."""

    def __post_init__(self) -> None:
        if not self.repeat >= 0.0:
            raise ValueError(f"repeat is {self.repeat}, expected at least 0")


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
    # Where a cutout lies in many layers, far fewer holes have to be looked up when the nearest are drawn first.
    order = np.zeros(0, np.int64) if cutout is None else np.argsort(-points[triangles, 2].sum(axis=1), kind="stable")
    _draw(buffers, points, (triangles, order), np.int16(part), _flat(cutout, faces, len(screen)), cull)


def _flat(cutout: Cutout | None, faces: Faces, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """What the compiled loop reads: uv, their faces (none: nothing is cut), alpha, and (spread, repeat, thresholds)."""
    if cutout is None:
        nothing = np.zeros((0, 3), np.int32)
        return np.zeros((1, 2), np.float32), nothing, np.zeros((1, 1), np.uint8), np.zeros(3, np.float32)
    if len(cutout.uv_faces) != len(faces):
        raise ValueError(f"uv_faces has {len(cutout.uv_faces)} triangles, expected one per face, {len(faces)}")
    check_indices("uv_faces", cutout.uv_faces, len(cutout.uv))
    levels = np.atleast_1d(np.asarray(cutout.threshold, np.float32))
    if len(levels) not in (1, count):
        raise ValueError(f"threshold has {len(levels)} values, expected one, or one per vertex, {count}")
    uv, uv_faces = np.ascontiguousarray(cutout.uv, np.float32), np.ascontiguousarray(cutout.uv_faces, np.int32)
    numbers = np.concatenate([np.array([cutout.spread, cutout.repeat], np.float32), levels])
    return uv, uv_faces, np.ascontiguousarray(cutout.alpha), numbers


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


@inlined()
@no_type_check
def _hole(corners, f, weights, y, x, cutout):  # noqa: ANN001, ANN202 - compiled, types inferred
    uv, uv_faces, alpha, numbers = cutout
    a, b, c = uv_faces[f, 0], uv_faces[f, 1], uv_faces[f, 2]
    u = weights[0] * uv[a, 0] + weights[1] * uv[b, 0] + weights[2] * uv[c, 0]
    v = weights[0] * uv[a, 1] + weights[1] * uv[b, 1] + weights[2] * uv[c, 1]
    if numbers[1] > 0.0:
        u, v = u * numbers[1], v * numbers[1]
        u, v = u - np.floor(u), v - np.floor(v)
    row_at = min(max(v * alpha.shape[0] - 0.5, 0.0), alpha.shape[0] - 1.0)
    column_at = min(max(u * alpha.shape[1] - 0.5, 0.0), alpha.shape[1] - 1.0)
    level = numbers[2]
    if numbers.shape[0] > 3:
        level = 0.0
        for k in range(3):
            level += weights[k] * numbers[2 + corners[k]]
    # Bayer's 2 x 2 pattern, centred on zero: -3/8, 1/8, 3/8, -1/8.
    level += numbers[0] * (0.375 - 0.5 * (x & 1) if y & 1 else -0.375 + 0.5 * (x & 1))
    row, column = int(row_at), int(column_at)
    below, right = min(row + 1, alpha.shape[0] - 1), min(column + 1, alpha.shape[1] - 1)
    t, s = row_at - row, column_at - column
    upper = (1.0 - s) * alpha[row, column] + s * alpha[row, right]
    lower = (1.0 - s) * alpha[below, column] + s * alpha[below, right]
    return (1.0 - t) * upper + t * lower < level


@inlined()
@no_type_check
def _edges(points, a, b, c, area):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Barycentric weights as planes over the picture: rows (per x, per y, constant), times |twice the area|.

    A neighbour has the same numbers with the other sign, so between two triangles there is no gap, not even where
    their edge goes through the middle of a pixel.
    """
    ax, ay, bx, by, cx, cy = points[a, 0], points[a, 1], points[b, 0], points[b, 1], points[c, 0], points[c, 1]
    front = 1.0 if area > 0.0 else -1.0
    u = (by - cy) * front, (cx - bx) * front, (bx * cy - cx * by) * front
    v = (cy - ay) * front, (ax - cx) * front, (cx * ay - ax * cy) * front
    w = (ay - by) * front, (bx - ax) * front, (ax * by - bx * ay) * front
    return u, v, w


@inlined()
@no_type_check
def _narrow(span, slope, start):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Cut a row's span to where slope * x + start is not negative, with a little to spare for rounding."""
    low, high = span
    if slope > 0.0:
        return max(low, -start / slope - 1e-6), high
    if slope < 0.0:
        return low, min(high, -start / slope + 1e-6)
    return low, (low - 1.0 if start < 0.0 else high)


@inlined()
@no_type_check
def _draw_triangle(buffers, points, triangle, box, cutout):  # noqa: ANN001, ANN202 - compiled, types inferred
    part_of, face_of, barycentric, depth = buffers
    part, f, corners, area = triangle
    a, b, c = corners
    x0, x1, y0, y1 = box
    u_of, v_of, w_of = _edges(points, a, b, c, area)
    az, bz, cz = points[a, 2], points[b, 2], points[c, 2]
    cuts = cutout[1].shape[0] > 0
    share = 1.0 / abs(area)
    for y in range(y0, y1 + 1):
        py = y + 0.5
        u_row, v_row, w_row = u_of[1] * py + u_of[2], v_of[1] * py + v_of[2], w_of[1] * py + w_of[2]
        # Testing few pixels outside is worth three divisions: a test that goes either way is slow to predict.
        span = _narrow(_narrow(_narrow((x0 + 0.5, x1 + 0.5), u_of[0], u_row), v_of[0], v_row), w_of[0], w_row)
        for x in range(int(np.ceil(span[0] - 0.5)), int(np.floor(span[1] - 0.5)) + 1):
            px = x + 0.5
            u, v, w = u_of[0] * px + u_row, v_of[0] * px + v_row, w_of[0] * px + w_row
            if u < 0.0 or v < 0.0 or w < 0.0:
                continue
            u, v, w = u * share, v * share, w * share
            z = u * az + v * bz + w * cz
            if not z > depth[y, x] or (cuts and _hole(corners, f, (u, v, w), y, x, cutout)):
                continue
            depth[y, x], part_of[y, x], face_of[y, x] = z, part, f
            barycentric[y, x, 0], barycentric[y, x, 1], barycentric[y, x, 2] = u, v, w


@kernel()
@no_type_check
def _draw(buffers, points, mesh, part, cutout, cull):  # noqa: ANN001, ANN202 - compiled, types inferred
    height, width = buffers[3].shape
    faces, order = mesh
    for n in range(faces.shape[0]):
        f = order[n] if order.shape[0] > 0 else n
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        ax, ay, bx, by, cx, cy = points[a, 0], points[a, 1], points[b, 0], points[b, 1], points[c, 0], points[c, 1]
        area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
        if not abs(area) > 0.0 or (cull and area > 0.0):
            continue
        # The pixels whose centres lie in the triangle's bounding box.
        x0 = max(int(np.ceil(min(ax, bx, cx) - 0.5)), 0)
        x1 = min(int(np.floor(max(ax, bx, cx) - 0.5)), width - 1)
        y0 = max(int(np.ceil(min(ay, by, cy) - 0.5)), 0)
        y1 = min(int(np.floor(max(ay, by, cy) - 0.5)), height - 1)
        if x1 >= x0 and y1 >= y0:
            _draw_triangle(buffers, points, (part, f, (a, b, c), area), (x0, x1, y0, y1), cutout)
