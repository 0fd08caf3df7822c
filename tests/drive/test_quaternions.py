"""Laws of quaternions: inverses, the same turn for both signs, and an even way between two."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toonface.drive.quaternions import (
    check_unit_quaternions,
    matrix_to_quaternion,
    quaternion_products,
    quaternions_of_angles,
    quaternions_to_matrices,
    slerp,
    unit_quaternion,
)
from toonface.geometry.camera import frame_head
from toonface.geometry.rotation import axis_angle_to_matrix

axis_angles = st.tuples(*[st.floats(-1.7, 1.7)] * 3).map(np.array)


@given(axis_angles)
def test_matrix_to_quaternion_and_back_is_the_identity(axis_angle):
    matrix = axis_angle_to_matrix(axis_angle)
    quaternion = matrix_to_quaternion(matrix)
    assert np.linalg.norm(quaternion) == pytest.approx(1.0)
    for sign in (1.0, -1.0):
        np.testing.assert_allclose(quaternions_to_matrices(sign * quaternion[None])[0], matrix, atol=1e-7)


def test_a_quarter_turn_about_y_is_written_x_y_z_w():
    half = np.sqrt(0.5)
    turned = quaternions_to_matrices(np.array([[0.0, half, 0.0, half], [0.0, 0.0, 0.0, 1.0]]))
    np.testing.assert_allclose(turned[0], [[0, 0, 1], [0, 1, 0], [-1, 0, 0]], atol=1e-12)
    np.testing.assert_array_equal(turned[1], np.eye(3))


@given(axis_angles, axis_angles)
def test_the_product_of_quaternions_is_that_of_their_matrices(first, second):
    a, b = (axis_angle_to_matrix(turn) for turn in (first, second))
    product = quaternion_products(matrix_to_quaternion(a)[None], matrix_to_quaternion(b)[None])
    np.testing.assert_allclose(quaternions_to_matrices(product)[0], a @ b, atol=1e-7)


@given(st.tuples(*[st.floats(-3, 3)] * 3))
def test_head_angles_turn_as_the_conventions_say(angles):
    yaw, pitch, roll = angles
    found = quaternions_to_matrices(quaternions_of_angles(np.array([angles])))[0]
    np.testing.assert_allclose(found, frame_head(np.eye(3), 64, yaw=yaw, pitch=pitch, roll=roll).rotation, atol=1e-9)


@given(axis_angles, axis_angles, st.floats(0, 1))
def test_slerp_is_the_shorter_turn_by_its_share(first, second, share):
    a, b = (matrix_to_quaternion(axis_angle_to_matrix(turn))[None] for turn in (first, second))
    middle = slerp(a, -b, np.array([share]))
    whole, part = (2.0 * np.arccos(np.clip(abs((a * end).sum()), 0.0, 1.0)) for end in (b, middle))
    assert part == pytest.approx(share * whole, abs=1e-6)
    np.testing.assert_allclose(abs((slerp(a, b, np.array([share])) * middle).sum()), 1.0, atol=1e-9)


@pytest.mark.parametrize("values", [(0.0, 0.0, 0.0, 0.0), (np.nan, 0.0, 0.0, 1.0), (np.inf, 0.0, 0.0, 1.0)])
def test_a_quaternion_without_a_direction_is_refused(values):
    with pytest.raises(ValueError, match=r"Head is the quaternion .* expected one of a finite length above 0"):
        unit_quaternion("Head", values)


def test_a_quaternion_is_brought_to_length_1():
    np.testing.assert_allclose(unit_quaternion("Head", (0.0, 3.0, 0.0, 4.0)), [0.0, 0.6, 0.0, 0.8])


@pytest.mark.parametrize("value", [0.5, np.nan])
def test_quaternions_of_another_length_are_refused(value):
    check_unit_quaternions("head", np.array([[0.0, 0.0, 0.0, 1.0]]))
    with pytest.raises(ValueError, match=rf"quaternion 1 of head has length {value:g}, expected 1"):
        check_unit_quaternions("head", np.array([[0.0, 0.0, 0.0, 1.0], [0.0, 0.0, 0.0, value]]))
