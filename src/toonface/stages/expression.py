"""Read what a face does: its shapes, its gaze and how the head is turned."""

from collections.abc import Mapping

import numpy as np

from toonface.geometry.crop import CropFrame, network_input, to_picture, warp
from toonface.geometry.rotation import axis_angle_to_matrix, rotation_about_axis_radians
from toonface.types import Expression, Landmarks, Network, Picture, take_output

MARGIN = 1.35
"""Side of the crop in larger sides of the box around the 68 points."""
LIFT = 0.0
"""How far the crop's centre lies above the box's, in larger sides."""
SIZE = 160
"""Side of the crop in its own pixels."""

VIEW = np.array([0.0, 0.0, 1.0])


def read_expression(network: Network, picture: Picture, frame: CropFrame) -> Expression:
    """Read the expression of the face in a frame; its rotation is that in the whole picture.

    Args:
        network: `expression`.
        picture: sRGB.
        frame: around the face, with this module's margin and lift.

    Raises:
        ValueError: the network returned something else than 64 weights, 4 angles of gaze and a rotation.
    """
    return _expression(network(network_input(warp(picture, frame, SIZE))), frame)


def read_face(network: Network, picture: Picture, frame: CropFrame) -> tuple[Expression, Landmarks]:
    """Read the expression of the face in a frame, and its 68 points, from which it can be followed.

    The points are less close than those of `landmarks`, and how sure they are tells faces from other things alone.

    Args:
        network: `expression`.
        picture: sRGB.
        frame: around the face, with this module's margin and lift.

    Raises:
        ValueError: the network returned something else than an expression and 68 points.
    """
    outputs = network(network_input(warp(picture, frame, SIZE)))
    points = Landmarks(
        points_px=to_picture(frame, SIZE, take_output(outputs, "points", (1, 68, 2))[0]),
        sigma_px=take_output(outputs, "sigma", (1, 68))[0] * frame.side_px / SIZE,
    )
    return _expression(outputs, frame), points


def _expression(outputs: Mapping[str, np.ndarray], frame: CropFrame) -> Expression:
    in_crop = axis_angle_to_matrix(take_output(outputs, "rotation", (1, 3))[0])
    # The crop's axes are turned clockwise in the picture, where y is down: a negative angle about the viewing axis.
    turn = rotation_about_axis_radians(VIEW, -frame.roll_radians)
    return Expression(
        weights=np.clip(take_output(outputs, "weights", (1, 64))[0], 0.0, 1.0),
        gaze_radians=take_output(outputs, "gaze", (1, 4))[0].reshape(2, 2),
        rotation=turn @ in_crop,
    )
