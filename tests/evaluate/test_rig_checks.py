"""What the checks of rigs say: nothing of a good rig, and planted faults are found."""

from dataclasses import replace

import numpy as np
import pytest
from tests.planted_heads import fine_of

from toonface.evaluate.rig_checks import check_rig, deepest_lid
from toonface.morphable.names import SHAPES
from toonface.stages.rig import Rigger, build_rig

BLINK = SHAPES.index("eyeBlinkLeft")


@pytest.fixture(scope="module")
def rigger(face_model):
    return Rigger(face_model)


@pytest.fixture(scope="module")
def rigged(rigger):
    return build_rig(rigger, fine_of(rigger.model.mean))


def test_the_template_obeys(rigger, rigged):
    figures = check_rig(rigger, rigged)
    assert figures["blink_closed"] > 0.99
    assert figures["lip_gap_mm"] < 0.01
    assert figures["lid_inside_eye_mm"] < 0.05
    assert figures["flipped"] == 0.0


def test_a_lazy_lid_is_found(rigger, rigged):
    shapes = rigged.skin_shapes.copy()
    shapes[BLINK] *= 0.7
    assert 0.55 < check_rig(rigger, replace(rigged, skin_shapes=shapes))["blink_closed"] < 0.85


def test_a_lid_in_the_eyeball_is_found(rigger, rigged):
    lids = rigger.model.lid_vertices[0]
    shapes = rigged.skin_shapes.copy()
    shapes[BLINK][lids] += (0.3 * (rigged.eyes.centres[0] - rigged.skin[lids])).astype(np.float32)
    depth = deepest_lid(rigger.model, replace(rigged, skin_shapes=shapes))
    assert depth == pytest.approx(0.3 * rigged.eyes.radii[0], rel=0.3)


def test_open_lips_are_found(rigger, rigged):
    shapes = rigged.skin_shapes.copy()
    shapes[SHAPES.index("mouthClose")] *= 0.5
    assert check_rig(rigger, replace(rigged, skin_shapes=shapes))["lip_gap_mm"] > 5.0


def test_eyes_that_are_shut_at_rest_have_nothing_to_close(rigger, rigged):
    shut = rigged.skin + rigged.skin_shapes[BLINK] + rigged.skin_shapes[SHAPES.index("eyeBlinkRight")]
    assert check_rig(rigger, replace(rigged, skin=shut))["blink_closed"] == 1.0
