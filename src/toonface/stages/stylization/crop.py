"""How a stylizer sees a face."""

from toonface.geometry.crop import CropFrame, frame_around
from toonface.types import Landmarks

MARGIN = 1.8
"""Side of the crop in larger sides of the box around the 68 points."""
LIFT = 0.06
"""How far the crop's centre lies above the box's, in larger sides: brows rise, and foreheads are above."""
SIZE = 256
"""Side of the crop in its own pixels."""


def stylizer_frame(landmarks: Landmarks) -> CropFrame:
    """Frame a face upright.

    Args:
        landmarks: of the face.
    """
    return frame_around(landmarks.points_px, MARGIN, LIFT)
