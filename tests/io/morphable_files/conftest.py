"""A planted model: small enough to write in any format by hand, with faces that look along +Z."""

from typing import NamedTuple

import numpy as np
import pytest

from toonface.morphable.model import MorphableModel


class Planted(NamedTuple):
    """The unscaled parts of a model, in metres and in sRGB, as formats store them."""

    mean: np.ndarray
    faces: np.ndarray
    identity: np.ndarray
    identity_deviations: np.ndarray
    expression: np.ndarray
    expression_deviations: np.ndarray
    albedo: np.ndarray
    texture: np.ndarray
    texture_deviations: np.ndarray


@pytest.fixture
def plant():
    def build(identities=4, expressions=3, textures=2):
        rng = np.random.default_rng(1)
        corners = np.array([[-1.0, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]])
        mean = 0.1 * np.vstack([corners, [[0.0, 0.0, 1.0]]])  # a pyramid whose tip, the nose, is in front
        faces = np.array([[0, 1, 4], [1, 2, 4], [2, 3, 4], [3, 0, 4]])
        return Planted(
            mean,
            faces,
            rng.normal(size=(5, 3, identities)),
            rng.uniform(0.001, 0.01, size=identities),
            rng.normal(size=(5, 3, expressions)),
            rng.uniform(0.001, 0.01, size=expressions),
            rng.uniform(size=(5, 3)),
            rng.normal(size=(5, 3, textures)),
            rng.uniform(0.01, 0.1, size=textures),
        )

    return build


@pytest.fixture
def assert_same_model():
    def check(found, expected):
        assert isinstance(found, MorphableModel)
        np.testing.assert_array_equal(found.faces, expected.faces)
        np.testing.assert_allclose(found.mean, expected.mean, atol=1e-9)
        identity = expected.identity * expected.identity_deviations
        expression = expected.expression * expected.expression_deviations
        np.testing.assert_allclose(found.identity_basis, identity, rtol=1e-5, atol=1e-9)
        np.testing.assert_allclose(found.expression_basis, expression, rtol=1e-5, atol=1e-9)
        np.testing.assert_allclose(found.albedo_mean, expected.albedo, atol=1e-6)
        np.testing.assert_allclose(found.albedo_basis, expected.texture * expected.texture_deviations, rtol=1e-5)
        a, b, c = (found.mean[found.faces[:, corner]] for corner in range(3))
        assert (np.cross(b - a, c - a)[:, 2] > 0.0).all(), "the triangles look away from +Z"

    return check


@pytest.fixture
def refusal():
    """Call a reader that must refuse, and return its message: one line that begins with the path."""

    def message(reader, path):
        with pytest.raises(ValueError) as caught:
            reader(path)
        text = str(caught.value)
        assert text.startswith(str(path)), text
        assert "\n" not in text
        return text

    return message
