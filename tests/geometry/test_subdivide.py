"""Laws of Catmull-Clark subdivision, against a slow implementation that walks over faces and edges."""

from collections import defaultdict

import numpy as np
import pytest

from toonface.geometry.normals import face_area_vectors, face_areas
from toonface.geometry.subdivide import catmull_clark, linear_subdivision, triangulate

CUBE_VERTICES = np.array([[x, y, z] for z in (-1.0, 1.0) for y in (-1.0, 1.0) for x in (-1.0, 1.0)])
CUBE_QUADS = np.array([[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]])


def open_grid(columns=5, rows=4):
    """A flat grid in z = 0 with unit squares; counter-clockwise seen from +z."""
    y, x = np.divmod(np.arange(columns * rows), columns)
    first = (columns * np.arange(rows - 1)[:, None] + np.arange(columns - 1)).ravel()
    quads = np.stack([first, first + 1, first + columns + 1, first + columns], axis=1)
    return np.stack([x, y, 0 * x], axis=1).astype(float), quads


def three_quads_round_a_corner():
    """A corner of valence 3 inside an open mesh: half a cube."""
    return CUBE_VERTICES, CUBE_QUADS[[0, 2, 4]]


def meshes():
    vertices, quads = open_grid()
    bumpy = vertices + np.random.default_rng(1).normal(scale=0.2, size=vertices.shape)
    corner, corner_quads = three_quads_round_a_corner()
    used, small = np.unique(corner_quads, return_inverse=True)
    return {
        "cube": (CUBE_VERTICES, CUBE_QUADS),
        "grid": (bumpy, quads),
        "corner": (corner[used], small.reshape(-1, 4)),
    }


MESHES = meshes()


def explicit_catmull_clark(vertices, quads):
    """Return where vertices, edges (by their ends) and faces go, as dictionaries."""
    faces = [vertices[quad].mean(axis=0) for quad in quads]
    faces_at_edge, faces_at_vertex, edges_at_vertex = defaultdict(list), defaultdict(list), defaultdict(set)
    for number, quad in enumerate(quads.tolist()):
        for a, b in zip(quad, quad[1:] + quad[:1], strict=True):
            edge = frozenset((a, b))
            faces_at_edge[edge].append(number)
            faces_at_vertex[a].append(number)
            edges_at_vertex[a].add(edge)
            edges_at_vertex[b].add(edge)
    edges = {}
    for edge, beside in faces_at_edge.items():
        points = [vertices[v] for v in edge] + ([faces[f] for f in beside] if len(beside) == 2 else [])
        edges[edge] = np.mean(points, axis=0)
    moved = {}
    for vertex, around in edges_at_vertex.items():
        border = [edge for edge in around if len(faces_at_edge[edge]) == 1]
        if border:
            ends = sum(vertices[next(iter(edge - {vertex}))] for edge in border)
            moved[vertex] = 0.75 * vertices[vertex] + 0.125 * ends
        else:
            n = len(around)
            face_mean = np.mean([faces[f] for f in faces_at_vertex[vertex]], axis=0)
            edge_mean = np.mean([vertices[list(edge)].mean(axis=0) for edge in around], axis=0)
            moved[vertex] = (face_mean + 2.0 * edge_mean + (n - 3) * vertices[vertex]) / n
    return moved, edges, faces


