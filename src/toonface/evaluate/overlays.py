"""Draw on a picture what the networks found in it."""

from collections.abc import Sequence

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

from toonface.evaluate.overlay_sheet import Colour, Page, Sheet
from toonface.io.sample_files import PALETTE
from toonface.types import DetectedFace, FaceRegion, FaceRegions, Landmarks, Picture

RIGHT, LEFT, MIDDLE = (255, 150, 70), (70, 200, 255), (255, 225, 90)
"""Colours of what is on the character's right and left, and in the middle."""
FIVE_COLOURS = (RIGHT, LEFT, MIDDLE, RIGHT, LEFT)
PARTS: tuple[tuple[Colour, tuple[int, ...]], ...] = (
    ((255, 225, 90), tuple(range(17))),
    ((255, 150, 70), tuple(range(17, 22))),
    ((70, 200, 255), tuple(range(22, 27))),
    ((110, 235, 130), tuple(range(27, 31))),
    ((110, 235, 130), tuple(range(31, 36))),
    ((255, 150, 70), (*range(36, 42), 36)),
    ((70, 200, 255), (*range(42, 48), 42)),
    ((255, 90, 140), (*range(48, 60), 48)),
    ((255, 165, 195), (*range(60, 68), 60)),
)
"""Lines through the 68 points: colour and points in turn."""

REGION_SHARE, OUTLINE_SHARE = 0.5, 0.85
"""How opaque regions and their outlines are."""


def _stroke(extent_px: float, scale: float) -> float:
    """Width of lines for a face of that size, shown pixels."""
    return float(np.clip(0.0055 * scale * extent_px, 1.3, 3.5))


def draw_faces(picture: Picture, faces: Sequence[DetectedFace]) -> Page:
    """Draw boxes, five points and confidences.

    Args:
        picture: sRGB.
        faces: found in it; none leaves the picture as it is.
    """
    sheet = Sheet.of(picture)
    pen = sheet.pen()
    for face in faces:
        left, top, right, bottom = face.box_px
        width = _stroke(max(right - left, bottom - top), sheet.scale)
        corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom], [left, top]])
        pen.line(corners, MIDDLE, width)
        for point, colour in zip(face.points_px, FIVE_COLOURS, strict=True):
            pen.dot(point, colour, 1.9 * width)
        pen.tag(corners[0], f"{face.confidence:.2f}", MIDDLE, float(np.clip(7.0 * width, 11.0, 22.0)))
    return sheet.with_layers(pen)


def draw_landmarks(picture: Picture, landmarks: Landmarks) -> Page:
    """Draw the 68 points, joined by lines, each in a faint circle of its uncertainty.

    Args:
        picture: sRGB.
        landmarks: found in it.
    """
    sheet = Sheet.of(picture)
    halos, pen = sheet.pen(), sheet.pen()
    width = _stroke(float(np.ptp(landmarks.points_px, axis=0).max()), sheet.scale)
    for colour, numbers in PARTS:
        pen.line(landmarks.points_px[list(numbers)], colour, width)
    for colour, numbers in PARTS:
        for number in dict.fromkeys(numbers):
            halos.halo(landmarks.points_px[number], colour, float(landmarks.sigma_px[number]))
            pen.dot(landmarks.points_px[number], colour, 1.15 * width)
    return sheet.with_layers(halos, pen)


def draw_regions(picture: Picture, regions: FaceRegions) -> Page:
    """Colour the regions of a parsed face and outline them; the background stays as it is.

    Args:
        picture: sRGB.
        regions: of its size.

    Raises:
        ValueError: the sizes differ.
    """
    if regions.classes.shape != picture.shape[:2]:
        raise ValueError(f"regions have shape {regions.classes.shape}, expected the picture's, {picture.shape[:2]}")
    sheet = Sheet.of(picture)
    blur = 0.35 + max(0.35 * sheet.scale, 0.0006 * max(sheet.picture.size))
    shown = np.asarray(sheet.picture.convert("RGB"), np.float32)
    colours, covered, border = np.zeros_like(shown), np.zeros(shown.shape[:2], np.float32), 1.0
    for region in np.unique(regions.classes):
        mask = Image.fromarray((255 * (regions.classes == region)).astype(np.uint8))
        soft = np.asarray(mask.resize(sheet.picture.size, Image.Resampling.BILINEAR), np.float32) / 255.0
        soft = gaussian_filter(soft, blur)
        border = border - soft**2
        if region != FaceRegion.BACKGROUND:
            colours += soft[..., None] * PALETTE[region]
            covered += soft
    page = shown * (1.0 - REGION_SHARE * covered[..., None]) + REGION_SHARE * colours
    line = OUTLINE_SHARE * np.clip(2.0 * border, 0.0, 1.0)[..., None] ** 1.5
    return np.clip(page * (1.0 - line) + 255.0 * line + 0.5, 0.0, 255.0).astype(np.uint8)
