"""Laws of animations that are put into a file: they are read as they were, and everything else is untouched."""

from dataclasses import replace

import numpy as np
import pytest
from tests.assets import small_asset

from toonface.geometry.asset import AssetClip
from toonface.stages.gltf.append import append_clip
from toonface.stages.gltf.layout import join_glb, split_glb
from toonface.stages.gltf.options import GltfOptions
from toonface.stages.gltf.reader import from_glb
from toonface.stages.gltf.writer import to_glb

TALK = AssetClip(
    name="talk",
    times=np.array([0.0, 0.25, 0.75], np.float32),
    shapes=("jawOpen", "eyeBlinkLeft"),
    weights=np.array([[0.0, 0.5], [1.0, 0.25], [0.125, 0.0]], np.float32),
    rotations={"Head": np.array([[0, 0, 0, 1], [0, 0.6, 0, 0.8], [0, 0, 0, 1]], np.float32)},
)


def same_clip(found, given):
    assert (found.name, set(found.shapes), set(found.rotations)) == (
        given.name,
        set(given.shapes),
        set(given.rotations),
    )
    np.testing.assert_array_equal(found.times, given.times)
    for column, shape in enumerate(given.shapes):
        np.testing.assert_array_equal(found.weights[:, found.shapes.index(shape)], given.weights[:, column])
    for name, turns in given.rotations.items():
        np.testing.assert_array_equal(found.rotations[name], turns)


@pytest.mark.parametrize("options", [GltfOptions(), GltfOptions(sparse=True, quantize=True)])
def test_the_clip_is_read_as_it_was_beside_those_that_were_there(options):
    asset = small_asset()
    found = from_glb(append_clip(to_glb(asset, options), TALK))
    assert [clip.name for clip in found.clips] == ["wave", "talk"]
    same_clip(found.clips[0], asset.clips[0])
    same_clip(found.clips[1], TALK)


def test_the_same_file_comes_of_writing_the_clip_with_the_asset():
    asset = small_asset()
    appended = from_glb(append_clip(to_glb(replace(asset, clips=())), TALK))
    written = from_glb(to_glb(replace(asset, clips=(TALK,))))
    same_clip(appended.clips[0], written.clips[0])
    for one, other in zip(appended.meshes, written.meshes, strict=True):
        np.testing.assert_array_equal(one.positions, other.positions)
        assert one.material == other.material


def test_what_was_in_the_file_is_untouched():
    before = to_glb(small_asset())
    (old, old_binary), (new, new_binary) = split_glb(before), split_glb(append_clip(before, TALK))
    assert new_binary.startswith(old_binary)
    assert new["buffers"][0]["byteLength"] == len(new_binary)
    for key in ("accessors", "bufferViews", "animations"):
        assert new[key][: len(old[key])] == old[key]
    assert {key: new[key] for key in ("nodes", "meshes", "skins", "materials", "scenes")} == {
        key: old[key] for key in ("nodes", "meshes", "skins", "materials", "scenes")
    }


def test_a_clip_of_the_same_name_is_replaced():
    data = append_clip(to_glb(small_asset()), TALK)
    other = replace(TALK, weights=TALK.weights[::-1].copy())
    found = from_glb(append_clip(data, other))
    assert [clip.name for clip in found.clips] == ["wave", "talk"]
    same_clip(found.clips[1], other)


def test_what_the_file_has_not_is_left_out_and_nothing_at_all_is_refused():
    strange = replace(TALK, shapes=("jawOpen", "earWiggle"), rotations={"Tail": TALK.rotations["Head"]})
    found = from_glb(append_clip(to_glb(small_asset()), strange)).clips[1]
    assert (found.shapes, found.rotations) == (("jawOpen",), {})
    nothing = replace(strange, shapes=("earWiggle", "earTwist"))
    with pytest.raises(ValueError, match="clip 'talk' moves nothing"):
        append_clip(to_glb(small_asset()), nothing)


def test_files_of_other_kinds_are_refused():
    with pytest.raises(ValueError, match="expected a GLB file"):
        append_clip(b"glTF", TALK)
    document, binary = split_glb(to_glb(small_asset()))
    outside = {**document, "buffers": [{"uri": "numbers.bin", "byteLength": len(binary)}]}
    with pytest.raises(ValueError, match=r"lie in 'numbers.bin', expected them inside"):
        append_clip(join_glb(outside, binary), TALK)
    with pytest.raises(ValueError, match="breaks the rules of glTF"):
        append_clip(join_glb({**document, "nodes": [{"mesh": 99}]}, binary), TALK)
