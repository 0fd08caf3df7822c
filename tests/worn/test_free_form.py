"""Laws of bending: a planted motion is found, what agrees stays, and pixels are pixels."""

import numpy as np
import pytest
from scipy.ndimage import shift
from tests.planted_heads import camera_of

from toonface.geometry.camera import project
from toonface.geometry.rasterize import clear
from toonface.worn.free_form import FreeFormOptions, fit_field, move_by_field
from toonface.worn.outline import OutlineView, Square, crop_camera

SIZE = 64


def disc(x, y, radius):
    rows, columns = np.mgrid[:SIZE, :SIZE] + 0.5
    return np.hypot(columns - x, rows - y) < radius


def view_of(target, weight=None):
    camera = crop_camera(camera_of(), Square(left=0.0, top=0.0, side=256.0), SIZE)
    weight = np.ones((SIZE, SIZE), np.float32) if weight is None else weight
    return OutlineView(camera=camera, target=target, weight=weight, head=clear(SIZE, SIZE))


def carried(mask):
    """A drawn mask that follows the field in its middle."""
    return lambda field: shift(mask.astype(float), field[4, 4][::-1], order=1) > 0.5


def test_a_shift_is_found():
    field = fit_field(view_of(disc(36.0, 30.0, 14.0)), carried(disc(32.0, 33.0, 14.0)))
    np.testing.assert_allclose(field[4, 4], [4.0, -3.0], atol=0.8)


def test_what_agrees_stays():
    mask = disc(32.0, 32.0, 14.0)
    assert np.abs(fit_field(view_of(mask), carried(mask))).max() < 0.6


@pytest.mark.parametrize("empty", ["target", "drawn"])
def test_nothing_pulls_on_nothing(empty):
    masks = {"target": disc(32.0, 32.0, 14.0), "drawn": disc(32.0, 32.0, 10.0)}
    masks[empty] = np.zeros((SIZE, SIZE), bool)
    assert not fit_field(view_of(masks["target"]), carried(masks["drawn"])).any()


def test_where_nothing_is_known_nothing_pulls():
    view = view_of(disc(36.0, 30.0, 14.0), np.zeros((SIZE, SIZE), np.float32))
    assert not fit_field(view, carried(disc(32.0, 33.0, 14.0))).any()


def test_inwards_leaves_what_is_inside():
    options = FreeFormOptions(inwards=True)
    view = view_of(disc(32.0, 32.0, 16.0))
    assert not fit_field(view, carried(disc(32.0, 32.0, 9.0)), options).any()
    assert fit_field(view, carried(disc(40.0, 32.0, 14.0)), options)[4, 4, 0] < -2.0


def test_an_even_field_moves_by_its_pixels(rng):
    camera = view_of(disc(32.0, 32.0, 14.0)).camera
    points = rng.normal(0.0, 0.05, (9, 3))
    field = np.broadcast_to(np.array([2.5, -1.0]), (9, 9, 2)).copy()
    before, after = project(camera, points), project(camera, move_by_field(camera, field, points))
    np.testing.assert_allclose(after - before, np.tile([2.5, -1.0, 0.0], (9, 1)), atol=1e-9)
