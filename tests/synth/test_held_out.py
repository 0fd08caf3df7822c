"""The test sets do not move: their scenes are pinned, because figures of different months are compared on it."""

import hashlib
import json

import numpy as np
import pytest

from toonface.synth.held_out import (
    EXPRESSION_COUNT,
    EXPRESSION_SEED,
    HELD_OUT_COUNT,
    HELD_OUT_SEED,
    check_training_seed,
    held_out,
)

FINGERPRINTS = {
    (HELD_OUT_SEED, HELD_OUT_COUNT): "af529880b8ddc80e",
    (EXPRESSION_SEED, EXPRESSION_COUNT): "62fda6011a10b152",  # drawn with wide expressions
}
"""Seed and count of a set → what it was when it was pinned."""


def fingerprint(renderer, seed, count):
    """What a scene is, in words and numbers rounded so far that no machine's arithmetic shows."""
    rows = []
    for index in range(count):
        scene = renderer.scene(seed, index)
        numbers = [*scene.person.identity[:8], *scene.weights, scene.frame.yaw, scene.frame.pitch, scene.frame.share]
        words = [scene.hair.style, scene.toon.look, scene.light.kind, scene.background.kind, scene.clothes.garment]
        rows.append([np.round(numbers, 3).tolist(), words])
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16]


@pytest.mark.parametrize(("seed", "count"), FINGERPRINTS)
def test_the_scenes_are_those_that_were_pinned(renderer, seed, count):
    pinned = FINGERPRINTS[seed, count]
    drawn = renderer.with_expressions("wide" if seed == EXPRESSION_SEED else "usual")
    assert fingerprint(drawn, seed, count) == pinned, "the set has moved: figures before and after do not compare"


def test_it_has_fifty_portraits_in_each_style(renderer):
    for style in ("photo", "toon"):
        assert sum(1 for _ in held_out(renderer, style, 32)) == HELD_OUT_COUNT == 50


@pytest.mark.parametrize("seed", [HELD_OUT_SEED, EXPRESSION_SEED])
def test_training_on_a_test_set_is_refused(seed):
    check_training_seed(seed + 10)
    with pytest.raises(ValueError, match="never trained on"):
        check_training_seed(seed)
