"""Draw textured meshes as real-time viewers do: in perspective, lit by lamps, with highlights, alpha and soft edges.

Lambert's diffuse light from a sky, a ground and three lamps, and Blinn and Phong's normalised highlight with the 4 % of
glTF's dielectrics. Lamps are wide, so even the smoothest surface shows a spot of a few degrees.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import no_type_check

import numpy as np
from jaxtyping import Float, Float32, UInt8

from toonface.geometry.kernels import inlined, kernel
from toonface.geometry.rasterize import BACKGROUND, Cutout, Fragments, clear, draw
from toonface.types import UV, Faces, Vertices

DISTANCE = 5.0
"""From the eye to the middle of what is seen, in half widths of the picture."""
LAMPS = (
    ((0.45, 0.55, 0.75), (0.60, 0.57, 0.53), 0.20),
    ((-0.85, 0.15, 0.55), (0.20, 0.22, 0.26), 0.30),
    ((-0.35, 0.60, -0.75), (0.42, 0.44, 0.48), 0.00),
)
"""Direction in the camera's axes, colour in linear light, and how far it reaches round: key, fill and rim."""
SKY, GROUND = (0.46, 0.47, 0.49), (0.26, 0.23, 0.21)
DIELECTRIC = 0.04
"""Share of light that is mirrored straight ahead, at a specular strength of 1."""
SHARPEST = 500.0
"""Largest exponent of a highlight: the size of the lamps."""
SHOULDER = 0.80
"""Linear light above which brightness is bent, to end at 1 (the curve of Khronos' neutral tone mapper)."""
EDGE_SPREAD = 90.0
"""How far the alpha thresholds of neighbouring samples lie apart where hair is cut; they average to soft edges."""
FAINTEST = 6
"""Alpha in [0, 255] below which nothing is blended in."""


@dataclass(frozen=True, kw_only=True)
class StudioSurface:
    """One mesh in one pose, as it is to be drawn."""

    vertices: Vertices
    """Metres, in the camera's axes, the middle of the picture at the origin."""
    normals: Vertices
    faces: Faces
    uv: UV
    picture: UInt8[np.ndarray, "H W 4"]
    """sRGB and alpha; repeated over the plane."""
    colour: tuple[float, float, float, float]
    """Linear light and alpha; multiplies the picture."""
    light: Float32[np.ndarray, " V"]
    """Share of the light that reaches each vertex."""
    roughness: float = 0.8
    specular: float = 1.0
    cutoff: float | None = None
    """Alpha in [0, 1] below which there is a hole; None without holes."""
    blended: bool = False
    """Whether what lies behind shines through."""
    double_sided: bool = False


def draw_studio(
    surfaces: Sequence[StudioSurface], half_width: float, size: int, samples: int = 2
) -> Float32[np.ndarray, "S S 4"]:
    """Draw surfaces: colour in linear light, times alpha, and alpha.

    Args:
        surfaces: in the camera's axes: +X right, +Y up, +Z towards the viewer.
        half_width: metres from the middle of the picture to its edge, at the origin's depth.
        size: side of the picture in pixels.
        samples: along each side of a pixel.
    """
    side = size * samples
    solid = [surface for surface in surfaces if not surface.blended]
    clear_ones = [surface for surface in surfaces if surface.blended]
    fragments = clear(side, side)
    for number, surface in enumerate(solid):
        _rasterise(fragments, surface, half_width, number)
    fine = np.zeros((side, side, 4), np.float32)
    for number, surface in enumerate(solid):
        _lit(fine, fragments, number, surface)
    for surface in sorted(clear_ones, key=lambda surface: float(surface.vertices[:, 2].mean())):
        behind = replace(fragments, part=np.full_like(fragments.part, BACKGROUND), depth=fragments.depth.copy())
        _rasterise(behind, surface, half_width, 0)
        _lit(fine, behind, 0, surface)
    total = np.zeros((size, size, 4), np.float32)
    for row in range(samples):
        for column in range(samples):
            total += fine[row::samples, column::samples]
    return total / np.float32(samples * samples)


def on_screen(vertices: Vertices, half_width: float, side: int) -> Vertices:
    """Project points in perspective: x and y in pixels, and a depth that is linear on the screen.

    Args:
        vertices: metres, in the camera's axes.
        half_width: metres.
        side: pixels.
    """
    away = np.maximum(DISTANCE * half_width - vertices[:, 2], 1e-3 * half_width)
    scale = 0.5 * side * DISTANCE / away
    return np.stack(
        [0.5 * side + scale * vertices[:, 0], 0.5 * side - scale * vertices[:, 1], 1e3 * half_width / away], axis=1
    )


def _rasterise(fragments: Fragments, surface: StudioSurface, half_width: float, number: int) -> None:
    cutout = None
    if surface.blended or surface.cutoff is not None:
        threshold = FAINTEST if surface.cutoff is None else 255.0 * surface.cutoff
        cutout = Cutout(
            uv=surface.uv,
            uv_faces=surface.faces,
            alpha=np.ascontiguousarray(surface.picture[..., 3]),
            threshold=threshold,
            spread=0.0 if surface.blended else EDGE_SPREAD,
        )
    screen = on_screen(surface.vertices, half_width, fragments.part.shape[0])
    draw(fragments, screen, surface.faces, part=number, cutout=cutout, cull=not surface.double_sided)


