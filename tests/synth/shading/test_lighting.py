"""Laws of the light: exposure, shadow maps and variety."""

from collections import Counter

import numpy as np
import pytest
from tests.synth.shapes import ball, light

from toonface.geometry.camera import ScaledOrthographic, project
from toonface.geometry.rotation import axis_angle_to_matrix
from toonface.synth.shading.lighting import KINDS, lights_of, sample_light

FACING = np.array([[0.0, 0.0, 1.0], [0.6, 0.0, 0.8], [0.0, -0.6, 0.8]])


def camera(rotation):
    return ScaledOrthographic(
        rotation=rotation, translation=np.array([0.01, -0.02]), scale=900.0, width=200, height=260
    )


@pytest.mark.parametrize("exposure", [0.5, 1.0, 1.3])
def test_the_mean_light_on_the_face_is_the_exposure(exposure):
    spec = light(exposure=exposure, key_direction=(0.5, 0.5, 0.8), fill=(0.2, 0.1, 0.1), sky=(0.3, 0.5, 0.7))
    lights = lights_of(spec, [], FACING, camera(np.eye(3)))
    facing = np.clip(FACING @ lights.directions.T, 0.0, None) @ lights.colours
    up = 0.5 + 0.5 * FACING[:, 1:2]
    assert (facing + up * lights.sky + (1.0 - up) * lights.ground).mean() == pytest.approx(exposure, rel=1e-5)


def test_the_shadow_map_sees_each_point_at_its_own_depth(rng):
    """What the light sees of a sphere projects, by way of the picture, onto the depth that the map has there."""
    rotation = axis_angle_to_matrix(0.3 * rng.normal(size=3))
    sphere = ball(0.06, rings=60)
    view = camera(rotation)
    towards = np.array([0.4, 0.5, 0.8]) / np.linalg.norm([0.4, 0.5, 0.8])
    lights = lights_of(light(key_direction=tuple(towards)), [(sphere.vertices, sphere.faces)], FACING, view)
    lit = sphere.normals @ rotation.T @ towards > 0.4
    place = project(view, sphere.vertices[lit])
    column, row, height = lights.to_shadow.astype(float) @ np.c_[place, np.ones(len(place))].T
    away = np.abs(lights.shadow[row.astype(int), column.astype(int)] - height)
    assert np.quantile(away, 0.99) < 2.5e-3


def test_every_kind_of_light_occurs_and_the_same_draws_give_the_same_light():
    kinds = Counter(sample_light(np.random.default_rng(seed)).kind for seed in range(300))
    assert set(kinds) == set(KINDS)
    assert sample_light(np.random.default_rng(7)) == sample_light(np.random.default_rng(7))


def test_lights_come_from_both_sides():
    keys = np.array([sample_light(np.random.default_rng(seed)).key_direction for seed in range(200)])
    assert 0.35 < (keys[:, 0] > 0.0).mean() < 0.65
    assert (keys[:, 2] > -0.05).all(), "the key light never stands behind the head"
