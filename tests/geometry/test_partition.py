"""Meshes whose vertices have one place in the picture."""

import jaxtyping
import numpy as np
import pytest

from toonface.geometry.partition import join_corners

FACES = np.array([[0, 1, 2], [0, 2, 3]])


def test_every_corner_keeps_its_vertex_and_its_place():
    uv_faces = np.array([[0, 1, 2], [4, 5, 3]])  # a seam along the edge 0-2
    corners = join_corners(FACES, uv_faces)
    np.testing.assert_array_equal(corners.vertex[corners.faces], FACES)
    np.testing.assert_array_equal(corners.uv[corners.faces], uv_faces)


def test_a_mesh_without_seams_keeps_its_vertices():
    np.testing.assert_array_equal(join_corners(FACES, FACES).vertex, np.arange(4))


def test_no_pair_occurs_twice():
    corners = join_corners(FACES, np.array([[0, 1, 2], [0, 5, 3]]))
    assert len(np.unique(np.stack([corners.vertex, corners.uv], axis=1), axis=0)) == len(corners.vertex) == 5


def test_another_number_of_triangles_is_refused(monkeypatch):
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)  # as in production
    with pytest.raises(ValueError, match="uv_faces has shape"):
        join_corners(FACES, FACES[:1])
