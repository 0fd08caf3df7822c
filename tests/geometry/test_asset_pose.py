"""Laws of posing an asset: rest is rest, targets add up, joints turn about their places and carry their children."""

from dataclasses import replace

import numpy as np
import pytest
from tests.assets import small_asset, small_mesh

from toonface.geometry.asset import Asset, AssetJoint, AssetTarget
from toonface.geometry.asset_pose import AssetPoser, joint_moves, posed_vertices
from toonface.geometry.rotation import rotation_about_axis_radians

UP = np.array([0.0, 1.0, 0.0])
QUARTER = rotation_about_axis_radians(UP, np.pi / 2)


def test_without_weights_and_turns_all_stays():
    asset = small_asset()
    for mesh, posed in zip(asset.meshes, AssetPoser(asset).pose({}, {}), strict=True):
        np.testing.assert_array_equal(posed.vertices, mesh.positions)
        np.testing.assert_array_equal(posed.normals, mesh.normals)


def test_targets_add_up():
    mesh = small_mesh()
    both = posed_vertices(mesh, {"jawOpen": 0.5, "eyeBlinkLeft": 2.0}) - mesh.positions
    np.testing.assert_allclose(both[mesh.targets[0].vertices], 0.5 * mesh.targets[0].offsets, atol=1e-7)
    np.testing.assert_allclose(both[mesh.targets[1].vertices], 2.0 * mesh.targets[1].offsets, atol=1e-7)
    assert not both[0].any()


def test_a_joint_turns_about_its_place_and_carries_its_child():
    joints = (
        AssetJoint(name="neck", parent=-1, position=(1.0, 0.0, 0.0)),
        AssetJoint(name="head", parent=0, position=(1.0, 2.0, 0.0)),
    )
    matrices, shifts = joint_moves(joints, {"neck": QUARTER})
    for number in (0, 1):
        np.testing.assert_allclose(matrices[number] @ [2.0, 2.0, 0.0] + shifts[number], [1.0, 2.0, -1.0], atol=1e-12)
    matrices, shifts = joint_moves(joints, {"head": QUARTER})
    np.testing.assert_array_equal(matrices[0], np.eye(3))
    np.testing.assert_allclose(matrices[1] @ joints[1].position + shifts[1], joints[1].position, atol=1e-12)


def test_the_root_moves_the_whole_rigidly():
    asset = small_asset()
    there = AssetPoser(asset).pose({}, {"Hips": QUARTER})
    place = np.array(asset.joints[0].position)
    for mesh, posed in zip(asset.meshes, there, strict=True):
        np.testing.assert_allclose(posed.vertices, (mesh.positions - place) @ QUARTER.T + place, atol=1e-6)
        np.testing.assert_allclose(posed.normals, mesh.normals @ QUARTER.T, atol=1e-6)


def test_normals_turn_as_the_triangles_do_and_alike_on_both_sides_of_a_border():
    """Two meshes that share an edge: one is lifted by a target, and so is the other's border."""
    flat = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float32)
    weights = np.tile(np.array([1, 0, 0, 0], np.float32), (4, 1))
    base = replace(
        small_mesh(),
        positions=flat,
        normals=np.tile(np.array([0, 0, 1], np.float32), (4, 1)),
        joints=np.zeros((4, 4), np.uint8),
        weights=weights,
        targets=(),
    )
    lift = AssetTarget(
        name="lift",
        vertices=np.array([1, 2]),
        offsets=np.array([[0, 0, 1], [0, 0, 1]], np.float32),
        normal_offsets=np.zeros((2, 3), np.float32),
    )
    left = replace(base, targets=(lift,))
    right_lift = replace(lift, vertices=np.array([0, 3]))
    right = replace(base, name="right", positions=flat + np.float32([1, 0, 0]), targets=(right_lift,))
    asset = Asset(
        name="two", meshes=(left, right), joints=(AssetJoint(name="root", parent=-1, position=(0.0, 0.0, 0.0)),)
    )
    one, other = AssetPoser(asset).pose({"lift": 1.0}, {})
    np.testing.assert_allclose(one.normals[[1, 2]], other.normals[[0, 3]], atol=1e-12)
    np.testing.assert_allclose(one.normals[1], [0, 0, 1], atol=0.35)
    slope = np.array([-1.0, 0.0, 1.0]) / np.sqrt(2.0)
    np.testing.assert_allclose(one.normals[0], slope, atol=1e-6)


@pytest.mark.parametrize(
    ("weights", "turns", "said"),
    [({"fly": 1.0}, {}, "target 'fly'"), ({}, {"Wing": QUARTER}, "joint 'Wing'")],
)
def test_names_that_are_not_there_are_refused(weights, turns, said):
    with pytest.raises(ValueError, match=f"there is no {said}"):
        AssetPoser(small_asset()).pose(weights, turns)