def _lit(fine: Float32[np.ndarray, "H W 4"], fragments: Fragments, number: int, surface: StudioSurface) -> None:
    exponent = min(max(2.0 / max(surface.roughness, 0.05) ** 4 - 2.0, 1.0), SHARPEST)
    strength = DIELECTRIC * surface.specular * (exponent + 8.0) / 8.0
    flags = (strength, exponent, float(surface.blended), float(surface.double_sided))
    _shade(
        fine,
        (fragments.part, fragments.face, fragments.barycentric, number),
        (surface.faces, surface.normals.astype(np.float32), surface.uv.astype(np.float32), surface.light),
        surface.picture,
        np.array([*surface.colour, *flags], np.float32),
        LAMP_TABLE,
    )


def _lamp_table() -> Float[np.ndarray, "L 10"]:
    """Direction, colour, wrap and the half vector to the viewer; the last row is sky and ground."""
    rows = []
    for direction, colour, wrap in LAMPS:
        towards = np.array(direction) / np.linalg.norm(direction)
        half = towards + np.array([0.0, 0.0, 1.0])
        rows.append([*towards, *colour, wrap, *(half / np.linalg.norm(half))])
    return np.array([*rows, [*SKY, *GROUND, 0.0, 0.0, 0.0, 0.0]])


LAMP_TABLE = _lamp_table().astype(np.float32)
SRGB_TO_LINEAR = np.where(
    np.arange(256) <= 10, np.arange(256) / 255.0 / 12.92, ((np.arange(256) / 255.0 + 0.055) / 1.055) ** 2.4
).astype(np.float32)


@inlined()
@no_type_check
def _sample(picture, shares, place, channel):  # noqa: ANN001, ANN202 - compiled, types inferred
    top, bottom, left, right = place
    value = shares[0] * SRGB_TO_LINEAR[picture[top, left, channel]]
    value += shares[1] * SRGB_TO_LINEAR[picture[top, right, channel]]
    value += shares[2] * SRGB_TO_LINEAR[picture[bottom, left, channel]]
    return value + shares[3] * SRGB_TO_LINEAR[picture[bottom, right, channel]]


@kernel()
@no_type_check
def _shade(fine, seen, mesh, picture, material, lamps):  # noqa: ANN001, ANN202, C901, PLR0915 - one compiled loop
    part_of, face_of, barycentric, number = seen
    faces, normals, uv, light = mesh
    rows, columns = picture.shape[0], picture.shape[1]
    last = lamps.shape[0] - 1
    for y in range(part_of.shape[0]):
        for x in range(part_of.shape[1]):
            if part_of[y, x] != number:
                continue
            f = face_of[y, x]
            nx, ny, nz, u, v, lit = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
            for k in range(3):
                corner, share = faces[f, k], barycentric[y, x, k]
                nx += share * normals[corner, 0]
                ny += share * normals[corner, 1]
                nz += share * normals[corner, 2]
                u += share * uv[corner, 0]
                v += share * uv[corner, 1]
                lit += share * light[corner]
            length = max(np.sqrt(nx * nx + ny * ny + nz * nz), 1e-6)
            if material[7] > 0.0 and nz < 0.0:
                length = -length
            nx, ny, nz = nx / length, ny / length, nz / length
            # Bilinear, in linear light; the border goes on, as for alpha.
            s = min(max(u * columns - 0.5, 0.0), columns - 1.0)
            t = min(max(v * rows - 0.5, 0.0), rows - 1.0)
            i, j = int(s), int(t)
            right, below = min(i + 1, columns - 1), min(j + 1, rows - 1)
            s, t = s - i, t - j
            corners = ((1 - s) * (1 - t), s * (1 - t), (1 - s) * t, s * t)
            alpha = 1.0
            if material[6] > 0.0:
                mixed = corners[0] * picture[j, i, 3] + corners[1] * picture[j, right, 3]
                mixed += corners[2] * picture[below, i, 3] + corners[3] * picture[below, right, 3]
                alpha = material[3] * mixed / 255.0
            up = 0.5 + 0.5 * ny
            red, green, blue = 0.0, 0.0, 0.0
            diffuse_red = up * lamps[last, 0] + (1.0 - up) * lamps[last, 3]
            diffuse_green = up * lamps[last, 1] + (1.0 - up) * lamps[last, 4]
            diffuse_blue = up * lamps[last, 2] + (1.0 - up) * lamps[last, 5]
            for n in range(last):
                facing = nx * lamps[n, 0] + ny * lamps[n, 1] + nz * lamps[n, 2]
                lambert = max((facing + lamps[n, 6]) / (1.0 + lamps[n, 6]), 0.0)
                half = nx * lamps[n, 7] + ny * lamps[n, 8] + nz * lamps[n, 9]
                shine = material[4] * half ** material[5] if half > 0.0 and facing > 0.0 else 0.0
                diffuse_red += lambert * lamps[n, 3]
                diffuse_green += lambert * lamps[n, 4]
                diffuse_blue += lambert * lamps[n, 5]
                red += shine * lamps[n, 3]
                green += shine * lamps[n, 4]
                blue += shine * lamps[n, 5]
            lit *= alpha
            red += lit * diffuse_red * material[0] * _sample(picture, corners, (j, below, i, right), 0)
            green += lit * diffuse_green * material[1] * _sample(picture, corners, (j, below, i, right), 1)
            blue += lit * diffuse_blue * material[2] * _sample(picture, corners, (j, below, i, right), 2)
            peak = max(red, green, blue)
            if peak > SHOULDER:
                room = 1.0 - SHOULDER
                factor = (1.0 - room * room / (peak - SHOULDER + room)) / peak
                red, green, blue = red * factor, green * factor, blue * factor
            through = 1.0 - alpha
            fine[y, x, 0] = red + through * fine[y, x, 0]
            fine[y, x, 1] = green + through * fine[y, x, 1]
            fine[y, x, 2] = blue + through * fine[y, x, 2]
            fine[y, x, 3] = alpha + through * fine[y, x, 3]
