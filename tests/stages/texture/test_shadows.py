"""Laws of shadows: those that were painted on one side are found there, and what both sides have is none."""

import numpy as np
import pytest

from toonface.geometry.mirror import mirror_table
from toonface.geometry.smoothstep import smoothstep
from toonface.morphable.face_model import subdivide
from toonface.stages.texture.shadows import shadows
from toonface.stages.texture.skin_baker import MIRROR_TOLERANCE_M

SKIN = np.array([200.0, 150.0, 120.0])


@pytest.fixture(scope="module")
def rest(baker):
    return subdivide(baker.model, baker.model.mean[: baker.model.skin.count])


def found(baker, shade, towards=1.0, own=1.0):
    count = len(baker.mirror)
    return shadows(
        baker,
        np.outer(shade, SKIN),
        own=np.broadcast_to(own, count) * baker.outer,
        plain=np.ones(count, bool),
        towards=np.full(count, towards),
    )


def cheek(rest, side, radius=0.015):
    """1 in a spot of the left (1) or right (-1) cheek."""
    middle = np.array([side * 0.04, 0.0, 0.0])
    front = rest[:, 2] > rest[:, 2].max() - 0.09
    nose = rest[rest[:, 2].argmax(), 1]
    away = np.hypot(rest[:, 0] - middle[0], rest[:, 1] - nose)
    return front * smoothstep(radius + 0.002, radius, away)


@pytest.mark.parametrize("side", [1, -1])
def test_a_shadow_on_one_cheek_is_found_there_and_not_on_the_other(baker, rest, side):
    spot = cheek(rest, side)
    share = found(baker, 1.0 - 0.4 * spot)
    assert share[(spot == 1.0) & (baker.outer == 1.0)].mean() > 0.9
    assert share[cheek(rest, -side, 0.03) > 0.0].max() == 0.0


def test_what_both_sides_have_is_no_shadow(baker, rest):
    assert found(baker, 1.0 - 0.4 * (cheek(rest, 1) + cheek(rest, -1))).max() == 0.0


def test_a_mole_is_no_shadow(baker, rest):
    shade = np.ones(len(rest))
    shade[np.argmax(cheek(rest, 1))] = 0.4
    assert found(baker, shade).max() < 0.05


def test_where_the_other_side_is_not_seen_nothing_is_known(baker, rest):
    half = (rest[:, 0] > 0.0).astype(float)
    assert found(baker, 1.0 - 0.4 * cheek(rest, 1), own=half).max() == 0.0


def test_temples_that_darken_where_they_turn_away_are_found_and_beards_below_are_not(baker, rest):
    side = np.abs(rest[:, 0]) > 0.055
    dark = np.where(side, 0.6, 1.0)
    towards = np.where(side, 0.4, 1.0)
    count = len(rest)
    share = shadows(baker, np.outer(dark, SKIN), own=baker.outer, plain=np.ones(count, bool), towards=towards)
    assert share[side & (baker.upper == 1.0)].mean() > 0.8
    below = side & (baker.face > 0.99) & (rest[:, 1] < rest[rest[:, 2].argmax(), 1] - 0.04)
    assert below.any()
    assert share[below].max() < 0.1
    as_seen = found(baker, dark, towards=1.0)
    assert as_seen.max() == 0.0


def test_the_mirror_of_the_baker_is_the_one_that_the_spots_use(baker, rest):
    np.testing.assert_array_equal(baker.mirror, mirror_table(rest, MIRROR_TOLERANCE_M))
