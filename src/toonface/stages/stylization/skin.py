"""Take the pores off a face, and leave what makes it this person's."""

import numpy as np
from jaxtyping import Float32, UInt8

from toonface.geometry.edge_smoothing import box, smooth_within
from toonface.types import FaceRegion

SMOOTHED = np.zeros(256, np.float32)
SMOOTHED[[FaceRegion.SKIN, FaceRegion.NOSE, FaceRegion.EAR_LEFT, FaceRegion.EAR_RIGHT, FaceRegion.NECK]] = 1.0
"""Of regions: what is smoothed. Beards, brows, lips and eyes are not."""
RADIUS, CONTRAST = 0.020, 0.055
"""Of the windows in sides of the face, and the contrast from which a wrinkle, a freckle or a shadow stays."""
FINE_RADIUS, FINE_CONTRAST = 0.008, 0.035
"""Of a first pass, so that pores do not count as contrast in the second."""
SPOT = 0.030
"""How much darker than its surroundings a spot is that stays, sRGB in [0, 1]; it loses so much of its darkness."""
GREY = np.array([0.299, 0.587, 0.114], np.float32)
EDGE = 0.006
"""Over which the smoothing fades out at the borders of the skin, in sides of the face."""


def smooth_skin(
    picture: Float32[np.ndarray, "H W 3"], classes: UInt8[np.ndarray, "H W"], face_px: float
) -> Float32[np.ndarray, "H W 3"]:
    """Smooth the skin of a face.

    Args:
        picture: sRGB in [0, 1].
        classes: `FaceRegion` of each pixel.
        face_px: larger side of the box around its landmarks.

    Raises:
        ValueError: the face has no size.
    """
    if not face_px > 0.0:
        raise ValueError(f"face_px is {face_px}, expected more than 0")
    soft = inside_of(SMOOTHED[classes], EDGE * face_px)
    once = smooth_within(picture, soft, FINE_CONTRAST, max(round(FINE_RADIUS * face_px), 1))
    smooth = smooth_within(once, soft, CONTRAST, max(round(RADIUS * face_px), 1))
    # What is much darker than the smoothed skin is a mole, a freckle or a wrinkle, not a pore.
    darker = ((smooth - picture) @ GREY)[..., None] - np.float32(SPOT)
    return smooth - soft[..., None] * np.maximum(darker, 0.0)


def inside_of(mask: Float32[np.ndarray, "H W"], reach_px: float) -> Float32[np.ndarray, "H W"]:
    """Let a mask fade out towards its border, from inside: none of what lies beyond it takes part.

    Args:
        mask: 0 or 1.
        reach_px: over which it fades, at least a pixel.
    """
    # The blurred mask is a half at the border.
    return np.clip(2.0 * blurred(mask, reach_px) - 1.0, 0.0, 1.0)


def blurred(mask: Float32[np.ndarray, "H W"], reach_px: float) -> Float32[np.ndarray, "H W"]:
    """Average a mask over squares.

    Args:
        mask: in [0, 1].
        reach_px: half their side, rounded, at least a pixel.
    """
    return box(mask[..., None], max(round(reach_px), 1))[..., 0]
