"""How the head is turned, and where it stands in the picture."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from toonface.geometry.camera import ScaledOrthographic
from toonface.geometry.rotation import Rotation, rotation_about_axis_radians

LARGEST_YAW = np.radians(60.0)


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Pose of the head and crop of the picture.

    Raises:
        ValueError: the share is not above 0.
    """

    yaw: float
    """Radians; positive turns the face to the character's left. See `frame_head`."""
    pitch: float
    """Radians; positive looks down."""
    roll: float
    """Radians; positive is counter-clockwise in the picture."""
    share: float
    """Larger side of the box around the 68 landmarks, as a share of the picture's."""
    shift: tuple[float, float]
    """Where the middle of that box stands, from the middle of the picture to the right and up, in shares of it."""

    def __post_init__(self) -> None:
        if not self.share > 0.0:
            raise ValueError(f"share is {self.share}, expected more than 0")


def sample_frame(rng: np.random.Generator) -> Frame:
    """Draw a pose and a crop: mostly frontal, up to 60 degrees of yaw; from bust to close-up.

    Args:
        rng: randomness.
    """
    yaw = rng.normal(0.0, np.radians(16.0)) if rng.random() < 0.6 else rng.uniform(-LARGEST_YAW, LARGEST_YAW)
    pitch = rng.normal(0.02, np.radians(8.0)) if rng.random() < 0.8 else rng.uniform(-0.44, 0.44)
    roll = rng.normal(0.0, np.radians(6.0)) if rng.random() < 0.85 else rng.uniform(-0.5, 0.5)
    close = rng.random()
    share = rng.uniform(0.33, 0.56) if close < 0.75 else rng.uniform(0.56, 0.78)
    return Frame(
        yaw=float(np.clip(yaw, -LARGEST_YAW, LARGEST_YAW)),
        pitch=float(np.clip(pitch, -0.44, 0.44)),
        roll=float(np.clip(roll, -0.5, 0.5)),
        share=float(share),
        shift=(float(rng.normal(0.0, 0.035)), float(rng.normal(-0.06 * (0.8 - share) / 0.3, 0.035))),
    )


def rotation_of(frame: Frame) -> Rotation:
    """Return the rotation from the head to the camera's axes.

    Args:
        frame: pose and crop.
    """
    x_axis, y_axis, z_axis = np.eye(3)
    return (
        rotation_about_axis_radians(z_axis, frame.roll)
        @ rotation_about_axis_radians(x_axis, frame.pitch)
        @ rotation_about_axis_radians(y_axis, frame.yaw)
    )


def camera_for(frame: Frame, landmarks: Float[np.ndarray, "68 3"], size: int) -> ScaledOrthographic:
    """Make the camera that shows these landmarks as the frame says.

    Args:
        frame: pose and crop.
        landmarks: in head axes, metres; the contour where this pose shows it.
        size: side of the picture in pixels.
    """
    rotation = rotation_of(frame)
    seen = landmarks @ rotation[:2].T
    low, high = seen.min(axis=0), seen.max(axis=0)
    scale = size * frame.share / float((high - low).max())
    return ScaledOrthographic(
        rotation=rotation,
        translation=np.array(frame.shift) * size / scale - 0.5 * (low + high),
        scale=scale,
        width=size,
        height=size,
    )
