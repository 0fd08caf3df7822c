"""The idle clip."""

import numpy as np

from toonface.stages.avatar.idle import SECONDS, idle_clip
from toonface.stages.avatar.shapes import TARGETS


def test_the_clip_ends_as_it_begins():
    clip = idle_clip(np.random.default_rng(3))
    assert clip.times[0] == 0.0 and clip.times[-1] == np.float32(SECONDS) and (np.diff(clip.times) > 0).all()
    np.testing.assert_allclose(clip.weights[0], clip.weights[-1], atol=1e-6)
    for turns in clip.rotations.values():
        np.testing.assert_allclose(turns[0], turns[-1], atol=1e-6)
        np.testing.assert_allclose(np.linalg.norm(turns, axis=1), 1.0, atol=1e-6)


def test_both_eyes_close_together_and_look_at_one_place():
    clip = idle_clip(np.random.default_rng(3))
    weights = dict(zip(clip.shapes, clip.weights.T, strict=True))
    assert set(weights) <= set(TARGETS)
    np.testing.assert_array_equal(weights["eyeBlinkLeft"], weights["eyeBlinkRight"])
    assert weights["eyeBlinkLeft"].max() == 1.0 and weights["eyeBlinkLeft"].min() == 0.0
    np.testing.assert_array_equal(weights["eyeLookOutLeft"], weights["eyeLookInRight"])
    np.testing.assert_array_equal(weights["eyeLookUpLeft"], weights["eyeLookUpRight"])


def test_another_seed_blinks_at_other_times():
    first, second = (idle_clip(np.random.default_rng(seed)) for seed in (1, 2))
    assert first.times.tolist() != second.times.tolist()
