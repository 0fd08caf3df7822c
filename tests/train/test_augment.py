"""Laws of random crops: pixels, points and classes stay together; a mirror image is one; looks keep the shape."""

import numpy as np
import pytest

from toonface.train.augment import IGNORED, MIRRORED_REGIONS, Jitter, pencil, place_crop, recolour, restyle
from toonface.types import FaceRegion

SIZE = 96
FACE = np.random.default_rng(5).uniform(60.0, 140.0, (68, 2))


@pytest.fixture
def rng():
    return np.random.default_rng(1)


def coordinates(width=200, height=180):
    """A picture whose red is x and whose green is y."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[..., 0], picture[..., 1] = np.arange(width), np.arange(height)[:, None]
    return picture


def place(rng, mirror=True):
    return place_crop(rng, FACE, margin=1.2, lift=0.05, size=SIZE, jitter=Jitter(mirror=mirror))


def test_a_point_of_the_picture_is_found_where_the_crop_shows_it(rng):
    for _ in range(20):
        crop = place(rng)
        pixels = crop.cut(coordinates())
        spots = crop.points(FACE)
        for (x, y), (column, row) in zip(FACE, spots, strict=True):
            if 1 < column < SIZE - 1 and 1 < row < SIZE - 1:
                red, green, _ = pixels[int(row), int(column)]
                step = np.abs(crop.axes_px).sum(axis=0)
                assert abs(red + 0.5 - x) < step[0] + 1.0
                assert abs(green + 0.5 - y) < step[1] + 1.0


def test_mirrored_crops_show_a_mirrored_face_with_points_in_order(rng):
    crops = [place(rng) for _ in range(40)]
    assert {crop.mirrored for crop in crops} == {False, True}
    for crop in crops:
        assert (np.linalg.det(crop.axes_px) < 0.0) == crop.mirrored
        points = crop.landmarks(FACE)
        np.testing.assert_allclose(points[36 if not crop.mirrored else 45], crop.points(FACE)[36])


def test_no_crop_is_mirrored_on_wish(rng):
    assert not any(place(rng, mirror=False).mirrored for _ in range(20))


def test_crops_stay_near_the_face(rng):
    inside = [np.mean((p > 0.0) & (p < SIZE)) for p in (place(rng).points(FACE) for _ in range(200))]
    assert np.mean(inside) > 0.95


def test_classes_follow_the_pixels_and_swap_sides_in_the_mirror(rng):
    labels = np.full((180, 200), FaceRegion.EYE_LEFT, np.uint8)
    for _ in range(20):
        crop = place(rng)
        found = set(np.unique(crop.cut_labels(labels)))
        assert found <= {IGNORED, FaceRegion.EYE_RIGHT if crop.mirrored else FaceRegion.EYE_LEFT}


def test_beyond_the_picture_labels_are_ignored(rng):
    crop = place_crop(rng, FACE - 100.0, margin=3.0, lift=0.0, size=SIZE, jitter=Jitter())
    assert (crop.cut_labels(np.zeros((180, 200), np.uint8)) == IGNORED).any()


def test_mirroring_classes_twice_changes_nothing():
    np.testing.assert_array_equal(MIRRORED_REGIONS[MIRRORED_REGIONS], np.arange(len(FaceRegion)))
    assert MIRRORED_REGIONS[FaceRegion.BROW_LEFT] == FaceRegion.BROW_RIGHT


def test_looks_keep_shape_and_type_and_leave_the_input_alone(rng):
    crop = place(rng).cut(coordinates())
    before = crop.copy()
    for _ in range(60):
        changed = restyle(rng, crop)
        assert changed.shape == crop.shape
        assert changed.dtype == np.uint8
    np.testing.assert_array_equal(crop, before)


def test_strength_zero_changes_nothing(rng):
    crop = place(rng).cut(coordinates())
    for _ in range(20):
        np.testing.assert_array_equal(restyle(rng, crop, 0.0), crop)


def test_the_same_randomness_gives_the_same_look():
    crop = coordinates()[:SIZE, :SIZE]
    first, second = (restyle(np.random.default_rng(3), crop) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_the_identity_recolours_nothing():
    crop = coordinates()[:SIZE, :SIZE].copy()
    before = crop.copy()
    recolour(crop, np.eye(3), np.tile(np.arange(256, dtype=np.uint8), (3, 1)))
    np.testing.assert_array_equal(crop, before)


def test_a_plain_picture_has_no_pencil_strokes_and_an_edge_has():
    plain = np.full((SIZE, SIZE, 3), 90, np.uint8)
    assert pencil(plain, 0.05).min() > 240
    plain[:, SIZE // 2 :] = 200
    assert pencil(plain, 0.05).min() < 150
