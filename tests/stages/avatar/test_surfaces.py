"""Skin, eyes and parts of a head."""

import numpy as np
import pytest

from toonface.geometry.asset import AssetMaterial
from toonface.geometry.camera import frame_head, project
from toonface.geometry.rasterize import clear, draw
from toonface.morphable.eyes import gaze_rotations
from toonface.morphable.face_model import part_vertices, pose_head, weights_of
from toonface.morphable.names import SHAPES
from toonface.stages.avatar.skeleton import carried
from toonface.stages.avatar.surface import motion_of
from toonface.stages.avatar.surfaces import eye_surface, mouth_light, part_surface, skin_cuts, skin_surface

PLAIN = AssetMaterial(name="plain")


@pytest.mark.parametrize("lod", [0, 1])
def test_the_cuts_are_the_whole_skin_but_for_the_depth_of_the_sockets(face_model, head, look, lod):
    skin = skin_surface(face_model, head, look.skin, shares=carried(face_model), lod=lod)
    cuts = skin_cuts(face_model, motion_of(skin, turned=False).moving, lod)
    times = np.sum(list(cuts.values()), axis=0)
    assert times.max() == 1
    # With wide open eyes nothing of what is left out is seen from any side.
    opened = skin.vertices + skin.targets["eyeWideLeft"] + skin.targets["eyeWideRight"]
    eyes = [eye_surface(face_model, head, look, side) for side in (0, 1)]
    seen = [
        hidden_pixels(opened, skin.faces, eyes, times == 0, yaw=yaw, pitch=pitch)
        for yaw in (-1.0, -0.5, 0.0, 0.5, 1.0)
        for pitch in (-0.7, 0.0, 0.7)
    ]
    assert seen == [0] * 15, str(seen)


def hidden_pixels(vertices, faces, eyes, hidden, *, yaw, pitch):
    """Pixels at which one of the hidden triangles is the nearest thing and faces the viewer."""
    camera = frame_head(vertices, 700, yaw=yaw, pitch=pitch, roll=0.0, margin=0.02)
    fragments = clear(camera.height, camera.width)
    for number, eye in enumerate(eyes):
        draw(fragments, project(camera, eye.vertices), eye.faces, part=number)
    draw(fragments, project(camera, vertices), faces[~hidden], part=2)
    draw(fragments, project(camera, vertices), faces[hidden], part=3, cull=True)
    return int((fragments.part == 3).sum())


def test_a_part_moves_with_the_posed_head(face_model, head):
    teeth = part_surface(face_model, head, "teeth_lower", material=PLAIN, shares=carried(face_model))
    posed = pose_head(face_model, head.neutral, weights_of({"jawOpen": 1.0}))
    wanted = part_vertices(face_model, posed, "teeth_lower")
    np.testing.assert_allclose(teeth.vertices + teeth.targets["jawOpen"], wanted, atol=1e-6)


def test_hair_has_no_targets(face_model, head):
    assert not part_surface(face_model, head, "short04", material=PLAIN, shares=carried(face_model)).targets


def test_a_part_that_is_not_there_is_refused(face_model, head):
    with pytest.raises(ValueError, match="no part 'wig'"):
        part_surface(face_model, head, "wig", material=PLAIN, shares=carried(face_model))


@pytest.mark.parametrize(("side", "name"), [(0, "eyeLookOutLeft"), (1, "eyeLookOutRight")])
def test_a_gaze_target_turns_its_own_eye_about_its_centre(face_model, head, look, side, name):
    eyes = [eye_surface(face_model, head, look, number) for number in (0, 1)]
    assert not eyes[1 - side].targets[name].any()
    weights = np.zeros(64)
    weights[SHAPES.index(name)] = 1.0
    arms = eyes[side].vertices - head.eyes.centres[side]
    wanted = arms @ gaze_rotations(weights)[side].T
    np.testing.assert_allclose(arms + eyes[side].targets[name], wanted, atol=1e-7)


def test_it_is_darker_farther_behind_the_lips(face_model, head):
    front = head.neutral[face_model.lips.upper, 2].max()
    light = mouth_light(face_model, head.neutral, np.array([[0, 0, front - d] for d in (0.0, 0.02, 0.04, 0.1)]))
    assert (np.diff(light) < 0).all() and light.min() > 0.0
