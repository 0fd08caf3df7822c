"""Laws of the calibration: rest becomes 0, full stays full, order stays order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toonface.drive.calibration import LARGEST_NEUTRAL, Calibration, apply_calibration, calibrate_neutral
from toonface.morphable.names import SHAPES

neutrals = st.lists(st.floats(0, LARGEST_NEUTRAL), min_size=64, max_size=64).map(np.array)
faces = st.lists(st.floats(0, 1), min_size=64, max_size=64).map(np.array)


@given(neutrals)
def test_the_resting_face_is_neutral_and_the_full_one_full(neutral):
    calibration = calibrate_neutral(neutral[None])
    assert not apply_calibration(calibration, neutral).any()
    assert (apply_calibration(calibration, np.ones(64)) == 1.0).all()


@given(faces)
def test_without_a_neutral_nothing_changes(weights):
    np.testing.assert_array_equal(apply_calibration(Calibration(neutral=np.zeros(64)), weights), weights)


@given(neutrals, faces, faces)
def test_more_stays_more_and_within_0_and_1(neutral, one, other):
    calibration = Calibration(neutral=neutral)
    low, high = (apply_calibration(calibration, pick(one, other)) for pick in (np.minimum, np.maximum))
    assert (low <= high).all() and low.min() >= 0.0 and high.max() <= 1.0


@given(neutrals, st.lists(faces, min_size=2, max_size=2))
def test_many_frames_are_many_single_ones(neutral, frames):
    calibration = Calibration(neutral=neutral)
    together = apply_calibration(calibration, np.array(frames))
    np.testing.assert_array_equal(together, [apply_calibration(calibration, frame) for frame in frames])


def test_a_blink_among_the_resting_frames_does_no_harm():
    frames = np.full((9, 64), 0.1)
    frames[4:6, SHAPES.index("eyeBlinkLeft")] = 1.0
    np.testing.assert_array_equal(calibrate_neutral(frames).neutral, np.full(64, 0.1))


@pytest.mark.parametrize("weight", [LARGEST_NEUTRAL + 0.01, -0.1, np.nan])
def test_a_face_that_is_not_at_rest_is_named(weight):
    neutral = np.zeros(64)
    neutral[SHAPES.index("mouthPucker")] = weight
    with pytest.raises(ValueError, match=f"mouthPucker is {weight:g} at rest, expected"):
        Calibration(neutral=neutral)


def test_no_frame_is_no_rest():
    with pytest.raises(ValueError, match="0 frames of the face at rest, expected at least 1"):
        calibrate_neutral(np.zeros((0, 64)))
