"""Every array of a model's file is checked: one that is missing, misshapen or points outside is named."""

import re

import numpy as np
import pytest

from toonface.io.face_model_layout import PART_SIZES, PART_TARGETS, SIZES, TARGETS, check_layout

ALL_SIZES = SIZES | {f"part1.{name}": shape for name, shape in PART_SIZES.items()}
ALL_TARGETS = list(TARGETS) + [f"part1.{name}" for name in PART_TARGETS]


def test_a_whole_file_is_accepted(small_arrays):
    check_layout(small_arrays, 2)


def test_every_array_of_indices_has_a_shape_too():
    assert TARGETS.keys() <= SIZES.keys()
    assert PART_TARGETS.keys() <= PART_SIZES.keys()


@pytest.mark.parametrize("name", ALL_SIZES)
def test_a_missing_array_is_named(small_arrays, name):
    del small_arrays[name]
    with pytest.raises(ValueError, match=rf"^{re.escape(name)} is missing$"):
        check_layout(small_arrays, 2)


@pytest.mark.parametrize("name", ALL_SIZES)
def test_one_dimension_more_is_refused(small_arrays, name):
    small_arrays[name] = small_arrays[name][..., None]
    with pytest.raises(ValueError, match=rf"^{re.escape(name)} has shape .*, expected"):
        check_layout(small_arrays, 2)


@pytest.mark.parametrize("name", [name for name, shape in ALL_SIZES.items() if isinstance(shape[-1], int)])
def test_a_row_that_is_too_long_is_refused(small_arrays, name):
    array = small_arrays[name]
    small_arrays[name] = np.concatenate([array, array[..., :1]], axis=-1)
    with pytest.raises(ValueError, match=rf"^{re.escape(name)} has shape .*, expected"):
        check_layout(small_arrays, 2)


@pytest.mark.parametrize("name", ["identity", "albedo", "uv_quads", "region", "lids.left.facing", "eyeball.radius"])
def test_arrays_that_belong_together_have_the_same_length(small_arrays, name):
    axis = next(axis for axis, size in enumerate(SIZES[name]) if isinstance(size, str))
    small_arrays[name] = np.delete(small_arrays[name], 0, axis)
    with pytest.raises(ValueError, match=rf"^{re.escape(name)} has shape .*, expected"):
        check_layout(small_arrays, 2)


@pytest.mark.parametrize("name", ALL_TARGETS)
@pytest.mark.parametrize("bad", [-1, 10_000])
def test_an_index_that_points_outside_is_refused(small_arrays, name, bad):
    small_arrays[name] = small_arrays[name].astype(np.int64)
    small_arrays[name].flat[0] = bad
    with pytest.raises(ValueError, match=rf"^{re.escape(name)} has indices in \[.*\], expected \[0, \d+\)$"):
        check_layout(small_arrays, 2)


@pytest.mark.parametrize("name", ALL_TARGETS)
def test_indices_are_whole_numbers(small_arrays, name):
    small_arrays[name] = small_arrays[name].astype(np.float32)
    with pytest.raises(ValueError, match=rf"^{re.escape(name)} holds float32, expected whole numbers$"):
        check_layout(small_arrays, 2)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["mean", "sigma", "landmarks.weights", "part0.offsets"])
def test_values_are_finite_numbers(small_arrays, name, bad):
    small_arrays[name].flat[1] = bad
    with pytest.raises(ValueError, match=rf"^{re.escape(name)} has values that are not finite, expected none$"):
        check_layout(small_arrays, 2)


def test_words_are_no_numbers(small_arrays):
    small_arrays["sigma"] = small_arrays["sigma"].astype(str)
    with pytest.raises(ValueError, match=r"^sigma holds <U\d+, expected numbers$"):
        check_layout(small_arrays, 2)


def test_the_eyes_have_points_of_their_own(small_arrays):
    for name in ("mean", "identity"):
        axis = SIZES[name].index("P")
        small_arrays[name] = np.delete(small_arrays[name], [8, 9], axis)
    with pytest.raises(ValueError, match="mirror has 8 skin points, expected 4 fewer than the 10 points at most"):
        check_layout(small_arrays, 0)
