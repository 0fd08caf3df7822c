"""All surfaces of a scene in flat arrays, as the compiled shaders read them."""

from collections.abc import Sequence
from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float, Float32, Int32, Int64, UInt8
from numba import njit

from toonface.geometry.camera import ScaledOrthographic
from toonface.geometry.normals import vertex_normals
from toonface.types import Faces
from toonface.worn.surface import GAMMA, Material, Surface

DECODE = (np.arange(2049, dtype=np.float32) / 2048.0) ** np.float32(GAMMA)
"""sRGB to linear light at 2,049 steps, because a power per vertex and channel takes longer than drawing it."""
NORMAL, COLOUR, OCCLUSION, DETAIL = 0, 3, 6, 7
"""First column of a vertex's normal (camera axes), sRGB colour, occlusion, and four numbers of detail.

SKIN: pores, freckles, stubble, oil. HAIR: strand direction in camera axes. EYE: gaze in camera axes.
"""


class Packed(NamedTuple):
    """Surfaces one after the other; `faces`, `uv_faces` and `picture_of` point into the flat arrays."""

    material: Int64[np.ndarray, " N"]
    gloss: Float32[np.ndarray, " N"]
    opacity: Float32[np.ndarray, " N"]
    first_face: Int64[np.ndarray, " N"]
    attributes: Float32[np.ndarray, "V 12"]
    """All that a vertex has, in one place because each pixel reads all of it; the columns are named below."""
    faces: Int32[np.ndarray, "F 3"]
    regions: UInt8[np.ndarray, " F"]
    uv: Float32[np.ndarray, "T 2"]
    uv_faces: Int32[np.ndarray, "F 3"]
    picture_of: Int64[np.ndarray, "N 4"]
    """Offset, height, width and channels of each surface's picture; height 0 for none."""
    pictures: UInt8[np.ndarray, " B"]


def decode(colour: Float[np.ndarray, "..."]) -> Float32[np.ndarray, "..."]:
    """Turn sRGB in [0, 1] into linear light, by the project's gamma.

    Args:
        colour: any shape; clipped to [0, 1].
    """
    return DECODE[(np.clip(colour, 0.0, 1.0) * 2048.0 + 0.5).astype(np.int32)]


def pack(
    surfaces: Sequence[Surface], camera: ScaledOrthographic, gaze: tuple[np.ndarray, np.ndarray] | None = None
) -> Packed:
    """Lay surfaces out for the shaders.

    Args:
        surfaces: at least one.
        camera: turns normals into its axes.
        gaze: unit directions of the left and the right eye in head axes; None if there are no eyes.
    """
    first_vertex = _starts([len(s.vertices) for s in surfaces])
    first_face = _starts([len(s.faces) for s in surfaces])
    # Row 0 of uv is what a surface without uv reads.
    first_uv = 1 + _starts([0 if s.uv is None else len(s.uv) for s in surfaces])
    pictures, picture_of = _pictures(surfaces)
    packed = Packed(
        material=np.array([int(s.material) for s in surfaces]),
        gloss=np.array([s.gloss for s in surfaces], np.float32),
        opacity=np.array([s.opacity for s in surfaces], np.float32),
        first_face=first_face[:-1],
        attributes=np.zeros((first_vertex[-1], 12), np.float32),
        faces=np.zeros((first_face[-1], 3), np.int32),
        regions=np.zeros(first_face[-1], np.uint8),
        uv=np.zeros((first_uv[-1], 2), np.float32),
        uv_faces=np.zeros((first_face[-1], 3), np.int32),
        picture_of=picture_of,
        pictures=pictures,
    )
    turn = camera.rotation.T
    for number, surface in enumerate(surfaces):
        vertices = slice(first_vertex[number], first_vertex[number + 1])
        faces = slice(first_face[number], first_face[number + 1])
        attributes = packed.attributes[vertices]
        attributes[:, NORMAL : NORMAL + 3] = _normals(surface) @ turn
        attributes[:, COLOUR : COLOUR + 3] = surface.colour
        attributes[:, OCCLUSION] = 1.0 if surface.occlusion is None else surface.occlusion
        np.add(surface.faces, first_vertex[number], out=packed.faces[faces], casting="unsafe")
        packed.regions[faces] = surface.region
        if surface.uv is not None and surface.uv_faces is not None:
            packed.uv[first_uv[number] : first_uv[number + 1]] = surface.uv
            np.add(surface.uv_faces, first_uv[number], out=packed.uv_faces[faces], casting="unsafe")
        _fill_detail(attributes[:, DETAIL : DETAIL + 4], surface, turn, gaze)
    return packed


def _starts(counts: Sequence[int]) -> Int64[np.ndarray, " N"]:
    """Where each of several pieces starts, and where the last one ends."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _normals(surface: Surface) -> Float[np.ndarray, "V 3"]:
    return surface.normals if surface.normals is not None else vertex_normals(surface.vertices, surface.faces)


def _pictures(surfaces: Sequence[Surface]) -> tuple[UInt8[np.ndarray, " B"], Int64[np.ndarray, "N 4"]]:
    table, flat, offset = np.zeros((len(surfaces), 4), np.int64), [], 0
    placed: dict[int, int] = {}
    for row, surface in zip(table, surfaces, strict=True):
        picture = surface.picture
        if picture is None:
            continue
        if id(picture) not in placed:
            placed[id(picture)] = offset
            flat.append(np.ascontiguousarray(picture).reshape(-1))
            offset += picture.size
        row[:] = placed[id(picture)], *picture.shape
    return np.concatenate(flat) if flat else np.zeros(1, np.uint8), table


def _fill_detail(
    out: Float32[np.ndarray, "V 4"],
    surface: Surface,
    turn: Float[np.ndarray, "3 3"],
    gaze: tuple[np.ndarray, np.ndarray] | None,
) -> None:
    if surface.material == Material.SKIN and surface.detail is not None:
        out[:] = surface.detail
    if surface.material == Material.HAIR and surface.uv is not None and surface.uv_faces is not None:
        strands = np.zeros_like(surface.vertices)
        _strands(surface.vertices, surface.faces, surface.uv, surface.uv_faces, strands)
        out[:, :3] = strands @ turn
    if surface.material == Material.EYE and gaze is not None:
        side = int(surface.vertices[:, 0].mean() < 0.0)
        out[:, :3] = turn.T @ gaze[side]


@njit(cache=True)
@no_type_check
def _strands(vertices: Float[np.ndarray, "V 3"], faces: Faces, uv, uv_faces, out):  # noqa: ANN001, ANN202 - compiled
    """Direction of growing v along the surface, per vertex: strands are painted along it."""
    for f in range(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        p, q, r = uv_faces[f, 0], uv_faces[f, 1], uv_faces[f, 2]
        du1, dv1 = uv[q, 0] - uv[p, 0], uv[q, 1] - uv[p, 1]
        du2, dv2 = uv[r, 0] - uv[p, 0], uv[r, 1] - uv[p, 1]
        turn = du1 * dv2 - du2 * dv1
        sign = 1.0 if turn > 0.0 else -1.0
        for k in range(3):
            along = sign * ((vertices[c, k] - vertices[a, k]) * du1 - (vertices[b, k] - vertices[a, k]) * du2)
            out[a, k] += along
            out[b, k] += along
            out[c, k] += along
    for v in range(out.shape[0]):
        length = np.sqrt(out[v, 0] ** 2 + out[v, 1] ** 2 + out[v, 2] ** 2)
        if length > 0.0:
            for k in range(3):
                out[v, k] /= length
