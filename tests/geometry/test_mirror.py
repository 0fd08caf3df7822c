import numpy as np
import pytest

from toonface.geometry.mirror import MIRROR, mirror_offsets, mirror_table


def test_table_finds_a_planted_pairing(rng):
    left = rng.uniform(0.1, 1.0, size=(20, 3))
    middle = rng.uniform(-1.0, 1.0, size=(5, 3)) * np.array([0.0, 1.0, 1.0])
    order = rng.permutation(45)
    planted = np.concatenate([np.arange(20, 40), np.arange(20), np.arange(40, 45)])
    vertices = np.zeros((45, 3))
    vertices[order] = np.concatenate([left, left * MIRROR, middle])
    expected = np.zeros(45, dtype=np.int64)
    expected[order] = order[planted]
    jitter = rng.uniform(-1e-7, 1e-7, size=(45, 3))
    np.testing.assert_array_equal(mirror_table(vertices + jitter, 1e-6), expected)


def test_table_is_an_involution_that_mirrors_positions(grid, icosphere):
    for vertices, _ in (grid, icosphere):
        table = mirror_table(vertices, 1e-9)
        np.testing.assert_array_equal(table[table], np.arange(len(table)))
        np.testing.assert_allclose(vertices[table], vertices * MIRROR, atol=1e-12)


def test_mirroring_offsets_twice_gives_them_back(grid, rng):
    table = mirror_table(grid[0], 1e-9)
    offsets = rng.normal(size=(49, 3))
    np.testing.assert_array_equal(mirror_offsets(mirror_offsets(offsets, table), table), offsets)


def test_mirrored_offsets_make_the_mirror_image_of_the_deformed_mesh(grid, rng):
    vertices, _ = grid
    table = mirror_table(vertices, 1e-9)
    offsets = rng.normal(size=(49, 3))
    image = (vertices + offsets)[table] * MIRROR
    np.testing.assert_allclose(vertices + mirror_offsets(offsets, table), image, atol=1e-12)


def test_float32_is_kept(grid):
    vertices = grid[0].astype(np.float32)
    assert mirror_offsets(vertices, mirror_table(vertices, 1e-6)).dtype == np.float32


def test_a_vertex_without_partner_is_refused(grid):
    vertices = grid[0].copy()
    vertices[8, 2] += 0.01
    with pytest.raises(ValueError, match=r"vertex (8|12) is 0\.01\d* m from a mirror image, expected at most 0\.001"):
        mirror_table(vertices, 1e-3)


def test_two_vertices_with_one_partner_are_refused():
    vertices = np.array([[1.0, 0.0, 0.0], [1.1, 0.0, 0.0], [-1.0, 0.0, 0.0]])
    with pytest.raises(ValueError, match="vertex 1 mirrors to 2, which mirrors to 0, expected 1"):
        mirror_table(vertices, 0.2)


@pytest.mark.usefixtures("as_in_production")
def test_a_table_of_another_mesh_is_refused():
    with pytest.raises(ValueError, match="table has 3 entries, expected one per vertex, 2"):
        mirror_offsets(np.zeros((2, 3)), np.arange(3))


def test_indices_that_are_no_vertices_are_refused():
    with pytest.raises(ValueError, match=r"table has indices in \[0, 5\]"):
        mirror_offsets(np.zeros((2, 3)), np.array([0, 5]))
