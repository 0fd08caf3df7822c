"""The test set does not move: its scenes are pinned, because figures of different months are compared on it."""

import hashlib
import json

import numpy as np
import pytest

from toonface.synth.held_out import HELD_OUT_COUNT, HELD_OUT_SEED, check_training_seed, held_out

FINGERPRINT = "af529880b8ddc80e"


def fingerprint(renderer):
    """What a scene is, in words and numbers rounded so far that no machine's arithmetic shows."""
    rows = []
    for index in range(HELD_OUT_COUNT):
        scene = renderer.scene(HELD_OUT_SEED, index)
        numbers = [*scene.person.identity[:8], *scene.weights, scene.frame.yaw, scene.frame.pitch, scene.frame.share]
        words = [scene.hair.style, scene.toon.look, scene.light.kind, scene.background.kind, scene.clothes.garment]
        rows.append([np.round(numbers, 3).tolist(), words])
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16]


def test_the_scenes_are_those_that_were_pinned(renderer):
    assert fingerprint(renderer) == FINGERPRINT, "the test set has moved: figures before and after do not compare"


def test_it_has_fifty_portraits_in_each_style(renderer):
    for style in ("photo", "toon"):
        assert sum(1 for _ in held_out(renderer, style, 32)) == HELD_OUT_COUNT == 50


def test_training_on_it_is_refused():
    check_training_seed(HELD_OUT_SEED + 1)
    with pytest.raises(ValueError, match="never trained on"):
        check_training_seed(HELD_OUT_SEED)
