"""What the expression network is taught of a crop, and how much each part of it counts."""

import numpy as np
import torch
from jaxtyping import Float, Float32
from torch import Tensor

from toonface.geometry.rotation import axis_angle_to_matrix, matrix_to_axis_angle, rotation_about_axis_radians
from toonface.io.sample_cache import CachedSample
from toonface.morphable.coarse_fit import EXPRESSION, POSE
from toonface.morphable.eyes import GAZE_DEGREES
from toonface.morphable.names import ARKIT_SHAPES, MIRRORED_SHAPES, SHAPES
from toonface.stages.expression import SIZE
from toonface.stages.gaze import CORNERS
from toonface.train.augment import Placement, points_and_given
from toonface.train.gaze_eyes import sees
from toonface.train.real_points import RealPoints

STRONG = 0.3
"""A shape above this weight is one that a person would name."""
WANTED_SHARE, MOST_REPEATS = 0.06, 3.0
"""Scenes are repeated until each shape is strong in such a share of the draws, but not more often than this."""
BEYOND_ARKIT = 0.5
"""How much the 12 further shapes count: few drivers have a use for them, and most hardly show at this size."""
NEUTRAL_KNOWN = 0.3
"""How much it counts that real portraits are neutral, which their people managed only roughly."""
UNSEEN_GAZE = 0.1
"""How much the gaze counts where neither eye is seen: enough to keep it near the mean."""
IS_LOOK = np.array([name.startswith("eyeLook") for name in SHAPES])


def looks_from_gaze() -> Float[Tensor, "4 64"]:
    """Return the matrix that turns gaze into eyeLook weights before they are clamped; other shapes' columns are zero.

    Rows are left yaw, left pitch, right yaw, right pitch, radians; the inverse of `morphable.eyes.gaze_rotations`.
    """
    matrix = torch.zeros(4, len(SHAPES))
    for eye, (side, outward) in enumerate((("Left", 1.0), ("Right", -1.0))):
        yaw, pitch = 2 * eye, 2 * eye + 1
        for way, row, sign in (("Out", yaw, outward), ("In", yaw, -outward), ("Up", pitch, 1.0), ("Down", pitch, -1.0)):
            matrix[row, SHAPES.index(f"eyeLook{way}{side}")] = sign / np.radians(GAZE_DEGREES[way])
    return matrix


def shape_balance(weights: Float32[np.ndarray, "N 64"]) -> Float32[np.ndarray, "64"]:
    """Return how much each shape's error counts: more for rare ones, nothing for eyeLook, which the gaze teaches.

    Args:
        weights: of all samples.
    """
    spread = np.abs(weights - np.median(weights, axis=0)).mean(axis=0)
    balance = np.clip((0.08 / np.maximum(spread, 1e-6)) ** 0.5, 0.5, 3.0)
    balance[len(ARKIT_SHAPES) :] *= BEYOND_ARKIT
    return np.where(IS_LOOK, 0.0, balance).astype(np.float32)


def chances(weights: Float32[np.ndarray, "N 64"]) -> Float[np.ndarray, " N"]:
    """Return each sample's chance to be drawn: up to `MOST_REPEATS` times the usual where a rare shape is strong.

    Args:
        weights: of all samples.
    """
    strong = weights > STRONG
    wanted = np.clip(WANTED_SHARE / np.maximum(strong.mean(axis=0), 1e-6), 1.0, MOST_REPEATS)
    repeats = np.where(strong, wanted, 1.0).max(axis=1)
    return repeats / repeats.sum()


def truth_of(sample: CachedSample, place: Placement) -> tuple[np.ndarray, ...]:
    """Return the fields of `Truth` for a crop of a render.

    Args:
        sample: a render.
        place: of the crop.
    """
    weights, gaze = sample.coefficients[EXPRESSION], sample.gaze
    if place.mirrored:
        weights, gaze = weights[MIRRORED_SHAPES], gaze[::-1] * np.array([-1.0, 1.0], np.float32)
    rotation = rotation_in_crop(sample.coefficients[POSE][:3], place).astype(np.float32)
    points = (place.landmarks(sample.landmarks_px) / SIZE).astype(np.float32)
    known = np.array([1.0, 1.0 if sees_an_eye(sample) else UNSEEN_GAZE, 1.0], np.float32)
    return weights.copy(), gaze.flatten(), rotation, points, known, np.ones(68, np.float32)


def neutral_truth(portrait: RealPoints, place: Placement) -> tuple[np.ndarray, ...]:
    """Return the fields of `Truth` for a crop of a real portrait: a neutral face, some points, no gaze and no pose.

    Args:
        portrait: a neutral face.
        place: of the crop.
    """
    points, given = points_and_given(place.landmarks(portrait.points_px) / SIZE)
    numbers = (np.zeros(count, np.float32) for count in (len(SHAPES), 4, 3))
    known = np.array([NEUTRAL_KNOWN, 0.0, 0.0], np.float32)
    return *numbers, points, known, given


def rotation_in_crop(axis_angle: Float[np.ndarray, "3"], place: Placement) -> Float[np.ndarray, "3"]:
    """Bring a head's rotation from the picture's camera into the crop's; both as axis-angle in radians.

    Args:
        axis_angle: in the picture's camera.
        place: of the crop. Its turn and its mirror count, its stretch does not.
    """
    (right_x, right_y), (down_x, down_y) = place.axes_px * np.array([[-1.0 if place.mirrored else 1.0], [1.0]])
    # What was turned clockwise in the picture by this much stands upright in the crop.
    roll = float(np.arctan2(right_y - down_x, right_x + down_y))
    turned = rotation_about_axis_radians(np.array([0.0, 0.0, 1.0]), roll) @ axis_angle_to_matrix(axis_angle)
    return matrix_to_axis_angle(turned) * (np.array([1.0, -1.0, -1.0]) if place.mirrored else 1.0)


def sees_an_eye(sample: CachedSample) -> bool:
    """Return whether the gaze can be told: one eye is open and in the picture, and no hair or dark glass covers it.

    Args:
        sample: a render.
    """
    return any(sees(sample, eye) for eye in range(len(CORNERS)))
