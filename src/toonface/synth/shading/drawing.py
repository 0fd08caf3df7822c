"""Draw surfaces into shaded buffers: one look at a scene, with everything that the labels need."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, UInt8

from toonface.geometry.camera import ScaledOrthographic, project
from toonface.geometry.rasterize import Cutout, Fragments, clear, draw
from toonface.synth.shading.buffers import Buffers
from toonface.synth.shading.lighting import LightSpec, lights_of
from toonface.synth.shading.packing import NORMAL, pack
from toonface.synth.shading.resolve import SAMPLES, resolve
from toonface.synth.shading.shading import Shader, Tiles
from toonface.types import FaceRegion
from toonface.worn.surface import Material, Surface

HOLE, HOLE_SPREAD = 118, 150
"""Alpha below which hair is not drawn, and how far that differs between the samples of a pixel."""
STRANDS = 36.0
"""Times that the picture of strands is repeated over a patch of fur."""
SHADOWLESS = (Material.LENS, Material.EYE, Material.MOUTH)
"""What throws no shadow worth drawing; nor does cloth, which lies below the face."""
CLOSED = (Material.SKIN, Material.EYE, Material.MOUTH, Material.FUR)
"""What is never seen from behind."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """How a scene is shaded."""

    light: LightSpec
    shader: Shader
    tiles: Tiles


def draw_scene(
    surfaces: Sequence[Surface],
    camera: ScaledOrthographic,
    look: Look,
    background: Float32[np.ndarray, "H W 3"],
    gaze: tuple[Float[np.ndarray, "3"], Float[np.ndarray, "3"]] | None = None,
) -> Buffers:
    """Draw, light and shade a scene.

    Args:
        surfaces: the first one is the skin; its front decides the exposure.
        camera: of the picture, square or not.
        look: light and shading.
        background: linear light, of the picture's size.
        gaze: directions of the eyes in head axes, for their catch-lights.

    Raises:
        ValueError: the background has not the camera's size.
    """
    if background.shape[:2] != (camera.height, camera.width):
        raise ValueError(f"background is {background.shape[:2]}, expected {(camera.height, camera.width)}")
    fine = ScaledOrthographic(
        rotation=camera.rotation,
        translation=camera.translation,
        scale=SAMPLES * camera.scale,
        width=SAMPLES * camera.width,
        height=SAMPLES * camera.height,
    )
    packed = pack(surfaces, fine, gaze)
    layers = _draw(surfaces, fine, look)
    casters = [
        (s.vertices, s.faces if s.coarse_faces is None else s.coarse_faces)
        for s in surfaces
        if s.material not in SHADOWLESS and s.region is not FaceRegion.CLOTH
    ]
    front = packed.attributes[: len(surfaces[0].vertices), NORMAL : NORMAL + 3]
    lights = lights_of(look.light, casters, front[front[:, 2] > 0.2], fine)
    return resolve(layers, packed, fine, (lights, look.shader, look.tiles), background)


def _draw(surfaces: Sequence[Surface], camera: ScaledOrthographic, look: Look) -> tuple[Fragments, Fragments]:
    opaque = clear(camera.height, camera.width)
    lenses = any(surface.material == Material.LENS for surface in surfaces)
    through = clear(camera.height, camera.width) if lenses else clear(1, 1)
    for number, surface in enumerate(surfaces):
        layer = through if surface.material == Material.LENS else opaque
        draw(
            layer,
            project(camera, surface.vertices),
            surface.faces,
            part=number,
            cutout=_cutout(surface, look.tiles.cut),
            cull=surface.material in CLOSED and not surface.two_sided,
        )
    return opaque, through


def _cutout(surface: Surface, strands: UInt8[np.ndarray, "N N"]) -> Cutout | None:
    if surface.uv is None or surface.uv_faces is None:
        return None
    if surface.material == Material.FUR and surface.coverage is not None:
        level = 255.0 * (1.0 - np.clip(surface.coverage, 0.0, 1.0))
        return Cutout(
            uv=surface.uv, uv_faces=surface.uv_faces, alpha=strands, threshold=level, spread=40, repeat=STRANDS
        )
    if surface.picture is not None and surface.picture.shape[2] == 4:
        alpha = np.ascontiguousarray(surface.picture[..., 3])
        return Cutout(uv=surface.uv, uv_faces=surface.uv_faces, alpha=alpha, threshold=HOLE, spread=HOLE_SPREAD)
    return None
