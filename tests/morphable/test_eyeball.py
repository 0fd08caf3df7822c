"""Laws of the eyeball's surface."""

import numpy as np
import pytest

from toonface.geometry.normals import face_normals
from toonface.morphable.eyeball import LIMBUS, polar_to_cartesian

SCALES = (0.5, 1.0, 1.6, 2.2)


@pytest.fixture(scope="module")
def ball(face_model):
    return face_model.eyeball


def polar_angle(vertices):
    return np.arccos(vertices[:, 2] / np.linalg.norm(vertices, axis=1))


def test_polar_coordinates_come_back():
    polar, azimuth = (grid.ravel() for grid in np.meshgrid(np.linspace(0.1, 3.0, 7), np.linspace(-3.0, 3.0, 9)))
    radius = np.linspace(0.5, 1.5, polar.size)
    points = polar_to_cartesian(polar, azimuth, radius)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), radius)
    np.testing.assert_allclose(np.arccos(points[:, 2] / radius), polar)
    np.testing.assert_allclose(np.arctan2(points[:, 1], points[:, 0]), azimuth)


def test_the_poles_lie_on_the_z_axis():
    points = polar_to_cartesian(np.array([0.0, np.pi]), np.array([1.0, 2.0]), np.array([1.0, 3.0]))
    np.testing.assert_allclose(points, [[0, 0, 1], [0, 0, -3]], atol=1e-15)


@pytest.mark.parametrize("scale", SCALES)
def test_the_iris_grows_by_the_scale_and_the_radii_stay(ball, scale):
    vertices = ball.vertices(scale)
    np.testing.assert_allclose(np.linalg.norm(vertices, axis=1), ball.radius)
    iris = (ball.polar > 0.0) & (ball.polar <= LIMBUS)
    np.testing.assert_allclose(polar_angle(vertices)[iris], scale * ball.polar[iris], rtol=1e-6)


@pytest.mark.parametrize("scale", SCALES)
def test_a_larger_iris_keeps_the_order_of_the_rings_and_the_back_pole(ball, scale):
    angles = np.sort(ball.polar)
    moved = polar_angle(ball.vertices(scale))[np.argsort(ball.polar)]
    assert (np.diff(moved)[np.diff(angles) > 1e-3] > 0.0).all()
    back = ball.polar > np.pi - 1e-9
    np.testing.assert_allclose(ball.vertices(scale)[back][:, :2], 0.0, atol=1e-6)


def test_scale_1_is_the_eyeball_itself(ball):
    expected = polar_to_cartesian(ball.polar, ball.azimuth, ball.radius)
    np.testing.assert_allclose(ball.vertices(), expected, atol=1e-12)


def test_the_sclera_is_a_unit_sphere_and_the_cornea_bulges_over_the_iris(ball):
    used, cornea = np.unique(ball.faces), np.unique(ball.cornea_faces)
    assert not np.intersect1d(used, cornea).size
    sclera = used[ball.polar[used] > LIMBUS + 1e-6]
    np.testing.assert_allclose(ball.radius[sclera], 1.0, atol=1e-6)
    assert ball.radius[cornea].max() > 1.0 >= ball.radius[used].max() - 1e-6


@pytest.mark.parametrize("scale", SCALES)
def test_every_triangle_faces_outwards(ball, scale):
    vertices = ball.vertices(scale)
    for faces in (ball.faces, ball.cornea_faces):
        outward = (face_normals(vertices, faces) * vertices[faces].mean(axis=1)).sum(axis=1)
        assert outward.min() > 0.0


def test_the_limbus_is_at_a_quarter_of_the_picture(ball):
    away = np.linalg.norm(ball.uv - 0.5, axis=1)
    used = np.unique(ball.faces)
    rim = used[np.isclose(ball.polar[used], LIMBUS, atol=1e-6)]
    assert rim.size
    np.testing.assert_allclose(away[rim], 0.25, atol=1e-6)
    order = used[np.argsort(ball.polar[used])]
    assert (np.diff(away[order]) > -1e-6).all()


def test_up_on_the_eyeball_is_up_in_the_picture(ball):
    vertices = ball.vertices()
    front = np.unique(ball.faces)
    front = front[(ball.polar[front] > 0.1) & (ball.polar[front] < 1.2)]
    towards = ball.uv[front] - 0.5
    assert (towards[:, 0] * vertices[front, 0] >= -1e-9).all()
    assert (towards[:, 1] * vertices[front, 1] <= 1e-9).all()


@pytest.mark.parametrize("scale", [0.49, 2.21, float("nan")])
def test_an_impossible_iris_is_refused(ball, scale):
    with pytest.raises(ValueError, match=rf"iris scale is {scale}, expected in \[0.5, 2.2\]"):
        ball.vertices(scale)
