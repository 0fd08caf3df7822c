"""Laws of steadying: rest is nothing, the whole stays whole, noise goes, and a gap begins anew."""

import numpy as np
import pytest

from toonface.drive.gaze import LOOKS, gaze_from_weights, weights_with_gaze
from toonface.drive.steadying import NO_REST, first_rest, from_rest, likely_rest, rest_of, steady
from toonface.drive.stream import FaceMoment
from toonface.geometry.rotation import axis_angle_to_matrix, matrix_to_axis_angle
from toonface.morphable.names import SHAPES
from toonface.types import Expression

JAW = SHAPES.index("jawOpen")
OTHERS = np.delete(np.arange(len(SHAPES)), LOOKS)
"""Shapes that do not follow from the gaze."""


def moment(time=0.0, weights=None, gaze=(0.0, 0.0), turn=(0.0, 0.0, 0.0)):
    both = np.tile(np.array(gaze), (2, 1))
    return FaceMoment(
        time=time,
        expression=Expression(
            weights=weights_with_gaze(np.zeros(64) if weights is None else weights, both),
            gaze_radians=both,
            rotation=axis_angle_to_matrix(np.array(turn)),
        ),
    )


def leaning(time, jaw=0.2, turn=(0.3, 0.0, 0.0)):
    return moment(time, np.where(np.arange(64) == JAW, jaw, 0.1), (0.05, -0.1), turn)


def test_rest_becomes_nothing_whatever_was_done_a_moment_long():
    moments = [leaning(0.1 * n) for n in range(20)]
    moments[7] = leaning(0.7, jaw=0.9, turn=(-0.8, 0.4, 0.1))
    found = from_rest(rest_of(moments), moments[3]).expression
    np.testing.assert_allclose(found.weights, 0.0, atol=1e-12)
    np.testing.assert_allclose(found.gaze_radians, 0.0, atol=1e-12)
    np.testing.assert_allclose(found.rotation, np.eye(3), atol=1e-9)


def test_a_guessed_rest_is_what_shapes_weigh_in_a_tenth_of_the_time_and_leaves_gaze_and_head():
    moments = [leaning(0.1 * n, jaw=0.2 if n < 4 else 0.7) for n in range(20)]
    found = from_rest(likely_rest(moments), moments[0]).expression
    np.testing.assert_allclose(found.weights[OTHERS], 0.0, atol=1e-12)
    np.testing.assert_array_equal(found.gaze_radians, moments[0].expression.gaze_radians)
    np.testing.assert_allclose(gaze_from_weights(found.weights), found.gaze_radians, atol=1e-12)
    np.testing.assert_allclose(found.rotation, moments[0].expression.rotation)


def test_a_turn_is_counted_in_the_axes_that_the_head_has_at_rest():
    at_rest, turn = axis_angle_to_matrix(np.array([0.3, 0.0, 0.0])), axis_angle_to_matrix(np.array([0.0, 0.5, 0.0]))
    seen = moment(1.0)
    seen = FaceMoment(time=1.0, expression=Expression(**{**vars(seen.expression), "rotation": at_rest @ turn}))
    found = from_rest(rest_of([leaning(0.0)]), seen).expression
    np.testing.assert_allclose(found.rotation, turn, atol=1e-9)


def test_eyes_that_are_seen_too_high_at_rest_look_down_as_far_as_they_turn():
    rest = rest_of([moment(0.0, gaze=(0.0, 0.1))])
    found = from_rest(rest, moment(1.0, gaze=(0.0, -0.1))).expression
    np.testing.assert_allclose(found.gaze_radians, [[0.0, -0.2]] * 2, atol=1e-12)
    np.testing.assert_allclose(gaze_from_weights(found.weights), found.gaze_radians, atol=1e-12)


def test_a_full_shape_stays_full():
    found = from_rest(rest_of([leaning(0.0)]), leaning(1.0, jaw=1.0)).expression
    assert found.weights[JAW] == pytest.approx(1.0)


def test_noise_goes_and_what_is_held_stays():
    rng = np.random.default_rng(0)
    stream = [
        moment(
            n / 30.0, np.clip(0.5 + 0.02 * rng.normal(size=64), 0, 1), (0.1, 0.1), (0.0, 0.2 + 0.02 * rng.normal(), 0.0)
        )
        for n in range(90)
    ]
    taken = list(steady(stream))[30:]
    weights = np.array([one.expression.weights for one in taken])[:, OTHERS]
    assert weights.std(axis=0).mean() < 0.7 * 0.02
    assert weights.mean() == pytest.approx(0.5, abs=0.01)
    yaw = np.array([matrix_to_axis_angle(one.expression.rotation)[1] for one in taken])
    assert yaw.std() < 0.015 and yaw.mean() == pytest.approx(0.2, abs=0.01)
    np.testing.assert_allclose([one.expression.gaze_radians for one in taken], 0.1)


def test_a_quick_syllable_is_neither_cut_nor_late():
    jaw = 0.6 * np.sin(np.pi * np.clip(np.arange(20) - 6, 0, 7) / 7.0) ** 2
    found = [one.expression.weights[JAW] for one in steady([leaning(n / 30.0, jaw=w) for n, w in enumerate(jaw)])]
    assert max(found) > 0.9 * jaw.max()
    assert np.argmax(found) - np.argmax(jaw) <= 1
    np.testing.assert_allclose(found[15:], 0.0, atol=0.05)


def test_after_a_gap_nothing_glides_from_what_was_before():
    def stream(gap):
        return [moment(0.0), *([None] if gap else []), leaning(1 / 30, jaw=1.0)]

    assert list(steady(stream(gap=True)))[-1].expression.weights[JAW] == pytest.approx(1.0)
    assert list(steady(stream(gap=False)))[-1].expression.weights[JAW] < 0.97
    assert list(steady([None])) == [None]


def test_nothing_is_done_where_nothing_is_asked_for():
    stream = [leaning(0.0), leaning(0.1, jaw=1.0)]
    for given, found in zip(stream, steady(stream, NO_REST, None), strict=True):
        assert found.time == given.time
        np.testing.assert_allclose(found.expression.weights, given.expression.weights)
        np.testing.assert_allclose(found.expression.rotation, given.expression.rotation)


def test_the_first_moments_are_rest_and_the_stream_goes_on_behind_them():
    stream = iter([None, *(leaning(0.1 * n) for n in range(6)), leaning(0.9, jaw=0.6)])
    rest = first_rest(stream, 0.5)
    assert rest.calibration.neutral[JAW] == pytest.approx(0.2)
    (left,) = stream
    assert from_rest(rest, left).expression.weights[JAW] == pytest.approx(0.5)


def test_too_few_moments_and_a_face_that_is_not_at_rest_are_refused():
    with pytest.raises(ValueError, match=r"1 moments of a face were seen, expected 2 s of them, at rest"):
        first_rest(iter([leaning(0.0)]), 2.0)
    with pytest.raises(ValueError, match="was the face at rest"):
        rest_of([leaning(0.0, jaw=0.95)])
    with pytest.raises(ValueError, match="0 frames"):
        rest_of([])
    with pytest.raises(ValueError, match="0 moments of a face"):
        likely_rest([])
