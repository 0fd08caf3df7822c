"""Laws of painting: a known warp is done, colours go with their points, strength is smooth, the rest stays."""

from itertools import pairwise

import numpy as np
import pytest

from toonface.geometry.crop import CropFrame, to_picture
from toonface.stages.stylization.crop import SIZE
from toonface.stages.stylization.field import FIELD_SIZE, StyleField, fading
from toonface.stages.stylization.painting import paint

HEIGHT, WIDTH = 150, 180
FRAME = CropFrame(centre_px=(90.0, 75.0), side_px=100.0, roll_radians=0.0)


def ramp():
    """A picture whose red is its column and whose green is its row."""
    picture = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    picture[..., 0], picture[..., 1] = np.arange(WIDTH) / WIDTH, np.arange(HEIGHT)[:, None] / HEIGHT
    return picture


def everywhere():
    return np.ones((HEIGHT, WIDTH), np.float32)


def a_field(shift=(0.0, 0.0), colour=(0.0, 0.0, 0.0)):
    offset = np.zeros((FIELD_SIZE, FIELD_SIZE, 2), np.float32) + np.array(shift, np.float32)
    residual = np.zeros((SIZE, SIZE, 3), np.float32) + np.array(colour, np.float32)
    return StyleField(
        offset=offset * fading(FIELD_SIZE)[..., None], residual=residual * fading(SIZE)[..., None], uncertainty=0.0
    )


def test_an_empty_field_changes_nothing():
    assert np.allclose(paint(ramp(), everywhere(), FRAME, a_field(), 1.0), ramp(), atol=1e-6)


def test_strength_zero_is_the_picture_itself():
    field = a_field((0.1, -0.05), (0.3, 0.1, 0.2))
    assert np.allclose(paint(ramp(), everywhere(), FRAME, field, 0.0), ramp(), atol=1e-6)


@pytest.mark.parametrize("roll", [0.0, 0.5])
def test_the_middle_of_a_shifted_crop_comes_from_where_it_says(roll):
    frame = CropFrame(centre_px=(90.0, 75.0), side_px=100.0, roll_radians=roll)
    painted = paint(ramp(), everywhere(), frame, a_field((0.1, 0.05)), 1.0)
    x, y = to_picture(frame, 1, np.array([[0.6, 0.55]]))[0]
    assert painted[75, 90, 0] * WIDTH == pytest.approx(x, abs=0.6)
    assert painted[75, 90, 1] * HEIGHT == pytest.approx(y, abs=0.6)


def test_outside_the_crop_nothing_changes():
    painted = paint(ramp(), everywhere(), FRAME, a_field((0.2, 0.1), (0.5, 0.5, 0.5)), 1.0)
    outside = np.ones((HEIGHT, WIDTH), bool)
    outside[25:125, 40:140] = False
    assert np.array_equal(painted[outside], ramp()[outside])


def test_colours_are_added_within_the_mask_alone():
    mask = everywhere()
    mask[:, 90:] = 0.0
    painted = paint(ramp(), mask, FRAME, a_field(colour=(0.0, 0.0, 0.4)), 1.0)
    assert np.allclose(painted[60:90, 70:85, 2], 0.4, atol=1e-4)
    assert np.allclose(painted[60:90, 95:110, 2], 0.0, atol=1e-4)


def test_a_colour_stays_on_its_point_of_the_face_at_every_strength():
    # A blue spot on the cartoon at 0.6 that comes from 0.5: at half the strength both are at 0.55.
    field = a_field((-0.1, 0.0))
    residual = field.residual.copy()
    residual[:, int(0.58 * SIZE) : int(0.62 * SIZE), 2] = 1.0
    field = StyleField(offset=field.offset, residual=residual, uncertainty=0.0)
    for strength in (0.25, 0.5, 1.0):
        blue = paint(ramp(), everywhere(), FRAME, field, strength)[75, :, 2]
        middle = (blue * np.arange(WIDTH)).sum() / blue.sum() + 0.5
        assert middle == pytest.approx(40.0 + 100.0 * (0.5 + 0.1 * strength), abs=1.0)


def test_small_steps_of_strength_make_small_changes():
    rng = np.random.default_rng(0)
    field = a_field((0.05, 0.02), (0.2, -0.1, 0.1))
    picture = np.repeat(np.repeat(rng.random((HEIGHT // 10, WIDTH // 10, 3)), 10, 0), 10, 1).astype(np.float32)
    frames = [paint(picture, everywhere(), FRAME, field, s) for s in np.linspace(0.0, 1.0, 21)]
    steps = [np.abs(b - a).mean() for a, b in pairwise(frames)]
    assert max(steps) < 4.0 * np.mean(steps)


@pytest.mark.parametrize("centre", [(-500.0, 75.0), (5.0, 5.0), (179.0, 149.0)])
def test_a_crop_that_reaches_beyond_the_picture_is_painted_as_far_as_there_is_one(centre):
    frame = CropFrame(centre_px=centre, side_px=100.0, roll_radians=0.3)
    painted = paint(ramp(), everywhere(), frame, a_field((0.3, 0.3), (0.1, 0.1, 0.1)), 1.0)
    assert painted.shape == ramp().shape
    assert np.isfinite(painted).all()
