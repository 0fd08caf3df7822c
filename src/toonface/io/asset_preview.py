"""Draw an asset as a viewer would: its own meshes, targets, joints and pictures, in the studio's light."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import TypeAlias

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from toonface.geometry.asset import Asset, AssetMaterial, AssetMesh
from toonface.geometry.asset_pose import AssetPoser, PosedMesh
from toonface.geometry.rotation import Rotation, rotation_about_axis_radians
from toonface.geometry.studio import DISTANCE, StudioSurface, draw_studio
from toonface.synth.preview import View

RGB: TypeAlias = tuple[int, int, int]
"""sRGB in [0, 255]."""
MARGIN = 1.04
"""How much more than the head is seen."""
BACKDROP = (214, 218, 224)
"""Neutral light grey, sRGB."""
LARGEST_PICTURE = 3.0
"""Pixels of a mesh's picture for each of the drawing's: finer ones flicker, as there are no mipmaps."""
RIGHT, UP = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])


@dataclass(frozen=True, kw_only=True)
class Pose:
    """One moment of an asset."""

    weights: Mapping[str, float]
    """Of targets by name; a target that a mesh has not does nothing there."""
    turns: Mapping[str, Rotation]
    """Of joints by name, from their rest."""


REST = Pose(weights={}, turns={})


class AssetPainter:
    """Draws one asset many times; the constructor decodes its pictures and finds its middle.

    Args:
        asset: what to draw.
        size: side of the drawings in pixels.
        samples: along each side of a pixel; more are smoother and slower.
    """

    def __init__(self, asset: Asset, size: int, samples: int = 2) -> None:
        self.size, self.samples = size, samples
        self.poser = AssetPoser(asset)
        largest = max(round(LARGEST_PICTURE * size), 16)
        self.pictures = [_decoded(mesh.material, largest) for mesh in asset.meshes]
        resting = np.concatenate([mesh.positions for mesh in asset.meshes]).astype(np.float64)
        self.middle = 0.5 * (resting.min(axis=0) + resting.max(axis=0))
        # Seen from where it is largest: a point that is nearer by z looks farther from the middle by z / DISTANCE.
        across, up, along = np.abs(resting - self.middle).T
        around = np.hypot(across, along)
        widest = np.maximum(around * np.hypot(1.0, 1.0 / DISTANCE), up + around / DISTANCE).max()
        self.half_width = MARGIN * max(float(widest), 1e-6)

    def draw(self, view: View, pose: Pose = REST) -> UInt8[np.ndarray, "S S 4"]:
        """Draw a moment, with nothing behind it.

        Args:
            view: where from; the whole asset is framed as it lies at rest, the same from all sides, if no centre is
                given. Its size is not looked at.
            pose: expression and turns.

        Raises:
            ValueError: there is no target or joint of a name.
        """
        yaw, pitch = np.radians(view.yaw_degrees), np.radians(view.pitch_degrees)
        camera = rotation_about_axis_radians(RIGHT, pitch) @ rotation_about_axis_radians(UP, yaw)
        middle = self.middle if view.centre is None else np.array(view.centre)
        half_width = self.half_width if view.centre is None else view.half_width
        posed = self.poser.pose(pose.weights, pose.turns)
        surfaces = [
            _surface(mesh, moment, picture, (camera, middle))
            for mesh, moment, picture in zip(self.poser.asset.meshes, posed, self.pictures, strict=True)
        ]
        return _encoded(draw_studio(surfaces, half_width, self.size, self.samples))


def render_asset(asset: Asset, view: View, weights: Mapping[str, float] | None = None) -> UInt8[np.ndarray, "Y X 3"]:
    """Draw an asset once, in one expression, on neutral grey.

    Args:
        asset: what to draw.
        view: where it is seen from; the whole asset is framed as it lies at rest.
        weights: of its targets by name; a target that a mesh has not does nothing there. None for the rest.

    Raises:
        ValueError: no mesh has a target of a name.
    """
    return on_backdrop(AssetPainter(asset, view.size).draw(view, Pose(weights=weights or {}, turns={})))


def on_backdrop(drawing: UInt8[np.ndarray, "Y X 4"], colour: RGB = BACKDROP) -> UInt8[np.ndarray, "Y X 3"]:
    """Lay a drawing on a plain colour.

    Args:
        drawing: sRGB and alpha.
        colour: sRGB.
    """
    alpha = drawing[..., 3:] / 255.0
    return np.round(drawing[..., :3] * alpha + np.array(colour) * (1.0 - alpha)).astype(np.uint8)


def backdrop_of(text: str) -> RGB | None:
    """Read the name of a backdrop; None for a transparent one.

    Args:
        text: `neutral`, `transparent`, or a colour as `#rrggbb`.

    Raises:
        ValueError: it is none of these.
    """
    if text == "transparent":
        return None
    if text == "neutral":
        return BACKDROP
    if not re.fullmatch("#[0-9a-fA-F]{6}", text):
        raise ValueError(f"background is {text!r}, expected neutral, transparent, or a colour such as #ff8800")
    red, green, blue = bytes.fromhex(text[1:])
    return red, green, blue


def _surface(
    mesh: AssetMesh, moment: PosedMesh, picture: UInt8[np.ndarray, "H W 4"], view: tuple[Rotation, np.ndarray]
) -> StudioSurface:
    camera, middle = view
    material = mesh.material
    count = len(mesh.positions)
    return StudioSurface(
        vertices=(moment.vertices - middle) @ camera.T,
        normals=moment.normals @ camera.T,
        faces=mesh.faces,
        uv=mesh.uv.astype(np.float64),
        picture=picture,
        colour=material.colour,
        light=np.ones(count, np.float32) if mesh.light is None else (mesh.light / 255.0).astype(np.float32),
        roughness=material.roughness,
        specular=material.specular,
        cutoff=material.cutoff if material.alpha == "mask" else None,
        blended=material.alpha == "blend",
        double_sided=material.double_sided,
    )


def _decoded(material: AssetMaterial, largest: int) -> UInt8[np.ndarray, "H W 4"]:
    if material.picture is None:
        return np.full((1, 1, 4), 255, np.uint8)
    picture = Image.open(BytesIO(material.picture.data)).convert("RGBA")
    factor = max(picture.size) // largest
    return np.asarray(picture.reduce(factor) if factor > 1 else picture)


def _encoded(light: np.ndarray) -> UInt8[np.ndarray, "S S 4"]:
    alpha = light[..., 3:]
    colour = np.clip(light[..., :3] / np.maximum(alpha, 1e-6), 0.0, 1.0)
    srgb = np.where(colour <= 0.0031308, 12.92 * colour, 1.055 * colour ** (1.0 / 2.4) - 0.055)
    return np.round(255.0 * np.concatenate([srgb, np.clip(alpha, 0.0, 1.0)], axis=2)).astype(np.uint8)
