"""Laws of snapping: eye points come to lie on the border of the eye, and nothing else moves."""

import numpy as np
import pytest

from toonface.stages.eye_snapping import border_points, snap_eyes
from toonface.types import FaceRegion, FaceRegions, Landmarks

RIGHT, LEFT = slice(36, 42), slice(42, 48)
CENTRES = ((RIGHT, (60.0, 50.0)), (LEFT, (120.0, 50.0)))
RADII = np.array([16.0, 8.0])


def on_ellipse(centre, factor=1.0):
    angle = np.pi - np.arange(6) * np.pi / 3.0
    return np.array(centre) + factor * RADII * np.stack([np.cos(angle), -np.sin(angle)], axis=1)


@pytest.fixture
def regions():
    rows, columns = np.mgrid[:100, :180] + 0.5
    classes = np.full((100, 180), FaceRegion.SKIN, np.uint8)
    for (_, (x, y)), region in zip(CENTRES, (FaceRegion.EYE_RIGHT, FaceRegion.EYE_LEFT), strict=True):
        classes[((columns - x) / RADII[0]) ** 2 + ((rows - y) / RADII[1]) ** 2 < 1.0] = region
    return FaceRegions(classes=classes)


def landmarks(factor):
    points = np.random.default_rng(0).uniform(0.0, 100.0, (68, 2))
    for eye, centre in CENTRES:
        points[eye] = on_ellipse(centre, factor)
    return Landmarks(points_px=points, sigma_px=np.ones(68))


@pytest.mark.parametrize("factor", [0.85, 1.0, 1.15])
def test_points_near_the_border_come_to_lie_on_it(regions, factor):
    found = snap_eyes(landmarks(factor), regions).points_px
    for eye, centre in CENTRES:
        reach = np.linalg.norm((found[eye] - centre) / RADII, axis=1)
        np.testing.assert_allclose(reach, 1.0, atol=0.1)


def test_all_other_points_stay(regions):
    before = landmarks(1.1)
    after = snap_eyes(before, regions)
    others = np.r_[0:36, 48:68]
    np.testing.assert_array_equal(after.points_px[others], before.points_px[others])
    np.testing.assert_array_equal(after.sigma_px, before.sigma_px)


def test_snapping_twice_is_snapping_once(regions):
    once = snap_eyes(landmarks(1.1), regions)
    np.testing.assert_allclose(snap_eyes(once, regions).points_px, once.points_px)


def test_a_border_that_is_far_is_not_believed(regions):
    before = landmarks(2.5)
    np.testing.assert_array_equal(snap_eyes(before, regions).points_px, before.points_px)


def test_closed_and_missing_eyes_change_nothing(regions):
    before = landmarks(1.1)
    none = FaceRegions(classes=np.full((100, 180), FaceRegion.SKIN, np.uint8))
    np.testing.assert_array_equal(snap_eyes(before, none).points_px, before.points_px)
    few = none.classes.copy()
    few[50, 58:62] = FaceRegion.EYE_RIGHT
    np.testing.assert_array_equal(snap_eyes(before, FaceRegions(classes=few)).points_px, before.points_px)


def test_the_border_of_one_pixel_is_its_four_edges():
    mask = np.zeros((3, 4), bool)
    mask[1, 2] = True
    found = {tuple(point) for point in border_points(mask).tolist()}
    assert found == {(2.0, 1.5), (3.0, 1.5), (2.5, 1.0), (2.5, 2.0)}


def test_the_rim_of_the_picture_is_no_border():
    assert len(border_points(np.ones((3, 4), bool))) == 0
