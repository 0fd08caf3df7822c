"""Coefficients of a crop put the head where the crop shows it: shifted, scaled, turned, mirrored."""

import numpy as np
import pytest

from toonface.geometry.camera import camera_from_pose, project
from toonface.geometry.crop import CropFrame, frame_around
from toonface.geometry.mirror import MIRROR
from toonface.geometry.normals import vertex_normals
from toonface.geometry.rotation import rotation_about_axis_radians
from toonface.io.face_model_file import load_face_model
from toonface.morphable.coarse_fit import EXPRESSION, IDENTITY, LIGHT, POSE, TEXTURE
from toonface.morphable.face_model import albedo, evaluate, neutral_points, skin_vertices
from toonface.morphable.landmarks import landmarks_3d
from toonface.morphable.spherical_harmonics import sh_basis
from toonface.stages.coarse import LIFT, MARGIN, SIZE, camera_in_picture, turn_light
from toonface.train.augment import Jitter, place_crop
from toonface.train.coarse_crops import (
    coefficients_in_crop,
    face_symmetry,
    mirror_coefficients,
    spread_of_coefficients,
    start_coefficients,
)

WIDTH, HEIGHT = 320, 280
CROPPED = Jitter(roll_radians=0.5, stretch=0.0, shear=0.0)


@pytest.fixture(scope="module")
def face_model():
    return load_face_model()


@pytest.fixture(scope="module")
def symmetry(face_model):
    return face_symmetry(face_model)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def coefficients(rng):
    numbers = rng.standard_normal(239)
    numbers[EXPRESSION] = rng.uniform(0.0, 0.4, 64)
    numbers[POSE] = [0.2, -0.3, 0.1, 0.01, -0.02, 7.0]
    return numbers


def projected_landmarks(face_model, coefficients, width, height):
    camera = camera_from_pose(coefficients[POSE], width, height)
    head = evaluate(face_model, coefficients[IDENTITY], coefficients[EXPRESSION])
    points = landmarks_3d(skin_vertices(face_model, head), face_model.landmarks, camera.rotation)
    return project(camera, points)[:, :2]


@pytest.mark.parametrize("seed", range(6))
def test_landmarks_of_the_crop_are_those_of_the_picture(seed, face_model, symmetry, coefficients):
    points = projected_landmarks(face_model, coefficients, WIDTH, HEIGHT)
    rng = np.random.default_rng(seed)
    place = place_crop(rng, points, margin=MARGIN, lift=LIFT, size=SIZE, jitter=CROPPED)
    cropped = coefficients_in_crop(coefficients, place, symmetry, width=WIDTH, height=HEIGHT)
    found = projected_landmarks(face_model, cropped, SIZE, SIZE)
    # A mirrored contour may slide to the neighbouring place of its path.
    np.testing.assert_allclose(found[17:], place.landmarks(points)[17:], atol=0.01)
    np.testing.assert_allclose(found, place.landmarks(points), atol=1.0)


def test_both_kinds_of_crops_are_drawn_in_the_test_above(rng):
    points = rng.uniform(100.0, 200.0, (68, 2))
    drawn = [place_crop(np.random.default_rng(seed), points, margin=MARGIN, lift=LIFT, size=SIZE, jitter=CROPPED)
             for seed in range(6)]  # fmt: skip
    assert {place.mirrored for place in drawn} == {True, False}


def test_the_stage_brings_camera_and_light_of_a_crop_back(symmetry, coefficients, rng):
    points = rng.uniform(100.0, 200.0, (68, 2))
    still = Jitter(shift=0.0, zoom=0.0, roll_radians=0.0, stretch=0.0, shear=0.0, mirror=False)
    place = place_crop(rng, points, margin=MARGIN, lift=LIFT, size=SIZE, jitter=still)
    frame: CropFrame = frame_around(points, MARGIN, LIFT)
    cropped = coefficients_in_crop(coefficients, place, symmetry, width=WIDTH, height=HEIGHT)
    back = camera_in_picture(camera_from_pose(cropped[POSE], SIZE, SIZE), frame, width=WIDTH, height=HEIGHT)
    expected = camera_from_pose(coefficients[POSE], WIDTH, HEIGHT)
    np.testing.assert_allclose(back.rotation, expected.rotation, atol=1e-9)
    np.testing.assert_allclose(back.translation, expected.translation, atol=1e-9)
    assert back.scale == pytest.approx(expected.scale)
    np.testing.assert_allclose(turn_light(cropped[LIGHT], -frame.roll_radians), coefficients[LIGHT], atol=1e-9)


