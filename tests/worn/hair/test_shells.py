"""Laws of shells, on a flat square: patches stay closed, shells lie at their heights, bare skin is not drawn."""

import numpy as np
import pytest

from toonface.geometry.normals import face_areas
from toonface.geometry.smoothstep import smoothstep
from toonface.worn.hair.shells import LONGEST, Coat, make_patch, patch_noise, patch_values, shell_surfaces

SIDE = 9


@pytest.fixture
def square():
    x, y = np.meshgrid(np.linspace(0, 0.08, SIDE), np.linspace(0, 0.05, SIDE))
    points = np.stack([x.ravel(), y.ravel(), np.zeros(SIDE * SIDE)], axis=1)
    row, column = np.mgrid[0 : SIDE - 1, 0 : SIDE - 1]
    a = (row * SIDE + column).ravel()
    faces = np.concatenate([np.stack([a, a + 1, a + SIDE + 1], 1), np.stack([a, a + SIDE + 1, a + SIDE], 1)])
    return points, faces


def patch_of(square, refine=True):
    points, faces = square
    return make_patch(points, faces, np.ones(len(points), bool), points[:, :2], refine=refine)


def coat_of(patch, heights=0.01, density=1.0):
    count = len(patch.positions)
    return Coat(
        heights=np.full(count, heights),
        density=np.full(count, density),
        colour=(0.5, 0.4, 0.3),
        levels=(0.5, 1.0),
        reach=(1.0, 0.4),
    )


def up(square):
    return np.tile([0.0, 0.0, 1.0], (len(square[0]), 1))


def test_refining_keeps_the_area_and_the_winding(square):
    patch = patch_of(square)
    assert len(patch.faces) > len(square[1])
    np.testing.assert_allclose(face_areas(patch.positions, patch.faces).sum(), 0.08 * 0.05)
    a, b, c = patch.positions[patch.faces].transpose(1, 0, 2)
    assert np.cross(b - a, c - a)[:, 2].min() > 0.0


def test_no_edge_stays_too_long_and_no_gap_opens(square):
    patch = patch_of(square)
    sides = np.sort(patch.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    _, uses = np.unique(sides, axis=0, return_counts=True)
    border = 2.0 * (0.08 + 0.05)
    alone = np.unique(sides, axis=0)[uses == 1]
    lengths = np.linalg.norm(np.diff(patch.positions[alone], axis=1)[:, 0], axis=1)
    np.testing.assert_allclose(lengths.sum(), border)
    every = np.linalg.norm(np.diff(patch.positions[sides], axis=1)[:, 0], axis=1)
    assert every.max() <= LONGEST and uses.max() == 2


def test_a_shell_lies_at_its_share_of_the_height(square):
    patch = patch_of(square)
    (surface,) = shell_surfaces(patch, square[0], up(square), coat_of(patch))
    low, high = surface.vertices[:, 2].reshape(2, -1)
    np.testing.assert_allclose(low, 0.005)
    np.testing.assert_allclose(high, 0.010)
    np.testing.assert_allclose(surface.coverage.reshape(2, -1)[:, 0], [1.0, 0.4])


def test_bare_skin_is_not_drawn(square):
    patch = patch_of(square)
    (surface,) = shell_surfaces(patch, square[0], up(square), coat_of(patch, density=0.0))
    assert len(surface.faces) == 0


def test_a_negative_height_hides_every_shell_below_the_skin(square):
    patch = patch_of(square)
    (surface,) = shell_surfaces(patch, square[0], up(square), coat_of(patch, heights=-0.002))
    np.testing.assert_allclose(surface.vertices[:, 2], -0.002)


def test_values_of_middles_are_means_of_their_ends(square):
    patch = patch_of(square)
    np.testing.assert_allclose(patch_values(patch, square[0][:, 0]), patch.positions[:, 0], atol=1e-12)


def test_noise_has_unit_spread_and_follows_its_generator(square):
    patch = patch_of(square)
    draws = np.array([patch_noise(patch, np.random.default_rng(k), 2) for k in range(200)])
    assert 0.85 < draws.std() < 1.15 and abs(draws.mean()) < 0.1
    assert np.array_equal(draws[7], patch_noise(patch, np.random.default_rng(7), 2))


def test_smoothstep_rises_from_0_to_1():
    np.testing.assert_allclose(smoothstep(1.0, 3.0, np.array([0.0, 1.0, 2.0, 3.0, 9.0])), [0, 0, 0.5, 1, 1])


def test_impossible_coats_and_patches_are_refused(square):
    with pytest.raises(ValueError, match="1 levels with 2 shares"):
        Coat(heights=np.ones(1), density=np.ones(1), colour=(1.0, 1.0, 1.0), levels=(1.0,), reach=(1.0, 0.5))
    with pytest.raises(ValueError, match="no triangle"):
        make_patch(*square, np.zeros(len(square[0]), bool), square[0][:, :2], refine=False)
