"""What a dressed head shows: its skin, dark lenses and hair, and no clear lenses."""

from dataclasses import replace

import numpy as np
from tests.planted_heads import camera_of

from toonface.morphable.face_model import pose_head
from toonface.synth.preview import View
from toonface.synth.preview_dressed import render_dressed
from toonface.types import Mesh
from toonface.worn.worn_part import WornPart

GREEN = np.full((8, 8, 3), (40, 200, 40), np.uint8)
FACES = np.array([[0, 1, 2]])


def plate(alpha="opaque", **changes):
    """A red triangle before the face."""
    corners = np.array([[-0.04, 0.0, 0.2], [0.04, 0.0, 0.2], [0.0, 0.07, 0.2]])
    part = WornPart(
        name="frame",
        mesh=Mesh(vertices=corners, faces=FACES, uv=np.full((1, 2), 0.5), uv_faces=np.zeros_like(FACES)),
        normals=np.tile([0.0, 0.0, 1.0], (3, 1)),
        picture=np.full((4, 4, 4), (220, 20, 20, 255), np.uint8),
        alpha=alpha,
    )
    return replace(part, **changes)


def red_pixels(face_model, renderer, worn, view):
    head = pose_head(face_model, face_model.mean, np.zeros(64))
    textures = renderer.wardrobe.textures
    picture = render_dressed(face_model, head, textures, skin=GREEN, worn=worn, view=view).astype(int)
    assert np.count_nonzero(picture[..., 1] - picture[..., 0] > 40) > 200
    return np.count_nonzero(picture[..., 0] - picture[..., 1] > 60)


def test_what_is_worn_is_seen_and_clear_lenses_are_not(face_model, renderer):
    view = View(size=64)
    bare = red_pixels(face_model, renderer, [], view)
    assert red_pixels(face_model, renderer, [plate()], view) > bare + 40
    assert red_pixels(face_model, renderer, [plate("blend", opacity=0.1)], view) == bare


def test_a_pictures_camera_gives_a_picture_of_its_size(face_model, renderer):
    head = pose_head(face_model, face_model.mean, np.zeros(64))
    camera = replace(camera_of(), width=120, height=90, scale=300.0)
    picture = render_dressed(face_model, head, renderer.wardrobe.textures, skin=GREEN, worn=[plate()], view=camera)
    assert picture.shape == (90, 120, 3)