def test_a_turned_light_shines_on_turned_normals_as_before(symmetry, coefficients, rng):
    points = rng.uniform(100.0, 200.0, (68, 2))
    turned = Jitter(roll_radians=0.5, stretch=0.0, shear=0.0, mirror=False)
    place = place_crop(rng, points, margin=MARGIN, lift=LIFT, size=SIZE, jitter=turned)
    cropped = coefficients_in_crop(coefficients, place, symmetry, width=WIDTH, height=HEIGHT)
    roll = np.arctan2(place.axes_px[0, 1], place.axes_px[0, 0])
    normals = rng.standard_normal((20, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    turn = rotation_about_axis_radians(np.array([0.0, 0.0, 1.0]), float(roll))
    np.testing.assert_allclose(
        sh_basis(normals @ turn.T) @ cropped[LIGHT], sh_basis(normals) @ coefficients[LIGHT], atol=1e-9
    )


def test_mirroring_identity_mirrors_the_head(face_model, symmetry, coefficients):
    count, mirror = face_model.skin.count, face_model.skin.mirror
    mirrored = mirror_coefficients(coefficients, symmetry)
    before = neutral_points(face_model, coefficients[IDENTITY])[:count]
    after = neutral_points(face_model, mirrored[IDENTITY])[:count]
    np.testing.assert_allclose(after, before[mirror] * MIRROR, atol=2e-5)  # the bases are stored in 16 bits


def test_mirroring_expression_mirrors_the_face(face_model, symmetry, coefficients):
    coefficients[IDENTITY] = 0.0
    count, mirror = face_model.skin.count, face_model.skin.mirror
    moved = [
        evaluate(face_model, c[IDENTITY], c[EXPRESSION]).points[:count]
        for c in (coefficients, mirror_coefficients(coefficients, symmetry))
    ]
    np.testing.assert_allclose(moved[1], moved[0][mirror] * MIRROR, atol=2e-5)  # the bases are stored in 16 bits


def test_mirroring_the_light_lights_mirrored_normals_as_before(face_model, symmetry, coefficients):
    normals = vertex_normals(face_model.mean[:200], face_model.skin.faces[1][(face_model.skin.faces[1] < 200).all(1)])
    lit = sh_basis(normals) @ coefficients[LIGHT]
    mirrored = sh_basis(normals * MIRROR) @ mirror_coefficients(coefficients, symmetry)[LIGHT]
    np.testing.assert_allclose(mirrored, lit, atol=1e-9)


def test_mirroring_keeps_the_colour_of_the_skin(face_model, symmetry, coefficients):
    coefficients[TEXTURE][10:] = 0.0
    count, mirror = face_model.skin.count, face_model.skin.mirror
    before = albedo(face_model, coefficients[TEXTURE])[:count]
    after = albedo(face_model, mirror_coefficients(coefficients, symmetry)[TEXTURE])[:count]
    assert np.abs(after - before[mirror]).mean() < 0.01


def test_mirroring_twice_changes_nothing_but_fine_texture(symmetry, coefficients):
    twice = mirror_coefficients(mirror_coefficients(coefficients, symmetry), symmetry)
    kept = np.ones(239, bool)
    kept[TEXTURE] = False
    np.testing.assert_allclose(twice[kept], coefficients[kept], atol=1e-12)


def test_the_start_is_the_mean_head_as_a_crop_frames_it(face_model):
    start = start_coefficients(face_model)
    points = projected_landmarks(face_model, start, SIZE, SIZE)
    frame = frame_around(points, MARGIN, LIFT)
    np.testing.assert_allclose(frame.centre_px, (0.5 * SIZE, 0.5 * SIZE), atol=1e-6)
    assert frame.side_px == pytest.approx(SIZE)
    assert frame.roll_radians == pytest.approx(0.0, abs=1e-6)
    assert not start[: LIGHT.start].any()
    np.testing.assert_allclose(sh_basis(np.eye(3)) @ start[LIGHT], 1.0)


def test_spread_is_positive_and_one_number_per_coefficient():
    spread = spread_of_coefficients()
    assert spread.shape == (239,)
    assert (spread > 0.0).all()
