"""From a head and its pose to points and colours in the picture: rotation, projection, normals and light, in PyTorch.

The conventions are those of `docs/conventions.md`, and the formulas those of the numpy modules, with which the tests
compare them: `geometry.rotation`, `geometry.camera`, `geometry.normals`, `morphable.spherical_harmonics`.
"""

import math
from typing import TypeAlias

import torch
from jaxtyping import Float, Int
from torch import Tensor

Vertices: TypeAlias = Float[Tensor, "B V 3"]
Pose: TypeAlias = Float[Tensor, "B 6"]

BAND_0 = 0.5 / math.sqrt(math.pi)
BAND_1 = math.sqrt(0.75 / math.pi)
BAND_2 = math.sqrt(3.75 / math.pi)  # for xy, yz and xz
BAND_2_ZONAL = math.sqrt(0.3125 / math.pi)  # for 3z² - 1
BAND_2_SECTORAL = math.sqrt(0.9375 / math.pi)  # for x² - y²


def rotations_about(axis_angles: Float[Tensor, "B 3"]) -> Float[Tensor, "B 3 3"]:
    """Turn axis-angle vectors into rotation matrices (Rodrigues), exact and smooth at zero.

    Args:
        axis_angles: unit axis times angle in radians.
    """
    angle = torch.linalg.vector_norm(axis_angles, dim=-1)[:, None, None]
    first, second = torch.sinc(angle / math.pi), 0.5 * torch.sinc(angle / (2.0 * math.pi)).square()
    x, y, z = axis_angles.unbind(-1)
    zero = torch.zeros_like(x)
    cross = torch.stack([zero, -z, y, z, zero, -x, -y, x, zero], dim=-1).unflatten(-1, (3, 3))
    return torch.eye(3, dtype=cross.dtype, device=cross.device) + first * cross + second * (cross @ cross)


def turn(pose: Pose, points: Vertices) -> Vertices:
    """Turn points into the camera's axes, metres: +X right, +Y up, +Z towards the viewer.

    Args:
        pose: axis-angle (3, radians), t_x, t_y (metres), log of the scale (pixels per metre).
        points: metres, in the head's axes.
    """
    x, y, z = points.split(1, dim=-1)
    right, up, forward = rotations_about(pose[:, :3])[:, None].unbind(-1)  # where the head's axes go, B 1 3
    # Written out, because matrix products may run in lower precision on an accelerator: a tenth of a pixel.
    return x * right + y * up + z * forward


def place(pose: Pose, turned: Vertices, *, height: int, width: int) -> Vertices:
    """Put points in the camera's axes into the picture: (x px, y px, depth px), depth larger when nearer.

    Args:
        pose: see `turn`; its rotation is not used.
        turned: metres, from `turn`.
        height: of the picture, pixels.
        width: of the picture, pixels.
    """
    scale, (shift_x, shift_y) = pose[:, 5].exp(), pose[:, 3:5].unbind(-1)
    zero = torch.zeros_like(scale)
    origin = torch.stack([0.5 * width + scale * shift_x, 0.5 * height - scale * shift_y, zero], dim=-1)
    factors = torch.stack([scale, -scale, scale], dim=-1)
    return origin[:, None] + factors[:, None] * turned


def project(pose: Pose, points: Vertices, *, height: int, width: int) -> Vertices:
    """Project points as `geometry.camera` does: (x px, y px, depth px), depth larger when nearer.

    Args:
        pose: see `turn`.
        points: metres, in the head's axes.
        height: of the picture, pixels.
        width: of the picture, pixels.
    """
    return place(pose, turn(pose, points), height=height, width=width)


def vertex_normals(vertices: Vertices, faces: Int[Tensor, "F 3"]) -> Vertices:
    """Compute unit normals weighted by areas, zero where there is no area, see `geometry.normals`.

    Args:
        vertices: any unit of length.
        faces: counter-clockwise seen from outside.
    """
    # The batch comes last: one row holds a vertex of all heads, and rows are gathered and summed four times faster.
    columns = vertices.permute(1, 2, 0).contiguous()  # V 3 B
    a, b, c = columns.index_select(0, faces.mT.flatten()).unflatten(0, (3, len(faces))).unbind()
    normal = torch.linalg.cross(b - a, c - a, dim=1)
    total = torch.zeros_like(columns)
    for corner in faces.unbind(1):
        total = total.index_add(0, corner, normal)
    square = total.square().sum(1, keepdim=True)
    unit = total / torch.where(square > 0.0, square, torch.ones_like(square)).sqrt()
    return unit.permute(2, 0, 1)


def shade(albedo: Vertices, normals: Vertices, sh: Float[Tensor, "B 9 *channels"]) -> Vertices:
    """Light each vertex: Φ(n, b | δ) = b · Σ_k δ_k φ_k(n) (the paper, section 3.1.2).

    Args:
        albedo: any colour space; the result is in the same one.
        normals: unit length, in the axes in which the light is given.
        sh: δ of each head, nine coefficients, or one column of nine for each of red, green and blue.
    """
    x, y, z = normals.unbind(-1)
    bands = [torch.full_like(x, BAND_0), BAND_1 * y, BAND_1 * z, BAND_1 * x, BAND_2 * x * y, BAND_2 * y * z]
    bands += [BAND_2_ZONAL * (2.0 * z * z - x * x - y * y), BAND_2 * x * z, BAND_2_SECTORAL * (x * x - y * y)]
    return albedo * (torch.stack(bands, dim=-1) @ sh.reshape(len(sh), 9, -1))
