"""Laws of performances: they begin at rest, do what they say, and are drawn as they are."""

import numpy as np
import pytest

from toonface.drive.gaze import gaze_from_weights
from toonface.drive.quaternions import quaternions_to_matrices
from toonface.evaluate.performance import FPS, REST_SECONDS, act, perform
from toonface.morphable.names import SHAPES
from toonface.synth.framing import Frame, rotation_of


@pytest.fixture(scope="module")
def performance():
    return act(np.random.default_rng(3))


def test_at_first_the_face_is_at_rest_and_then_it_does_much(performance):
    clip = performance.clip
    still = clip.times <= REST_SECONDS
    assert not clip.weights[still].any() and not performance.angles[still].any()
    for shape in ("jawOpen", "eyeBlinkLeft", "mouthSmileRight", "browInnerUp", "noseSneerLeft"):
        assert clip.weights[:, SHAPES.index(shape)].max() > 0.3
    assert np.degrees(np.abs(performance.angles).max(axis=0)).min() > 2.0
    np.testing.assert_array_equal(clip.gaze_radians, gaze_from_weights(clip.weights))


def test_nothing_jumps(performance):
    assert np.degrees(np.abs(np.diff(performance.angles, axis=0)).max()) < 6.0
    jaw = performance.clip.weights[:, SHAPES.index("jawOpen")]
    assert np.abs(np.diff(jaw)).max() < 0.7


def test_the_clip_s_head_is_that_of_the_angles(performance):
    number = len(performance.angles) - 10
    yaw, pitch, roll = performance.angles[number]
    frame = Frame(yaw=yaw, pitch=pitch, roll=roll, share=0.5, shift=(0.0, 0.0))
    found = quaternions_to_matrices(performance.clip.head[number : number + 1])[0]
    np.testing.assert_allclose(found, rotation_of(frame), atol=1e-12)


def test_the_same_seed_is_the_same_performance_and_another_is_another(performance):
    np.testing.assert_array_equal(act(np.random.default_rng(3)).clip.weights, performance.clip.weights)
    assert not np.array_equal(act(np.random.default_rng(4)).clip.weights, performance.clip.weights)
    with pytest.raises(ValueError, match=r"takes 1\.0 s, expected more than 1\.5"):
        act(np.random.default_rng(0), 1.0)


def test_every_picture_is_drawn_with_its_own_weights_and_pose(performance):
    class Recorder:
        def __init__(self):
            self.scenes = []

        def scene(self):
            from dataclasses import make_dataclass

            return make_dataclass("Scene", ["weights", "frame", "finish_seed"], frozen=True)(None, None, 7)

        def render(self, scene, style, size):
            self.scenes.append(scene)
            return type("Rendering", (), {"picture": np.full((size, size, 3), len(self.scenes), np.uint8)})

    recorder = Recorder()
    # The annotations name the real renderer; what is tested here is what it is told.
    pictures = list(getattr(perform, "__wrapped__", perform)(recorder, recorder.scene(), performance, 4))
    assert len(pictures) == len(performance.clip.times) == round(4.0 * FPS)
    number = 50
    scene = recorder.scenes[number]
    np.testing.assert_array_equal(scene.weights, performance.clip.weights[number])
    assert (scene.frame.yaw, scene.frame.pitch, scene.frame.roll) == tuple(performance.angles[number])
    assert len({one.finish_seed for one in recorder.scenes}) == len(pictures)
