"""Laws of the coefficients: taken apart, they are those that the conventions list."""

import numpy as np
import pytest

from toonface.geometry.camera import pose_of
from toonface.morphable.coarse_fit import (
    COEFFICIENT_COUNT,
    EXPRESSION,
    IDENTITY,
    LIGHT,
    POSE,
    TEXTURE,
    fit_from_coefficients,
)


@pytest.fixture
def coefficients():
    rng = np.random.default_rng(0)
    return np.concatenate([rng.normal(size=80), rng.uniform(size=64), rng.normal(size=89), 0.1 * rng.normal(size=6)])


def test_the_parts_are_all_coefficients_once():
    parts = (IDENTITY, EXPRESSION, TEXTURE, LIGHT, POSE)
    listed = np.concatenate([np.arange(part.start, part.stop) for part in parts])
    np.testing.assert_array_equal(listed, np.arange(COEFFICIENT_COUNT))
    assert [part.stop - part.start for part in parts] == [80, 64, 80, 9, 6]


def test_put_together_again_they_are_the_coefficients(coefficients):
    fit = fit_from_coefficients(coefficients, 640, 480)
    together = np.concatenate([fit.identity, fit.expression, fit.texture, fit.light, pose_of(fit.camera)])
    np.testing.assert_allclose(together, coefficients, atol=1e-12)
    assert (fit.camera.width, fit.camera.height) == (640, 480)


def test_weights_are_brought_into_their_range(coefficients):
    coefficients[EXPRESSION] = np.linspace(-1.0, 2.0, 64)
    fit = fit_from_coefficients(coefficients, 64, 64)
    np.testing.assert_allclose(fit.expression, np.clip(np.linspace(-1.0, 2.0, 64), 0.0, 1.0))


def test_a_pose_that_is_not_finite_is_refused(coefficients):
    coefficients[POSE] = np.nan
    with pytest.raises(ValueError, match="expected six finite numbers"):
        fit_from_coefficients(coefficients, 64, 64)
