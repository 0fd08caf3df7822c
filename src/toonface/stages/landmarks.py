"""Find the 68 landmarks of a face."""

import numpy as np
from jaxtyping import Float

from toonface.geometry.crop import CropFrame, network_input, to_picture, warp
from toonface.types import MIRRORED_LANDMARKS, Landmarks, Network, Picture, take_output

MARGIN = 1.5
"""Side of the crop in larger sides of the box around the 68 points."""
LIFT = 0.0
"""How far the crop's centre lies above the box's, in larger sides."""
SIZE = 192
"""Side of the crop in its own pixels."""


def find_landmarks(network: Network, picture: Picture, frame: CropFrame, *, mirrored: bool = False) -> Landmarks:
    """Find the 68 points of the face in a frame.

    Args:
        network: `landmarks`.
        picture: sRGB.
        frame: around the face, with this module's margin and lift.
        mirrored: whether the mirrored crop is looked at too, and the mean taken: twice the time, a little closer.

    Raises:
        ValueError: the network returned something else than 68 points.
    """
    crop = warp(picture, frame, SIZE)
    outputs = network(network_input(crop, crop[:, ::-1]) if mirrored else network_input(crop))
    count = 2 if mirrored else 1
    points, sigma = take_output(outputs, "points", (count, 68, 2)), take_output(outputs, "sigma", (count, 68))
    if mirrored:
        points[1], sigma[1] = unmirror(points[1]), sigma[1][MIRRORED_LANDMARKS]
    return Landmarks(
        points_px=to_picture(frame, SIZE, points.mean(axis=0)), sigma_px=sigma.mean(axis=0) * frame.side_px / SIZE
    )


def unmirror(points: Float[np.ndarray, "68 2"]) -> Float[np.ndarray, "68 2"]:
    """Return the points of a crop, given those of the mirrored crop; its own inverse.

    Args:
        points: in pixels of the crop, in iBUG order of what is seen.
    """
    return (np.array([SIZE, 0.0]) + np.array([-1.0, 1.0]) * points)[MIRRORED_LANDMARKS]
