"""Laws of tracking: a face is looked for once, then followed, and looked for again where it is lost."""

import numpy as np
import pytest
from tests.tracked_faces import SIDE, Networks

from toonface.drive.tracking import TRACK_START, is_face, track
from toonface.types import Landmarks


@pytest.fixture
def networks():
    return Networks()


def run(networks, state):
    networks.calls.clear()
    state = track(state, networks, np.zeros((SIDE, SIDE, 3), np.uint8))
    return state, list(networks.calls)


def test_a_face_is_found_once_and_then_followed(networks):
    state, calls = run(networks, TRACK_START)
    assert calls == ["detector", "expression", "expression"]
    assert state.expression is not None
    for _ in range(3):
        state, calls = run(networks, state)
        assert calls == ["expression"]


def test_a_lost_face_is_looked_for_at_once(networks):
    state, _ = run(networks, TRACK_START)
    networks.sigma = 20.0
    state, calls = run(networks, state)
    assert calls == ["expression", "detector", "expression"]
    assert state == TRACK_START
    networks.sigma = 0.3
    state, _ = run(networks, state)
    assert state.expression is not None


def test_no_face_is_no_expression(networks):
    networks.faces = 0
    state, calls = run(networks, TRACK_START)
    assert state == TRACK_START and set(calls) == {"detector"}


@pytest.mark.parametrize(
    ("shift", "sigma", "expected"), [(0, 0.5, True), (0, 6.0, False), (200, 0.5, False), (-200, 0.5, False)]
)
def test_a_face_is_certain_and_inside(shift, sigma, expected):
    points = np.random.default_rng(0).uniform(50, 150, (68, 2)) + shift
    found = Landmarks(points_px=points, sigma_px=np.full(68, sigma))
    assert is_face(found, np.zeros((SIDE, SIDE, 3), np.uint8)) is expected
