"""A clip as the moments that a source would give."""

import numpy as np

from toonface.drive.gaze import gaze_from_weights
from toonface.drive.quaternions import quaternions_to_matrices
from toonface.drive.stream import FaceMoment
from toonface.types import Expression


def moments_of_clip(clip):
    """Eyes without a gaze follow eyeLook, a head without a rotation is at rest."""
    count = len(clip.times)
    turns = np.tile(np.eye(3), (count, 1, 1)) if clip.head is None else quaternions_to_matrices(clip.head)
    gaze = gaze_from_weights(clip.weights) if clip.gaze_radians is None else clip.gaze_radians
    return [
        FaceMoment(time=float(time), expression=Expression(weights=weights, gaze_radians=looks, rotation=turn))
        for time, weights, looks, turn in zip(clip.times, clip.weights, gaze, turns, strict=True)
    ]
