"""Laws of drawn curves: what equals the truth lies on it, all lies where the axes say, and nothing leaves a panel."""

import numpy as np
import pytest

from toonface.evaluate.curves import (
    EDGE,
    ERROR,
    FOUND,
    HEAD,
    PANEL,
    TRUE,
    TRUE_WIDTH,
    Axes,
    Curve,
    axes_of,
    curve_page,
    draw_panel,
    seconds_of,
)

TIMES = np.arange(61) / 30.0
AXES = axes_of((0.0, 2.0))
WAVE = 0.5 + 0.3 * np.sin(4.0 * TIMES)


def curve(true, found, times=TIMES):
    return Curve(name="", note="", times=times, true=true, found=found)


def near(panel, colour, within=24):
    return (np.abs(panel.astype(int) - np.array(colour)) <= within).all(axis=2)


def extent(mask):
    """First and last column, first and last row of what is set."""
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    return columns[0], columns[-1], rows[0], rows[-1]


def test_a_curve_that_equals_the_truth_lies_on_it_and_shows_no_error():
    apart, same = draw_panel(curve(WAVE, 0.0 * WAVE), AXES), draw_panel(curve(WAVE, WAVE), AXES)
    assert near(apart, ERROR).sum() > 500 and not near(same, ERROR, 6).any()
    # The true line is seen above and below the found one, whose middle is where the axes say.
    for time in TIMES[5::10]:
        column, row = AXES.place(np.array([time]), 0.5 + 0.3 * np.sin(4.0 * np.array([time])))[0]
        found, true = (np.flatnonzero(near(same, colour, 100)[:, int(column)]) for colour in (FOUND, TRUE))
        assert np.abs(found + 0.5 - row).max() < 3 * TRUE_WIDTH and (true < row).any() and (true > row).any()


def test_the_error_stands_on_the_lower_edge_and_is_as_high_as_it_is():
    panel = draw_panel(curve(0.0 * WAVE, np.full_like(WAVE, 0.5)), AXES)
    _, top, _, bottom = AXES.box
    _, _, highest, lowest = extent(near(panel, ERROR, 6))
    assert highest == pytest.approx(0.5 * (top + bottom), abs=3) and lowest == pytest.approx(bottom, abs=3)


def test_places_are_linear_and_what_is_beyond_lies_on_the_edge():
    axes = Axes(box=(10.0, 20.0, 110.0, 220.0), seconds=(1.0, 3.0))
    times, values = np.array([1.0, 2.0, 3.0, 0.0, 9.0]), np.array([0.0, 0.25, 1.0, -3.0, 7.0])
    expected = [[10.0, 220.0], [60.0, 170.0], [110.0, 20.0], [10.0, 220.0], [110.0, 20.0]]
    np.testing.assert_allclose(axes.place(times, values), expected)
    with pytest.raises(ValueError, match=r"from 2.0 s to 2.0 s, expected rising"):
        axes_of((2.0, 2.0))


@pytest.mark.parametrize(
    ("seconds", "expected"), [((0.0, 4.0), [0, 1, 2, 3, 4]), ((0.2, 2.9), [1, 2]), ((0.0, 18.0), 7)]
)
def test_seconds_on_the_axis_are_whole_and_few(seconds, expected):
    marks = seconds_of(axes_of(seconds))
    assert marks == expected or len(marks) == expected
    assert len(set(np.diff(marks))) <= 1


def test_nothing_is_drawn_outside_of_its_axes():
    wild = 40.0 * np.sin(9.0 * TIMES)
    axes = axes_of((0.5, 1.5))
    changed = (draw_panel(curve(wild, -wild), axes) != draw_panel(curve(WAVE[:0], WAVE[:0], TIMES[:0]), axes)).any(
        axis=2
    )
    left, top, right, bottom = axes.box
    first, last, highest, lowest = extent(changed)
    edge = TRUE_WIDTH / 2 + 1
    assert first >= left - edge and last <= right + edge
    assert highest >= top - edge and lowest <= bottom + edge


def test_a_panel_of_a_page_is_the_panel_and_touches_no_other():
    curves = [curve(WAVE, WAVE), curve(WAVE, 1.0 - WAVE), curve(0.0 * WAVE, WAVE)]
    page = curve_page(curves, 2, title="a title")
    wide, high = PANEL
    assert page.shape == (HEAD + EDGE + 2 * high, 2 * EDGE + 2 * wide, 3)
    axes = axes_of((0.0, float(2.0 * TIMES[-1] - TIMES[-2])))
    for number, one in enumerate(curves):
        top, left = HEAD + number // 2 * high, EDGE + number % 2 * wide
        np.testing.assert_array_equal(page[top : top + high, left : left + wide], draw_panel(one, axes))
    assert len(np.unique(page[HEAD + high :, EDGE + wide :].reshape(-1, 3), axis=0)) == 1
    with pytest.raises(ValueError, match="at least one curve"):
        curve_page([], 2, title="")


def test_the_found_line_breaks_where_nothing_was_found():
    kept = (TIMES < 0.7) | (TIMES > 1.3)
    panel = draw_panel(curve(0.0 * WAVE[kept], np.full(kept.sum(), 0.8), TIMES[kept]), AXES)
    seen = near(panel, FOUND).any(axis=0)
    at = [round(float(AXES.place(np.array([time]), np.zeros(1))[0, 0])) for time in (0.3, 1.0, 1.7)]
    assert [bool(seen[column]) for column in at] == [True, False, True]
