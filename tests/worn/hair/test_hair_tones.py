"""Laws of hair's tones: the own colour comes back, light falls out, and highlights do not count."""

import numpy as np
import pytest
from tests.dressed_scenes import EVEN_LIGHT

from toonface.worn.hair.hair_tones import measure_tones

HAIR = np.zeros((64, 64), bool)
HAIR[8:56, 8:56] = True
BROWN = np.array([90, 60, 40])


def flat(colour=BROWN):
    return np.broadcast_to(colour, (64, 64, 3)).astype(np.uint8).copy()


def test_a_flat_colour_comes_back():
    tones = measure_tones(flat(), HAIR, EVEN_LIGHT)
    np.testing.assert_allclose(tones.shown, BROWN / 255.0, atol=1e-6)
    np.testing.assert_allclose(tones.albedo, BROWN / 255.0, atol=1e-3)
    assert tones.tip == pytest.approx(1.0)


def test_light_falls_out_of_the_albedo():
    """Half the light on half the colour's brightness."""
    tones = measure_tones((0.7 * flat()).astype(np.uint8), HAIR, 0.7 * EVEN_LIGHT)
    np.testing.assert_allclose(tones.albedo, BROWN / 255.0, atol=0.01)


def test_highlights_and_what_is_beside_the_hair_do_not_count():
    picture = flat()
    picture[~HAIR] = 255
    picture[20:30, 8:56] = 250
    np.testing.assert_allclose(measure_tones(picture, HAIR, EVEN_LIGHT).shown, BROWN / 255.0, atol=1e-6)


def test_lighter_ends_are_seen():
    picture = flat()
    picture[40:] = np.minimum(1.3 * BROWN, 255)
    assert measure_tones(picture, HAIR, EVEN_LIGHT).tip == pytest.approx(1.3, abs=0.02)


def test_more_contrast_is_more_spread(rng):
    noise = rng.normal(size=(64, 64, 1))
    calm, wild = (np.clip(flat() + strength * noise, 0, 255).astype(np.uint8) for strength in (4.0, 16.0))
    assert measure_tones(wild, HAIR, EVEN_LIGHT).spread > 2.0 * measure_tones(calm, HAIR, EVEN_LIGHT).spread


def test_no_hair_is_refused():
    with pytest.raises(ValueError, match="no pixel is hair"):
        measure_tones(flat(), np.zeros_like(HAIR), EVEN_LIGHT)
