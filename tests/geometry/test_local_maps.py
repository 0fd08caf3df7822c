"""Laws of local maps: an affine copy is mapped by its own matrix everywhere, and far changes are not felt."""

import numpy as np
import pytest

from toonface.geometry.local_maps import REACH, LocalMaps

RADIUS = 0.35


@pytest.fixture
def ball():
    """Points of a sphere of radius 1."""
    points = np.random.default_rng(0).normal(size=(600, 3))
    return points / np.linalg.norm(points, axis=1, keepdims=True)


@pytest.fixture
def matrix():
    return np.array([[1.2, 0.1, 0.0], [0.0, 0.9, 0.3], [0.2, 0.0, 1.4]])


def test_an_affine_copy_is_mapped_by_its_matrix(ball, matrix):
    maps = LocalMaps(ball, RADIUS).of(ball @ matrix.T + [3.0, -1.0, 0.5])
    np.testing.assert_allclose(maps, np.broadcast_to(matrix, maps.shape), atol=1e-9)


def test_maps_are_linear_in_the_target(ball, matrix):
    other = ball + 0.1 * np.sin(3.0 * ball[:, [1, 2, 0]])
    maps = LocalMaps(ball, RADIUS)
    np.testing.assert_allclose(maps.of(0.3 * ball + 0.7 * other), 0.3 * maps.of(ball) + 0.7 * maps.of(other), atol=1e-9)


def test_a_turned_target_has_turned_maps(ball):
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))[0]
    other = ball + 0.1 * np.sin(3.0 * ball[:, [1, 2, 0]])
    maps = LocalMaps(ball, RADIUS)
    np.testing.assert_allclose(maps.of(other @ turn.T), turn @ maps.of(other), atol=1e-9)


def test_what_is_far_is_not_felt(ball):
    other = ball.copy()
    other[ball[:, 2] > 0.0] *= 1.5
    maps = LocalMaps(ball, RADIUS).of(other)
    far = ball[:, 2] < -REACH * RADIUS
    assert far.any()
    np.testing.assert_allclose(maps[far], np.broadcast_to(np.eye(3), maps[far].shape), atol=1e-9)


def test_points_in_a_plane_are_refused():
    plane = np.append(np.random.default_rng(0).normal(size=(50, 2)), np.zeros((50, 1)), axis=1)
    with pytest.raises(ValueError, match="of point 0 lie in a plane"):
        LocalMaps(plane, 1.0)


@pytest.mark.parametrize("radius", [0.0, -1.0, float("nan")])
def test_other_radii_are_refused(ball, radius):
    with pytest.raises(ValueError, match="expected above 0 and at least 4"):
        LocalMaps(ball, radius)


def test_another_number_of_points_is_refused(ball):
    with pytest.raises(ValueError, match=r"target has shape \(9, 3\), expected the template's, \(600, 3\)"):
        LocalMaps(ball, RADIUS).of(ball[:9])
