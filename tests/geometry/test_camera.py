import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from toonface.geometry.camera import (
    ScaledOrthographic,
    camera_from_pose,
    fit_scaled_orthographic,
    frame_head,
    pose_of,
    project,
    unproject,
)
from toonface.geometry.rotation import axis_angle_to_matrix

turns = arrays(np.float64, 3, elements=st.floats(-1.7, 1.7))
shifts = arrays(np.float64, 2, elements=st.floats(-0.3, 0.3))
log_scales = st.floats(3.0, 9.0)


def pose_from(turn, shift, log_scale):
    return np.concatenate([turn, shift, [log_scale]])


def head_points(count=30, seed=1):
    return np.random.default_rng(seed).normal(size=(count, 3)) * np.array([0.07, 0.1, 0.08])


def identity_camera(**changes):
    fields = {"rotation": np.eye(3), "translation": np.zeros(2), "scale": 100.0, "width": 200, "height": 100}
    return ScaledOrthographic(**{**fields, **changes})


def test_axes_point_right_up_and_towards_the_viewer():
    points = project(identity_camera(), np.concatenate([np.zeros((1, 3)), np.eye(3)]))
    np.testing.assert_allclose(points, [[100, 50, 0], [200, 50, 0], [100, -50, 0], [100, 50, 100]])


def test_translation_moves_right_and_up_in_metres():
    point = project(identity_camera(translation=np.array([0.1, 0.2])), np.zeros((1, 3)))
    np.testing.assert_allclose(point, [[110, 30, 0]])


@given(turns, shifts, log_scales)
def test_unproject_inverts_project(turn, shift, log_scale):
    camera = camera_from_pose(pose_from(turn, shift, log_scale), 640, 480)
    points = head_points()
    seen = project(camera, points)
    np.testing.assert_allclose(unproject(camera, seen[:, :2], seen[:, 2]), points, atol=1e-11)


@given(turns, shifts, log_scales)
def test_project_is_a_similarity(turn, shift, log_scale):
    camera = camera_from_pose(pose_from(turn, shift, log_scale), 640, 480)
    points = head_points()
    seen = project(camera, points)
    lengths = np.linalg.norm(points[1:] - points[:-1], axis=1)
    np.testing.assert_allclose(np.linalg.norm(seen[1:] - seen[:-1], axis=1), camera.scale * lengths, rtol=1e-9)


@given(turns, shifts, log_scales)
def test_turning_the_head_equals_turning_the_camera(turn, shift, log_scale):
    camera = camera_from_pose(pose_from(turn, shift, log_scale), 640, 480)
    extra = axis_angle_to_matrix(np.array([0.3, -0.2, 0.9]))
    turned = ScaledOrthographic(
        rotation=camera.rotation @ extra,
        translation=camera.translation,
        scale=camera.scale,
        width=640,
        height=480,
    )
    points = head_points()
    np.testing.assert_allclose(project(turned, points), project(camera, points @ extra.T), atol=1e-9)


@given(turns, shifts, log_scales)
def test_pose_of_inverts_camera_from_pose(turn, shift, log_scale):
    pose = pose_from(turn, shift, log_scale)
    np.testing.assert_allclose(pose_of(camera_from_pose(pose, 64, 32)), pose, atol=1e-11)


@given(turns, shifts, log_scales)
def test_fit_recovers_an_exact_pose(turn, shift, log_scale):
    camera = camera_from_pose(pose_from(turn, shift, log_scale), 640, 480)
    points = head_points(count=6)
    fitted = fit_scaled_orthographic(points, project(camera, points)[:, :2], width=640, height=480)
    np.testing.assert_allclose(fitted.rotation, camera.rotation, atol=1e-9)
    np.testing.assert_allclose(fitted.translation, camera.translation, atol=1e-9)
    assert fitted.scale == pytest.approx(camera.scale, rel=1e-10)
    assert (fitted.width, fitted.height) == (640, 480)


@pytest.mark.parametrize("seed", range(5))
def test_fit_leaves_no_pose_nearby_with_less_error(seed):
    rng = np.random.default_rng(seed)
    points, weights = head_points(seed=seed), rng.uniform(0.1, 2.0, size=30)
    camera = camera_from_pose(pose_from(rng.uniform(-1, 1, 3), rng.uniform(-0.1, 0.1, 2), 7.0), 256, 256)
    noisy = project(camera, points)[:, :2] + rng.normal(scale=20.0, size=(30, 2))

    def error(pose):
        misses = project(camera_from_pose(pose, 256, 256), points)[:, :2] - noisy
        return np.sum(weights[:, None] * misses**2)

    best = pose_of(fit_scaled_orthographic(points, noisy, width=256, height=256, weights=weights))
    slope = [(error(best + step) - error(best - step)) / 2e-6 for step in 1e-6 * np.eye(6)]
    np.testing.assert_allclose(slope, 0.0, atol=1e-6 * error(best))
    assert all(error(best + rng.normal(scale=1e-3, size=6)) > error(best) for _ in range(20))
    assert error(best) <= error(pose_of(camera))


