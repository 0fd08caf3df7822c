"""Laws of the bones that a bust gets: all that VRM requires, in a T-pose, and the bust stays as it was."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from tests.assets import JOINTS, small_asset, small_person

from toonface.stages.gltf.vrm_body import HUMANOID, SOLES, with_body

SIDES = ("left", "right")
REQUIRED = {"hips", "spine", "head"} | {
    f"{side}{bone}" for side in SIDES for bone in ("UpperArm", "LowerArm", "Hand", "UpperLeg", "LowerLeg", "Foot")
}
CHAINS = [
    ("hips", "spine", "chest", "upperChest", "neck", "head"),
    *[("upperChest", *(f"{side}{bone}" for bone in ("Shoulder", "UpperArm", "LowerArm", "Hand"))) for side in SIDES],
    *[("hips", *(f"{side}{bone}" for bone in ("UpperLeg", "LowerLeg", "Foot"))) for side in SIDES],
]


@pytest.fixture(scope="module")
def joints():
    return {joint.name: joint for joint in with_body(small_person()).joints}


def test_every_bone_that_vrm_requires_is_there(joints):
    assert set(HUMANOID) >= REQUIRED
    assert set(HUMANOID.values()) <= joints.keys()


@pytest.mark.parametrize("chain", CHAINS, ids=" ".join)
def test_each_bone_is_carried_by_the_one_before(joints, chain):
    names = list(joints)
    for above, below in pairwise(chain):
        assert names[joints[HUMANOID[below]].parent] == HUMANOID[above]


def test_it_stands_on_the_ground_with_arms_held_out_and_is_as_wide_on_both_sides(joints):
    assert joints["Head"].position[1] == pytest.approx(SOLES)
    assert 0.0 < joints["LeftFoot"].position[1] < 0.15
    arm = np.array([joints[name].position for name in ("LeftArm", "LeftForeArm", "LeftHand")])
    assert (np.diff(arm[:, 0]) > 0.2).all() and not np.ptp(arm[:, 1:], axis=0).any()
    for name, joint in joints.items():
        if name.startswith("Left") and name != "LeftEye":
            mirrored = joints[name.replace("Left", "Right")].position
            assert joint.position == (-mirrored[0], *mirrored[1:])


def test_the_bust_is_only_lifted(joints):
    before = small_person()
    after = with_body(before)
    for one, other in zip(before.meshes, after.meshes, strict=True):
        np.testing.assert_allclose(other.positions - one.positions, np.tile([0.0, SOLES, 0.0], (4, 1)), atol=1e-6)
        moved = zip(one.targets, other.targets, strict=True)
        assert all(np.array_equal(target.offsets, same.offsets) for target, same in moved)
        assert np.array_equal(one.joints, other.joints)
    assert [joint.name for joint in after.joints][: len(before.joints)] == [joint.name for joint in before.joints]


def test_an_asset_without_a_trunk_is_refused():
    assert len(JOINTS) == 2
    with pytest.raises(ValueError, match="no joints Spine, Spine1, Spine2, Neck"):
        with_body(replace(small_asset(), clips=()))
