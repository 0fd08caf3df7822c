"""The avatar as a whole."""

from dataclasses import replace

import numpy as np
import pytest

from toonface.stages.avatar.assemble import AvatarOptions, make_avatar
from toonface.stages.avatar.shapes import TARGETS
from toonface.stages.gltf.options import GltfOptions
from toonface.stages.gltf.reader import from_glb
from toonface.stages.gltf.writer import to_glb


def rows(mesh):
    return {tuple(row) for row in np.concatenate([mesh.positions, mesh.normals], axis=1).tolist()}


def places(mesh):
    return {tuple(row) for row in mesh.positions.tolist()}


def test_the_face_has_all_72_targets_and_the_bust_none(avatar):
    assert [target.name for target in avatar.mesh("face").targets] == list(TARGETS)
    assert not avatar.mesh("bust").targets and not avatar.mesh("hair").targets


@pytest.mark.parametrize("other", ["mouth", "socket_left", "socket_right", "bust"])
def test_shared_borders_have_the_same_places_and_normals(avatar, other):
    face, beside = avatar.mesh("face"), avatar.mesh(other)
    shared = places(face) & places(beside)
    assert len(shared) > 20
    assert shared <= {row[:3] for row in rows(face) & rows(beside)}


def test_the_border_to_the_bust_never_moves(avatar):
    face, still = avatar.mesh("face"), places(avatar.mesh("bust"))
    border = {number for number, row in enumerate(face.positions.tolist()) if tuple(row) in still}
    assert border and not any(border & set(target.vertices.tolist()) for target in face.targets)


@pytest.mark.parametrize(("other", "shape"), [("mouth", "jawOpen"), ("socket_left", "eyeBlinkLeft")])
def test_the_border_to_an_inside_moves_with_it(avatar, other, shape):
    face, inside = avatar.mesh("face"), avatar.mesh(other)

    def moved(mesh):
        (target,) = (target for target in mesh.targets if target.name == shape)
        offsets = np.zeros_like(mesh.positions)
        offsets[target.vertices] = target.offsets
        return {tuple(a): tuple(b) for a, b in zip(mesh.positions.tolist(), offsets.tolist(), strict=True)}

    of_face, of_inside = moved(face), moved(inside)
    shared = of_face.keys() & of_inside.keys()
    assert shared and all(of_face[place] == of_inside[place] for place in shared)


def test_left_shapes_move_the_left_side(avatar):
    face = avatar.mesh("face")
    for target in face.targets:
        if target.name.startswith(("eyeBlink", "browDown", "mouthSmile")) and target.name != "mouthSmile":
            strength = np.linalg.norm(target.offsets, axis=1)
            middle = np.average(face.positions[target.vertices, 0], weights=strength)
            assert middle > 0.01 if target.name.endswith("Left") else middle < -0.01


def test_the_left_eye_hangs_on_the_left_joint(avatar):
    for name, joint, side in (("eye_left", "LeftEye", 1), ("eye_right", "RightEye", -1)):
        mesh = avatar.mesh(name)
        assert avatar.joints[mesh.joints[0, 0]].name == joint and side * mesh.positions[:, 0].mean() > 0.0


def test_sockets_and_lashes_are_of_one_side_and_answer_to_its_shapes_alone(avatar):
    for part in ("socket", "lashes"):
        for own, other, side in (("left", "Right", 1), ("right", "Left", -1)):
            mesh = avatar.mesh(f"{part}_{own}")
            assert (side * mesh.positions[:, 0] > 0.0).all()
            assert f"eyeBlink{own.title()}" in {target.name for target in mesh.targets}
            assert not [
                target.name for target in mesh.targets if target.name.startswith("eye") and other in target.name
            ]


def test_every_normal_has_unit_length(avatar):
    for mesh in avatar.meshes:
        np.testing.assert_allclose(np.linalg.norm(mesh.normals, axis=1), 1.0, atol=1e-4, err_msg=mesh.name)


def test_sizes_are_what_people_can_use(face_model, head, look):
    def size(options, gltf):
        return len(to_glb(make_avatar(face_model, head, look, options), gltf))

    # The pictures here are tiny: 1 MB is left for those of a real avatar, 0.3 MB where they are 1,024 wide.
    assert size(AvatarOptions(), GltfOptions()) < 11_000_000
    assert size(AvatarOptions(still_mm=0.3), GltfOptions(sparse=True, quantize=True)) < 2_800_000
    assert size(AvatarOptions(lod=1, turned=False), GltfOptions()) < 3_700_000


def test_what_is_read_back_is_the_avatar(avatar):
    found = from_glb(to_glb(avatar, GltfOptions(sparse=True, target_normals=True)))
    for mesh, original in zip(found.meshes, avatar.meshes, strict=True):
        np.testing.assert_array_equal(mesh.positions, original.positions)
        assert [t.name for t in mesh.targets] == [t.name for t in original.targets]


def test_a_bald_head_has_no_hair(face_model, head, look):
    bald = make_avatar(face_model, head, replace(look, hair=None), AvatarOptions(lod=1))
    assert "hair" not in [mesh.name for mesh in bald.meshes]
