"""What is written is valid and says what it holds."""

from dataclasses import replace
from itertools import product

import pytest
from tests.assets import small_asset
from tests.node_programs import problems_of

from toonface.stages.gltf.layout import QUANTIZATION, join_glb, split_glb
from toonface.stages.gltf.options import GltfOptions
from toonface.stages.gltf.writer import to_glb

ALL_OPTIONS = [GltfOptions(sparse=s, quantize=q, target_normals=n) for s, q, n in product([False, True], repeat=3)]


def test_the_same_asset_gives_the_same_bytes():
    assert to_glb(small_asset()) == to_glb(small_asset())


def test_the_scene_has_the_name_that_avatar_runtimes_look_for_and_holds_every_mesh():
    document, _ = split_glb(to_glb(small_asset()))
    scene = document["scenes"][document["scene"]]
    shown = [document["nodes"][number].get("name") for number in scene["nodes"]]
    assert scene["name"] == "Armature" and {"face", "hair"} <= set(shown)


def test_one_picture_is_stored_once():
    asset = small_asset()
    twin = replace(asset.meshes[0], name="twin")
    document, _ = split_glb(to_glb(replace(asset, meshes=(*asset.meshes, twin))))
    assert len(document["images"]) == 1 and len(document["materials"]) == 2


def test_quantised_files_say_that_their_reader_must_know_it():
    document, _ = split_glb(to_glb(small_asset(), GltfOptions(quantize=True)))
    assert QUANTIZATION in document["extensionsRequired"]


def test_an_asset_without_meshes_is_refused():
    with pytest.raises(ValueError, match="0 meshes"):
        to_glb(replace(small_asset(), meshes=()))


def test_the_validator_finds_neither_errors_nor_warnings_in_any_form(tmp_path):
    paths = [tmp_path / f"{number}.glb" for number in range(len(ALL_OPTIONS))]
    for path, options in zip(paths, ALL_OPTIONS, strict=True):
        path.write_bytes(to_glb(small_asset(), options))
    assert problems_of(*paths) == {path.name: [] for path in paths}


def test_the_validator_finds_what_is_wrong(tmp_path):
    document, binary = split_glb(to_glb(small_asset()))
    document["accessors"][0]["count"] += 1000
    (tmp_path / "broken.glb").write_bytes(join_glb(document, binary))
    assert problems_of(tmp_path / "broken.glb")["broken.glb"]
