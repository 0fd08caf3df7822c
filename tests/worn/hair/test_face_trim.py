"""Laws of trimming: islands of hair in a bare face go, a fringe and what is elsewhere stay."""

import numpy as np

from toonface.geometry.camera import ScaledOrthographic
from toonface.types import FaceRegion
from toonface.worn.hair.face_trim import trim_face
from toonface.worn.surface import Material, Surface

CAMERA = ScaledOrthographic(rotation=np.eye(3), translation=np.zeros(2), scale=1000.0, width=200, height=200)
CLASSES = np.full((200, 200), FaceRegion.BACKGROUND, np.uint8)
CLASSES[50:150, 50:150] = FaceRegion.SKIN
CLASSES[:50] = FaceRegion.HAIR


def triangles(*middles, z=0.05, size=0.004):
    """Small triangles around places, metres."""
    corners = size * np.array([[-1.0, -1.0], [1.0, -1.0], [0.0, 1.0]])
    places = np.concatenate([np.array(middle) + corners for middle in middles])
    vertices = np.concatenate([places, np.full((len(places), 1), z)], axis=1)
    return vertices, np.arange(len(places)).reshape(-1, 3)


def hair(*middles, z=0.05):
    vertices, faces = triangles(*middles, z=z)
    return Surface(vertices=vertices, faces=faces, material=Material.FUR, region=FaceRegion.HAIR)


HEAD = triangles((0.0, 0.0), size=0.05, z=0.0)


def test_hair_before_a_bare_face_goes_and_the_rest_stays():
    (kept,) = trim_face([hair((0.0, 0.0), (0.0, 0.075), (0.075, 0.0))], HEAD, CAMERA, CLASSES)
    assert len(kept.faces) == 2
    assert kept.faces.min() == 3


def test_a_fringe_stays():
    strand = [(0.0, 0.06 - 0.004 * k) for k in range(12)]
    (kept,) = trim_face([hair(*strand)], HEAD, CAMERA, CLASSES)
    assert len(kept.faces) == 12


def test_hair_behind_the_head_is_not_seen_and_stays():
    before = hair((0.0, 0.0), z=-0.05)
    (kept,) = trim_face([before], HEAD, CAMERA, CLASSES)
    assert kept is before


def test_sheets_behind_one_another_all_go():
    sheets = [hair((0.0, 0.0), z=0.03 + 0.005 * k) for k in range(4)]
    assert all(len(kept.faces) == 0 for kept in trim_face(sheets, HEAD, CAMERA, CLASSES))
