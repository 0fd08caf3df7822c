"""Laws of the smooth step: its ends, its flat tangents, and one curve for arrays and for compiled loops."""

import numpy as np
import pytest
from numba import njit

from toonface.geometry.smoothstep import smoothstep, smoothstep_at


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-0.3, 0.7), (0.9, 0.2)])
def test_it_goes_from_0_to_1_and_is_flat_at_both_ends(low, high):
    places = np.array([low - (high - low), low, 0.5 * (low + high), high, high + (high - low)])
    np.testing.assert_allclose(smoothstep(low, high, places), [0.0, 0.0, 0.5, 1.0, 1.0], atol=1e-12)
    near = 1e-4 * (high - low)
    assert smoothstep(low, high, np.array([low + near]))[0] < 1e-7
    assert smoothstep(low, high, np.array([high - near]))[0] > 1.0 - 1e-7


def test_the_compiled_one_is_the_same(rng):
    @njit
    def loop(values):
        out = np.zeros_like(values)
        for i in range(len(values)):
            out[i] = smoothstep_at(0.2, 0.7, values[i])
        return out

    values = rng.uniform(-1.0, 2.0, 200)
    np.testing.assert_array_equal(loop(values), smoothstep(0.2, 0.7, values))
