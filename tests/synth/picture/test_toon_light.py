import numpy as np
import pytest

from toonface.synth.picture.outlines import SKIN_GROUP
from toonface.synth.picture.toon_light import grade_film, light_in_steps, light_in_two, soften_seams


def ramp_level(rows=4, columns=200):
    return np.broadcast_to(np.linspace(-0.2, 1.2, columns, dtype=np.float32), (rows, columns)).copy()


@pytest.mark.parametrize("steps", [2, 3, 5])
def test_light_has_as_many_steps_as_asked_for(steps):
    picture, level = np.ones((4, 200, 3), np.float32), ramp_level()
    light_in_steps(picture, np.full(level.shape, SKIN_GROUP, np.uint8), level, (0.5, 1.0), steps)
    values, counts = np.unique(picture[0, :, 0].round(4), return_counts=True)
    assert (counts > 5).sum() == steps
    assert values.min() == 0.5 and values.max() == 1.0


def test_two_tones_and_gloss_only_where_it_may_be():
    level, group = ramp_level(), np.full((4, 200), SKIN_GROUP, np.uint8)
    for gloss in (False, True):
        picture, glossy = np.full((4, 200, 3), 0.5, np.float32), np.full(level.shape, gloss, np.float32)
        light_in_two(picture, (group, glossy), level, (1.2, (0.5, 0.6, 0.7)), 0.05)
        np.testing.assert_allclose(picture[0, 0], [0.3, 0.36, 0.42], atol=1e-6)
        np.testing.assert_allclose(picture[0, 150], 0.6, atol=1e-6)
        assert (picture[0, -1, 0] > 0.65) == gloss


def test_the_ground_is_left_alone():
    level, ground = ramp_level(), np.zeros((4, 200), np.uint8)
    picture = np.full((4, 200, 3), 0.5, np.float32)
    light_in_steps(picture, ground, level, (0.5, 1.0), 3)
    light_in_two(picture, (ground, np.ones_like(level)), level, (1.2, (0.5, 0.6, 0.7)), 0.05)
    soften_seams(picture, ground)
    assert (picture == 0.5).all()


def test_seams_are_softened_and_nothing_else():
    group = np.zeros((9, 20), np.uint8)
    group[:, 10:] = SKIN_GROUP
    picture = np.repeat((group > 0).astype(np.float32)[..., None], 3, axis=2)
    soften_seams(picture, group)
    assert (picture[4, :9] == 0.0).all() and (picture[4, 11:] == 1.0).all()
    assert 0.05 < picture[4, 9, 0] < 0.5 < picture[4, 10, 0] < 0.95


def test_a_film_keeps_the_order_of_tones_and_holds_vivid_colours_back():
    greys = np.repeat(np.linspace(0.0, 1.0, 50, dtype=np.float32)[None, :, None], 3, axis=2)
    graded = grade_film(greys, 1.0)
    assert (np.diff(graded[0, :, 0]) > 0.005).all()
    orange = np.float32([[[1.0, 0.5, 0.1]]])
    assert np.ptp(grade_film(orange, 1.0)) < 0.85 * np.ptp(orange)
