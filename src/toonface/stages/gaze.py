"""Read where eyes look from close crops of them, and be no surer than the crops are."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from toonface.geometry.crop import CropFrame, frame_around, network_input, warp
from toonface.geometry.rotation import rotation_about_axis_radians
from toonface.morphable.eyes import gaze_angles
from toonface.types import Network, Picture, take_output

SIZE = 48
"""Side of an eye's crop in its own pixels."""
SHARE = 0.36
"""Side of that crop in larger sides of the upright box around the 68 points."""
CORNERS = ((42, 45), (36, 39))
"""Points at the corners of the left and the right eye."""


MIRROR = np.array([[1.0, 1.0], [-1.0, 1.0]])
"""Signs of yaw and pitch of the left and the right eye, once that is mirrored."""
VIEW = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True, kw_only=True)
class SeenGaze:
    """What is seen of each eye by itself. Left and right are the character's."""

    gaze_radians: Float[np.ndarray, "2 2"]
    """Left eye, right eye: yaw (positive to the left) and pitch (positive upwards), in the head's axes."""
    sigma_radians: Float[np.ndarray, "2"]
    """How uncertain that is: the scale of a Laplace distribution. Large where an eye is shut or covered."""


def read_gaze(
    network: Network, picture: Picture, points_px: Float[np.ndarray, "68 2"], rotation: Float[np.ndarray, "3 3"]
) -> SeenGaze:
    """Read both eyes.

    Args:
        network: `gaze`.
        picture: sRGB.
        points_px: of the face.
        rotation: of the head, from its axes to the camera's.

    Raises:
        ValueError: the network returned something else than two angles, an error and four slopes for each eye.
    """
    frames = eye_frames(points_px)
    left, right = (warp(picture, frame, SIZE) for frame in frames)
    outputs = network(network_input(left, np.ascontiguousarray(right[:, ::-1])))
    gaze, sigma = take_output(outputs, "gaze", (2, 2)), take_output(outputs, "sigma", (2, 1))
    slope = take_output(outputs, "slope", (2, 4)).reshape(2, 2, 2)
    # The right eye was shown as a left one, of a mirrored head.
    head = head_in_crop(rotation, frames[0].roll_radians) * MIRROR
    return SeenGaze(gaze_radians=(gaze + np.einsum("eij,ej->ei", slope, head)) * MIRROR, sigma_radians=sigma[:, 0])


def head_in_crop(rotation: Float[np.ndarray, "3 3"], roll_radians: float) -> Float[np.ndarray, "2"]:
    """Return yaw (positive to the character's left) and pitch (positive upwards) of a head in an upright crop, radians.

    Args:
        rotation: of the head in the picture, from its axes to the camera's.
        roll_radians: of the crop, clockwise in the picture.
    """
    upright = rotation_about_axis_radians(VIEW, roll_radians) @ rotation
    return gaze_angles(upright[None])[0]


def eye_frames(points_px: Float[np.ndarray, "68 2"]) -> tuple[CropFrame, CropFrame]:
    """Frame the left and the right eye: around the middle of its corners, upright with the face.

    Args:
        points_px: of the face.
    """
    face = frame_around(points_px, SHARE)
    middles = [0.5 * (points_px[a] + points_px[b]) for a, b in CORNERS]
    left, right = (
        CropFrame(centre_px=(float(x), float(y)), side_px=face.side_px, roll_radians=face.roll_radians)
        for x, y in middles
    )
    return left, right
