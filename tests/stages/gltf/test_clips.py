"""Clips move what they name."""

from dataclasses import replace

import numpy as np
import pytest
from tests.assets import small_asset

from toonface.stages.gltf.reader import from_glb
from toonface.stages.gltf.writer import to_glb


def test_a_clip_comes_back():
    asset = small_asset()
    (found,), (clip,) = from_glb(to_glb(asset)).clips, asset.clips
    assert (found.name, found.shapes) == (clip.name, clip.shapes)
    np.testing.assert_array_equal(found.times, clip.times)
    np.testing.assert_array_equal(found.weights, clip.weights)
    np.testing.assert_array_equal(found.rotations["Head"], clip.rotations["Head"])


def test_a_clip_that_turns_a_joint_that_is_not_there_is_refused():
    asset = small_asset()
    clip = replace(asset.clips[0], rotations={"Tail": asset.clips[0].rotations["Head"]})
    with pytest.raises(ValueError, match="turns 'Tail'"):
        to_glb(replace(asset, clips=(clip,)))


def test_a_clip_that_moves_nothing_is_refused():
    asset = small_asset()
    clip = replace(asset.clips[0], shapes=("noseSneerLeft",), rotations={})
    with pytest.raises(ValueError, match="moves nothing"):
        to_glb(replace(asset, clips=(clip,)))
