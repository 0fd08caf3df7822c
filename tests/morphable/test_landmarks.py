"""Laws of the 68 landmarks, and of contour points that slide to the silhouette."""

import numpy as np
import pytest

from toonface.geometry.camera import ScaledOrthographic, frame_head, project
from toonface.geometry.rasterize import BACKGROUND, clear, draw
from toonface.geometry.rotation import axis_angle_to_matrix
from toonface.morphable.face_model import pose_head, skin_vertices, subdivide
from toonface.morphable.landmarks import CONTOUR, LANDMARK_COUNT, jaw_normals, landmarks_3d, picture_axes, slide_contour
from toonface.morphable.names import SHAPES

REST = np.zeros(len(SHAPES))
YAWS = (-60, -45, -30, -15, 0, 15, 30, 45, 60)
RIGHT_EYE, LEFT_EYE, NOSE_TIP, CHIN = slice(36, 42), slice(42, 48), 30, 8

MIRROR = [
    *(*range(16, -1, -1), *range(26, 16, -1), 27, 28, 29, 30, *range(35, 30, -1)),
    *(45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40),
    *(*range(54, 47, -1), *range(59, 54, -1), *range(64, 59, -1), 67, 66, 65),
]
"""iBUG's point on the other side of each point."""


def yaw_of(degrees):
    return axis_angle_to_matrix(np.array([0.0, np.radians(degrees), 0.0]))


def path_points(skin, table):
    return np.einsum("nks,nksc->nkc", table.path_weights, skin[table.paths])


def steps_along_the_paths(skin, table, rotation):
    paths = path_points(skin, table)
    away = np.linalg.norm(paths - slide_contour(skin, table, rotation)[:, None], axis=2)
    assert away.min(axis=1).max() < 1e-12
    return away.argmin(axis=1)


@pytest.fixture(scope="module")
def table(face_model):
    return face_model.landmarks


@pytest.fixture(scope="module")
def skin(face_model):
    """LOD0 of the mean head."""
    return subdivide(face_model, face_model.mean[: face_model.skin.count])


def test_a_landmark_is_a_point_of_a_triangle_of_the_skin(face_model, table):
    triangles = {tuple(sorted(face)) for face in face_model.skin.faces[0].tolist()}
    assert all(tuple(sorted(corners)) in triangles for corners in table.corners.tolist())
    assert table.weights.min() >= -1e-12
    np.testing.assert_allclose(table.weights.sum(axis=1), 1.0, atol=1e-12)


def test_a_point_of_a_path_lies_on_an_edge_of_the_skin(face_model, table):
    faces = face_model.skin.faces[0]
    edges = {tuple(sorted(edge)) for k in range(3) for edge in faces[:, [k, (k + 1) % 3]].tolist()}
    assert all(tuple(sorted(edge)) in edges for edge in table.paths.reshape(-1, 2).tolist())
    assert table.path_weights.min() >= -1e-12
    np.testing.assert_allclose(table.path_weights.sum(axis=2), 1.0, atol=1e-12)


def test_a_path_starts_on_the_jaw_and_leads_forward(skin, table):
    paths = path_points(skin, table)
    np.testing.assert_allclose(paths[:, 0], landmarks_3d(skin, table)[CONTOUR], atol=2e-4)
    assert (paths[:, -1, 2] > paths[:, 0, 2]).all()
    steps = np.linalg.norm(np.diff(paths, axis=1), axis=2)
    assert steps.max() < 0.02, "no leap to another part of the head"


def test_landmarks_of_the_mean_head_are_symmetric(skin, table):
    points = landmarks_3d(skin, table)
    assert points.shape == (LANDMARK_COUNT, 3)
    assert sorted(MIRROR) == list(range(LANDMARK_COUNT))
    np.testing.assert_allclose(points[MIRROR] * [-1, 1, 1], points, atol=1e-6)


def test_the_order_is_that_of_ibug(skin, table):
    """In the picture, from the left: the character's right side comes first."""
    points = landmarks_3d(skin, table)
    for line in (points[CONTOUR], points[17:27], points[31:36], points[48:55]):
        assert (np.diff(line[:, 0]) > 0.0).all()
    assert (points[RIGHT_EYE, 0] < 0.0).all()
    assert (points[LEFT_EYE, 0] > 0.0).all()
    assert (np.diff(points[27:31, 1]) < 0.0).all(), "down the bridge of the nose"
    assert points[:, 2].argmax() == NOSE_TIP
    assert points[:, 1].argmin() == CHIN
    brows, eyes, nose, mouth = (
        points[part, 1].mean() for part in (slice(17, 27), slice(36, 48), NOSE_TIP, slice(48, 68))
    )
    assert brows > eyes > nose > mouth > points[CHIN, 1]


def test_landmarks_follow_the_skin(face_model, random_neutrals, random_weights, table, rng):
    skin = skin_vertices(face_model, pose_head(face_model, random_neutrals[0], random_weights[0]))
    points = landmarks_3d(skin, table)
    for number in rng.integers(0, LANDMARK_COUNT, 10):
        expected = sum(w * skin[v] for w, v in zip(table.weights[number], table.corners[number], strict=True))
        np.testing.assert_allclose(points[number], expected, atol=1e-12)
    np.testing.assert_allclose(landmarks_3d(2.0 * skin + 0.5, table), 2.0 * points + 0.5, atol=1e-9)


