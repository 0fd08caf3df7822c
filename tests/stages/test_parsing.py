"""Laws of parsing: planted classes lie where they were planted, and the rest is background."""

import numpy as np
import pytest

from toonface.geometry.crop import CropFrame, to_crop
from toonface.stages.parsing import LOGITS_SIZE, SIZE, classes_in_picture, parse_face
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


def test_a_half_plane_in_the_crop_is_one_in_the_picture(rng):
    """Planted as logits of half resolution: skin left of x = 100 in the crop, hair right of it."""
    x = 2.0 * (np.arange(LOGITS_SIZE) + 0.5)
    logits = np.full((19, LOGITS_SIZE, LOGITS_SIZE), -9.0, np.float32)
    logits[FaceRegion.SKIN], logits[FaceRegion.HAIR] = 100.0 - x, x - 100.0
    frame = CropFrame(centre_px=(90.0, 70.0), side_px=100.0, roll_radians=0.4)
    inputs = []

    def network(picture):
        inputs.append(picture)
        return {"logits": logits[None]}

    found = parse_face(network, rng.integers(0, 256, (120, 170, 3)).astype(np.uint8), frame).classes
    assert inputs[0].shape == (1, 3, SIZE, SIZE)
    columns, rows = np.meshgrid(np.arange(170) + 0.5, np.arange(120) + 0.5)
    seen = to_crop(frame, SIZE, np.stack([columns, rows], axis=-1).reshape(-1, 2)).reshape(120, 170, 2)
    inside = ((seen >= 0.0) & (seen < SIZE)).all(axis=2)
    expected = np.where(seen[..., 0] < 100.0, FaceRegion.SKIN, FaceRegion.HAIR)
    np.testing.assert_array_equal(found, np.where(inside, expected, FaceRegion.BACKGROUND))


@pytest.mark.parametrize("centre", [(-500.0, 10.0), (10.0, 700.0)])
def test_a_crop_beyond_the_picture_leaves_background(rng, centre):
    frame = CropFrame(centre_px=centre, side_px=40.0, roll_radians=0.3)
    assert not classes_in_picture(smooth_logits(rng, 32), frame, (20, 30)).any()


def test_other_outputs_are_refused():
    frame = CropFrame(centre_px=(5.0, 5.0), side_px=9.0, roll_radians=0.0)
    with pytest.raises(ValueError, match=rf"'logits' has shape \(1, 18, {S}, {S}\), expected \(1, 19, {S}, {S}\)"):
        parse_face(lambda _: {"logits": np.zeros((1, 18, S, S))}, np.zeros((9, 9, 3), np.uint8), frame)