@pytest.mark.parametrize("name", MESHES)
def test_the_matrix_gives_what_catmull_and_clark_describe(name):
    vertices, quads = MESHES[name]
    found = catmull_clark(quads, len(vertices))
    refined = found.matrix @ vertices
    moved, edges, faces = explicit_catmull_clark(vertices, quads)
    assert len(refined) == len(moved) + len(edges) + len(faces)
    for vertex, expected in moved.items():
        np.testing.assert_allclose(refined[vertex], expected, atol=1e-12)
    # A refined quad is (vertex, edge ahead, face, edge behind).
    for number, (corner, ahead, centre, behind) in enumerate(found.quads.tolist()):
        quad, place = quads[number // 4], number % 4
        assert corner == quad[place]
        np.testing.assert_allclose(refined[centre], faces[number // 4], atol=1e-12)
        for point, neighbour in ((ahead, quad[(place + 1) % 4]), (behind, quad[place - 1])):
            np.testing.assert_allclose(refined[point], edges[frozenset((corner, int(neighbour)))], atol=1e-12)


@pytest.mark.parametrize("subdivide", [catmull_clark, linear_subdivision])
@pytest.mark.parametrize("name", MESHES)
def test_weights_are_a_partition_of_unity(subdivide, name):
    vertices, quads = MESHES[name]
    matrix = subdivide(quads, len(vertices)).matrix
    np.testing.assert_allclose(matrix.sum(axis=1), 1.0, atol=1e-12)
    assert matrix.data.min() > -1e-12
    assert matrix.has_sorted_indices


@pytest.mark.parametrize("name", MESHES)
def test_both_subdivisions_have_the_same_topology_and_keep_the_winding(name):
    vertices, quads = MESHES[name]
    smooth, linear = catmull_clark(quads, len(vertices)), linear_subdivision(quads, len(vertices))
    np.testing.assert_array_equal(smooth.quads, linear.quads)
    assert len(smooth.quads) == 4 * len(quads)
    before = face_area_vectors(vertices, triangulate(quads)).sum(axis=0)
    after = face_area_vectors(linear.matrix @ vertices, triangulate(linear.quads)).sum(axis=0)
    np.testing.assert_allclose(after, before, atol=1e-12)


def test_a_flat_grid_stays_flat_and_its_inside_where_it_was():
    vertices, quads = open_grid()
    refined = catmull_clark(quads, len(vertices)).matrix @ vertices
    np.testing.assert_allclose(refined[:, 2], 0.0, atol=1e-15)
    inside = (vertices[:, 0] % 4 > 0) & (vertices[:, 1] % 3 > 0)
    np.testing.assert_allclose(refined[: len(vertices)][inside], vertices[inside], atol=1e-12)


def test_linear_functions_are_reproduced_inside_a_grid():
    vertices, quads = open_grid(7, 6)
    sheared = vertices @ np.array([[1.0, 0.2, 0.3], [-0.4, 1.1, 0.7], [0.0, 0.0, 1.0]]) + [3.0, -2.0, 1.0]
    matrix = catmull_clark(quads, len(vertices)).matrix
    split = linear_subdivision(quads, len(vertices)).matrix
    x, y = (split @ vertices)[:, :2].T
    inside = (x % 6 > 0) & (y % 5 > 0)
    np.testing.assert_allclose((matrix @ sheared)[inside], (split @ sheared)[inside], atol=1e-12)


def test_the_border_depends_on_the_border_only():
    vertices, quads = open_grid()
    border = (vertices[:, 0] % 4 == 0) | (vertices[:, 1] % 3 == 0)
    shaken = vertices + ~border[:, None] * np.array([0.0, 0.0, 5.0])
    matrix = catmull_clark(quads, len(vertices)).matrix
    np.testing.assert_allclose((matrix @ shaken)[: len(vertices)][border, 2], 0.0, atol=1e-15)


def test_a_refined_cube_keeps_its_symmetry_and_shrinks():
    refined = catmull_clark(CUBE_QUADS, 8).matrix @ CUBE_VERTICES
    assert len(refined) == 8 + 12 + 6
    for axis in range(3):
        image = refined * np.where(np.arange(3) == axis, -1.0, 1.0)
        nearest = np.linalg.norm(image[:, None] - refined, axis=2).min(axis=1)
        np.testing.assert_allclose(nearest, 0.0, atol=1e-12)
    np.testing.assert_allclose(np.abs(refined[:8]), 5.0 / 9.0)  # (1/9 + 2/9 + ...) worked out by hand
    assert np.abs(refined).max() <= 1.0


def test_linear_subdivision_splits_a_shared_edge_once_and_in_the_middle():
    vertices, quads = open_grid(3, 2)
    found = linear_subdivision(quads, len(vertices))
    refined = found.matrix @ vertices
    assert len(refined) == 6 + 7 + 2
    assert len(np.unique(refined, axis=0)) == len(refined)
    assert set(map(tuple, 2 * refined[:, :2])) == {(x, y) for x in range(5) for y in range(3)}


def test_indices_that_are_not_used_keep_their_place_in_linear_subdivision():
    found = linear_subdivision(np.array([[5, 6, 7, 8]]), 10)
    np.testing.assert_array_equal((found.matrix @ np.arange(10.0))[:10], np.arange(10.0))


def test_a_quad_becomes_two_triangles_with_the_same_area():
    vertices, quads = open_grid()
    triangles = triangulate(quads)
    np.testing.assert_allclose(face_areas(vertices, triangles), 0.5)
    np.testing.assert_array_equal(triangles[0::2], quads[:, :3])
    np.testing.assert_array_equal(triangles[1::2], quads[:, [0, 2, 3]])


def test_a_quad_that_repeats_its_third_corner_becomes_one_triangle():
    np.testing.assert_array_equal(
        triangulate(np.array([[3, 4, 5, 5], [0, 1, 2, 3]])), [[3, 4, 5], [0, 1, 2], [0, 2, 3]]
    )


def test_quads_that_make_no_surface_are_refused():
    book = np.array([[0, 1, 2, 3], [1, 0, 4, 5], [0, 1, 6, 7]])
    with pytest.raises(ValueError, match=r"edge \[0, 1\] is in 3 quads, expected at most 2"):
        catmull_clark(book, 8)
    with pytest.raises(ValueError, match="vertex 4 of 6 is in no quad, expected every vertex in one"):
        catmull_clark(book[:1], 6)


@pytest.mark.parametrize("subdivide", [catmull_clark, linear_subdivision])
def test_indices_out_of_range_are_refused(subdivide):
    with pytest.raises(ValueError, match=r"quads has indices in \[0, 3\], expected \[0, 3\)"):
        subdivide(np.array([[0, 1, 2, 3]]), 3)
