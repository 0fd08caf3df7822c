"""Colours of a portrait that the rest of the head is made with: skin, brows, hair and irises."""

import numpy as np
from jaxtyping import Bool, Float, UInt8
from scipy.ndimage import binary_erosion

from toonface.geometry.camera import ScaledOrthographic, project
from toonface.morphable.eyeball import LIMBUS
from toonface.morphable.eyes import Eyeballs
from toonface.morphable.textured_head import FaceColours
from toonface.stages.texture.stray_lines import is_one_of
from toonface.types import FaceRegion, FaceRegions, Picture

LEAST_HAIR_PIXELS, LEAST_BROW_PIXELS, LEAST_IRIS_PIXELS = 50, 10, 12
LEAST_ERODED_PIXELS = 60
ENOUGH_PIXELS = 20_000
"""A median is taken over no more than about so many."""
PUPIL, RIM = 0.3, 0.8
"""Shares of the iris's radius between which its colour is looked for."""
BLACK = 35.0
"""Steps of 255: what is darker is pupil or lash."""
WHITE, SATURATION = 0.8, 0.25
"""A pixel as bright as this share of the eye's brightest, and less saturated than that, is no iris."""


def find_colours(picture: Picture, regions: FaceRegions, *, eyes: Eyeballs, camera: ScaledOrthographic) -> FaceColours:
    """Find the colours of a portrait, medians over what the parser says.

    Args:
        picture: sRGB.
        regions: of the picture.
        eyes: of the fitted head, metres.
        camera: that sees it.

    Raises:
        ValueError: picture and regions differ in size, or no pixel is bare skin.
    """
    classes = regions.classes
    if picture.shape[:2] != classes.shape:
        raise ValueError(f"picture is {picture.shape[:2]}, regions {classes.shape}, expected the same height and width")
    skin = _median(picture, is_one_of(classes, (FaceRegion.SKIN, FaceRegion.NOSE)), 1)
    if skin is None:
        raise ValueError("no pixel is of the face, expected at least one to take the skin's colour from")
    brows = is_one_of(classes, (FaceRegion.BROW_LEFT, FaceRegion.BROW_RIGHT))
    irises = [
        _iris(picture, classes == region, eyes, camera, side)
        for side, region in enumerate((FaceRegion.EYE_LEFT, FaceRegion.EYE_RIGHT))
    ]
    left, right = irises
    return FaceColours(
        skin=skin,
        brows=_darker_half(picture, brows),
        hair=_median(picture, classes == FaceRegion.HAIR, LEAST_HAIR_PIXELS),
        iris_left=right if left is None else left,
        iris_right=left if right is None else right,
    )


def _median(picture: Picture, chosen: Bool[np.ndarray, "H W"], least: int) -> Float[np.ndarray, "3"] | None:
    rows, columns = np.nonzero(chosen)
    if len(rows) < least:
        return None
    step = len(rows) // ENOUGH_PIXELS + 1
    return np.median(picture[rows[::step], columns[::step]], axis=0) / 255.0


def _darker_half(picture: Picture, chosen: Bool[np.ndarray, "H W"]) -> Float[np.ndarray, "3"] | None:
    """Skin shows between the hairs of a brow."""
    if np.count_nonzero(chosen) < LEAST_BROW_PIXELS:
        return None
    colours = picture[chosen]
    brightness = colours.sum(axis=1, dtype=int)
    return np.median(colours[brightness <= np.median(brightness)], axis=0) / 255.0


def _iris(
    picture: Picture, eye: Bool[np.ndarray, "H W"], eyes: Eyeballs, camera: ScaledOrthographic, side: int
) -> Float[np.ndarray, "3"] | None:
    """The median within the disc that the fitted eyeball's iris covers, without pupil, white and highlights."""
    rows, columns = np.nonzero(eye)
    if len(rows) < LEAST_IRIS_PIXELS:
        return None
    top, left = rows.min(), columns.min()
    inner = binary_erosion(eye[top : rows.max() + 1, left : columns.max() + 1])
    if np.count_nonzero(inner) >= LEAST_ERODED_PIXELS:
        rows, columns = np.nonzero(inner) + np.array([[top], [left]])
    look = eyes.rotations[side] @ np.array([0.0, 0.0, np.cos(LIMBUS)])
    centre = project(camera, (eyes.centres[side] + eyes.radii[side] * look)[None])[0, :2]
    radius = np.sin(LIMBUS) * eyes.radii[side] * camera.scale
    away = np.hypot(columns + 0.5 - centre[0], rows + 0.5 - centre[1]) / radius
    colours = picture[rows, columns]
    chosen = colours[(away > PUPIL) & (away < RIM) & _is_coloured(colours)]
    return np.median(chosen, axis=0) / 255.0 if len(chosen) >= LEAST_IRIS_PIXELS else None


def _is_coloured(colours: UInt8[np.ndarray, "N 3"]) -> Bool[np.ndarray, " N"]:
    """Neither black nor white, as white goes in this eye."""
    bright, dark = colours.max(axis=1).astype(float), colours.min(axis=1).astype(float)
    white = (bright > WHITE * np.percentile(bright, 95)) & (bright - dark < SATURATION * bright)
    return (bright > BLACK) & ~white
