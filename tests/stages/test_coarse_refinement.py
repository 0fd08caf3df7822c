"""Laws of the refinement: planted coefficients are a fixed point, projections come to the points, bounds hold."""

from dataclasses import replace

import numpy as np
import pytest
from tests.planted_heads import plant, seen_landmarks

from toonface.geometry.camera import camera_from_pose, pose_of
from toonface.io.face_model_file import load_face_model
from toonface.morphable.face_model import neutral_points
from toonface.stages.coarse_refinement import (
    EXPRESSION_ALONE,
    IDENTITY_AND_EXPRESSION,
    REFINEMENT_DEFAULTS,
    CoarseRefiner,
    refine_coarse,
)
from toonface.types import Landmarks


@pytest.fixture(scope="module")
def refiner():
    return CoarseRefiner(load_face_model())


@pytest.fixture
def planted(refiner):
    return plant(refiner.model, np.random.default_rng(0))


@pytest.fixture
def wrong(planted):
    """What a network may say: everything a little off."""
    pose = np.add(pose_of(planted.fit.camera), [0.05, -0.08, 0.03, 0.004, -0.003, 0.05])
    camera = camera_from_pose(pose, planted.fit.camera.width, planted.fit.camera.height)
    return replace(planted.fit, identity=0.5 * planted.fit.identity, expression=np.zeros(64), camera=camera)


def distance(refiner, fit, planted):
    found = seen_landmarks(
        refiner.model, neutral_points(refiner.model, fit.identity).astype(float), fit.expression, fit.camera
    )
    return np.linalg.norm(found - planted.landmarks.points_px, axis=1).mean()


def test_the_truth_stays(refiner, planted):
    found = refine_coarse(refiner, planted.fit, planted.landmarks)
    np.testing.assert_allclose(found.identity, planted.fit.identity, atol=0.02)
    np.testing.assert_allclose(found.expression, planted.fit.expression, atol=0.02)
    np.testing.assert_allclose(pose_of(found.camera), pose_of(planted.fit.camera), atol=2e-3)


def test_projections_come_to_the_points(refiner, planted, wrong):
    before = distance(refiner, wrong, planted)
    assert before > 5.0
    assert distance(refiner, refine_coarse(refiner, wrong, planted.landmarks), planted) < 0.06 * before


def test_a_moved_and_enlarged_picture_moves_and_enlarges_the_camera(refiner, planted, wrong):
    def enlarged(camera):
        pose = np.add(pose_of(camera), [0, 0, 0, 0, 0, np.log(2.0)])
        return camera_from_pose(pose, 2 * camera.width, 2 * camera.height)

    marks = planted.landmarks
    twice = Landmarks(points_px=2.0 * marks.points_px, sigma_px=2.0 * marks.sigma_px)
    small = refine_coarse(refiner, wrong, marks)
    large = refine_coarse(refiner, replace(wrong, camera=enlarged(wrong.camera)), twice)
    np.testing.assert_allclose(large.identity, small.identity, atol=1e-6)
    np.testing.assert_allclose(pose_of(large.camera), pose_of(enlarged(small.camera)), atol=1e-6)


def test_weights_stay_in_their_bounds(refiner, planted, wrong):
    far = replace(
        planted.landmarks, points_px=planted.landmarks.points_px + np.sin(np.arange(136.0)).reshape(68, 2) * 9.0
    )
    found = refine_coarse(refiner, wrong, far).expression
    assert found.min() >= 0.0
    assert found.max() <= 1.0


def test_baselines_move_only_what_they_may(refiner, planted, wrong):
    alone = refine_coarse(refiner, wrong, planted.landmarks, EXPRESSION_ALONE)
    np.testing.assert_array_equal(alone.identity, wrong.identity)
    np.testing.assert_array_equal(pose_of(alone.camera), pose_of(wrong.camera))
    both = refine_coarse(refiner, wrong, planted.landmarks, IDENTITY_AND_EXPRESSION)
    np.testing.assert_array_equal(pose_of(both.camera), pose_of(wrong.camera))
    errors = [distance(refiner, fit, planted) for fit in (wrong, alone, both)]
    assert errors[0] > errors[1] > errors[2]


def test_uncertain_points_count_less(refiner, planted, wrong):
    points, sigma = planted.landmarks.points_px.copy(), planted.landmarks.sigma_px.copy()
    points[30] += 40.0
    doubted = sigma.copy()
    doubted[30] = 100.0
    errors = [
        distance(refiner, refine_coarse(refiner, wrong, Landmarks(points_px=points, sigma_px=s)), planted)
        for s in (sigma, doubted)
    ]
    assert errors[1] < 0.5 * errors[0]


def test_one_step_of_the_derivative_is_a_difference(refiner, planted):
    """Identity and pose enter smoothly: a small planted change is found by one step, but for the prior."""
    options = replace(
        REFINEMENT_DEFAULTS,
        steps=1,
        identity_sigma=1e3,
        turn_sigma=1e3,
        move_sigma=1e3,
        scale_sigma=1e3,
        expression_sigma=1e-6,
    )
    near = replace(planted.fit, identity=planted.fit.identity + 1e-3)
    found = refine_coarse(refiner, near, planted.landmarks, options)
    before, after = distance(refiner, near, planted), distance(refiner, found, planted)
    assert after < 0.05 * before


@pytest.mark.parametrize("points", [np.full((68, 2), np.nan), np.full((68, 2), 7.0)])
def test_points_that_are_no_face_are_refused(refiner, planted, points):
    with pytest.raises(ValueError, match=r"68 of 68 points are not finite|the points span 0 px"):
        refine_coarse(refiner, planted.fit, Landmarks(points_px=points, sigma_px=np.ones(68)))
