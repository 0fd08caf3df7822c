"""Laws of small outlines: a crop's camera sees what the picture's camera sees, and agreement is what it says."""

import numpy as np
import pytest
from tests.planted_heads import camera_of

from toonface.geometry.camera import project
from toonface.types import FaceRegion, FaceRegions
from toonface.worn.outline import Square, agreement, crop_camera, seen_in, square_around, view_outline
from toonface.worn.surface import Material, Surface

NO_HEAD = (np.zeros((3, 3)), np.array([[0, 1, 2]]))
FAR_HEAD = np.array([[-1.0, -1.0, -0.5], [1.0, -1.0, -0.5], [0.0, 2.0, -0.5]])


def view_of(classes, square=None, head=NO_HEAD, size=64, weights=None):
    square = square or Square(left=0.0, top=0.0, side=256.0)
    regions = FaceRegions(classes=classes.astype(np.uint8))
    crop = (camera_of(0.0, 0.0), square, size)
    return view_outline(regions, (FaceRegion.HAIR,), weights or {}, crop=crop, head=head)


def quad(z=0.0):
    corners = np.array([[-0.05, -0.05, z], [0.05, -0.05, z], [0.05, 0.05, z], [-0.05, 0.05, z]])
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    return Surface(vertices=corners, faces=faces, material=Material.HAIR, region=FaceRegion.HAIR)


def test_a_crops_camera_sees_the_same(rng):
    camera, square = camera_of(), Square(left=31.5, top=-12.0, side=140.0)
    points = rng.normal(0.0, 0.1, (20, 3))
    whole = project(camera, points)
    small = project(crop_camera(camera, square, 70), points)
    np.testing.assert_allclose(small[:, :2], 0.5 * (whole[:, :2] - [31.5, -12.0]), atol=1e-9)
    np.testing.assert_allclose(small[:, 2], 0.5 * whole[:, 2])


def test_beyond_the_picture_nothing_is_known():
    view = view_of(np.full((256, 256), FaceRegion.HAIR), Square(left=128.0, top=0.0, side=256.0))
    assert view.target[:, :32].all()
    assert not view.target[:, 32:].any()
    assert view.weight[:, 32:].max() == 0.0


def test_classes_have_their_weights():
    classes = np.zeros((256, 256))
    classes[:, :128] = FaceRegion.HAT
    view = view_of(classes, weights={FaceRegion.HAT: 0.0})
    assert (view.weight[:, :32].max(), view.weight[:, 32:].min()) == (0.0, 1.0)


def test_what_is_behind_the_head_is_not_seen():
    faces = np.array([[0, 1, 2]])
    classes = np.zeros((256, 256))
    before, behind = (seen_in(view_of(classes, head=(FAR_HEAD, faces)), [quad(z)]) for z in (0.0, -0.9))
    assert before.any()
    assert not behind.any()


def test_agreement_of_half_is_a_half():
    classes = np.zeros((256, 256))
    classes[:, :128] = FaceRegion.HAIR
    view = view_of(classes)
    assert agreement(view, view.target) == 1.0
    assert agreement(view, np.ones((64, 64), bool)) == pytest.approx(0.5)
    assert agreement(view, ~view.target) == 0.0


def test_two_empty_outlines_agree():
    view = view_of(np.zeros((256, 256)))
    assert agreement(view, np.zeros((64, 64), bool)) == 1.0


def test_a_square_holds_its_points():
    square = square_around(np.array([[10.0, 20.0], [50.0, 40.0]]), 1.5)
    assert (square.left, square.top, square.side) == (0.0, 0.0, 60.0)
