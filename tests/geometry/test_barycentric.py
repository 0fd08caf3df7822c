import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import nnls

from toonface.geometry.barycentric import SurfacePoints, closest_points_on_mesh, evaluate, points_on_triangles
from toonface.geometry.rotation import axis_angle_to_matrix

TURN = axis_angle_to_matrix(np.array([0.4, -1.1, 0.7]))
TRIANGLE = np.array([[0, 1, 2]])
coordinates = st.floats(-2.0, 2.0)


def explicit_distance(corners, query):
    """Solve min |corners^T w - query| over w >= 0 with sum 1, the sum held by a heavy row."""
    heavy = 1e5
    system = np.vstack([corners.T, np.full((1, 3), heavy)])
    weights, _ = nnls(system, np.append(query, heavy))
    return np.linalg.norm(weights / weights.sum() @ corners - query)


def random_points(faces, count, rng):
    return points_on_triangles(faces, rng.integers(len(faces), size=count), rng.dirichlet(np.ones(3), size=count))


def test_corners_evaluate_to_themselves(tetrahedron):
    vertices, faces = tetrahedron
    at_corners = points_on_triangles(faces, np.array([2, 2, 2]), np.eye(3))
    np.testing.assert_array_equal(evaluate(at_corners, vertices), vertices[faces[2]])


def test_evaluation_commutes_with_affine_maps(icosphere, rng):
    vertices, faces = icosphere
    points = random_points(faces, 40, rng)
    matrix, shift = rng.normal(size=(3, 3)), rng.normal(size=3)
    moved = evaluate(points, vertices @ matrix + shift)
    np.testing.assert_allclose(moved, evaluate(points, vertices) @ matrix + shift, atol=1e-13)


def test_any_attribute_is_interpolated(icosphere, rng):
    vertices, faces = icosphere
    points = random_points(faces, 40, rng)
    colours = rng.uniform(size=(len(vertices), 5))
    explicit = [w @ colours[c] for c, w in zip(points.corners, points.weights, strict=True)]
    np.testing.assert_allclose(evaluate(points, colours), explicit, atol=1e-14)


@given(arrays(np.float64, (3, 3), elements=coordinates), arrays(np.float64, 3, elements=coordinates))
def test_closest_point_of_a_triangle_equals_the_quadratic_programme(corners, query):
    closest = closest_points_on_mesh(corners, TRIANGLE, query[None])
    reached = evaluate(closest.points, corners)[0]
    assert closest.distances[0] == pytest.approx(np.linalg.norm(reached - query), abs=1e-12)
    assert closest.distances[0] == pytest.approx(explicit_distance(corners, query), abs=1e-5)


@pytest.mark.parametrize(
    ("query", "weights"),
    [
        ([0.25, 0.25, 3.0], [0.5, 0.25, 0.25]),
        ([-1.0, -1.0, 0.0], [1, 0, 0]),
        ([3.0, -1.0, 0.0], [0, 1, 0]),
        ([-1.0, 3.0, 0.0], [0, 0, 1]),
        ([0.5, -1.0, 0.0], [0.5, 0.5, 0]),
        ([-1.0, 0.5, 0.0], [0.5, 0, 0.5]),
        ([1.0, 1.0, 0.0], [0, 0.5, 0.5]),
    ],
)
def test_each_region_of_a_triangle_has_its_answer(query, weights):
    vertices = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    closest = closest_points_on_mesh(vertices, TRIANGLE, np.array([query]))
    np.testing.assert_allclose(closest.points.weights, [weights], atol=1e-15)


def test_points_on_the_mesh_are_recovered(icosphere, rng):
    vertices, faces = icosphere
    planted = random_points(faces, 100, rng)
    closest = closest_points_on_mesh(vertices, faces, evaluate(planted, vertices))
    np.testing.assert_allclose(closest.distances, 0.0, atol=1e-14)
    np.testing.assert_array_equal(closest.points.corners, planted.corners)
    np.testing.assert_array_equal(faces[closest.triangles], planted.corners)
    np.testing.assert_allclose(closest.points.weights, planted.weights, atol=1e-12)


