"""Laws of heat maps: larger is darker, each number has its place, and what does not fit is refused."""

import numpy as np
import pytest

from toonface.evaluate.heat_map import CELL, LEFT, MOST, STOPS, TOP, heat_colours, heat_page

TIMES = np.arange(40) / 10.0


def test_larger_numbers_are_darker_up_to_the_most():
    colours = heat_colours(np.linspace(0.0, MOST, 60)).astype(float)
    brightness = colours @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(brightness) < 0.0).all()
    np.testing.assert_array_equal(heat_colours(np.array([0.0, MOST, 9.0])), STOPS[[0, -1, -1]])


def test_each_number_is_a_cell_of_its_colour():
    values = np.random.default_rng(0).uniform(0.0, MOST, (3, len(TIMES)))
    page = heat_page(["a", "b", "c"], values, TIMES, title="", bold=[True, False, False])
    (wide, high), (rows, columns) = CELL, values.shape
    map_ = page[TOP : TOP + rows * high, LEFT : LEFT + columns * wide].reshape(rows, high, columns, wide, 3)
    np.testing.assert_array_equal(map_, np.broadcast_to(heat_colours(values)[:, None, :, None], map_.shape))


def test_names_that_are_not_as_many_are_refused():
    with pytest.raises(ValueError, match=r"1 names and 2 marks for values of \(2, 40\)"):
        heat_page(["a"], np.zeros((2, 40)), TIMES, title="", bold=[True, False])
    with pytest.raises(ValueError, match="0 names"):
        heat_page([], np.zeros((0, 40)), TIMES, title="", bold=[])
