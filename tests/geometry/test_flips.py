import numpy as np
import pytest

from toonface.geometry.flips import TriangleRings, flipped_triangles, ring_agreement, triangle_rings
from toonface.geometry.normals import face_area_vectors
from toonface.geometry.rotation import axis_angle_to_matrix

TURN = axis_angle_to_matrix(np.array([0.4, -1.1, 0.7]))


def explicit_rings(faces):
    sets = [set(face) for face in faces.tolist()]
    return [[g for g in range(len(sets)) if g != f and sets[f] & sets[g]] for f in range(len(sets))]


def explicit_agreement(vertices, faces):
    vectors = face_area_vectors(vertices, faces)
    sums = np.array([vectors[ring].sum(axis=0) for ring in explicit_rings(faces)])
    return np.sum(vectors * sums, axis=1) / np.linalg.norm(vectors, axis=1) / np.linalg.norm(sums, axis=1)


def test_rings_equal_the_explicit_search(tetrahedron, icosphere, grid):
    for vertices, faces in (tetrahedron, icosphere, grid):
        rings = triangle_rings(faces, len(vertices))
        rows = np.split(rings.neighbours, rings.offsets[1:-1])
        assert [row.tolist() for row in rows] == explicit_rings(faces)


def test_agreement_equals_the_explicit_sum(icosphere, rng):
    vertices, faces = icosphere
    rough = vertices + rng.normal(scale=0.1, size=vertices.shape)
    rings = triangle_rings(faces, len(vertices))
    agreement = ring_agreement(rough, faces, rings)
    np.testing.assert_allclose(agreement, explicit_agreement(rough, faces), atol=1e-12)
    assert agreement.min() < 0.0 < agreement.max()


def test_a_plane_agrees_fully(grid):
    vertices, faces = grid
    np.testing.assert_allclose(ring_agreement(vertices, faces, triangle_rings(faces, 49)), 1.0)


def test_agreement_ignores_turn_scale_shift_and_mirroring(icosphere, rng):
    vertices, faces = icosphere
    rough = vertices + rng.normal(scale=0.1, size=vertices.shape)
    rings = triangle_rings(faces, len(vertices))
    expected = ring_agreement(rough, faces, rings)
    moved = 3.0 * rough @ TURN.T + np.array([1.0, 2.0, 3.0])
    np.testing.assert_allclose(ring_agreement(moved, faces, rings), expected, atol=1e-11)
    mirrored = rough * np.array([-1.0, 1.0, 1.0])
    np.testing.assert_allclose(ring_agreement(mirrored, faces, rings), expected, atol=1e-12)


def test_a_vertex_pulled_across_its_fan_flips_a_planted_triangle(grid):
    vertices, faces = grid
    rings = triangle_rings(faces, 49)
    after = vertices.copy()
    # Vertex 24 is the centre. Moving it right by 1.5 cells turns over the triangles on its right, and no other.
    after[24, 0] += 0.5
    expected = face_area_vectors(after, faces)[:, 2] < 0.0
    assert 0 < expected.sum() <= 3
    np.testing.assert_array_equal(flipped_triangles(vertices, after, faces, rings), expected)


def test_what_was_against_its_ring_before_is_not_flipped(grid):
    vertices, faces = grid
    rings = triangle_rings(faces, 49)
    before = vertices.copy()
    before[24, 0] += 0.5
    assert not flipped_triangles(before, before, faces, rings).any()
    assert not flipped_triangles(before, vertices, faces, rings).any()


def test_no_deformation_and_rigid_motion_flip_nothing(icosphere):
    vertices, faces = icosphere
    rings = triangle_rings(faces, len(vertices))
    assert not flipped_triangles(vertices, vertices @ TURN.T + 1.0, faces, rings).any()


def test_degenerate_and_lone_triangles_have_agreement_zero():
    vertices = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [2.0, 0.0, 0.0]])
    faces = np.array([[0, 1, 2]])
    assert ring_agreement(vertices, faces, triangle_rings(faces, 4)).tolist() == [0.0]
    faces = np.array([[0, 1, 2], [0, 1, 3]])
    assert ring_agreement(vertices, faces, triangle_rings(faces, 4)).tolist() == [0.0, 0.0]


def test_rings_of_another_mesh_are_refused(tetrahedron, icosphere):
    vertices, faces = icosphere
    rings = triangle_rings(tetrahedron[1], 4)
    with pytest.raises(ValueError, match="rings are of 4 triangles, expected 320"):
        ring_agreement(vertices, faces, rings)
    with pytest.raises(ValueError, match=r"faces has indices in \[0, 161\], expected \[0, 100\)"):
        ring_agreement(vertices[:100], faces, triangle_rings(faces, len(vertices)))
    with pytest.raises(ValueError, match="faces has indices"):
        triangle_rings(faces, 10)


@pytest.mark.parametrize("offsets", [[], [0, 2], [1, 3], [0, 4, 3]])
def test_offsets_that_do_not_cut_the_neighbours_are_refused(offsets):
    with pytest.raises(ValueError, match="expected to rise from 0 to 3"):
        TriangleRings(offsets=np.array(offsets, dtype=np.int64), neighbours=np.zeros(3, dtype=np.int64))


def test_neighbours_that_are_no_triangles_are_refused():
    with pytest.raises(ValueError, match="neighbours has indices"):
        TriangleRings(offsets=np.array([0, 1]), neighbours=np.array([1]))
