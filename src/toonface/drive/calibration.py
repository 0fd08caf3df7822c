"""Calibration: what a tracker reports of a face at rest is taken off, and a full expression stays full."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from toonface.morphable.names import SHAPES

LARGEST_NEUTRAL = 0.8
"""A resting face that is said to do more does something: little would be left to scale up, and noise with it."""


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """What a tracker reports of one person at rest.

    Raises:
        ValueError: a weight is outside of [0, LARGEST_NEUTRAL].
    """

    neutral: Float[np.ndarray, " 64"]
    """By `names.SHAPES`."""

    def __post_init__(self) -> None:
        # Written so that NaN fails too.
        wrong = np.flatnonzero(~((self.neutral >= 0.0) & (self.neutral <= LARGEST_NEUTRAL)))
        if wrong.size:
            shape, weight = SHAPES[wrong[0]], self.neutral[wrong[0]]
            raise ValueError(f"{shape} is {weight:g} at rest, expected [0, {LARGEST_NEUTRAL}]: was the face at rest?")


def calibrate_neutral(weights: Float[np.ndarray, "N 64"]) -> Calibration:
    """Learn what is reported of a face at rest: the median of some frames, so that a blink among them does no harm.

    Args:
        weights: of a face at rest, by `names.SHAPES`; a second or two of frames.

    Raises:
        ValueError: there is no frame, or the face was not at rest.
    """
    if not len(weights):
        raise ValueError("there are 0 frames of the face at rest, expected at least 1")
    return Calibration(neutral=np.median(weights, axis=0).astype(np.float64))


def apply_calibration(calibration: Calibration, weights: Float[np.ndarray, "*N 64"]) -> Float[np.ndarray, "*N 64"]:
    """Return weights that are 0 at rest and 1 where they were: `(w - n) / (1 - n)`, clipped to [0, 1].

    Args:
        calibration: of this person and tracker.
        weights: as reported, by `names.SHAPES`.
    """
    return np.clip((weights - calibration.neutral) / (1.0 - calibration.neutral), 0.0, 1.0)
