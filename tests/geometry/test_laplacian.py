"""Laws of the uniform Laplacian (Eq. 9)."""

import numpy as np
import pytest

from toonface.geometry.laplacian import uniform_laplacian


def test_it_is_the_mean_difference_to_the_neighbours(icosphere) -> None:
    vertices, faces = icosphere
    found = uniform_laplacian(faces, len(vertices)) @ vertices
    for i in range(len(vertices)):
        neighbours = np.setdiff1d(faces[(faces == i).any(axis=1)], [i])
        np.testing.assert_allclose(found[i], (vertices[i] - vertices[neighbours]).mean(axis=0), atol=1e-15)


def test_moving_the_whole_mesh_changes_nothing(icosphere) -> None:
    vertices, faces = icosphere
    laplacian = uniform_laplacian(faces, len(vertices))
    np.testing.assert_allclose(laplacian @ np.add(vertices, [1.0, -2.0, 3.0]), laplacian @ vertices, atol=1e-14)


def test_a_vertex_without_triangles_has_a_row_of_zeros() -> None:
    laplacian = uniform_laplacian(np.array([[0, 1, 2]]), 4).toarray()
    np.testing.assert_allclose(laplacian[:3, :3], 1.5 * np.eye(3) - 0.5)
    assert not laplacian[3].any() and not laplacian[:, 3].any()


def test_an_index_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match=r"faces has indices in \[0, 2\], expected \[0, 2\)"):
        uniform_laplacian(np.array([[0, 1, 2]]), 2)
