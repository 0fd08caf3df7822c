"""Laws of measured labels: planted light is found, and what is covered is not visible."""

import numpy as np
import pytest

from toonface.geometry.camera import ScaledOrthographic
from toonface.morphable.eyes import gaze_angles, gaze_rotation
from toonface.morphable.spherical_harmonics import sh_basis, shade
from toonface.synth.labelling import RIDGE, fit_light, visible_landmarks
from toonface.synth.shading.buffers import Buffers
from toonface.types import FaceRegion

SIZE = 48


@pytest.fixture
def sphere():
    """Buffers of a sphere of skin with random albedo, without light."""
    rng = np.random.default_rng(3)
    y, x = (np.mgrid[:SIZE, :SIZE] + 0.5 - SIZE / 2) / (0.45 * SIZE)
    inside = x**2 + y**2 < 1.0
    z = np.sqrt(np.clip(1.0 - x**2 - y**2, 0.0, None))
    normals = np.where(inside[..., None], np.stack([x, -y, z], axis=-1), 0.0).astype(np.float32)
    return Buffers(
        linear=np.zeros((SIZE, SIZE, 3), np.float32),
        albedo=(rng.uniform(0.2, 0.7, (SIZE, SIZE, 3)) * inside[..., None]).astype(np.float32),
        region=np.where(inside, FaceRegion.SKIN, FaceRegion.BACKGROUND).astype(np.uint8),
        normals=normals,
        depth=np.where(inside, z * 0.1, -np.inf).astype(np.float32),
        part=np.where(inside, 0, -1).astype(np.int16),
    )


def test_planted_light_is_found(sphere):
    delta = np.array([2.6, 0.3, 0.5, -0.2, 0.05, 0.1, -0.1, 0.05, 0.08])
    shown = shade(sphere.albedo.reshape(-1, 3).astype(float), sphere.normals.reshape(-1, 3).astype(float), delta)
    sphere.linear[:] = np.clip(shown, 0.0, 1.0).reshape(SIZE, SIZE, 3) ** 2.2
    found = fit_light(sphere)
    # The prior pulls a little; the light that it shows is the planted one.
    facing = sphere.normals[sphere.region == FaceRegion.SKIN].astype(float)
    np.testing.assert_allclose(sh_basis(facing) @ found, sh_basis(facing) @ delta, atol=0.06)
    assert RIDGE < 0.05


def test_without_skin_the_light_is_plain_white(sphere):
    sphere.region[:] = FaceRegion.HAIR
    np.testing.assert_allclose(sh_basis(np.eye(3)) @ fit_light(sphere), 1.0, rtol=1e-5)


def test_a_point_on_the_surface_is_visible_and_one_behind_it_or_outside_is_not(sphere):
    camera = ScaledOrthographic(
        rotation=np.eye(3), translation=np.zeros(2), scale=0.45 * SIZE / 0.1, width=SIZE, height=SIZE
    )
    points = np.zeros((68, 3))
    points[0] = [0.0, 0.0, 0.1]
    points[1] = [0.0, 0.0, 0.08]
    points[2] = [0.5, 0.0, 0.0]
    points[3] = [0.1, 0.0, 0.0]
    points[4] = [0.0, 0.05, np.sqrt(0.01 - 0.0025)]
    place, visible = visible_landmarks(points, camera, sphere)
    assert visible[[0, 1, 2, 3, 4]].tolist() == [True, False, False, True, True]
    np.testing.assert_allclose(place[0], [SIZE / 2, SIZE / 2])


def test_planted_gaze_is_found_for_each_eye():
    planted = np.array([[0.4, -0.2], [-0.1, 0.35]])
    rotations = np.array([gaze_rotation(yaw, pitch) for yaw, pitch in planted])
    np.testing.assert_allclose(gaze_angles(rotations), planted, atol=1e-12)
