"""Laws of lids under sums: what enters the eyeball is pushed out, what does not stays, diagonals count."""

import numpy as np
import pytest

from toonface.morphable.eyes import SKIN_GAP
from toonface.morphable.lid_clearance import GAZES, clear_sums, deepest_sum
from toonface.morphable.names import SHAPES

CENTRE, RADIUS = np.array([0.03, 0.02, 0.05]), 0.012
LIDS = np.arange(2, 12)


@pytest.fixture
def head():
    """Lid points on a shell around the eyeball, and shapes that move them along it."""
    rng = np.random.default_rng(0)
    arms = rng.normal(size=(14, 3))
    skin = CENTRE + 1.05 * RADIUS * arms / np.linalg.norm(arms, axis=1, keepdims=True)
    shapes = np.zeros((64, 14, 3))
    for name in ("eyeBlinkLeft", "eyeLookUpLeft", "eyeLookDownLeft", "eyeLookInLeft", "eyeLookOutLeft"):
        shapes[SHAPES.index(name)] = 0.4 * RADIUS * rng.normal(size=(14, 3)) / np.sqrt(3.0)
    return skin, shapes


def test_sums_that_enter_the_eyeball_are_pushed_out(head):
    skin, shapes = head
    before = deepest_sum(LIDS, "Left", (skin, shapes), (CENTRE, RADIUS))
    pushed = clear_sums(LIDS, "Left", (skin, shapes), (CENTRE, RADIUS))
    after = deepest_sum(LIDS, "Left", (skin, shapes), (CENTRE, RADIUS))
    assert before > 1e-3
    assert 0.0 < pushed <= before
    assert after < 0.2 * before


def test_lids_that_stay_clear_and_other_vertices_are_left_alone(head):
    skin, shapes = head
    far, kept = CENTRE + 3.0 * (skin - CENTRE), shapes.copy()
    assert clear_sums(LIDS, "Left", (far, shapes), (CENTRE, RADIUS)) == 0.0
    assert np.array_equal(shapes, kept)
    clear_sums(LIDS, "Left", (skin, shapes), (CENTRE, RADIUS))
    others = np.setdiff1d(np.arange(14), LIDS)
    assert np.array_equal(shapes[:, others], kept[:, others])


def test_a_diagonal_gaze_that_enters_is_found_where_each_alone_does_not():
    skin = CENTRE + np.array([[0.0, 0.0, 1.3 * RADIUS]])
    shapes = np.zeros((64, 1, 3))
    for name in ("eyeLookUpLeft", "eyeLookInLeft"):
        shapes[SHAPES.index(name), 0, 2] = -0.2 * RADIUS
    assert ("Up", "In") in GAZES
    assert deepest_sum(np.array([0]), "Left", (skin, shapes), (CENTRE, RADIUS)) == pytest.approx(0.1 * RADIUS)
    clear_sums(np.array([0]), "Left", (skin, shapes), (CENTRE, RADIUS))
    both = skin[0] + shapes[:, 0].sum(axis=0) - CENTRE
    assert np.linalg.norm(both) >= SKIN_GAP * RADIUS - 1e-9
