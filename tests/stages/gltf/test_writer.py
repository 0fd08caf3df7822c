"""What is written is valid and says what it holds."""

import json
import os
import shutil
import subprocess
from dataclasses import replace
from itertools import product

import pytest
from tests.assets import small_asset

from toonface.stages.gltf.layout import QUANTIZATION, split_glb
from toonface.stages.gltf.options import GltfOptions
from toonface.stages.gltf.writer import to_glb

ALL_OPTIONS = [GltfOptions(sparse=s, quantize=q, target_normals=n) for s, q, n in product([False, True], repeat=3)]
VALIDATE = """
const { createRequire } = require('module');
const validator = createRequire(process.env.GLTF_VALIDATOR + '/')('gltf-validator');
validator.validateBytes(new Uint8Array(require('fs').readFileSync(0))).then(r => console.log(JSON.stringify(r.issues)));
"""


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


@pytest.mark.parametrize("options", ALL_OPTIONS, ids=str)
def test_the_validator_finds_neither_errors_nor_warnings(options):
    folder, node = os.environ.get("GLTF_VALIDATOR"), shutil.which("node")
    if not folder or not node:
        pytest.skip("needs node, and GLTF_VALIDATOR naming a folder in which `npm install gltf-validator` was run")
    run = subprocess.run([node, "-e", VALIDATE], input=to_glb(small_asset(), options), capture_output=True, check=True)
    issues = json.loads(run.stdout)
    assert (issues["numErrors"], issues["numWarnings"]) == (0, 0), issues["messages"]
