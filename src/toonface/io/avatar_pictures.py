"""Encode the pictures that an avatar wears: JPEG where nothing is transparent, PNG where something is."""

from collections.abc import Callable
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
OFF_RAMP = 3.0
"""Steps of 256 by which the colours of a picture may leave one ramp and still be stored as shades of one colour."""

WORN_SHARE = 4
"""How much smaller than the largest picture those of fitted hair and glasses may be: they are shades of one colour."""


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
    grey = sized[..., :3].mean(axis=2)
    return _ramp_png(grey, sized[..., 3], lambda greys: _tinted(greys[:, None], colour))


def encode_worn(part: WornPart, options: PictureOptions = PICTURE_DEFAULTS) -> EncodedPicture:
    """Encode the picture of something worn, which has its colours already: JPEG where nothing shines through.

    Shades of one colour are stored as `encode_hair` does, in 40 % of the bytes; else all colours are kept, because a
    general palette (Pillow's octree) shows steps in smooth hair.

    Args:
        part: hair or glasses.
        options: size and quality.
    """
    sized = replace(options, largest=max(options.largest // WORN_SHARE, 1))
    if part.alpha == "opaque":
        return encode_jpeg(np.ascontiguousarray(part.picture[..., :3]), sized)
    picture = _fitting(Image.fromarray(_bled(part.picture)), sized)
    pixels = np.asarray(picture)
    solid = pixels[pixels[..., 3] >= OPAQUE][:, :3].astype(np.float64)
    if part.alpha == "blend" or not len(solid):
        return _png(picture)
    tones = solid.mean(axis=1)
    start, slope = _ramp(tones, solid)
    if np.abs(start + tones[:, None] * slope - solid).max() > OFF_RAMP:
        return _png(picture)
    tone = np.clip(pixels[..., :3].mean(axis=2), tones.min(), tones.max())
    return _ramp_png(tone, pixels[..., 3], lambda levels: _bytes(start + levels[:, None] * slope))


def _ramp(tones: Float[np.ndarray, " N"], colours: Float[np.ndarray, "N 3"]) -> tuple[np.ndarray, np.ndarray]:
    """The line that colours follow as their mean rises: where it starts, and its slope."""
    middle, centred = colours.mean(axis=0), tones - tones.mean()
    slope = centred @ (colours - middle) / max(float(centred @ centred), 1e-9)
    return middle - tones.mean() * slope, slope


def _ramp_png(
    tone: Float[np.ndarray, "H W"], alpha: UInt8[np.ndarray, "H W"], colour_of: Callable[[np.ndarray], np.ndarray]
) -> EncodedPicture:
    """Encode shades of one colour with a palette of tones, and four steps of alpha where hair fades."""
    low, span = tone.min(), max(tone.max() - tone.min(), 1.0)
    share = (tone - low) / span
    step = np.searchsorted((SOFT_ALPHAS[1:].astype(float) + SOFT_ALPHAS[:-1]) / 2, alpha)
    soft = OPAQUE_GREYS + SOFT_GREYS * step + np.round(share * (SOFT_GREYS - 1))
    numbers = np.where(alpha >= OPAQUE, np.round(share * (OPAQUE_GREYS - 1)), soft).astype(np.uint8)
    levels = [np.linspace(0.0, 1.0, OPAQUE_GREYS), np.tile(np.linspace(0.0, 1.0, SOFT_GREYS), len(SOFT_ALPHAS))]
    picture = Image.fromarray(numbers)
    picture.putpalette(colour_of(low + span * np.concatenate(levels)).tobytes())
    alphas = np.concatenate([np.full(OPAQUE_GREYS, 255, np.uint8), np.repeat(SOFT_ALPHAS, SOFT_GREYS)])
    return _png(picture, transparency=alphas.tobytes())


def _tinted(grey: np.ndarray, colour: RGB) -> UInt8[np.ndarray, "... 3"]:
    return _bytes(MIDDLE_GREY * grey * np.array(colour))


def _bytes(colours: np.ndarray) -> UInt8[np.ndarray, "... 3"]:
    return np.round(np.clip(colours, 0.0, 255.0)).astype(np.uint8)


def _png(picture: Image.Image, **settings: bytes) -> EncodedPicture:
    # Pillow's `optimize` is zlib's level 9: 7 times the time of level 6 for 7 % of the bytes.
    stream = BytesIO()
    picture.save(stream, "PNG", compress_level=6, **settings)
    return EncodedPicture(data=stream.getvalue(), media_type="image/png")


def _bled(texture: UInt8[np.ndarray, "H W 4"]) -> UInt8[np.ndarray, "H W 4"]:
    """Fill holes with the colour of what lies around them, from coarser and coarser averages."""
    height, width = texture.shape[:2]
    result = texture.copy()
    rows, columns = np.nonzero(texture[..., 3] == 0)
    result[rows, columns, :3] = 0
    weight = texture[..., 3:].astype(np.float32) / np.float32(255.0)
    summed = texture[..., :3] * weight
    while len(rows) and min(weight.shape[:2]) > 1:
        summed, weight = _halved(summed), _halved(weight)
        at = rows * len(weight) // height, columns * weight.shape[1] // width
        known = weight[..., 0][at] > 0.0
        there = at[0][known], at[1][known]
        result[rows[known], columns[known], :3] = np.round(summed[there] / weight[there])
        rows, columns = rows[~known], columns[~known]
    return result


def _halved(values: Float[np.ndarray, "H W C"]) -> Float[np.ndarray, "h w C"]:
    padded = np.pad(values, ((0, len(values) % 2), (0, values.shape[1] % 2), (0, 0)), mode="edge")
    pairs = padded[0::2] + padded[1::2]
    return 0.25 * (pairs[:, 0::2] + pairs[:, 1::2])


def _fitting(picture: Image.Image, options: PictureOptions) -> Image.Image:
    factor = options.largest / max(picture.size)
    if factor >= 1.0:
        return picture
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    return picture.resize(size, Image.Resampling.LANCZOS)
