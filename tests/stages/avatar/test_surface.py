"""Meshes cut from a surface."""

import numpy as np

from toonface.geometry.asset import AssetMaterial
from toonface.stages.avatar.surface import Surface, motion_of, without_idle_targets
from toonface.stages.avatar.surface import mesh_of as cut

VERTICES = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], float)
FACES = np.array([[0, 1, 2], [0, 2, 3]])


def square(**targets):
    return Surface(
        vertices=VERTICES,
        faces=FACES,
        uv=VERTICES[:, :2],
        uv_faces=FACES,
        material=AssetMaterial(name="plain"),
        joints=np.zeros((4, 4), np.uint8),
        weights=np.tile(np.array([1, 0, 0, 0], np.float32), (4, 1)),
        targets={name: np.array(offsets, float) for name, offsets in targets.items()},
    )


def mesh_of(surface, name, taken=None, *, turned=True):
    return cut(surface, motion_of(surface, turned=turned), name, taken)


def test_moved_vertices_get_the_normals_of_the_moved_mesh():
    raised = [[0, 0, 0], [0, 0, 0], [0, 0, 1], [0, 0, 1]]
    (target,) = mesh_of(square(raise_edge=raised), "square").targets
    assert target.vertices.tolist() == [2, 3]
    wanted = np.array([0, -1, 1]) / np.sqrt(2) - [0, 0, 1]
    np.testing.assert_allclose(target.normal_offsets, [wanted, wanted], atol=1e-6)


def test_vertices_that_no_target_moves_keep_their_normals():
    (target,) = mesh_of(square(corner=[[0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 1]]), "square").targets
    assert target.vertices.tolist() == [3]


def test_a_motion_below_the_limit_is_left_out():
    mesh = mesh_of(square(breath=np.full((4, 3), 1e-4), none=np.zeros((4, 3))), "square")
    assert [len(target.vertices) for target in mesh.targets] == [0, 0]
    assert not without_idle_targets(mesh).targets


def test_without_turns_the_same_vertices_go_the_same_way_and_those_that_only_turn_are_left_out():
    surface = square(corner=[[0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 1]], far=[[0] * 3, [0] * 3, [1, 0, 0], [0] * 3])
    turned, plain = mesh_of(surface, "square").targets[0], mesh_of(surface, "square", turned=False).targets[0]
    moves = turned.offsets.any(axis=1)
    assert not moves.all()
    np.testing.assert_array_equal(plain.vertices, turned.vertices[moves])
    np.testing.assert_array_equal(plain.offsets, turned.offsets[moves])
    assert not plain.normal_offsets.any()


def test_a_cut_keeps_the_normals_of_the_whole():
    bent = square()
    bent.vertices[3, 2] = 1.0
    whole, part = mesh_of(bent, "whole"), mesh_of(bent, "part", np.array([True, False]))
    np.testing.assert_array_equal(part.normals, whole.normals[:3])
    bent.vertices[3, 2] = 0.0