def test_fit_ignores_points_of_weight_zero():
    camera = camera_from_pose(pose_from(np.array([0.1, 0.4, -0.2]), np.zeros(2), 7.0), 256, 256)
    points = head_points()
    seen = project(camera, points)[:, :2]
    seen[0] += 500.0
    weights = np.ones(30)
    weights[0] = 0.0
    fitted = fit_scaled_orthographic(points, seen, width=256, height=256, weights=weights)
    np.testing.assert_allclose(pose_of(fitted), pose_of(camera), atol=1e-9)


@given(st.floats(-1.5, 1.5), st.floats(-1.0, 1.0), st.floats(-1.0, 1.0), st.floats(0.0, 0.45))
def test_framed_vertices_touch_the_margin_and_are_centred(yaw, pitch, roll, margin):
    points = head_points()
    camera = frame_head(points, 200, yaw=yaw, pitch=pitch, roll=roll, margin=margin)
    seen = project(camera, points)[:, :2]
    low, high = seen.min(axis=0), seen.max(axis=0)
    np.testing.assert_allclose(low + high, 200.0, atol=1e-9)
    assert (high - low).max() == pytest.approx(200.0 * (1.0 - 2.0 * margin))


@pytest.mark.parametrize(
    ("angles", "nose"),
    [({"yaw": np.pi / 2}, [1, 0, 0]), ({"pitch": np.pi / 2}, [0, -1, 0]), ({"roll": np.pi / 2}, [0, 0, 1])],
)
def test_yaw_turns_left_and_pitch_looks_down(angles, nose):
    camera = frame_head(head_points(), 64, **angles)
    np.testing.assert_allclose(camera.rotation @ np.array([0.0, 0.0, 1.0]), nose, atol=1e-15)


def test_roll_is_counter_clockwise_in_the_picture():
    camera = frame_head(head_points(), 64, roll=np.pi / 2)
    np.testing.assert_allclose(camera.rotation @ np.array([0.0, 1.0, 0.0]), [-1, 0, 0], atol=1e-15)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rotation": 2.0 * np.eye(3)}, "rotation differs from orthonormal"),
        ({"translation": np.array([np.nan, 0.0])}, "translation is"),
        ({"scale": 0.0}, r"scale is 0\.0"),
        ({"scale": float("nan")}, "scale is nan"),
        ({"width": 0}, "0 x 100 px"),
        ({"height": -3}, "200 x -3 px"),
    ],
)
def test_impossible_cameras_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        identity_camera(**change)


def test_a_pose_that_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="expected six finite numbers"):
        camera_from_pose(np.array([0.0, 0.0, 0.0, 0.0, np.inf, 0.0]), 10, 10)


@pytest.mark.usefixtures("as_in_production")
def test_wrong_shapes_are_refused():
    points = head_points()
    with pytest.raises(ValueError, match="expected six finite numbers"):
        camera_from_pose(np.zeros(7), 10, 10)
    with pytest.raises(ValueError, match="expected two finite numbers"):
        identity_camera(translation=np.zeros(3))
    with pytest.raises(ValueError, match="got 30 points, 29 pixels, 30 weights"):
        fit_scaled_orthographic(points, points[1:, :2], width=64, height=64)


def test_frames_of_nothing_are_refused():
    with pytest.raises(ValueError, match=r"margin is 0\.5"):
        frame_head(head_points(), 64, margin=0.5)
    with pytest.raises(ValueError, match=r"span 0\.0 m"):
        frame_head(np.zeros((3, 3)), 64)


def test_fits_without_one_answer_are_refused():
    points = head_points()
    size = {"width": 64, "height": 64}
    flat = points * np.array([1.0, 1.0, 0.0])
    with pytest.raises(ValueError, match="points have principal extents"):
        fit_scaled_orthographic(flat, points[:, :2], **size)
    with pytest.raises(ValueError, match="points have principal extents"):
        fit_scaled_orthographic(points[:2], points[:2, :2], **size)
    with pytest.raises(ValueError, match="pixels have principal extents"):
        fit_scaled_orthographic(points, points[:, :2] * np.array([1.0, 0.0]), **size)
    with pytest.raises(ValueError, match="weights lie in"):
        fit_scaled_orthographic(points, points[:, :2], **size, weights=np.full(30, -1.0))
    with pytest.raises(ValueError, match="weights lie in"):
        fit_scaled_orthographic(points, points[:, :2], **size, weights=np.zeros(30))