def test_the_search_equals_the_minimum_over_single_triangles(icosphere, rng):
    vertices, faces = icosphere
    queries = rng.normal(size=(20, 3))
    each = np.stack([closest_points_on_mesh(vertices, faces[f : f + 1], queries).distances for f in range(len(faces))])
    closest = closest_points_on_mesh(vertices, faces, queries)
    np.testing.assert_array_equal(closest.distances, each.min(axis=0))
    np.testing.assert_array_equal(closest.triangles, each.argmin(axis=0))


def test_closest_points_move_with_the_mesh(icosphere, rng):
    vertices, faces = icosphere
    queries = rng.normal(size=(50, 3))
    closest = closest_points_on_mesh(vertices, faces, queries)
    moved = closest_points_on_mesh(2.0 * vertices @ TURN.T + 1.0, faces, 2.0 * queries @ TURN.T + 1.0)
    np.testing.assert_allclose(moved.distances, 2.0 * closest.distances, atol=1e-12)
    expected = 2.0 * evaluate(closest.points, vertices) @ TURN.T + 1.0
    np.testing.assert_allclose(evaluate(moved.points, 2.0 * vertices @ TURN.T + 1.0), expected, atol=1e-9)


def test_degenerate_triangles_are_segments_or_points():
    vertices = np.array([[0.0, 0.0, 0.0], [2.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    query = np.array([[1.5, 1.0, 0.0]])
    assert closest_points_on_mesh(vertices, TRIANGLE, query).distances[0] == pytest.approx(1.0)
    assert closest_points_on_mesh(vertices, np.array([[1, 1, 2]]), query).distances[0] == pytest.approx(1.0)
    assert closest_points_on_mesh(vertices, np.array([[1, 1, 1]]), query).distances[0] == pytest.approx(1.25**0.5)


def test_float32_points_are_accepted(tetrahedron):
    vertices, faces = tetrahedron
    closest = closest_points_on_mesh(vertices.astype(np.float32), faces.astype(np.int32), np.zeros((1, 3)))
    assert closest.distances[0] == pytest.approx(1.0 / 3.0**0.5, abs=1e-6)


def test_no_queries_have_no_points(tetrahedron):
    closest = closest_points_on_mesh(*tetrahedron, np.zeros((0, 3)))
    assert evaluate(closest.points, tetrahedron[0]).shape == (0, 3)


@pytest.mark.parametrize(
    ("corners", "weights", "message"),
    [
        ([[0, 1, 2]], [[0.5, 0.7, -0.2]], r"go down to -0\.2"),
        ([[0, 1, 2]], [[0.5, 0.5, 0.5]], r"error of 0\.5"),
        ([[0, 1, 2]], [[np.nan, 0.5, 0.5]], "go down to nan"),
        ([[0, -1, 2]], [[1.0, 0.0, 0.0]], "index -1"),
    ],
)
def test_what_is_no_surface_point_is_refused(corners, weights, message):
    with pytest.raises(ValueError, match=message):
        SurfacePoints(corners=np.array(corners), weights=np.array(weights))


@pytest.mark.usefixtures("as_in_production")
def test_shapes_that_disagree_are_refused():
    with pytest.raises(ValueError, match="expected both"):
        SurfacePoints(corners=np.array([[0, 1, 2]]), weights=np.zeros((2, 3)))


def test_indices_out_of_range_are_refused(tetrahedron):
    vertices, faces = tetrahedron
    with pytest.raises(ValueError, match="triangles has indices"):
        points_on_triangles(faces, np.array([4]), np.array([[1.0, 0.0, 0.0]]))
    with pytest.raises(ValueError, match="corners has indices"):
        evaluate(SurfacePoints(corners=np.array([[0, 1, 9]]), weights=np.array([[1.0, 0.0, 0.0]])), vertices)
    with pytest.raises(ValueError, match="faces has indices"):
        closest_points_on_mesh(vertices[:3], faces, vertices)


def test_meshes_without_an_answer_are_refused(tetrahedron):
    vertices, faces = tetrahedron
    with pytest.raises(ValueError, match="0 triangles"):
        closest_points_on_mesh(vertices, faces[:0], vertices)
    with pytest.raises(ValueError, match="queries hold 1 values"):
        closest_points_on_mesh(vertices, faces, np.array([[0.0, np.nan, 0.0]]))
    with pytest.raises(ValueError, match="vertices hold"):
        closest_points_on_mesh(np.full((4, 3), np.inf), faces, vertices)