def test_only_the_contour_slides(skin, table):
    still = landmarks_3d(skin, table)
    for yaw in YAWS:
        turned = landmarks_3d(skin, table, yaw_of(yaw))
        np.testing.assert_array_equal(turned[CONTOUR.stop :], still[CONTOUR.stop :])
        np.testing.assert_array_equal(turned[CONTOUR], slide_contour(skin, table, yaw_of(yaw)))


@pytest.mark.parametrize("yaw", YAWS)
def test_no_point_of_a_path_is_farther_out_than_the_landmark(face_model, random_neutrals, table, yaw):
    """A slow oracle: outwards is across the jaw line as seen from the front, along the head's own axes as they turn."""
    rotation = yaw_of(yaw) @ axis_angle_to_matrix(np.array([0.2, 0.0, 0.1]))
    right, up = (rotation[:2, axis] / np.linalg.norm(rotation[:2, axis]) for axis in (0, 1))
    for neutral in random_neutrals[:3]:
        skin = skin_vertices(face_model, pose_head(face_model, neutral, REST))
        chosen, paths = slide_contour(skin, table, rotation), path_points(skin, table)
        for number in range(17):
            before, after = paths[max(number - 1, 0), 0], paths[min(number + 1, 16), 0]
            along = after - before
            outward = (along[1] * right - along[0] * up) / np.hypot(along[0], along[1])
            farthest = max(float((rotation @ point)[:2] @ outward) for point in paths[number])
            assert (rotation @ chosen[number])[:2] @ outward == pytest.approx(farthest, abs=1e-12)


def test_normals_of_the_jaw_point_out_of_the_face(skin, table):
    jaw = path_points(skin, table)[:, 0]
    normals = jaw_normals(jaw)
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1.0)
    assert normals[0, 0] < -0.5
    assert normals[16, 0] > 0.5
    np.testing.assert_allclose(normals[CHIN], [0.0, -1.0], atol=1e-6)
    np.testing.assert_allclose(normals[::-1] * [-1, 1], normals, atol=1e-6)


def test_the_axes_of_the_picture_turn_with_roll_and_not_with_yaw():
    np.testing.assert_allclose(picture_axes(yaw_of(50)), np.eye(2), atol=1e-12)
    quarter = axis_angle_to_matrix(np.array([0.0, 0.0, np.pi / 2]))
    np.testing.assert_allclose(picture_axes(quarter @ yaw_of(50)), [[0, 1], [-1, 0]], atol=1e-12)


@pytest.mark.parametrize("yaw", [30, 45])
def test_the_far_cheek_lies_on_the_rendered_silhouette_from_both_sides(face_model, skin, table, yaw):
    for sign, far in ((1, slice(11, 15)), (-1, slice(2, 6))):
        camera = frame_head(skin, 300, yaw=np.radians(sign * yaw))
        fragments = clear(camera.height, camera.width)
        draw(fragments, project(camera, skin), face_model.skin.faces[0])
        background = np.argwhere(fragments.face == BACKGROUND)[:, ::-1] + 0.5
        points = project(camera, slide_contour(skin, table, camera.rotation))[far, :2]
        away = np.linalg.norm(points[:, None] - background, axis=2).min(axis=1)
        assert away.max() / camera.scale < 0.005


def test_the_near_cheek_stays_on_the_jaw(skin, table):
    jaw = path_points(skin, table)[:, 0]
    for yaw in (15, 30, 45, 60):
        np.testing.assert_array_equal(slide_contour(skin, table, yaw_of(yaw))[:8], jaw[:8])
        np.testing.assert_array_equal(slide_contour(skin, table, yaw_of(-yaw))[9:], jaw[9:])


def test_the_farther_the_head_turns_the_farther_the_contour_slides(skin, table):
    steps = [steps_along_the_paths(skin, table, yaw_of(yaw)) for yaw in (0, 15, 30, 45, 60)]
    assert (np.diff(steps, axis=0)[:, 9:] >= 0).all()
    assert (steps[-1][11:] > steps[0][11:]).all()


def test_turning_to_the_other_side_mirrors_the_contour(skin, table):
    for yaw in (20, 50):
        left, right = (landmarks_3d(skin, table, yaw_of(sign * yaw))[CONTOUR] for sign in (1, -1))
        # The two sides of the mesh are split along mirrored diagonals only up to a triangle.
        np.testing.assert_allclose(left[::-1] * [-1, 1, 1], right, atol=2e-3)


def test_the_landmarks_do_not_depend_on_shift_or_size_of_the_head_in_the_picture(skin, table):
    rotation = yaw_of(40)
    points = landmarks_3d(skin, table, rotation)
    moved = landmarks_3d(3.0 * skin + [0.2, -0.1, 0.4], table, rotation)
    np.testing.assert_allclose(moved, 3.0 * points + [0.2, -0.1, 0.4], atol=1e-9)


def test_rolling_the_camera_does_not_slide_the_contour(skin, table):
    roll = axis_angle_to_matrix(np.array([0.0, 0.0, 1.1]))
    camera = ScaledOrthographic(rotation=yaw_of(40), translation=np.zeros(2), scale=1.0, width=1, height=1)
    expected = slide_contour(skin, table, camera.rotation)
    np.testing.assert_array_equal(slide_contour(skin, table, roll @ camera.rotation), expected)
