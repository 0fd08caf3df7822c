"""Laws of what is read of an avatar: bones lie where turned and scaled nodes take them, and others are refused."""

from copy import deepcopy

import numpy as np
import pytest
from tests.assets import TRUNK, small_person

from toonface.morphable.names import ARKIT_SHAPES
from toonface.stages.gltf.layout import split_glb
from toonface.stages.gltf.vrm import EXTENSION, to_vrm
from toonface.stages.gltf.vrm_body import HUMANOID, SOLES
from toonface.stages.gltf.vrm_person import PARENTS, read_vrm_person


@pytest.fixture
def document():
    return split_glb(to_vrm(small_person()))[0]


def test_our_own_avatars_have_every_bone_and_the_52_expressions(document):
    person = read_vrm_person(document)
    assert set(person.bones) == set(HUMANOID) == set(PARENTS)
    assert person.custom == ARKIT_SHAPES
    np.testing.assert_allclose(person.eyes, [0.0, 0.04, 0.07], atol=1e-6)
    joints = {joint.name: joint.position for joint in TRUNK}
    lift = SOLES - joints["Head"][1]
    for bone in ("hips", "neck", "head"):
        np.testing.assert_allclose(person.bones[bone], np.add(joints[HUMANOID[bone]], [0.0, lift, 0.0]), atol=1e-6)


@pytest.mark.parametrize("written", ["parts", "matrix"])
def test_bones_lie_where_the_nodes_above_take_them(document, written):
    before = read_vrm_person(document).bones
    hips = document["extensions"][EXTENSION]["humanoid"]["humanBones"]["hips"]["node"]
    above = {"children": [hips], "name": "above"}
    if written == "parts":  # a quarter turn about +Y, twice the size, one metre up
        half = float(np.sqrt(0.5))
        above |= {"rotation": [0.0, half, 0.0, half], "scale": [2.0, 2.0, 2.0], "translation": [0.0, 1.0, 0.0]}
    else:
        above["matrix"] = [0, 0, -2, 0, 0, 2, 0, 0, 2, 0, 0, 0, 0, 1, 0, 1]
    for node in document["nodes"]:
        node["children"] = [child for child in node.get("children", []) if child != hips]
    document["nodes"].append(above)
    after = read_vrm_person(document).bones
    root = next(joint.position for joint in TRUNK if joint.name == "Hips")
    assert np.abs(root).max() > 0.0
    for bone, (x, y, z) in before.items():
        np.testing.assert_allclose(after[bone], [2.0 * z, 2.0 * y + 1.0, -2.0 * x], atol=1e-5)


def test_what_is_no_avatar_or_lacks_a_bone_is_refused(document):
    with pytest.raises(ValueError, match=r"no avatar of VRM 1.0 \(KeyError"):
        read_vrm_person({"nodes": []})
    lacking = deepcopy(document)
    del lacking["extensions"][EXTENSION]["humanoid"]["humanBones"]["leftHand"]
    with pytest.raises(ValueError, match="has no bones leftHand"):
        read_vrm_person(lacking)
    endless = deepcopy(document)
    endless["nodes"][-1]["children"] = [len(endless["nodes"]) - 1]
    with pytest.raises(ValueError, match="no avatar"):
        read_vrm_person(endless)
    nowhere = deepcopy(document)
    hips = nowhere["extensions"][EXTENSION]["humanoid"]["humanBones"]["hips"]["node"]
    nowhere["nodes"][hips]["translation"] = [0.0, float("nan"), 0.0]
    with pytest.raises(ValueError, match="not finite"):
        read_vrm_person(nowhere)
