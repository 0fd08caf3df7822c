"""Laws of lofts: shapes are closed and face outwards, curves pass through their rings, rays find the last surface."""

import numpy as np
import pytest

from toonface.geometry.normals import face_area_vectors
from toonface.geometry.topology import boundary_loops, is_manifold
from toonface.synth.wear.rays import ray_hits
from toonface.worn.lofts import (
    Profile,
    blend_rings,
    blend_rows,
    folds,
    grid_faces,
    grid_normals,
    join,
    mesh_of,
    superellipse,
    tube,
)

ANGLES = np.arange(24) * (2.0 * np.pi / 24)
RING = np.stack([np.sin(ANGLES), np.zeros(24), np.cos(ANGLES)], axis=1)


def cylinder(rows=5):
    return np.stack([RING - [0.0, 0.5 * row, 0.0] for row in range(rows)])


def volume(vertices, faces):
    return (face_area_vectors(vertices, faces) * vertices[faces].mean(axis=1)).sum() / 3.0


@pytest.mark.parametrize("closed", [True, False])
def test_a_grid_is_a_manifold_with_two_triangles_in_each_cell(closed):
    faces = grid_faces(4, 5, closed=closed)
    assert len(faces) == 2 * 3 * (5 if closed else 4)
    assert is_manifold(faces)
    assert len(boundary_loops(faces)) == (2 if closed else 1)


def test_a_grid_of_one_row_is_refused():
    with pytest.raises(ValueError, match="1 x 5"):
        grid_faces(1, 5)


def test_rings_that_run_down_face_outwards():
    vertices, faces = mesh_of(cylinder())
    outward = (face_area_vectors(vertices, faces) * (vertices[faces].mean(axis=1) * [1, 0, 1])).sum(axis=1)
    assert (outward > 0.0).all()
    np.testing.assert_allclose(grid_normals(cylinder()), np.broadcast_to(RING, (5, 24, 3)), atol=1e-12)


def test_an_open_tube_holds_the_volume_of_a_cylinder_and_its_caps():
    curve = np.stack([np.zeros(9), np.linspace(0.0, 2.0, 9), np.zeros(9)], axis=1)
    vertices, faces = tube(curve, Profile(across=0.1, along=0.1, sides=64), np.array([0.0, 0.0, 1.0]))
    assert volume(vertices, faces) == pytest.approx(2.0 * np.pi * 0.01, rel=0.08)


def test_a_closed_tube_is_a_torus():
    vertices, faces = tube(RING, Profile(across=0.2, along=0.2, sides=32), np.array([0.0, 1.0, 0.0]), closed=True)
    assert volume(vertices, faces) == pytest.approx(2.0 * np.pi**2 * 0.04, rel=0.03)


def test_a_superellipse_of_power_two_is_a_circle_and_a_larger_one_is_squarer():
    cosine, sine = superellipse(ANGLES, 2.0)
    np.testing.assert_allclose(cosine**2 + sine**2, 1.0)
    assert np.hypot(*superellipse(np.array([np.pi / 4]), 6.0))[0] > 1.2


def test_blended_rings_pass_through_their_rings_and_are_straight_where_these_are():
    rings = cylinder()
    np.testing.assert_allclose(blend_rows(rings, np.arange(5.0)), rings, atol=1e-12)
    at = np.full((1, 24), 1.37)
    np.testing.assert_allclose(blend_rings(rings, at)[0, :, 1], -0.5 * 1.37, atol=1e-12)


def test_beyond_the_last_ring_the_last_one_is_kept():
    np.testing.assert_allclose(blend_rows(cylinder(), np.array([-3.0, 9.0])), cylinder()[[0, -1]], atol=1e-12)


def test_joined_meshes_keep_their_triangles():
    one = mesh_of(cylinder())
    vertices, faces = join([one, one])
    np.testing.assert_array_equal(vertices[faces[len(one[1]) :]], one[0][one[1]])


def test_folds_are_the_same_for_the_same_seed_and_small():
    points = np.random.default_rng(0).normal(size=(500, 3)) * 0.1
    first = folds(points, 3, 0.05)
    np.testing.assert_array_equal(first, folds(points, 3, 0.05))
    assert np.abs(first).max() <= 5.0 / 3.0
    assert np.abs(first - folds(points, 4, 0.05)).max() > 0.1


def test_rays_leave_a_mesh_where_it_is_crossed_last():
    inner, outer = mesh_of(cylinder()), mesh_of(cylinder() * [2.0, 1.0, 2.0])
    vertices, faces = join([inner, outer])
    ways = RING[::3]
    hits = ray_hits(vertices, faces, np.broadcast_to([0.0, -1.0, 0.0], ways.shape), ways) @ vertices
    np.testing.assert_allclose(hits, 2.0 * ways + [0.0, -1.0, 0.0], atol=1e-9)


def test_a_ray_that_misses_gets_a_vertex_ahead_of_it():
    vertices, faces = mesh_of(cylinder())
    hit = ray_hits(vertices, faces, np.array([[0.0, 1.0, 0.0]]), np.array([[0.0, 0.0, 1.0]])) @ vertices
    np.testing.assert_allclose(hit[0], [0.0, 0.0, 1.0], atol=1e-12)
