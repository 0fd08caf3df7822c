"""Laws of quantised bases."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from toonface.io.quantize import dequantize, quantize

DTYPES = (np.int8, np.int16)

bases = arrays(
    np.float64, array_shapes(min_dims=2, max_dims=3, max_side=6), elements=st.floats(-1e3, 1e3, allow_subnormal=False)
)


@settings(deadline=None)
@given(bases, st.sampled_from(DTYPES))
def test_each_component_comes_back_to_half_a_step(basis, dtype):
    stored = quantize("b", basis, dtype)
    assert stored["b"].dtype == dtype
    step = np.abs(basis).reshape(len(basis), -1).max(axis=1) / np.iinfo(dtype).max
    error = np.abs(dequantize("b", stored) - basis).reshape(len(basis), -1).max(axis=1)
    assert (error <= 0.501 * step + 1e-30).all()


@settings(deadline=None)
@given(bases, st.sampled_from(DTYPES))
def test_what_came_back_is_stored_as_the_same_numbers(basis, dtype):
    once = quantize("b", basis, dtype)
    again = quantize("b", dequantize("b", once), dtype)
    for name in ("b", "b.scale"):
        assert once[name].dtype == again[name].dtype
        np.testing.assert_array_equal(once[name], again[name])


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_largest_entry_takes_the_largest_integer(dtype):
    stored = quantize("b", np.array([[1.0, -4.0], [3e-9, 0.0]]), dtype)
    limit = np.iinfo(dtype).max
    np.testing.assert_array_equal(stored["b"][:, [1, 0]].diagonal(), [-limit, limit])
    assert stored["b"][1, 1] == 0


def test_a_component_of_zeros_stays_zero():
    stored = quantize("b", np.zeros((2, 3, 3)), np.int16)
    assert not stored["b"].any()
    assert np.isfinite(stored["b.scale"]).all()
    np.testing.assert_array_equal(dequantize("b", stored), np.zeros((2, 3, 3)))


def test_components_have_scales_of_their_own():
    basis = np.array([[1.0, 0.5], [1e-6, 0.5e-6]])
    back = dequantize("b", quantize("b", basis, np.int16))
    np.testing.assert_allclose(back, basis, rtol=1e-4)
    assert back.dtype == np.float32
