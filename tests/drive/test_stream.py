"""Laws of streams: a clip is its moments, and moments are their clip."""

import numpy as np
import pytest

from toonface.drive.clips import Clip
from toonface.drive.gaze import gaze_from_weights
from toonface.drive.quaternions import quaternions_of_angles
from toonface.drive.stream import clip_of_moments, moments_of_clip, seen_moments
from toonface.geometry.rotation import axis_angle_to_matrix


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


def test_what_a_clip_does_not_say_is_at_rest_and_eyes_follow_their_shapes():
    weights = np.random.default_rng(1).uniform(size=(2, 64))
    first, second = moments_of_clip(Clip(name="a", times=np.array([0.0, 1.0]), weights=weights))
    assert np.array_equal(first.expression.rotation, np.eye(3))
    np.testing.assert_array_equal(second.expression.gaze_radians, gaze_from_weights(weights[1]))


def test_a_turn_about_an_axis_is_that_quaternion():
    (moment,) = moments_of_clip(
        Clip(
            name="a",
            times=np.zeros(1),
            weights=np.zeros((1, 64)),
            head=np.array([[0.0, np.sin(0.2), 0.0, np.cos(0.2)]]),
        )
    )
    np.testing.assert_allclose(moment.expression.rotation, axis_angle_to_matrix(np.array([0.0, 0.4, 0.0])), atol=1e-12)


def test_gaps_are_left_out_and_nothing_is_no_clip():
    moments = moments_of_clip(clip(np.random.default_rng(0), 2))
    assert seen_moments([None, moments[0], None, moments[1]]) == list(moments)
    with pytest.raises(ValueError, match="no face was seen for clip 'a', expected at least one moment"):
        clip_of_moments("a", [])
