"""Laws of hair's pictures: the mean colour is that which was asked for, and alpha is kept."""

import numpy as np
import pytest

from toonface.worn.hair.hair_picture import Strands, paint_coat, strand_noise, tint_strands, unit_uv

STRANDS = Strands(across_px=3.0, along_px=20.0, strength=0.05)
COLOUR = (0.5, 0.3, 0.2)


def test_noise_is_even_and_the_same_every_time():
    noise = strand_noise(STRANDS, 128)
    assert np.abs(noise.mean()) < 0.01
    assert noise.std() == pytest.approx(0.05, rel=0.3)
    np.testing.assert_array_equal(noise, strand_noise(STRANDS, 128))


def test_strands_run_along_the_rows():
    down, right = np.gradient(strand_noise(STRANDS, 128))
    assert np.abs(right).mean() > 2.0 * np.abs(down).mean()


def test_a_coat_has_its_colour_and_its_shade():
    uv = unit_uv(np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 2.0], [3.0, 2.0]]))
    faces = np.array([[0, 1, 2], [1, 3, 2]])
    picture = paint_coat(uv, faces, np.array([1.0, 1.0, 0.5, 0.5]), colour=COLOUR, noise=strand_noise(STRANDS, 128))
    upper, lower = picture[3:9, :, :3].mean(axis=(0, 1)), picture[-9:-3, :, :3].mean(axis=(0, 1))
    np.testing.assert_allclose(upper / 255.0, COLOUR, atol=0.05)
    np.testing.assert_allclose(lower / upper, 0.5, atol=0.08)
    assert (picture[..., 3] == 255).all()


def test_texture_coordinates_fill_the_unit_square():
    uv = unit_uv(np.array([[-3.0, 5.0], [9.0, 5.5]]))
    assert uv.min() >= 0.0
    assert uv.max() <= 1.0
    assert np.ptp(uv, axis=0).min() > 0.9


def test_middle_grey_becomes_the_colour_and_alpha_stays(rng):
    picture = np.full((8, 8, 4), 128, np.uint8)
    picture[..., 3] = rng.integers(0, 256, (8, 8))
    tinted = tint_strands(picture, COLOUR, 0.7)
    np.testing.assert_allclose(tinted[0, 0, :3] / 255.0, COLOUR, atol=0.01)
    np.testing.assert_array_equal(tinted[..., 3], picture[..., 3])
