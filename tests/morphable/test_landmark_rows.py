"""Laws of landmark rows: they say what the evaluated head says, and derivatives are those of the coefficients."""

import numpy as np
import pytest

from toonface.geometry.rotation import rotation_about_axis_radians
from toonface.morphable.face_model import expression_offsets, pose_head, skin_vertices, subdivide
from toonface.morphable.landmark_rows import LandmarkRows
from toonface.morphable.landmarks import landmarks_3d


@pytest.fixture(scope="session")
def rows(face_model):
    return LandmarkRows(face_model)


def test_rows_are_the_landmarks_of_the_skin(face_model, rows, random_neutrals):
    for neutral in random_neutrals[:4]:
        cage = neutral[: face_model.skin.count]
        expected = landmarks_3d(subdivide(face_model, cage), face_model.landmarks)
        np.testing.assert_allclose((rows.matrix @ cage)[:68], expected, atol=1e-9)


def test_a_posed_head_has_its_rows_where_its_points_are(face_model, rows, random_neutrals, random_weights):
    for neutral, weights in zip(random_neutrals, random_weights, strict=True):
        points = neutral + expression_offsets(face_model, neutral, weights)
        expected = rows.matrix @ points[: face_model.skin.count]
        np.testing.assert_allclose(rows.posed(neutral, weights), expected, atol=1e-7)


def test_identity_and_expression_are_derivatives(face_model, rows, rng):
    identity = rng.standard_normal(80)
    moved = np.tensordot(identity, face_model.identity_basis, axes=1)[: face_model.skin.count]
    np.testing.assert_allclose(rows.identity @ identity, rows.matrix @ moved, atol=1e-6)
    column = face_model.expression_basis[17, : face_model.skin.count]
    np.testing.assert_allclose(rows.expression[:, :, 17], rows.matrix @ column, atol=1e-9)


@pytest.mark.parametrize("yaw", [-0.6, 0.0, 0.4])
def test_the_seen_rows_are_the_landmarks_of_the_pose(face_model, rows, random_neutrals, random_weights, yaw):
    rotation = rotation_about_axis_radians(np.array([0.0, 1.0, 0.0]), yaw)
    head = pose_head(face_model, random_neutrals[0], 0.0 * random_weights[0])
    places = rows.posed(head.neutral, head.weights)
    expected = landmarks_3d(skin_vertices(face_model, head), face_model.landmarks, rotation)
    found = places[rows.seen(places, rotation)]
    others = np.r_[0:36, 48:68]  # lids of the skin are pushed out of the eyeballs
    np.testing.assert_allclose(found[others], expected[others], atol=1e-6)
