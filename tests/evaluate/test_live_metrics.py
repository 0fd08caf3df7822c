"""Laws of live figures: the truth has no error, a late curve is late by what it is late, a turn by its angle."""

import numpy as np
import pytest
from tests.clip_moments import moments_of_clip

from toonface.drive.stream import FaceMoment
from toonface.evaluate.live_metrics import compare, correlation, delay_frames, live_figures, shape_figures
from toonface.evaluate.performance import act
from toonface.geometry.rotation import axis_angle_to_matrix
from toonface.types import Expression


@pytest.fixture(scope="module")
def performance():
    return act(np.random.default_rng(1))


def changed(moment, *, weights=lambda w: w, turn=(0.0, 0.0, 0.0), gaze=0.0):
    seen = moment.expression
    expression = Expression(
        weights=weights(seen.weights),
        gaze_radians=seen.gaze_radians + np.array([gaze, 0.0]),
        rotation=seen.rotation @ axis_angle_to_matrix(np.array(turn)),
    )
    return FaceMoment(time=moment.time, expression=expression)


def test_the_truth_has_no_error(performance):
    tracked = compare(performance, moments_of_clip(performance.clip), from_rest=False)
    figures = live_figures([tracked])
    assert figures.pop("performed.correlation") == pytest.approx(1.0)
    assert all(abs(value) < 1e-6 for name, value in figures.items() if name != "head_degrees")
    assert figures["head_degrees"] < 1e-4


@pytest.mark.parametrize("late", [-2, 0, 1, 3])
def test_a_curve_that_comes_late_is_late_by_that(late):
    curve = np.convolve(np.random.default_rng(0).normal(size=140), np.ones(6), "same")
    assert delay_frames(curve[10:130], np.roll(curve, late)[10:130]) == pytest.approx(late, abs=0.1)


def test_half_a_picture_late_is_found_between_pictures():
    times = np.arange(120) / 30.0
    assert delay_frames(np.sin(3.0 * times), np.sin(3.0 * (times - 0.5 / 30.0))) == pytest.approx(0.5, abs=0.05)


def test_constant_errors_are_told_as_they_are(performance):
    moments = [
        changed(moment, weights=lambda w: np.minimum(w + 0.1, 1.1), turn=(0.0, 0.05, 0.0), gaze=0.02)
        for moment in moments_of_clip(performance.clip)
    ]
    figures = live_figures([compare(performance, moments, from_rest=False)])
    assert [figures[name] for name in ("mae", "performed.mae", "idle.mae")] == pytest.approx([0.1] * 3)
    assert figures["idle.jitter"] == pytest.approx(0.0, abs=1e-12)
    assert figures["head_degrees"] == pytest.approx(np.degrees(0.05), abs=1e-6)
    assert figures["gaze_degrees"] == pytest.approx(np.degrees(0.02), abs=1e-6)


def test_pictures_without_a_face_are_left_out(performance):
    moments = moments_of_clip(performance.clip)
    moments[5] = moments[6] = None
    tracked = compare(performance, moments, from_rest=True)
    assert len(tracked.weights) == len(moments) - 2
    assert set(shape_figures([tracked])) >= {"jawOpen", "eyeBlinkLeft"}
    with pytest.raises(ValueError, match="no face was found"):
        compare(performance, [None] * len(moments), from_rest=True)
    with pytest.raises(ValueError, match=r"there are 3 moments, expected 120"):
        compare(performance, moments[:3], from_rest=True)


def test_what_does_not_move_correlates_with_nothing():
    assert correlation(np.zeros(5), np.arange(5.0)) == 0.0
    assert correlation(np.arange(5.0), -np.arange(5.0)) == pytest.approx(-1.0)
