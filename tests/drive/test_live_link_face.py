"""Laws of a face in Live Link's terms: order, angles of the conventions, and inverses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toonface.drive.gaze import weights_with_gaze
from toonface.drive.live_link_face import (
    VALUES,
    LiveLinkOptions,
    expression_of,
    face_of_expression,
    face_of_values,
    values_of_face,
)
from toonface.geometry.camera import frame_head
from toonface.morphable.names import SHAPES
from toonface.types import Expression


def test_the_values_are_those_of_the_app_in_order():
    assert len(VALUES) == 61
    assert (VALUES[15], VALUES[16], VALUES[21]) == ("jawLeft", "jawRight", "mouthLeft")
    assert VALUES[52:] == (
        *("HeadYaw", "HeadPitch", "HeadRoll", "LeftEyeYaw", "LeftEyePitch", "LeftEyeRoll"),
        *("RightEyeYaw", "RightEyePitch", "RightEyeRoll"),
    )


def test_weights_are_clipped_and_the_further_shapes_rest():
    weights = expression_of(face_of_values(np.array([2.0, -1.0] + [0.5] * 59))).weights
    assert (weights[0], weights[1], weights[2]) == (1.0, 0.0, 0.5)
    assert not weights[52:].any() and len(weights) == len(SHAPES)


@pytest.mark.parametrize("unit", [1.0, np.pi])
def test_the_head_turns_by_the_angles_of_the_conventions(unit):
    values = [0.0] * 52 + [0.1, 0.2, 0.3] + [0.0] * 6
    found = expression_of(face_of_values(np.array(values)), LiveLinkOptions(radians_per_unit=unit)).rotation
    said = frame_head(np.eye(3), 64, yaw=0.1 * unit, pitch=0.2 * unit, roll=-0.3 * unit).rotation
    np.testing.assert_allclose(found, said, atol=1e-12)


@given(
    st.lists(st.floats(0, 1), min_size=52, max_size=52),
    st.tuples(*[st.tuples(*[st.floats(-0.4, 0.4)] * 2)] * 2),
    st.tuples(*[st.floats(-1.5, 1.5)] * 3),
    st.sampled_from([LiveLinkOptions(), LiveLinkOptions(radians_per_unit=np.pi, signs=(-1.0, 1.0, 1.0))]),
)
def test_expression_to_face_and_back_is_the_identity(weights, gaze, angles, options):
    yaw, pitch, roll = angles
    rotation = frame_head(np.eye(3), 64, yaw=yaw, pitch=pitch, roll=roll).rotation
    weights = weights_with_gaze(np.array([*weights, *[0.0] * 12]), np.array(gaze))
    sent = Expression(weights=weights, gaze_radians=np.array(gaze), rotation=rotation)
    found = expression_of(face_of_values(values_of_face(face_of_expression(sent, options))), options)
    np.testing.assert_allclose(found.weights, sent.weights, atol=1e-12)
    np.testing.assert_allclose(found.gaze_radians, sent.gaze_radians, atol=1e-12)
    np.testing.assert_allclose(found.rotation, sent.rotation, atol=1e-9)


def test_eyes_turn_by_the_head_s_signs():
    gaze = np.array([[0.1, 0.2], [0.1, 0.2]])
    eyes = face_of_expression(Expression(weights=np.zeros(64), gaze_radians=gaze, rotation=np.eye(3))).eyes
    np.testing.assert_allclose(eyes, [[0.1, -0.2, 0.0]] * 2, atol=1e-12)


def test_values_go_to_a_face_and_back():
    values = np.random.default_rng(0).standard_normal(61)
    np.testing.assert_array_equal(values_of_face(face_of_values(values)), values)


def test_a_value_that_is_no_number_is_named():
    values = np.zeros(61)
    values[52] = np.nan
    with pytest.raises(ValueError, match="HeadYaw is nan, expected a finite number"):
        face_of_values(values)
