"""Joints, and what they carry."""

import numpy as np

from toonface.morphable.regions import SkinRegion
from toonface.stages.avatar.skeleton import CHEST, HEAD, carried, carried_by, skeleton, skinning


def test_the_left_eye_is_on_the_left_and_the_chain_goes_up(face_model, head):
    joints = {joint.name: joint for joint in skeleton(face_model, head.neutral, head.eyes)}
    assert joints["LeftEye"].position[0] > 0.0 > joints["RightEye"].position[0]
    heights = [joints[name].position[1] for name in ("Hips", "Spine", "Spine1", "Spine2", "Neck", "Head", "LeftEye")]
    assert heights == sorted(heights)


def test_the_head_carries_the_face_the_chest_the_end_of_the_bust(face_model):
    shares = carried(face_model)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    assert shares.min() >= 0.0
    off_the_neck = face_model.skin.region != SkinRegion.NECK
    np.testing.assert_array_equal(shares[: face_model.skin.count][off_the_neck], [[0.0, 0.0, 1.0]] * off_the_neck.sum())
    lowest = np.argmin(face_model.mean[: face_model.skin.count, 1])
    assert shares[lowest].tolist() == [1.0, 0.0, 0.0]


def test_shares_are_the_same_on_both_sides(face_model):
    shares = carried(face_model)[: face_model.skin.count]
    np.testing.assert_allclose(shares, shares[face_model.skin.mirror], atol=1e-9)


def test_weights_sum_to_one_and_places_without_weight_have_joint_zero():
    joints, weights = skinning(np.array([[0.5, 0.0, 0.5], [0.0, 0.0, 1.01], [0.2, 0.3, 0.4]]))
    np.testing.assert_allclose(weights.sum(axis=1), 1.0, atol=1e-6)
    assert joints[0].tolist() == [CHEST, 0, HEAD, 0] and not joints[weights == 0.0].any()


def test_what_one_joint_carries_is_wholly_its():
    joints, weights = carried_by(HEAD, 2)
    assert joints[:, 0].tolist() == [HEAD, HEAD] and weights[:, 0].tolist() == [1.0, 1.0]
