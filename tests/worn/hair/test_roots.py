"""Laws of roots: bent hair does not sink, tucked hair stays tucked, and what is far away is free."""

import numpy as np
import pytest
from scipy.spatial import KDTree

from toonface.worn.hair.roots import FREE_M, GAP_M, Ground, keep_roots


@pytest.fixture
def ball():
    """A scalp of 100 mm."""
    rng = np.random.default_rng(0)
    normals = rng.normal(size=(4000, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return Ground(points=0.1 * normals, normals=normals, tree=KDTree(0.1 * normals))


def at_height(height, count=60):
    directions = np.random.default_rng(1).normal(size=(count, 3))
    return (0.1 + height) * directions / np.linalg.norm(directions, axis=1, keepdims=True)


def test_heights_are_distances_from_the_skin(ball):
    for height in (-0.003, 0.0, 0.010):
        np.testing.assert_allclose(ball.height(at_height(height))[0], height, atol=4e-4)


def test_hair_does_not_sink(ball):
    free = at_height(0.012)
    old, _ = ball.height(free)
    kept = keep_roots(ball, old, 0.85 * free)
    assert np.linalg.norm(kept, axis=1).min() > 0.1 + GAP_M - 5e-4


def test_tucked_hair_stays_tucked(ball):
    tucked = at_height(-0.002)
    old, _ = ball.height(tucked)
    turned = tucked[:, [1, 2, 0]] * 1.05
    np.testing.assert_allclose(np.linalg.norm(keep_roots(ball, old, turned), axis=1), 0.098, atol=8e-4)


def test_free_hair_may_rise(ball):
    free = at_height(FREE_M + 0.004)
    old, _ = ball.height(free)
    np.testing.assert_allclose(keep_roots(ball, old, 1.1 * free), 1.1 * free, atol=1e-9)
