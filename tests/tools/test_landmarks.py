import numpy as np
import pytest
from tools.face_model.landmarks import (
    BASE_VERTICES,
    BROW_LIFT,
    CENTRE,
    INNER_CORNER,
    MIRROR,
    PATH_POINTS,
    place_landmarks,
)

from toonface.morphable.landmarks import landmarks_3d, slide_contour

FLIP_X = np.array([-1.0, 1.0, 1.0])
RADII = np.array([0.075, 0.105, 0.090])


def ellipsoid(columns=80, rows=60):
    """A head: a symmetric ellipsoid of triangles about the centre of the contour's paths."""
    theta = np.linspace(0.0, np.pi, rows + 2)[1:-1]
    phi = np.arange(columns) * 2.0 * np.pi / columns
    t, p = np.meshgrid(theta, phi, indexing="ij")
    unit = np.stack([np.sin(t) * np.sin(p), np.cos(t), np.sin(t) * np.cos(p)], axis=-1).reshape(-1, 3)
    at = np.arange(rows * columns).reshape(rows, columns)
    after = np.roll(at, -1, axis=1)
    lower = np.stack([at[:-1], at[1:], after[1:]], axis=-1).reshape(-1, 3)
    upper = np.stack([at[:-1], after[1:], after[:-1]], axis=-1).reshape(-1, 3)
    return CENTRE + RADII * unit, np.concatenate([lower, upper])


def directions():
    """Where the 68 points lie on the face: right half made up, left half its mirror image."""
    found = np.zeros((68, 3))
    for number in range(17):
        turn = np.radians(90.0 * (number - 8) / 8)
        found[number] = [np.sin(turn), -0.75 * np.cos(turn), 0.35 + 0.2 * np.cos(turn)]
    rng = np.random.default_rng(0)
    for number in range(17, 68):
        other = MIRROR[number]
        if number <= other:
            found[number] = [-abs(rng.uniform(0.1, 0.5)) * (number != other), rng.uniform(-0.4, 0.5), 1.0]
            found[other] = found[number] * FLIP_X
    return found / np.linalg.norm(found, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def head():
    """Vertices, triangles, the vertex of each landmark, and the table built on them."""
    skin, faces = ellipsoid()
    unit = (skin - CENTRE) / RADII
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    points = np.argmax(directions() @ unit.T, axis=1)
    points[list(MIRROR)] = points[list(MIRROR)]
    return skin, faces, points, place_landmarks(skin, faces, points, np.arange(len(faces)))


def test_the_tables_have_a_row_for_each_landmark_and_mirroring_twice_is_nothing():
    assert len(BASE_VERTICES) == len(MIRROR) == 68
    assert [MIRROR[MIRROR[number]] for number in range(68)] == list(range(68))


def test_landmarks_are_symmetric_on_a_symmetric_head(head):
    skin, _, _, table = head
    points = landmarks_3d(skin, table)
    np.testing.assert_allclose(points[list(MIRROR)] * FLIP_X, points, atol=2e-4)


def on_triangles(table, faces):
    """Whether each landmark lies on a triangle, or on one vertex that is in one."""
    known = {tuple(sorted(face)) for face in faces.tolist()} | {(k, k, k) for k in np.unique(faces).tolist()}
    return {tuple(sorted(corners)) for corners in table.corners.tolist()} <= known


def test_landmarks_without_a_partner_lie_in_the_middle(head):
    skin, _, _, table = head
    alone = np.array(MIRROR) == np.arange(68)
    np.testing.assert_allclose(landmarks_3d(skin, table)[alone, 0], 0.0, atol=1e-6)


def test_weights_are_barycentric_in_triangles_of_the_skin(head):
    _, faces, _, table = head
    np.testing.assert_allclose(table.weights.sum(axis=1), 1.0)
    assert table.weights.min() >= -1e-9
    assert on_triangles(table, faces)


def test_points_stay_at_their_vertices_but_brows_and_inner_corners(head):
    skin, _, points, table = head
    step = np.abs(landmarks_3d(skin, table) - skin[points]).max(axis=1)
    others = np.setdiff1d(np.arange(68), [*range(17, 27), 60, 64])
    # The nearest vertices to mirrored directions are mirror images only up to half a cell.
    assert step[others].max() < 5e-3
    assert np.median(step[others]) < 1e-9
    assert (step[17:27] > 0.5 * BROW_LIFT).all()
    assert (step[[60, 64]] > 0.5 * INNER_CORNER).all()


def test_only_visible_triangles_carry_landmarks(head):
    skin, faces, points, _ = head
    front = np.flatnonzero(skin[faces].mean(axis=1)[:, 2] > CENTRE[2])
    table = place_landmarks(skin, faces, points, front)
    assert on_triangles(table, faces[front])


def test_paths_cross_edges_of_the_skin(head):
    _, faces, _, table = head
    sides = np.sort(np.stack([faces, np.roll(faces, -1, axis=1)], axis=2).reshape(-1, 2), axis=1)
    known = set(map(tuple, sides.tolist()))
    assert table.paths.shape == (17, PATH_POINTS, 2)
    assert {tuple(sorted(edge)) for edge in table.paths.reshape(-1, 2).tolist()} <= known
    np.testing.assert_allclose(table.path_weights.sum(axis=2), 1.0)
    assert table.path_weights.min() >= 0.0


def test_paths_start_on_the_jaw_and_run_towards_the_face(head):
    skin, _, _, table = head
    paths = np.einsum("nks,nksc->nkc", table.path_weights, skin[table.paths])
    jaw = landmarks_3d(skin, table)[:17]
    assert np.linalg.norm(paths[:, 0] - jaw, axis=1).max() < 0.006
    assert (paths[:, -1, 2] > paths[:, 0, 2]).all()
    assert np.linalg.norm(np.diff(paths, axis=1), axis=2).max() < 0.012


def test_a_path_lies_in_one_plane_through_its_jaw_point(head):
    skin, _, _, table = head
    paths = np.einsum("nks,nksc->nkc", table.path_weights, skin[table.paths])
    for path, start in zip(paths, landmarks_3d(skin, table)[:17], strict=True):
        assert np.linalg.svd(path - start)[1][-1] < 1e-6


def test_the_contour_of_a_head_that_looks_ahead_is_its_silhouette(head):
    skin, _, _, table = head
    seen = (slide_contour(skin, table, np.eye(3)) - CENTRE) / RADII
    jaw = (landmarks_3d(skin, table)[:17] - CENTRE) / RADII
    assert (np.linalg.norm(seen[:, :2], axis=1) >= np.linalg.norm(jaw[:, :2], axis=1) - 0.02).all()
