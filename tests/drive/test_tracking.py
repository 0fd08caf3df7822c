"""Laws of tracking: a face is looked for once, then followed, and looked for again where it is lost."""

import numpy as np
import pytest
from tests.tracked_faces import SIDE, Networks

from toonface.drive.gaze import gaze_from_weights
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
    assert calls == ["detector", "expression", "expression", "gaze"]
    assert state.expression is not None
    for _ in range(3):
        state, calls = run(networks, state)
        assert calls == ["expression", "gaze"]


def test_eyes_look_where_they_are_seen_to_look_and_their_shapes_say_so(networks):
    seen = {"gaze": [[0.2, -0.3], [-0.2, -0.3]], "sigma": [[0.001], [0.001]], "slope": np.zeros((2, 4))}
    networks["gaze"] = lambda picture: {name: np.array(values, np.float32) for name, values in seen.items()}
    state, _ = run(networks, TRACK_START)
    np.testing.assert_allclose(state.expression.gaze_radians, [[0.2, -0.3]] * 2, atol=1e-3)
    np.testing.assert_allclose(gaze_from_weights(state.expression.weights), state.expression.gaze_radians, atol=1e-6)


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
