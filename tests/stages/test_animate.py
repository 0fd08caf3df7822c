"""Laws of the moving head: rest at no weights, the sum of shapes otherwise, eyes that look where they are told."""

import numpy as np
import pytest
from tests.planted_heads import fine_of

from toonface.io.face_model_file import load_face_model
from toonface.morphable.face_model import neutral_points
from toonface.morphable.names import SHAPES
from toonface.stages.animate import Animator, animate
from toonface.stages.rig import Rigger, build_rig


@pytest.fixture(scope="module")
def rigged():
    model = load_face_model()
    identity = np.random.default_rng(0).standard_normal(80)
    return build_rig(Rigger(model), fine_of(neutral_points(model, identity).astype(float)))


@pytest.fixture(scope="module")
def animator(rigged):
    return Animator(rigged)


def test_no_weights_are_the_neutral_head(rigged, animator):
    frame = animate(animator, np.zeros(64))
    np.testing.assert_allclose(frame.points, rigged.neutral, atol=1e-7)
    np.testing.assert_allclose(frame.skin, rigged.skin, atol=1e-7)
    assert np.array_equal(frame.eyes.rotations, np.stack([np.eye(3)] * 2))
    assert np.array_equal(frame.eyes.centres, rigged.eyes.centres)


def test_a_frame_is_the_sum_of_the_shapes(rigged, animator):
    weights = np.random.default_rng(1).uniform(size=64)
    frame = animate(animator, weights)
    # What a shape moves by less than a micrometre is left out, 64 times at most.
    for found, rest, shapes in (
        (frame.points, rigged.neutral, rigged.shapes),
        (frame.skin, rigged.skin, rigged.skin_shapes),
    ):
        np.testing.assert_allclose(found, rest + np.tensordot(weights, shapes, axes=1), atol=2e-5)


def test_eyes_look_up_and_stay_where_they_are(rigged, animator):
    weights = np.zeros(64)
    weights[[SHAPES.index("eyeLookUpLeft"), SHAPES.index("eyeLookUpRight")]] = 1.0
    eyes = animate(animator, weights).eyes
    assert (eyes.rotations[:, 1, 2] > 0.3).all()
    assert np.array_equal(eyes.centres, rigged.eyes.centres)


def test_a_weight_that_is_no_number_is_refused(animator):
    with pytest.raises(ValueError, match="expected finite numbers"):
        animate(animator, np.full(64, np.nan))
