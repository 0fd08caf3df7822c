"""What lies over skin although the parser calls it skin: thin frames, strands of hair, outlines, necklaces."""

import numpy as np
from jaxtyping import Bool, Float, Float32, Int, UInt8
from scipy.ndimage import label, maximum_filter, uniform_filter

from toonface.types import FaceRegion, Picture

PLAIN_CLASSES = (FaceRegion.SKIN, FaceRegion.NOSE, FaceRegion.EAR_LEFT, FaceRegion.EAR_RIGHT, FaceRegion.NECK)
SKIN_CLASSES = (
    *PLAIN_CLASSES, FaceRegion.LIP_UPPER, FaceRegion.LIP_LOWER, FaceRegion.BROW_LEFT, FaceRegion.BROW_RIGHT,
    FaceRegion.FACIAL_HAIR,
)  # fmt: skip
"""What may land on the skin. Brows stay on it as texture: the skin below them carries them along when it moves."""
BROWS = (FaceRegion.BROW_LEFT, FaceRegion.BROW_RIGHT)
LEAST_GLASSES_PIXELS, GLASSES_REACH_M = 12, 0.008
"""Around the box of so many pixels of glasses, by so much, there may be more of them."""
WINDOW_M = 0.012
"""Side of the square whose mean a pixel is compared with."""
LASHES_M = 0.0025
HAIR_NEARER = 0.6
"""Share of the distance to the skin's colour that a pixel may have to the hair's and be called hair."""
EVERY = 3
"""One pixel of so many each way is looked at for these colours."""
PIXELS_ACROSS = 8
"""So many pixels across the square are looked at."""
FACE = (FaceRegion.SKIN, FaceRegion.NOSE)
COLLAR_TINT, COLLAR_LIGHT, COLLAR_PX = 0.035, 1.25, 7
"""Largest difference of tint (red and green as shares of the sum) between neck and face; how many times as bright the
neck may be; side of the square of which more than half must be so."""
BRIGHT_PERCENTILE = 90.0
BLACK = 8.0
"""Steps of 255 added before tints are compared: those of black mean nothing."""
CONTRAST, BROW_CONTRAST = 26.0, 15.0
"""Steps of 255 by which skin may differ from this mean, and by which a brow may be brighter than it."""


def is_one_of(classes: UInt8[np.ndarray, "*S"], chosen: tuple[FaceRegion, ...]) -> Bool[np.ndarray, "*S"]:
    """Tell which pixels are of some classes, by a table: a third of the time of `np.isin`.

    Args:
        classes: `FaceRegion` of each pixel.
        chosen: these classes.
    """
    table = np.zeros(256, bool)
    table[list(chosen)] = True
    return table[classes]


def stray_lines(picture: Picture, classes: UInt8[np.ndarray, "H W"], scale: float) -> Bool[np.ndarray, "H W"]:
    """Find pixels that are no skin, on the neck, beside hair and near glasses.

    These stand out from the skin around them, or are nearer to the hair's colour than to the skin's.

    Args:
        picture: sRGB.
        classes: `FaceRegion` of each pixel.
        scale: pixels per metre.
    """
    lines = np.zeros(classes.shape, bool)
    rows, columns = np.nonzero(is_one_of(classes, PLAIN_CLASSES))
    if not len(rows):
        return lines
    window = max(int(WINDOW_M * scale), 3)
    box = _box(rows, columns, window)
    inside, colours = classes[box], picture[box].astype(np.float32)
    bare = is_one_of(inside, PLAIN_CLASSES)
    around = _mean_around(colours, bare, window)
    glasses = _near_glasses(inside, int(GLASSES_REACH_M * scale) + 1)
    hair = uniform_filter((inside == FaceRegion.HAIR).astype(np.float32), window) > 0.5 / window**2
    looked_at = bare & ((inside == FaceRegion.NECK) | ((inside == FaceRegion.SKIN) & hair) | glasses)
    brows = glasses & is_one_of(inside, BROWS)
    lines[box] = looked_at & ~glasses & _like_hair(colours, _tones(picture, classes))
    for k in range(3):
        change = colours[..., k] - around[..., k]
        lines[box] |= (looked_at & (np.abs(change) > CONTRAST)) | (brows & (change > BROW_CONTRAST))
    return lines


def collars(picture: Picture, classes: UInt8[np.ndarray, "H W"]) -> Bool[np.ndarray, "H W"]:
    """Find neck whose tint is not the face's, or which is much brighter: collars and shirts that are called neck.

    Args:
        picture: sRGB.
        classes: `FaceRegion` of each pixel.
    """
    found, skin = np.zeros(classes.shape, bool), is_one_of(classes[::EVERY, ::EVERY], FACE)
    rows, columns = np.nonzero(classes == FaceRegion.NECK)
    if not len(rows) or not skin.any():
        return found
    tint, light = _tints(picture[::EVERY, ::EVERY][skin])
    usual, bright = np.median(tint, axis=0), np.percentile(light, BRIGHT_PERCENTILE)
    box = _box(rows, columns, COLLAR_PX)
    neck = classes[box] == FaceRegion.NECK
    tint, light = _tints(picture[box])
    other = (np.abs(tint - usual) > COLLAR_TINT).any(axis=-1) | (light > COLLAR_LIGHT * bright)
    found[box] = neck & (uniform_filter((neck & other).astype(np.float32), COLLAR_PX) > 0.5)
    return found


