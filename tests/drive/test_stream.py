"""Laws of streams: moments become the clip that they were taken from, gaps are left out."""

import numpy as np
import pytest
from tests.clip_moments import moments_of_clip

from toonface.drive.clips import Clip
from toonface.drive.quaternions import quaternions_of_angles
from toonface.drive.stream import FaceMoment, clip_of_moments, seen_moments
from toonface.geometry.rotation import axis_angle_to_matrix
from toonface.types import Expression


def clip(rng, count=5):
    return Clip(
        name="a",
        times=np.cumsum(rng.uniform(0.01, 0.1, count)),
        weights=rng.uniform(size=(count, 64)),
        head=quaternions_of_angles(rng.uniform(-0.5, 0.5, (count, 3))),
        gaze_radians=rng.uniform(-0.4, 0.4, (count, 2, 2)),
    )


def test_a_clip_comes_back_from_its_moments_and_begins_at_0():
    given = clip(np.random.default_rng(0))
    found = clip_of_moments("b", moments_of_clip(given))
    assert found.name == "b"
    np.testing.assert_allclose(found.times, given.times - given.times[0])
    np.testing.assert_array_equal(found.weights, given.weights)
    np.testing.assert_array_equal(found.gaze_radians, given.gaze_radians)
    flipped = np.sign((found.head * given.head).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(found.head * flipped, given.head, atol=1e-12)


def test_a_turn_about_an_axis_is_that_quaternion():
    turn = axis_angle_to_matrix(np.array([0.0, 0.4, 0.0]))
    expression = Expression(weights=np.zeros(64), gaze_radians=np.zeros((2, 2)), rotation=turn)
    found = clip_of_moments("a", [FaceMoment(time=3.0, expression=expression)])
    np.testing.assert_allclose(found.head, [[0.0, np.sin(0.2), 0.0, np.cos(0.2)]], atol=1e-12)
    np.testing.assert_array_equal(found.times, [0.0])


def test_gaps_are_left_out_and_nothing_is_no_clip():
    moments = moments_of_clip(clip(np.random.default_rng(0), 2))
    assert seen_moments([None, moments[0], None, moments[1]]) == moments
    with pytest.raises(ValueError, match="no face was seen for clip 'a', expected at least one moment"):
        clip_of_moments("a", [])
