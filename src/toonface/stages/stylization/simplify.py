"""Simplify a picture as painters do: small differences go, outlines stay."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, UInt8
from scipy.ndimage import gaussian_filter

from toonface.geometry.edge_smoothing import smooth_within
from toonface.geometry.smoothstep import smoothstep
from toonface.stages.stylization.skin import GREY, blurred, inside_of
from toonface.types import FaceRegion


@dataclass(frozen=True, kw_only=True)
class Simplicity:
    """How far a style simplifies. Contrasts are standard deviations of sRGB in [0, 1], below which differences go."""

    hair: float
    cloth: float
    feature: float = 0.02
    """Of brows, lips, beards and glasses."""
    radius: float = 0.014
    """Of the windows, in sides of the face."""
    rounds: int = 1
    saturation: float = 1.0
    """1 keeps it."""
    steps: int = 0
    """Into which grey is divided, softly; 0 for none."""
    ink: float = 0.0
    """How dark strokes along dark thin features are, in [0, 1]."""


SIMPLICITY = {
    "soft": Simplicity(hair=0.06, cloth=0.04, saturation=1.06),
    "bold": Simplicity(hair=0.10, cloth=0.07, feature=0.03, rounds=2, saturation=1.14, ink=0.25),
    "anime": Simplicity(hair=0.14, cloth=0.10, feature=0.03, rounds=2, saturation=1.16, steps=7, ink=0.75),
}
OUTLINE = 0.01
"""Over which all this fades out at the outline of the person, in sides of the face."""
STROKE = 0.012
"""Width of a stroke, in sides of the face."""
FAINT, FULL = 0.006, 0.035
"""Differences of Gaussians at which a stroke begins, and is full."""
SHARPNESS = 2.2
"""Of the edges of steps."""
EYES = 0.006
"""Contrast below which differences in eyes go: hardly any."""


def simplify(
    picture: Float32[np.ndarray, "H W 3"],
    classes: UInt8[np.ndarray, "H W"],
    near: Float32[np.ndarray, "H W"],
    face_px: float,
    style: str,
) -> Float32[np.ndarray, "H W 3"]:
    """Smooth the person, each part as far as the style says, deepen the colours, and draw lines; the ground stays.

    Args:
        picture: sRGB in [0, 1].
        classes: `FaceRegion` of each pixel.
        near: 1 about the face, falling to 0 before what was not parsed.
        face_px: larger side of the box around the landmarks.
        style: one of `SIMPLICITY`.
    """
    by = SIMPLICITY[style]
    table = np.full(256, by.feature, np.float32)
    table[[FaceRegion.CLOTH, FaceRegion.HAT, FaceRegion.OTHER]] = by.cloth
    table[FaceRegion.HAIR] = by.hair
    table[[FaceRegion.EYE_LEFT, FaceRegion.EYE_RIGHT]] = EYES
    figure = (classes != FaceRegion.BACKGROUND).astype(np.float32)
    inside = near * inside_of(figure, OUTLINE * face_px)
    around = near * np.clip(2.0 * blurred(figure, OUTLINE * face_px), 0.0, 1.0)
    contrast, radius = table[classes], max(round(by.radius * face_px), 1)
    out = picture
    for _ in range(by.rounds):
        out = smooth_within(out, figure, contrast, radius)
    grey = (out @ GREY)[..., None]
    tone = in_steps(grey, by.steps) if by.steps else grey
    out = picture + inside[..., None] * (tone + np.float32(by.saturation) * (out - grey) - picture)
    if by.ink:
        out = out * (1.0 - np.float32(by.ink) * around * strokes(grey[..., 0], STROKE * face_px))[..., None]
    return np.clip(out, 0.0, 1.0)


def in_steps(grey: Float32[np.ndarray, "H W 1"], steps: int) -> Float32[np.ndarray, "H W 1"]:
    """Divide grey into steps with soft edges (Winnemöller, Olsen and Gooch, Real-time video abstraction, 2006, Eq. 6).

    Args:
        grey: in [0, 1].
        steps: at least 1.
    """
    nearest = np.rint(grey * steps) / steps
    return (nearest + np.tanh(SHARPNESS * steps * (grey - nearest)) / (2.0 * steps)).astype(np.float32)


def strokes(grey: Float32[np.ndarray, "H W"], width_px: float) -> Float32[np.ndarray, "H W"]:
    """Return 1 on dark thin features and along the dark side of edges, 0 elsewhere: a difference of Gaussians.

    Args:
        grey: in [0, 1].
        width_px: of a stroke.

    Source: Winnemöller, XDoG: advanced image stylization with extended difference-of-Gaussians, 2011, section 2.
    """
    fine, wide = gaussian_filter(grey, 0.5 * width_px), gaussian_filter(grey, 0.8 * width_px)
    return smoothstep(FAINT, FULL, wide - fine).astype(np.float32)
