"""From an avatar of the pipeline to the files that people use."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
from jaxtyping import Float, UInt8

from toonface.geometry.asset import Asset, AssetClip
from toonface.io.avatar_pictures import LASH_SHADE, PictureOptions, encode_jpeg, encode_strands, encode_worn
from toonface.io.glb import write_glb
from toonface.io.obj import write_obj
from toonface.io.vrm import write_vrm
from toonface.morphable.face_model import FaceModel, Lod
from toonface.morphable.textured_head import FaceColours
from toonface.pipeline.avatars import Avatar
from toonface.stages.avatar.assemble import AvatarOptions, make_avatar
from toonface.stages.avatar.look import AvatarLook
from toonface.stages.avatar.shapes import HeadShapes
from toonface.stages.gltf.options import GltfOptions
from toonface.stages.gltf.vrm_meta import VRM_META_DEFAULTS, VrmMeta
from toonface.synth.face.eye_picture import IrisPaint, paint_iris
from toonface.worn.surface import Textures

IRIS = np.array([0.28, 0.18, 0.11])
"""Brown, where no iris is seen."""
HAIR = np.array([0.16, 0.11, 0.08])
"""Of lashes, where no hair is seen."""
FIBRES = "eye_brown"
"""The model's picture of an eye whose fibres every iris has."""
INNER = 1.35
"""How much lighter an iris is round its pupil than at its rim."""
IRIS_SCALE = 1.24
"""Of the iris on its eyeball: large eyes with small irises look startled."""
SCLERA = (0.86, 0.85, 0.85)

Format: TypeAlias = Literal["glb", "vrm", "obj"]
FORMATS: tuple[Format, ...] = ("glb", "vrm", "obj")


@dataclass(frozen=True, kw_only=True)
class FileOptions:
    """Trades size and detail.

    Raises:
        ValueError: shapes or meta are set for a format that has no use for them.
    """

    lod: Lod = 0
    """0 for the smooth skin, 1 for a quarter of its triangles."""
    compact: bool = False
    """Quantised, sparse, pictures of 1024 px: a quarter of the size."""
    clips: tuple[AssetClip, ...] = ()
    """Animations that go in."""
    format: Format = "glb"
    """What the file is for."""
    meta: VrmMeta = VRM_META_DEFAULTS
    """Of a VRM: who made it, and what others may do with it."""
    shapes: bool = False
    """Beside an OBJ, which has no targets, write a folder with one for each of them."""

    def __post_init__(self) -> None:
        if self.shapes and self.format != "obj":
            raise ValueError(f"shapes is set for {self.format}, which holds them; expected it for obj")
        if self.meta != VRM_META_DEFAULTS and self.format != "vrm":
            raise ValueError(f"meta is set for {self.format}, expected it for vrm")

    @property
    def gltf(self) -> GltfOptions:
        """How arrays are stored; readers of VRM know no integers."""
        return GltfOptions(sparse=self.compact, quantize=self.compact and self.format != "vrm")

    @property
    def pictures(self) -> PictureOptions:
        """How pictures are stored."""
        if self.compact:
            return PictureOptions(largest=1024, quality=80)
        return PictureOptions(largest=1024, quality=85) if self.lod == 1 else PictureOptions()

    @property
    def avatar(self) -> AvatarOptions:
        """What goes in."""
        return AvatarOptions(
            lod=self.lod,
            clips=self.clips,
            still_mm=0.35 if self.compact and self.lod == 0 else None,
            turned=self.gltf.target_normals,
        )


FILE_DEFAULTS = FileOptions()


def avatar_asset(model: FaceModel, textures: Textures, avatar: Avatar, options: FileOptions = FILE_DEFAULTS) -> Asset:
    """Dress an avatar in encoded pictures and make it an asset.

    Args:
        model: the face model.
        textures: its pictures.
        avatar: from `create_avatar`.
        options: size and detail.
    """
    rigged = avatar.rigged
    head = HeadShapes(
        neutral=rigged.neutral,
        skin=rigged.skin,
        eyes=rigged.eyes,
        shapes=rigged.shapes,
        skin_shapes=rigged.skin_shapes,
    )
    look = encode_avatar(textures, avatar, options.pictures)
    return make_avatar(model, head, look, options.avatar)


def write_avatar(path: Path, asset: Asset, options: FileOptions = FILE_DEFAULTS) -> None:
    """Write an asset in the format of the options; files are whole or not there at all.

    Args:
        path: of the file; an OBJ has others beside it, see `write_obj`.
        asset: from `avatar_asset`, with the same options.
        options: size, detail and format.

    Raises:
        OSError: a file cannot be written.
    """
    if options.format == "glb":
        write_glb(path, asset, options.gltf)
    elif options.format == "vrm":
        named = options.meta.name != VRM_META_DEFAULTS.name
        write_vrm(path, asset, options.meta if named else replace(options.meta, name=path.stem), options.gltf)
    else:
        write_obj(path, asset, shapes=options.shapes)


def encode_avatar(textures: Mapping[str, np.ndarray], avatar: Avatar, options: PictureOptions) -> AvatarLook:
    """Encode everything that an avatar wears. Brows are in the skin's picture.

    Args:
        textures: pictures of the model's parts.
        avatar: from `create_avatar`.
        options: size and quality.
    """
    colours = avatar.textured.colours
    hair = HAIR if not avatar.hair.parts else np.array(avatar.hair.colour)
    red, green, blue = (float(channel) for channel in LASH_SHADE * hair)
    worn = (*avatar.hair.parts, *(avatar.glasses.parts if avatar.glasses is not None else ()))
    left, right = (encode_jpeg(picture, options) for picture in eye_pictures(textures[FIBRES], colours))
    return AvatarLook(
        skin=encode_jpeg(avatar.textured.skin, options),
        eyes=(left, right),
        teeth=encode_jpeg(textures["teeth"], options),
        tongue=encode_jpeg(textures["tongue"], options),
        lashes=encode_strands(textures["lashes"], (red, green, blue), options),
        brows=None,
        hair=None,
        worn=tuple((part, encode_worn(part, options)) for part in worn),
        iris_scale=IRIS_SCALE,
    )


def eye_pictures(
    fibres: UInt8[np.ndarray, "H W 3"], colours: FaceColours
) -> tuple[UInt8[np.ndarray, "S S 3"], UInt8[np.ndarray, "S S 3"]]:
    """Paint the left and the right iris in the colours of the portrait.

    Args:
        fibres: one of the model's pictures of eyes.
        colours: of the portrait.
    """

    def painted(colour: Float[np.ndarray, "3"] | None) -> UInt8[np.ndarray, "S S 3"]:
        outer = IRIS if colour is None else colour
        inner = np.clip(INNER * outer, 0.0, 1.0)
        paint = IrisPaint(
            outer=(float(outer[0]), float(outer[1]), float(outer[2])),
            inner=(float(inner[0]), float(inner[1]), float(inner[2])),
            pupil=0.42,
            softness=0.04,
            limbal_ring=0.6,
            fibres=0.7,
            glow=0.35,
            sclera=SCLERA,
            plain=0.7,
        )
        return paint_iris(fibres, paint)

    return painted(colours.iris_left), painted(colours.iris_right)
