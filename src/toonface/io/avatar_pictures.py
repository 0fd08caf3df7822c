"""Encode the pictures that an avatar wears: JPEG where nothing is transparent, PNG where something is."""

from dataclasses import dataclass, replace
from io import BytesIO

import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image

from toonface.geometry.asset import EncodedPicture
from toonface.stages.avatar.look import AvatarLook
from toonface.worn.surface import RGB, Textures
from toonface.worn.worn_part import WornPart

MIDDLE_GREY = 2.0
"""Pictures of hair are grey around 0.5: they show this times their grey times the hair's colour."""
LASH_SHADE = 0.35
"""Lashes are this much darker than hair."""
OPAQUE_GREYS, SOFT_GREYS = 128, 32
OPAQUE = 160
SOFT_ALPHAS = np.array([0, 45, 90, 135], np.uint8)
"""How the 256 colours of a picture of hair are spent: greys from the alpha on that counts as opaque, and below it four
steps of alpha on both sides of the cut. Such a picture has one dimension of colour, so this is 40 % of the size of a
full one and shows no steps; a general palette (Pillow's octree) does, in smooth long hair."""


WORN_SHARE = 4
"""How much smaller than the largest picture those of fitted hair and glasses may be: they are shades of one colour."""


@dataclass(frozen=True, kw_only=True)
class PictureOptions:
    """Size and quality of the pictures."""

    largest: int = 2048
    """Side in pixels above which a picture is made smaller."""
    quality: int = 90
    """Of JPEG, in [1, 95]."""

    colours: int | None = None
    """Of PNG, at most 256: a third of the size, with steps in soft edges; None for all of them."""


PICTURE_DEFAULTS = PictureOptions()


@dataclass(frozen=True, kw_only=True)
class AvatarWear:
    """What an avatar wears, by the names of the model's parts and pictures."""

    skin: UInt8[np.ndarray, "S S 3"]
    """In the skin's texture coordinates."""
    eyes: tuple[UInt8[np.ndarray, "_ _ 3"], UInt8[np.ndarray, "_ _ 3"]]
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

    for name in filter(None, (wear.brows, wear.hair)):
        if name not in textures:
            raise ValueError(f"there is no picture of {name!r}, expected one of {sorted(textures)}")
    hair = None if wear.hair is None else encode_hair(textures[wear.hair], wear.hair_colour, options)
    left, right = (encode_jpeg(picture, options) for picture in wear.eyes)
    red, green, blue = (LASH_SHADE * channel for channel in wear.hair_colour)
    return AvatarLook(
        skin=encode_jpeg(wear.skin, options),
        eyes=(left, right),
        teeth=encode_jpeg(textures["teeth"], options),
        tongue=encode_jpeg(textures["tongue"], options),
        lashes=encode_strands(textures["lashes"], (red, green, blue), options),
        brows=(wear.brows, encode_strands(textures[wear.brows], wear.brow_colour, options)),
        hair=None if wear.hair is None or hair is None else (wear.hair, hair),
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
    """Tint a grey picture of brows or lashes, which fade out, and encode it.

    Where it is transparent the colour of the nearest strands goes on, so that no light seam shows round them.

    Args:
        texture: grey around 0.5, with alpha.
        colour: of the hair, sRGB in [0, 1].
        options: size.
    """
    sized = np.asarray(_fitting(Image.fromarray(_bled(texture)), options))
    tinted = np.concatenate([_tinted(sized[..., :3], colour), sized[..., 3:]], axis=2)
    return _png(Image.fromarray(tinted))


def encode_hair(
    texture: UInt8[np.ndarray, "H W 4"], colour: RGB, options: PictureOptions = PICTURE_DEFAULTS
) -> EncodedPicture:
    """Tint a grey picture of hair, whose holes are cut, and encode it with a palette.

    Args:
        texture: grey around 0.5, with alpha; the cut lies between 90 and 135 of 255.
        colour: of the hair, sRGB in [0, 1].
        options: size.
    """
    sized = np.asarray(_fitting(Image.fromarray(_bled(texture)), options))
    grey, alpha = sized[..., :3].mean(axis=2), sized[..., 3]
    low, span = grey.min(), max(grey.max() - grey.min(), 1.0)
    share = (grey - low) / span
    step = np.searchsorted((SOFT_ALPHAS[1:].astype(float) + SOFT_ALPHAS[:-1]) / 2, alpha)
    soft = OPAQUE_GREYS + SOFT_GREYS * step + np.round(share * (SOFT_GREYS - 1))
    numbers = np.where(alpha >= OPAQUE, np.round(share * (OPAQUE_GREYS - 1)), soft).astype(np.uint8)
    levels = [np.linspace(0.0, 1.0, OPAQUE_GREYS), np.tile(np.linspace(0.0, 1.0, SOFT_GREYS), len(SOFT_ALPHAS))]
    greys = low + span * np.concatenate(levels)
    picture = Image.fromarray(numbers)
    picture.putpalette(_tinted(greys[:, None], colour).tobytes())
    alphas = np.concatenate([np.full(OPAQUE_GREYS, 255, np.uint8), np.repeat(SOFT_ALPHAS, SOFT_GREYS)])
    return _png(picture, transparency=alphas.tobytes())


def encode_worn(part: WornPart, options: PictureOptions = PICTURE_DEFAULTS) -> EncodedPicture:
    """Encode the picture of something worn, which has its colours already: JPEG where nothing shines through.

    All colours are kept: a palette (Pillow's octree) shows steps in smooth hair, and saves a seventh of a megabyte.

    Args:
        part: hair or glasses.
        options: size and quality.
    """
    sized = replace(options, largest=max(options.largest // WORN_SHARE, 1))
    if part.alpha == "opaque":
        return encode_jpeg(np.ascontiguousarray(part.picture[..., :3]), sized)
    return _png(_fitting(Image.fromarray(_bled(part.picture)), sized))


def _tinted(grey: np.ndarray, colour: RGB) -> UInt8[np.ndarray, "... 3"]:
    return np.round(np.clip(MIDDLE_GREY * grey * np.array(colour), 0.0, 255.0)).astype(np.uint8)


def _png(picture: Image.Image, **settings: bytes) -> EncodedPicture:
    stream = BytesIO()
    picture.save(stream, "PNG", optimize=True, **settings)
    return EncodedPicture(data=stream.getvalue(), media_type="image/png")


def _bled(texture: UInt8[np.ndarray, "H W 4"]) -> UInt8[np.ndarray, "H W 4"]:
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
    return np.concatenate([np.round(result).astype(np.uint8), texture[..., 3:]], axis=2)


def _halved(values: Float[np.ndarray, "H W C"]) -> Float[np.ndarray, "h w C"]:
    padded = np.pad(values, ((0, len(values) % 2), (0, values.shape[1] % 2), (0, 0)), mode="edge")
    return padded.reshape(len(padded) // 2, 2, padded.shape[1] // 2, 2, -1).mean(axis=(1, 3))


def _fitting(picture: Image.Image, options: PictureOptions) -> Image.Image:
    factor = options.largest / max(picture.size)
    if factor >= 1.0:
        return picture
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    return picture.resize(size, Image.Resampling.LANCZOS)
