"""Laws of drawn performances: sides stand side by side, figures are those of the suite, all shapes are on the map."""

import re

import numpy as np
import pytest

from toonface.evaluate.curves import ERROR
from toonface.evaluate.heat_map import CELL, LEFT, TOP, heat_colours
from toonface.evaluate.live_curves import draw_curves, draw_errors, performed_shapes, shape_curve
from toonface.evaluate.live_metrics import Tracked, shape_figures
from toonface.evaluate.performance import act
from toonface.morphable.names import SHAPES, mirror_name, side_of


def tracked(change=lambda weights: weights):
    clip = act(np.random.default_rng(1)).clip
    nothing = np.zeros(len(clip.times))
    return Tracked(
        times=clip.times,
        true_weights=clip.weights,
        weights=change(clip.weights),
        gaze_degrees=nothing,
        head_degrees=nothing,
    )


@pytest.fixture(scope="module")
def known():
    return tracked()


def test_performed_shapes_are_those_that_move_and_their_other_sides(known):
    shown = performed_shapes(known)
    moving = {SHAPES[column] for column in np.flatnonzero(known.moving)}
    assert moving <= set(shown) <= moving | {mirror_name(name) for name in moving}
    assert {"jawOpen", "eyeBlinkLeft", "mouthLeft"} <= set(shown) and "mouthRight" not in shown
    sides = [side_of(name) for name in shown]
    paired = sides.index("both")
    assert paired % 2 == 0 and set(sides[paired:]) == {"both"}
    for left, right in zip(shown[:paired:2], shown[1:paired:2], strict=True):
        assert side_of(left) == "left" and right == mirror_name(left)


def test_figures_of_a_curve_are_those_of_the_suite():
    late = tracked(lambda weights: np.roll(0.9 * weights, 2, axis=0))
    expected = shape_figures([late])["jawOpen"]
    error, fit, delay = (float(number) for number in re.findall(r"-?\d+\.\d+", shape_curve(late, "jawOpen").note))
    assert error == pytest.approx(expected["mae"], abs=6e-4) and fit == pytest.approx(expected["correlation"], abs=6e-3)
    assert delay == pytest.approx(expected["delay_frames"], abs=0.06) == pytest.approx(2.0, abs=0.3)


def test_what_does_not_follow_has_no_delay():
    still = tracked(lambda weights: np.zeros_like(weights))
    assert shape_curve(still, "jawOpen").note.endswith("correlation 0.00")


def test_only_a_wrong_performance_shows_errors(known):
    def shown(one):
        return (draw_curves(one, "")[76:] == ERROR).all(axis=2).sum()

    assert shown(known) == 0 and shown(tracked(lambda weights: 0.5 * weights)) > 1000


def test_the_map_has_every_shape_once(known):
    shapes = performed_shapes(known)
    wrong = tracked(lambda weights: np.where(np.arange(64) == SHAPES.index("tongueOut"), weights + 0.4, weights))
    page = draw_errors(wrong, "")
    rows = [tuple(page[TOP + CELL[1] * row + 2, LEFT + 2]) for row in range(len(SHAPES))]
    pale, dark = (tuple(heat_colours(np.array([value]))[0]) for value in (0.0, 0.4))
    assert rows.count(dark) == 1 and rows.count(pale) == 63 and rows.index(dark) >= len(shapes)
