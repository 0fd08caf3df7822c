"""Encode the pictures that an avatar wears: JPEG where nothing is transparent, PNG where something is."""

from dataclasses import dataclass
from io import BytesIO

import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image

from toonface.geometry.asset import EncodedPicture
from toonface.stages.avatar.look import AvatarLook
from toonface.synth.surface import RGB, Textures
from toonface.types import Picture

MIDDLE_GREY = 2.0
"""Pictures of hair are grey around 0.5: they show this times their grey times the hair's colour."""
LASH_SHADE = 0.35
"""Lashes are this much darker than hair."""
ALPHA_LEVELS = 32
"""Steps of transparency that are kept: hair has no more than an edge."""


@dataclass(frozen=True, kw_only=True)
class PictureOptions:
    """Size and quality of the pictures."""

    largest: int = 2048
    """Side in pixels above which a picture is made smaller."""
    quality: int = 90
    """Of JPEG, in [1, 95]."""


PICTURE_DEFAULTS = PictureOptions()


@dataclass(frozen=True, kw_only=True)
class AvatarWear:
    """What an avatar wears, by the names of the model's parts and pictures."""

    skin: Picture
    """In the skin's texture coordinates."""
    eyes: tuple[Picture, Picture]
    """Left and right."""
    hair: str | None
    hair_colour: RGB
    """sRGB in [0, 1]; lashes take it too."""
    brows: str
    brow_colour: RGB
    iris_scale: float = 1.0


def encode_wear(wear: AvatarWear, textures: Textures, options: PictureOptions = PICTURE_DEFAULTS) -> AvatarLook:
    """Tint and encode everything that an avatar wears.

    Args:
        wear: pictures and names.
        textures: pictures of the model's parts.
        options: size and quality.

    Raises:
        ValueError: there is no picture of a part's name.
    """

    def strands(name: str, colour: RGB) -> EncodedPicture:
        if name not in textures:
            raise ValueError(f"there is no picture of {name!r}, expected one of {sorted(textures)}")
        return encode_strands(textures[name], colour, options)

    left, right = (encode_jpeg(picture, options) for picture in wear.eyes)
    red, green, blue = (LASH_SHADE * channel for channel in wear.hair_colour)
    return AvatarLook(
        skin=encode_jpeg(wear.skin, options),
        eyes=(left, right),
        teeth=encode_jpeg(textures["teeth"], options),
        tongue=encode_jpeg(textures["tongue"], options),
        lashes=strands("lashes", (red, green, blue)),
        brows=(wear.brows, strands(wear.brows, wear.brow_colour)),
        hair=None if wear.hair is None else (wear.hair, strands(wear.hair, wear.hair_colour)),
        iris_scale=wear.iris_scale,
    )


def encode_jpeg(picture: UInt8[np.ndarray, "H W 3"], options: PictureOptions = PICTURE_DEFAULTS) -> EncodedPicture:
    """Encode an opaque picture.

    Args:
        picture: sRGB.
        options: size and quality.
    """
    stream = BytesIO()
    _fitting(Image.fromarray(picture), options).save(stream, "JPEG", quality=options.quality, optimize=True)
    return EncodedPicture(data=stream.getvalue(), media_type="image/jpeg")


def encode_strands(
    texture: UInt8[np.ndarray, "H W 4"], colour: RGB, options: PictureOptions = PICTURE_DEFAULTS
) -> EncodedPicture:
    """Tint a grey picture of hair and encode it with its holes.

    Where it is transparent the colour of the nearest strands goes on, so that no light seam shows round the holes.

    Args:
        texture: grey around 0.5, with alpha.
        colour: of the hair, sRGB in [0, 1].
        options: size; quality is that of PNG, without loss but for `ALPHA_LEVELS`.
    """
    tinted = np.zeros_like(texture)
    tinted[..., :3] = np.round(np.clip(MIDDLE_GREY * _bled(texture) * np.array(colour), 0.0, 255.0))
    step = 255.0 / (ALPHA_LEVELS - 1)
    tinted[..., 3] = np.round(np.round(texture[..., 3] / step) * step)
    stream = BytesIO()
    _fitting(Image.fromarray(tinted), options).save(stream, "PNG", optimize=True)
    return EncodedPicture(data=stream.getvalue(), media_type="image/png")


def _bled(texture: UInt8[np.ndarray, "H W 4"]) -> Float[np.ndarray, "H W 3"]:
    """Fill holes with the colour of what lies around them, from coarser and coarser averages."""
    colour, alpha = texture[..., :3].astype(float), texture[..., 3:].astype(float) / 255.0
    summed, weight = colour * alpha, alpha
    result, filled = colour * (alpha > 0.0), (alpha > 0.0).astype(float)
    while filled.min() == 0.0 and min(weight.shape[:2]) > 1:
        summed, weight = _halved(summed), _halved(weight)
        rows = np.arange(len(texture)) * len(weight) // len(texture)
        columns = np.arange(texture.shape[1]) * weight.shape[1] // texture.shape[1]
        mean, known = (summed / np.maximum(weight, 1e-9))[rows][:, columns], (weight > 0.0)[rows][:, columns]
        result = np.where((filled == 0.0) & known, mean, result)
        filled = np.maximum(filled, known)
    return result


def _halved(values: Float[np.ndarray, "H W C"]) -> Float[np.ndarray, "h w C"]:
    padded = np.pad(values, ((0, len(values) % 2), (0, values.shape[1] % 2), (0, 0)), mode="edge")
    return padded.reshape(len(padded) // 2, 2, padded.shape[1] // 2, 2, -1).mean(axis=(1, 3))


def _fitting(picture: Image.Image, options: PictureOptions) -> Image.Image:
    factor = options.largest / max(picture.size)
    if factor >= 1.0:
        return picture
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    return picture.resize(size, Image.Resampling.LANCZOS)
