import numpy as np
import pytest

from toonface.geometry.normals import (
    face_area_vectors,
    face_areas,
    face_normals,
    vertex_normals,
    vertex_normals_into,
)
from toonface.geometry.rotation import axis_angle_to_matrix

TURN = axis_angle_to_matrix(np.array([0.4, -1.1, 0.7]))


def explicit_vertex_normals(vertices, faces):
    sums = np.zeros_like(vertices)
    for a, b, c in faces:
        for corner in (a, b, c):
            sums[corner] += np.cross(vertices[b] - vertices[a], vertices[c] - vertices[a])
    return sums / np.linalg.norm(sums, axis=1, keepdims=True)


def test_right_triangle_has_area_six_and_faces_z():
    vertices = np.array([[0.0, 0.0, 0.0], [3.0, 0.0, 0.0], [0.0, 4.0, 0.0]])
    faces = np.array([[0, 1, 2], [0, 2, 1]])
    np.testing.assert_allclose(face_areas(vertices, faces), [6, 6])
    np.testing.assert_allclose(face_normals(vertices, faces), [[0, 0, 1], [0, 0, -1]])


def test_closed_surfaces_have_area_vectors_that_sum_to_zero(tetrahedron, icosphere):
    for vertices, faces in (tetrahedron, icosphere):
        np.testing.assert_allclose(face_area_vectors(vertices, faces).sum(axis=0), 0.0, atol=1e-13)


def test_sphere_normals_are_its_positions(icosphere):
    vertices, faces = icosphere
    assert np.sum(vertex_normals(vertices, faces) * vertices, axis=1).min() > 0.999
    assert np.sum(face_normals(vertices, faces) * vertices[faces].mean(axis=1), axis=1).min() > 0.97


def test_vertex_normals_equal_the_explicit_sum(icosphere, rng):
    vertices, faces = icosphere
    rough = vertices + rng.normal(scale=0.02, size=vertices.shape)
    np.testing.assert_allclose(vertex_normals(rough, faces), explicit_vertex_normals(rough, faces), atol=1e-13)


def test_normals_turn_with_the_mesh_and_ignore_scale_and_shift(icosphere, rng):
    vertices, faces = icosphere
    rough = vertices + rng.normal(scale=0.02, size=vertices.shape)
    moved = 3.0 * rough @ TURN.T + np.array([1.0, 2.0, 3.0])
    np.testing.assert_allclose(vertex_normals(moved, faces), vertex_normals(rough, faces) @ TURN.T, atol=1e-12)
    np.testing.assert_allclose(face_normals(moved, faces), face_normals(rough, faces) @ TURN.T, atol=1e-12)
    np.testing.assert_allclose(face_areas(moved, faces), 9.0 * face_areas(rough, faces), rtol=1e-12)


def test_degenerate_triangles_and_lone_vertices_have_normal_zero():
    vertices = np.array([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0], [2.0, 2.0, 2.0], [9.0, 0.0, 0.0]])
    faces = np.array([[0, 1, 2], [0, 0, 3]])
    np.testing.assert_array_equal(face_normals(vertices, faces), 0.0)
    np.testing.assert_array_equal(face_areas(vertices, faces), 0.0)
    np.testing.assert_array_equal(vertex_normals(vertices, faces), 0.0)


def test_float32_and_int32_are_kept_and_agree(icosphere):
    vertices, faces = icosphere
    small = vertex_normals(vertices.astype(np.float32), faces.astype(np.int32))
    assert small.dtype == np.float32
    np.testing.assert_allclose(small, vertex_normals(vertices, faces), atol=1e-6)


def test_old_content_of_the_output_is_forgotten(tetrahedron):
    vertices, faces = tetrahedron
    out = np.full_like(vertices, 7.0)
    vertex_normals_into(vertices, faces, out)
    np.testing.assert_array_equal(out, vertex_normals(vertices, faces))


@pytest.mark.usefixtures("as_in_production")
def test_an_output_of_another_shape_is_refused(tetrahedron):
    with pytest.raises(ValueError, match=r"out has shape \(3, 3\), expected that of the vertices, \(4, 3\)"):
        vertex_normals_into(*tetrahedron, np.zeros((3, 3)))


def test_indices_out_of_range_and_shared_memory_are_refused(tetrahedron):
    vertices, faces = tetrahedron
    with pytest.raises(ValueError, match=r"faces has indices in \[1, 4\], expected \[0, 4\)"):
        vertex_normals(vertices, faces + 1)
    with pytest.raises(ValueError, match="shares memory"):
        vertex_normals_into(vertices, faces, vertices)
