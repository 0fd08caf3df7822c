import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from toonface.geometry.topology import boundary_loops, connected_components, edges, is_manifold

TRIANGLE = np.array([[0, 1, 2]])
NOTHING = np.zeros((0, 3), dtype=np.int64)


def explicit_pieces(faces):
    labels = list(range(len(faces)))
    for f, first in enumerate(faces.tolist()):
        for g, second in enumerate(faces.tolist()):
            if set(first) & set(second):
                old, new = max(labels[f], labels[g]), min(labels[f], labels[g])
                labels = [new if label == old else label for label in labels]
    order = list(dict.fromkeys(labels))
    return [order.index(label) for label in labels]


def test_edges_of_a_triangle():
    np.testing.assert_array_equal(edges(TRIANGLE), [[0, 1], [0, 2], [1, 2]])


def test_euler_characteristic_of_sphere_and_disc(tetrahedron, icosphere, grid):
    for (vertices, faces), characteristic in ((tetrahedron, 2), (icosphere, 2), (grid, 1)):
        assert len(vertices) - len(edges(faces)) + len(faces) == characteristic


def test_closed_meshes_have_no_boundary(tetrahedron, icosphere):
    assert boundary_loops(tetrahedron[1]) == []
    assert boundary_loops(icosphere[1]) == []


def test_boundary_of_the_grid_runs_round_it_counter_clockwise(grid):
    (loop,) = boundary_loops(grid[1])
    ring = [*range(6), *range(6, 48, 7), *range(48, 42, -1), *range(42, 0, -7)]
    np.testing.assert_array_equal(loop, ring)


def test_each_hole_has_its_loop(icosphere, grid):
    without_one = icosphere[1][1:]
    (loop,) = boundary_loops(without_one)
    assert set(loop.tolist()) == set(icosphere[1][0].tolist())
    # Removing the six triangles about the centre leaves an inner loop, in the other direction than the outer.
    faces = grid[1][~np.any(grid[1] == 24, axis=1)]
    outer, inner = boundary_loops(faces)
    assert len(outer) == 24
    np.testing.assert_array_equal(inner, [16, 23, 31, 32, 25, 17])


def test_loops_are_the_edges_with_one_triangle(icosphere):
    faces = icosphere[1][icosphere[0][icosphere[1]].mean(axis=1)[:, 2] < 0.5]
    half_edges = [(int(f[k]), int(f[(k + 1) % 3])) for f in faces for k in range(3)]
    expected = {edge for edge in half_edges if edge[::-1] not in half_edges}
    walked = {pair for loop in boundary_loops(faces) for pair in zip(loop, np.roll(loop, -1), strict=True)}
    assert walked == expected


def test_touching_boundaries_are_refused():
    with pytest.raises(ValueError, match="vertex 0 is not entered and left once"):
        boundary_loops(np.array([[0, 1, 2], [0, 3, 4]]))


def test_inconsistent_winding_on_the_boundary_is_refused():
    with pytest.raises(ValueError, match="is not entered and left once"):
        boundary_loops(np.array([[0, 1, 2], [1, 2, 3]]))


def test_surfaces_are_manifold(tetrahedron, icosphere, grid):
    for _, faces in (tetrahedron, icosphere, grid):
        assert is_manifold(faces)
        assert is_manifold(faces[1:])
        assert is_manifold(faces[:, ::-1])
    assert is_manifold(NOTHING)


@pytest.mark.parametrize(
    "faces",
    [
        [[0, 1, 2], [1, 0, 3], [0, 1, 4]],
        [[0, 1, 2], [0, 1, 3]],
        [[0, 1, 2], [0, 3, 4]],
        [[0, 0, 1]],
        [[0, 1, 2], [0, 1, 2]],
    ],
    ids=["three on an edge", "opposite winding", "two fans at a vertex", "repeated vertex", "twice the same"],
)
def test_broken_surfaces_are_not_manifold(faces):
    assert not is_manifold(np.array(faces))


def test_two_closed_surfaces_that_touch_in_a_vertex_are_not_manifold(tetrahedron):
    faces = tetrahedron[1]
    assert is_manifold(np.concatenate([faces, faces + 4]))
    assert not is_manifold(np.concatenate([faces, faces + 3]))


@given(arrays(np.int64, st.tuples(st.integers(0, 8), st.just(3)), elements=st.integers(0, 20)))
def test_pieces_equal_the_explicit_search(faces):
    assert connected_components(faces).tolist() == explicit_pieces(faces)


def test_pieces_of_two_tetrahedra_keep_their_order(tetrahedron):
    faces = tetrahedron[1]
    np.testing.assert_array_equal(connected_components(np.concatenate([faces + 10, faces])), [0] * 4 + [1] * 4)
    np.testing.assert_array_equal(connected_components(np.concatenate([faces + 3, faces])), 0)


def test_int32_faces_and_large_indices_are_kept_apart(grid):
    large = (grid[1] + 100_000).astype(np.int32)
    np.testing.assert_array_equal(edges(large), edges(grid[1]) + 100_000)
    np.testing.assert_array_equal(boundary_loops(large)[0], boundary_loops(grid[1])[0] + 100_000)
    assert is_manifold(large)


@pytest.mark.parametrize("question", [edges, boundary_loops, is_manifold])
def test_negative_indices_are_refused(question):
    with pytest.raises(ValueError, match="index -1, expected at least 0"):
        question(np.array([[0, 1, -1]]))


def test_nothing_has_no_edges_loops_or_pieces():
    assert edges(NOTHING).shape == (0, 2)
    assert boundary_loops(NOTHING) == []
    assert connected_components(NOTHING).shape == (0,)
