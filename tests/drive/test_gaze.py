"""Laws of the gaze: angles and weights are inverses, and agree with how the eyeballs of the model turn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toonface.drive.gaze import LARGEST, LIDS, LOOKS, gaze_from_rotation, gaze_from_weights, looking, weights_with_gaze
from toonface.morphable.eyes import gaze_rotation, gaze_rotations
from toonface.morphable.names import SHAPES
from toonface.stages.gaze import SeenGaze
from toonface.types import Expression

up, down, inward, outward = LARGEST
angles = st.tuples(st.floats(-inward, outward), st.floats(-down, up))


@given(angles, angles)
def test_gaze_to_weights_and_back_is_the_identity(left, right):
    gaze = np.array([left, right])
    weights = weights_with_gaze(np.zeros(64), gaze)
    np.testing.assert_allclose(gaze_from_weights(weights), gaze, atol=1e-12)
    for rotation, (yaw, pitch) in zip(gaze_rotations(weights), gaze, strict=True):
        np.testing.assert_allclose(rotation, gaze_rotation(yaw, pitch), atol=1e-12)


@given(angles)
def test_the_angles_of_a_turned_eyeball_are_those_that_turned_it(angle):
    np.testing.assert_allclose(gaze_from_rotation(gaze_rotation(*angle)), angle, atol=1e-9)


def test_eyes_that_are_turned_too_far_stop_at_weight_1():
    weights = weights_with_gaze(np.zeros(64), np.full((2, 2), 2.0))
    looking = {name: weight for name, weight in zip(SHAPES, weights, strict=True) if weight}
    assert looking == {"eyeLookUpLeft": 1, "eyeLookOutLeft": 1, "eyeLookUpRight": 1, "eyeLookInRight": 1}


def test_other_shapes_stay_and_the_given_weights_are_not_changed():
    weights = np.full(64, 0.5)
    result = weights_with_gaze(weights, np.zeros((2, 2)))
    assert (weights == 0.5).all()
    assert (np.delete(result, LOOKS.ravel()) == 0.5).all()
    assert not result[LOOKS].any()


def test_many_frames_are_many_single_ones():
    weights = np.random.default_rng(3).random((4, 64))
    gaze = gaze_from_weights(weights)
    for frame in range(4):
        assert gaze[frame] == pytest.approx(gaze_from_weights(weights[frame]))
        found = weights_with_gaze(weights, gaze)[frame]
        assert found == pytest.approx(weights_with_gaze(weights[frame], gaze[frame]))


def whole_face(gaze=(0.1, -0.2), lids=(0.0, 0.0)):
    weights = np.linspace(0.0, 1.0, 64)
    weights[LIDS] = lids
    return Expression(weights=weights, gaze_radians=np.tile(gaze, (2, 1)), rotation=np.eye(3))


def eyes(left, right, sigma):
    return SeenGaze(gaze_radians=np.array([left, right]), sigma_radians=np.array(sigma))


def test_an_eye_that_is_sure_decides_for_both():
    found = looking(whole_face(), eyes([0.3, 0.2], [-0.4, -0.4], [1e-4, 0.5]))
    np.testing.assert_allclose(found.gaze_radians, [[0.3, 0.2]] * 2, atol=1e-4)


def test_eyes_that_cannot_be_seen_look_where_the_whole_face_says():
    found = looking(whole_face(), eyes([0.3, 0.2], [-0.4, -0.4], [50.0, 50.0]))
    np.testing.assert_allclose(found.gaze_radians, [[0.1, -0.2]] * 2, atol=1e-4)


def test_eyes_that_are_equally_sure_meet_in_the_middle_and_both_look_alike():
    found = looking(whole_face(), eyes([0.2, 0.1], [0.0, 0.3], [1e-4, 1e-4]))
    np.testing.assert_allclose(found.gaze_radians, [[0.1, 0.2]] * 2, atol=1e-5)


def test_only_the_looks_follow_from_what_the_eyes_do():
    before = whole_face()
    found = looking(before, eyes([0.2, 0.1], [0.2, 0.1], [0.02, 0.02]))
    np.testing.assert_allclose(gaze_from_weights(found.weights), found.gaze_radians, atol=1e-12)
    np.testing.assert_array_equal(np.delete(found.weights, LOOKS), np.delete(before.weights, LOOKS))
    np.testing.assert_array_equal(found.rotation, before.rotation)


@pytest.mark.parametrize(("lids", "moved"), [((0.9, 0.8), False), ((0.9, 0.1), True), ((0.2, 0.2), True)])
def test_eyes_stay_as_they_were_while_both_are_shut(lids, moved):
    before = looking(whole_face(), eyes([0.2, 0.1], [0.2, 0.1], [1e-4, 1e-4]))
    found = looking(whole_face(lids=lids), eyes([0.0, 0.0], [0.0, 0.0], [1e-4, 1e-4]), before)
    np.testing.assert_allclose(found.gaze_radians, [[0.0, 0.0] if moved else [0.2, 0.1]] * 2, atol=1e-4)
    np.testing.assert_allclose(gaze_from_weights(found.weights), found.gaze_radians, atol=1e-12)
