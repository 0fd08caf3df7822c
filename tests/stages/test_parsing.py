"""Laws of parsing: planted classes lie where they were planted, and the rest is background."""

import numpy as np
import pytest

from toonface.geometry.crop import CropFrame, frame_around, to_crop
from toonface.stages.parsing import (
    CLOSE_MARGIN,
    FADE,
    LIFT,
    LOGITS_SIZE,
    MARGIN,
    SIZE,
    classes_in_picture,
    close_frame,
    fade_into,
    parse_face,
)
from toonface.stages.parsing import LOGITS_SIZE as S
from toonface.types import FaceRegion


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def smooth_logits(rng, size):
    """Coarse noise, drawn out: regions with borders anywhere between the pixels."""
    return rng.normal(size=(19, size // 8, size // 8)).repeat(8, 1).repeat(8, 2).astype(np.float32)


def slow_classes(logits, frame, shape):
    """The obvious way: bilinear logits at each pixel's place, one after the other."""
    size = logits.shape[1]
    expected = np.zeros(shape, np.uint8)
    for row in range(shape[0]):
        for column in range(shape[1]):
            x, y = to_crop(frame, size, np.array([[column + 0.5, row + 0.5]]))[0]
            if 0.0 <= x < size and 0.0 <= y < size:
                x, y = np.clip([x - 0.5, y - 0.5], 0.0, size - 1.0)
                left, top = int(x), int(y)
                right, bottom = min(left + 1, size - 1), min(top + 1, size - 1)
                above = (1 - x + left) * logits[:, top, left] + (x - left) * logits[:, top, right]
                below = (1 - x + left) * logits[:, bottom, left] + (x - left) * logits[:, bottom, right]
                expected[row, column] = np.argmax((1 - y + top) * above + (y - top) * below)
    return expected


@pytest.mark.parametrize("roll", [0.0, 0.7, -2.5])
@pytest.mark.parametrize(("centre", "side"), [((15.0, 10.0), 17.0), ((2.0, 22.0), 30.0), ((12.3, 11.8), 5.0)])
def test_every_pixel_has_the_class_of_the_obvious_way(rng, roll, centre, side):
    frame = CropFrame(centre_px=centre, side_px=side, roll_radians=roll)
    logits = smooth_logits(rng, 32)
    found = classes_in_picture(logits, frame, (23, 27))
    assert (found == slow_classes(logits, frame, (23, 27))).mean() > 0.999  # but for ties in single precision


def half_planes(frames, line):
    """Logits in frames, skin left of x = line in the picture and hair right of it; the frames stand upright."""
    grid = (np.arange(LOGITS_SIZE) + 0.5) / LOGITS_SIZE - 0.5
    found = []
    for frame in frames:
        x = frame.centre_px[0] + frame.side_px * np.broadcast_to(grid, (LOGITS_SIZE, LOGITS_SIZE))
        logits = np.full((19, LOGITS_SIZE, LOGITS_SIZE), -900.0, np.float32)
        logits[FaceRegion.SKIN], logits[FaceRegion.HAIR] = line - x, x - line
        found.append(logits)
    return np.stack(found)


def test_a_half_plane_that_both_looks_see_is_one_in_the_picture(rng):
    frame = CropFrame(centre_px=(90.0, 70.0), side_px=100.0, roll_radians=0.0)
    answers = iter(half_planes([frame, close_frame(frame)], 93.3))

    def network(picture):
        assert picture.shape == (1, 3, SIZE, SIZE)
        return {"logits": next(answers)[None]}

    found = parse_face(network, rng.integers(0, 256, (120, 170, 3)).astype(np.uint8), frame).classes
    columns, rows = np.meshgrid(np.arange(170) + 0.5, np.arange(120) + 0.5)
    inside = (columns > 40.0) & (columns < 140.0) & (rows > 20.0)
    expected = np.where(columns < 93.3, FaceRegion.SKIN, FaceRegion.HAIR)
    np.testing.assert_array_equal(found, np.where(inside, expected, FaceRegion.BACKGROUND))


@pytest.mark.parametrize("roll", [0.0, 0.6])
def test_the_closer_look_counts_inside_and_the_first_one_outside(rng, roll):
    frame = CropFrame(centre_px=(90.0, 70.0), side_px=100.0, roll_radians=roll)
    close = close_frame(frame)
    logits = np.zeros((2, 19, LOGITS_SIZE, LOGITS_SIZE), np.float32)
    logits[0, FaceRegion.HAIR], logits[1, FaceRegion.SKIN] = 1.0, 1.0
    answers = iter(logits[:, None])
    found = parse_face(lambda _: {"logits": next(answers)}, np.zeros((140, 180, 3), np.uint8), frame).classes
    columns, rows = np.meshgrid(np.arange(180) + 0.5, np.arange(140) + 0.5)
    place = to_crop(close, 1, np.stack([columns, rows], axis=-1).reshape(-1, 2)).reshape(140, 180, 2)
    depth = np.minimum(place, 1.0 - place).min(axis=2)
    assert (found[depth > FADE] == FaceRegion.SKIN).all()
    assert not (found[depth < 0.0] == FaceRegion.SKIN).any()


def test_the_closer_frame_is_that_of_its_own_margin_about_the_face(rng):
    points = rng.normal(size=(68, 2)) * 20.0 + 100.0
    close = close_frame(frame_around(points, MARGIN, LIFT))
    expected = frame_around(points, CLOSE_MARGIN, 0.0)
    np.testing.assert_allclose(close.centre_px, expected.centre_px)
    np.testing.assert_allclose(close.side_px, expected.side_px)


def test_nothing_jumps_at_the_border_of_the_closer_look(rng):
    whole, close = rng.normal(size=(2, 19, 32, 32)).astype(np.float32)
    blended = fade_into(close, whole)
    alone = fade_into(np.zeros_like(close), whole)
    assert np.abs(blended - alone)[:, 0].max() < 0.05 * np.abs(close).max()
    np.testing.assert_allclose(blended[:, 16, 16], close[:, 16, 16], atol=1e-6)


@pytest.mark.parametrize("centre", [(-500.0, 10.0), (10.0, 700.0)])
def test_a_crop_beyond_the_picture_leaves_background(rng, centre):
    frame = CropFrame(centre_px=centre, side_px=40.0, roll_radians=0.3)
    assert not classes_in_picture(smooth_logits(rng, 32), frame, (20, 30)).any()


def test_other_outputs_are_refused():
    frame = CropFrame(centre_px=(5.0, 5.0), side_px=9.0, roll_radians=0.0)
    with pytest.raises(ValueError, match=rf"'logits' has shape \(1, 18, {S}, {S}\), expected \(1, 19, {S}, {S}\)"):
        parse_face(lambda _: {"logits": np.zeros((1, 18, S, S))}, np.zeros((9, 9, 3), np.uint8), frame)
