import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.transform import Rotation as ScipyRotation

from toonface.geometry.rotation import (
    axis_angle_to_matrix,
    axis_angles_to_matrices,
    check_rotation,
    cross_matrices,
    matrix_to_axis_angle,
    rotation_about_axis_radians,
)

vectors = arrays(np.float64, 3, elements=st.floats(-7.0, 7.0))
# From the smallest float to just below pi: near zero and near pi are where formulas break.
angles = st.one_of(st.floats(0.0, 3.1415), st.floats(0.0, 1e-6), st.floats(np.pi - 1e-6, np.pi - 1e-9))


def test_zero_gives_exactly_the_identity():
    np.testing.assert_array_equal(axis_angle_to_matrix(np.zeros(3)), np.eye(3))
    np.testing.assert_array_equal(matrix_to_axis_angle(np.eye(3)), np.zeros(3))


@given(vectors)
def test_matrices_are_rotations_and_fix_their_axis(axis_angle):
    matrix = axis_angle_to_matrix(axis_angle)
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(3), atol=1e-13)
    assert np.linalg.det(matrix) > 0.0
    np.testing.assert_allclose(matrix @ axis_angle, axis_angle, atol=1e-13)


@given(vectors)
def test_agrees_with_scipy(axis_angle):
    expected = ScipyRotation.from_rotvec(axis_angle).as_matrix()
    np.testing.assert_allclose(axis_angle_to_matrix(axis_angle), expected, atol=1e-13)


@given(vectors, angles)
def test_log_inverts_exp_below_pi(axis, angle):
    length = np.linalg.norm(axis)
    axis = axis / length if length > 1e-3 else np.array([0.0, 0.6, 0.8])
    np.testing.assert_allclose(matrix_to_axis_angle(axis_angle_to_matrix(angle * axis)), angle * axis, atol=1e-12)


@given(vectors)
def test_exp_inverts_log(axis_angle):
    matrix = axis_angle_to_matrix(axis_angle)
    log = matrix_to_axis_angle(matrix)
    np.testing.assert_allclose(axis_angle_to_matrix(log), matrix, atol=1e-12)
    assert np.linalg.norm(log) <= np.pi + 1e-12


@pytest.mark.parametrize("axis", np.eye(3))
def test_half_turns_keep_their_axis_up_to_sign(axis):
    log = matrix_to_axis_angle(np.diag(2.0 * axis - 1.0))
    np.testing.assert_allclose(np.abs(log), np.pi * axis, atol=1e-15)


def test_small_angles_keep_their_relative_precision():
    axis_angle = np.array([1e-9, -2e-9, 3e-9])
    np.testing.assert_allclose(matrix_to_axis_angle(axis_angle_to_matrix(axis_angle)), axis_angle, rtol=1e-14)


def test_many_equal_one_by_one(rng):
    axis_angles = rng.normal(size=(20, 3))
    one_by_one = np.stack([axis_angle_to_matrix(a) for a in axis_angles])
    np.testing.assert_allclose(axis_angles_to_matrices(axis_angles), one_by_one, atol=1e-15)
    assert axis_angles_to_matrices(np.zeros((0, 3))).shape == (0, 3, 3)


def test_quarter_turn_about_z_takes_x_to_y():
    turned = rotation_about_axis_radians(np.array([0.0, 0.0, 5.0]), np.pi / 2) @ np.array([1.0, 0.0, 0.0])
    np.testing.assert_allclose(turned, [0.0, 1.0, 0.0], atol=1e-15)


@given(vectors, st.floats(-3.0, 3.0), st.floats(-3.0, 3.0))
def test_angles_about_one_axis_add(axis, first, second):
    axis = axis + np.array([20.0, 0.0, 0.0])
    product = rotation_about_axis_radians(axis, first) @ rotation_about_axis_radians(axis, second)
    np.testing.assert_allclose(product, rotation_about_axis_radians(axis, first + second), atol=1e-13)


def test_cross_matrices_multiply_like_cross_products(rng):
    a, b = rng.normal(size=(2, 5, 3))
    np.testing.assert_allclose(np.einsum("nij,nj->ni", cross_matrices(a), b), np.cross(a, b), atol=1e-15)


def test_an_axis_without_direction_is_refused():
    with pytest.raises(ValueError, match=r"length 0\.0"):
        rotation_about_axis_radians(np.zeros(3), 1.0)


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (2.0 * np.eye(3), "differs from orthonormal by 3"),
        (np.diag([1.0, 1.0, -1.0]), "reflection"),
        (np.full((3, 3), np.nan), "orthonormal by nan"),
    ],
)
def test_what_is_no_rotation_is_refused(matrix, message):
    with pytest.raises(ValueError, match=message):
        matrix_to_axis_angle(matrix)


@pytest.mark.usefixtures("as_in_production")
def test_matrices_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"rotation has shape \(2, 2\), expected \(3, 3\)"):
        matrix_to_axis_angle(np.eye(2))


def test_float32_rotations_are_accepted():
    matrix = axis_angle_to_matrix(np.array([1.0, 2.0, 3.0])).astype(np.float32)
    check_rotation("rotation", matrix)
