"""Laws of MediaPipe's scores: each goes to the shape of its name, and what it does not tell is our network's."""

import numpy as np
import pytest

from toonface.drive.mediapipe_shapes import DEAD, NAMES, expression_of, rotation_of
from toonface.geometry.rotation import axis_angle_to_matrix
from toonface.morphable.names import SHAPES
from toonface.types import Expression

TURN = axis_angle_to_matrix(np.array([0.1, 0.4, -0.2]))


def scores(**given):
    return {"_neutral": 0.9} | dict.fromkeys(reversed(NAMES), 0.0) | given


def matrix(turn=TURN):
    result = np.eye(4)
    result[:3, :3], result[:3, 3] = turn, [1.0, -2.0, -40.0]
    return result


def ours(weight=0.25):
    return Expression(weights=np.full(64, weight), gaze_radians=np.full((2, 2), 0.5), rotation=np.eye(3))


def test_there_are_51_scores_and_each_goes_to_the_shape_of_its_name():
    assert len(NAMES) == 51
    for name in NAMES:
        found = expression_of(scores(**{name: 0.75}), matrix()).weights
        assert {SHAPES[n]: found[n] for n in np.flatnonzero(found)} == {name: 0.75}


def test_dead_scores_and_those_that_are_absent_are_our_network_s():
    found = expression_of(scores(jawOpen=0.75, cheekPuff=0.01), matrix(), ours())
    by_name = dict(zip(SHAPES, found.weights, strict=True))
    from_us = {name for name, weight in by_name.items() if weight == 0.25}
    assert from_us == {*DEAD, "tongueOut", *SHAPES[52:]}
    assert (by_name["jawOpen"], by_name["mouthPucker"]) == (0.75, 0.0)


def test_our_expression_is_not_changed():
    given = ours()
    expression_of(scores(jawOpen=1.0), matrix(), given)
    assert (given.weights == 0.25).all()


def test_the_gaze_is_that_of_its_own_scores():
    found = expression_of(scores(eyeLookOutLeft=0.5, eyeLookInRight=0.5, eyeLookUpLeft=0.5), matrix(), ours(0.0))
    assert found.gaze_radians[0, 0] > 0.0
    assert found.gaze_radians[1, 0] > 0.0
    assert (found.gaze_radians[0, 1] > 0.0, found.gaze_radians[1, 1]) == (True, 0.0)


def test_scores_are_clipped():
    found = expression_of(scores(jawOpen=1.5, jawLeft=-0.5), matrix()).weights
    assert (found[SHAPES.index("jawOpen")], found.min()) == (1.0, 0.0)


@pytest.mark.parametrize("scale", [1.0, 1.2, 1e-3])
def test_the_head_turns_as_the_matrix_whatever_its_scale_and_place(scale):
    np.testing.assert_allclose(expression_of(scores(), matrix(scale * TURN)).rotation, TURN, atol=1e-12)


def test_a_head_that_turns_to_its_left_looks_to_the_viewer_s_right():
    to_its_left = axis_angle_to_matrix(np.array([0.0, 0.5, 0.0]))
    assert (rotation_of(matrix(to_its_left)) @ [0.0, 0.0, 1.0])[0] > 0.4


@pytest.mark.parametrize("turn", [np.zeros((3, 3)), np.diag([-1.0, 1.0, 1.0]), np.full((3, 3), np.nan)])
def test_a_matrix_that_is_no_rotation_is_refused(turn):
    with pytest.raises(ValueError, match="facial transformation"):
        rotation_of(matrix(turn))


def test_missing_and_broken_scores_are_refused():
    few = scores()
    del few["jawOpen"]
    with pytest.raises(ValueError, match="1 of 51 scores are missing \\(jawOpen\\)"):
        expression_of(few, matrix())
    with pytest.raises(ValueError, match="not finite"):
        expression_of(scores(jawOpen=np.nan), matrix())
