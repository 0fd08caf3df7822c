"""Laws of areas on the mean head: they lie where a head has them, alike on both sides."""

import numpy as np
import pytest

from toonface.io.face_model_file import load_face_model
from toonface.morphable.face_model import subdivide
from toonface.morphable.skin_areas import height_above_hairline, height_above_jaw, interpolate_table, is_ear


@pytest.fixture(scope="module")
def skin():
    model = load_face_model()
    return subdivide(model, model.mean[: model.skin.count])


def test_ears_stick_out_on_both_sides(skin):
    ears = is_ear(skin)
    assert 500 < ears.sum() < 3000
    assert np.abs(skin[ears, 0]).min() > 0.055
    assert (is_ear(skin * [-1.0, 1.0, 1.0]) == ears).all()
    widest = np.argsort(np.abs(skin[:, 0]) - (skin[:, 1] < -0.02))[-50:]
    assert ears[widest].all()


def test_crown_and_nape_are_above_the_hairline_and_face_and_throat_below(skin):
    above = height_above_hairline(skin)
    assert above[np.argmax(skin[:, 1])] > 0.01
    assert above[np.argmin(skin[:, 2] + (np.abs(skin[:, 1]) > 0.02))] > 0.0
    assert above[(skin[:, 2] > 0.08) & (skin[:, 1] < 0.08)].max() < 0.0


def test_the_chin_is_above_the_jaw_and_the_bust_below(skin):
    above = height_above_jaw(skin)
    assert above[np.argmax(skin[:, 2])] > 0.0
    assert above[np.argmin(skin[:, 1])] < 0.0


def test_a_table_goes_through_its_places_and_on_beyond_them():
    table = ((0.0, 1.0), (10.0, 3.0))
    at = np.array([-1.0, 0.0, 0.005, 0.010, 1.0])
    assert np.allclose(interpolate_table(at, table), [0.001, 0.001, 0.002, 0.003, 0.003])