def lashes(classes: UInt8[np.ndarray, "H W"], scale: float) -> Bool[np.ndarray, "H W"]:
    """Find the pixels beside eyes: lashes and outlines are drawn there, and the parser calls them skin.

    Args:
        classes: `FaceRegion` of each pixel.
        scale: pixels per metre.
    """
    near = np.zeros(classes.shape, bool)
    eyes = is_one_of(classes, (FaceRegion.EYE_LEFT, FaceRegion.EYE_RIGHT))
    rows, columns = np.nonzero(eyes)
    if len(rows):
        reach = int(LASHES_M * scale + 0.5)
        box = _box(rows, columns, reach)
        near[box] = maximum_filter(eyes[box], 2 * reach + 1, mode="constant", cval=False)
    return near


def islands(classes: UInt8[np.ndarray, "H W"]) -> Bool[np.ndarray, "H W"]:
    """Find skin that is joined to neither face, ears nor neck: highlights on hair that the parser calls skin.

    Args:
        classes: `FaceRegion` of each pixel.
    """
    parts, count = label(is_one_of(classes, SKIN_CLASSES))
    sizes = np.bincount(parts.ravel(), minlength=count + 1)
    keep = np.zeros(count + 1, bool)
    keep[np.unique(parts[is_one_of(classes, (FaceRegion.EAR_LEFT, FaceRegion.EAR_RIGHT, FaceRegion.NECK))])] = True
    if count:
        keep[1 + np.argmax(sizes[1:])] = True
    keep[0] = True
    return ~keep[parts]


def _tints(colours: UInt8[np.ndarray, "*S 3"]) -> tuple[Float32[np.ndarray, "*S 2"], Float32[np.ndarray, "*S"]]:
    """Red and green as shares of the sum, which shadows leave, and that sum."""
    lifted = colours.astype(np.float32) + BLACK
    total = lifted[..., 0] + lifted[..., 1] + lifted[..., 2]
    return lifted[..., :2] / total[..., None], total


def _like_hair(
    colours: Float32[np.ndarray, "H W 3"], tones: tuple[Float[np.ndarray, "3"], Float[np.ndarray, "3"]] | None
) -> Bool[np.ndarray, "H W"]:
    """Whether a pixel is much nearer to the hair's colour than to the skin's."""
    if tones is None:
        return np.zeros(colours.shape[:2], bool)
    hair, skin = tones
    return _distance(colours, hair) < HAIR_NEARER * _distance(colours, skin)


def _tones(
    picture: Picture, classes: UInt8[np.ndarray, "H W"]
) -> tuple[Float[np.ndarray, "3"], Float[np.ndarray, "3"]] | None:
    """Median colours of hair and skin; None where one of them is not seen."""
    few, kinds = picture[::EVERY, ::EVERY], classes[::EVERY, ::EVERY]
    hair, skin = kinds == FaceRegion.HAIR, (kinds == FaceRegion.SKIN) | (kinds == FaceRegion.NOSE)
    if not hair.any() or not skin.any():
        return None
    return np.median(few[hair], axis=0), np.median(few[skin], axis=0)


def _distance(colours: Float32[np.ndarray, "H W 3"], colour: Float[np.ndarray, "3"]) -> Float32[np.ndarray, "H W"]:
    """The sum over the channels, one after the other: numpy is slow over an axis of three."""
    red, green, blue = (np.abs(colours[..., k] - np.float32(colour[k])) for k in range(3))
    return red + green + blue


def _mean_around(
    colours: Float32[np.ndarray, "H W 3"], bare: Bool[np.ndarray, "H W"], window: int
) -> Float32[np.ndarray, "H W 3"]:
    """The mean of the bare pixels in a square around each; every few pixels are enough for it."""
    step = max(window // PIXELS_ACROSS, 1)
    few, wide = bare[::step, ::step].astype(np.float32), window // step
    share = np.maximum(uniform_filter(few, wide), 1e-3)
    means = uniform_filter(colours[::step, ::step] * few[..., None], (wide, wide, 1)) / share[..., None]
    height, width = bare.shape
    return means.repeat(step, axis=0)[:height].repeat(step, axis=1)[:, :width]


def _near_glasses(classes: UInt8[np.ndarray, "H W"], reach: int) -> Bool[np.ndarray, "H W"]:
    near = np.zeros(classes.shape, bool)
    rows, columns = np.nonzero(classes == FaceRegion.GLASSES)
    if len(rows) >= LEAST_GLASSES_PIXELS:
        near[_box(rows, columns, reach)] = True
    return near


def _box(rows: Int[np.ndarray, " N"], columns: Int[np.ndarray, " N"], margin: int) -> tuple[slice, slice]:
    top, left = max(rows.min() - margin, 0), max(columns.min() - margin, 0)
    return slice(top, rows.max() + margin + 1), slice(left, columns.max() + margin + 1)
