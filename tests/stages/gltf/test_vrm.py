"""Laws of VRM files: presets and the 52 shapes as expressions, bones, a gaze by expressions; still a GLB file."""

import numpy as np
import pytest
from tests.assets import picture, small_person

from toonface.morphable.names import ARKIT_SHAPES, PRESETS
from toonface.stages.gltf.layout import split_glb
from toonface.stages.gltf.options import GltfOptions
from toonface.stages.gltf.reader import from_glb
from toonface.stages.gltf.vrm import EXTENSION, to_vrm
from toonface.stages.gltf.vrm_body import HUMANOID
from toonface.stages.gltf.vrm_meta import VrmMeta


@pytest.fixture(scope="module")
def document():
    return split_glb(to_vrm(small_person(), VrmMeta(name="Ada"), thumbnail=picture()))[0]


@pytest.fixture(scope="module")
def said(document):
    return document["extensions"][EXTENSION]


def mixed(document, expression):
    """Mesh → target → weight."""
    found = {}
    for bind in expression["morphTargetBinds"]:
        mesh = document["meshes"][document["nodes"][bind["node"]]["mesh"]]
        name = mesh["extras"]["targetNames"][bind["index"]]
        found.setdefault(mesh["name"], {})[name] = bind["weight"]
    return found


def test_each_preset_binds_the_targets_of_its_mixture_that_a_mesh_has(document, said):
    assert set(said["expressions"]["preset"]) == set(PRESETS)
    assert mixed(document, said["expressions"]["preset"]["aa"]) == {"face": {"jawOpen": PRESETS["aa"]["jawOpen"]}}
    assert mixed(document, said["expressions"]["preset"]["blinkLeft"]) == {"face": {"eyeBlinkLeft": 1.0}}
    assert not said["expressions"]["preset"]["neutral"]["morphTargetBinds"]


def test_the_52_shapes_are_custom_expressions_under_their_own_names(document, said):
    assert list(said["expressions"]["custom"]) == list(ARKIT_SHAPES)
    assert mixed(document, said["expressions"]["custom"]["jawOpen"]) == {"face": {"jawOpen": 1.0}}


def test_other_targets_and_clips_are_left_out(document):
    (names,) = [mesh["extras"]["targetNames"] for mesh in document["meshes"] if "extras" in mesh]
    assert names == ["jawOpen", "eyeBlinkLeft"]
    assert "animations" not in document


def test_bones_are_nodes_and_the_eyes_are_none_of_them(document, said):
    bones = said["humanoid"]["humanBones"]
    assert {bone: document["nodes"][place["node"]]["name"] for bone, place in bones.items()} == HUMANOID
    assert said["lookAt"]["type"] == "expression" and "leftEye" not in bones
    np.testing.assert_allclose(said["lookAt"]["offsetFromHeadBone"], [0.0, 0.04, 0.07], atol=1e-6)


def test_each_mesh_says_whether_its_wearer_sees_it(document, said):
    shown = {document["nodes"][one["node"]]["name"]: one["type"] for one in said["firstPerson"]["meshAnnotations"]}
    assert shown == {"face": "thirdPersonOnly", "hair": "thirdPersonOnly"}


def test_the_thumbnail_is_the_picture_that_was_given(said):
    document, binary = split_glb(to_vrm(small_person(), thumbnail=picture()))
    view = document["bufferViews"][document["images"][said["meta"]["thumbnailImage"]]["bufferView"]]
    assert binary[view["byteOffset"] :][: view["byteLength"]] == picture().data
    assert document["buffers"][0]["byteLength"] == len(binary)


def test_it_is_read_like_any_glb():
    asset = from_glb(to_vrm(small_person(), thumbnail=picture()))
    assert [mesh.name for mesh in asset.meshes] == ["face", "hair"]
    assert len(asset.joints) == 8 + 14


def test_integers_are_refused():
    with pytest.raises(ValueError, match="quantize is set"):
        to_vrm(small_person(), options=GltfOptions(quantize=True))
