"""The smallest shapes that can break geometry: tetrahedron, icosphere, grid."""

import jaxtyping
import numpy as np
import pytest
from hypothesis import settings
from scipy.spatial import ConvexHull

# The first example of a test compiles; a deadline would fail it on a machine without the compiled cache.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def outward(vertices, faces):
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    inward = np.sum(np.cross(b - a, c - a) * (a + b + c), axis=1) < 0.0
    return np.where(inward[:, None], faces[:, [0, 2, 1]], faces).astype(np.int64)


@pytest.fixture(scope="session")
def tetrahedron():
    """Four corners of a cube: (vertices, faces), centred, wound outwards."""
    vertices = np.array([[1.0, 1.0, 1.0], [1.0, -1.0, -1.0], [-1.0, 1.0, -1.0], [-1.0, -1.0, 1.0]])
    return vertices, outward(vertices, np.array([[0, 1, 2], [0, 1, 3], [0, 2, 3], [1, 2, 3]]))


@pytest.fixture(scope="session")
def icosphere():
    """A unit sphere of 162 vertices and 320 triangles, twice subdivided: (vertices, faces)."""
    golden = (1.0 + 5.0**0.5) / 2.0
    corners = [[0.0, s, t * golden] for s in (-1.0, 1.0) for t in (-1.0, 1.0)]
    vertices = np.concatenate([np.roll(corners, k, axis=1) for k in range(3)])
    vertices /= np.linalg.norm(vertices, axis=1, keepdims=True)
    for _ in range(2):
        hull = ConvexHull(vertices).simplices
        pairs = np.unique(np.sort(hull[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1), axis=0)
        middles = vertices[pairs].mean(axis=1)
        vertices = np.concatenate([vertices, middles / np.linalg.norm(middles, axis=1, keepdims=True)])
    return vertices, outward(vertices, ConvexHull(vertices).simplices)


@pytest.fixture(scope="session")
def grid():
    """A flat 7 x 7 square of vertices in z = 0 that faces +Z, x and y in [-1, 1]: (vertices, faces)."""
    side = np.linspace(-1.0, 1.0, 7)
    x, y = np.meshgrid(side, side)
    vertices = np.stack([x.ravel(), y.ravel(), np.zeros(49)], axis=1)
    first = (7 * np.arange(6)[:, None] + np.arange(6)).ravel()
    lower = np.stack([first, first + 1, first + 8], axis=1)
    upper = np.stack([first, first + 8, first + 7], axis=1)
    return vertices, np.concatenate([lower, upper])


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def as_in_production(monkeypatch):
    """Turn the shape checks of the tests off, so that the package's own validators meet the wrong shapes."""
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
