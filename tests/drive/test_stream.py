"""Laws of streams: moments become the clip that they were taken from, gaps are left out."""

import numpy as np
import pytest
from tests.clip_moments import moments_of_clip

from toonface.drive.clips import Clip
from toonface.drive.gaze import weights_with_gaze
from toonface.drive.quaternions import quaternions_of_angles
from toonface.drive.stream import FaceMoment, clip_of_moments, mirrored, seen_moments
from toonface.geometry.rotation import axis_angle_to_matrix
from toonface.morphable.names import SHAPES
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


def test_a_mirror_swaps_sides_and_twice_is_none():
    rng = np.random.default_rng(3)
    gaze = np.tile(rng.uniform(-0.3, 0.3, 2), (2, 1))
    weights = weights_with_gaze(np.where(np.arange(64) == SHAPES.index("jawLeft"), 0.7, 0.0), gaze)
    turn = axis_angle_to_matrix(np.array([0.2, 0.3, -0.1]))
    moment = FaceMoment(time=1.0, expression=Expression(weights=weights, gaze_radians=gaze, rotation=turn))
    seen = mirrored(moment).expression
    assert seen.weights[SHAPES.index("jawRight")] == 0.7 and seen.weights[SHAPES.index("jawLeft")] == 0.0
    np.testing.assert_allclose(seen.gaze_radians, gaze * [-1.0, 1.0])
    np.testing.assert_allclose(weights_with_gaze(seen.weights, seen.gaze_radians), seen.weights)
    np.testing.assert_allclose(seen.rotation, axis_angle_to_matrix(np.array([0.2, -0.3, 0.1])), atol=1e-12)
    again = mirrored(mirrored(moment)).expression
    np.testing.assert_allclose(again.weights, weights)
    np.testing.assert_allclose(again.rotation, turn, atol=1e-12)
