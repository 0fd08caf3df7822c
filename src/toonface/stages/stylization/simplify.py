"""Simplify a picture as painters do: small differences go, outlines stay."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, UInt8

from toonface.geometry.edge_smoothing import smooth_within
from toonface.types import FaceRegion

GREY = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True, kw_only=True)
class Simplicity:
    """How far a style simplifies. Contrasts are standard deviations of sRGB in [0, 1], below which differences go."""

    hair: float
    cloth: float
    ground: float
    feature: float = 0.02
    """Of brows, lips, beards and glasses."""
    radius: float = 0.014
    """Of the windows, in sides of the face."""
    rounds: int = 1
    saturation: float = 1.0
    """1 keeps it."""


SIMPLICITY = {
    "soft": Simplicity(hair=0.06, cloth=0.04, ground=0.025, saturation=1.06),
    "bold": Simplicity(hair=0.10, cloth=0.07, ground=0.05, feature=0.03, rounds=2, saturation=1.14),
    "anime": Simplicity(hair=0.14, cloth=0.10, ground=0.07, feature=0.03, rounds=2, saturation=1.12),
}
EYES = 0.006
"""Contrast below which differences in eyes go: hardly any."""


def simplify(
    picture: Float32[np.ndarray, "H W 3"], classes: UInt8[np.ndarray, "H W"], face_px: float, style: str
) -> Float32[np.ndarray, "H W 3"]:
    """Smooth everything but the skin, each part as far as the style says, and deepen the colours.

    Args:
        picture: sRGB in [0, 1].
        classes: `FaceRegion` of each pixel.
        face_px: larger side of the box around the landmarks.
        style: one of `SIMPLICITY`.
    """
    by = SIMPLICITY[style]
    table = np.full(256, by.feature, np.float32)
    table[FaceRegion.BACKGROUND] = by.ground
    table[[FaceRegion.CLOTH, FaceRegion.HAT, FaceRegion.OTHER]] = by.cloth
    table[FaceRegion.HAIR] = by.hair
    table[[FaceRegion.EYE_LEFT, FaceRegion.EYE_RIGHT]] = EYES
    contrast, radius = table[classes], max(round(by.radius * face_px), 1)
    for _ in range(by.rounds):
        picture = smooth_within(picture, np.ones_like(contrast), contrast, radius)
    grey = (picture @ GREY)[..., None]
    return np.clip(grey + np.float32(by.saturation) * (picture - grey), 0.0, 1.0)
