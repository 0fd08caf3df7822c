import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from toonface.synth.picture.filters import (
    LUMA,
    blend,
    gaussian_blur,
    lay_over,
    look_up,
    luma,
    resize,
    saturate,
    to_bytes,
)


def random_picture(height=40, width=50, channels=3, seed=0):
    return np.random.default_rng(seed).random((height, width, channels), np.float32)


def test_resizing_to_the_same_size_changes_nothing():
    picture = random_picture()
    np.testing.assert_allclose(resize(picture, 40, 50), picture, atol=1e-6)


@pytest.mark.parametrize("size", [(80, 100), (20, 25), (13, 97)])
def test_resizing_keeps_a_ramp_a_ramp(size):
    ramp = np.broadcast_to((np.arange(50, dtype=np.float32) + 0.5)[None, :, None] / 50, (40, 50, 2))
    expected = (np.arange(size[1]) + 0.5) / size[1]
    inner = slice(size[1] // 8, -(size[1] // 8))
    np.testing.assert_allclose(resize(ramp, *size)[3, inner, 1], expected[inner], atol=1e-3)


@pytest.mark.parametrize("sigma", [0.5, 1.3, 3.0])
def test_blur_agrees_with_scipy(sigma):
    picture = random_picture()
    slow = gaussian_filter(picture, (sigma, sigma, 0), mode="nearest", truncate=5.0)
    np.testing.assert_allclose(gaussian_blur(picture, sigma), slow, atol=0.012)


def test_a_wide_blur_agrees_with_scipy_about():
    picture = gaussian_blur(random_picture(96, 96, 1), 2.0)
    slow = gaussian_filter(picture, (9.0, 9.0, 0), mode="nearest")
    assert np.abs(gaussian_blur(picture, 9.0) - slow)[16:-16, 16:-16].max() < 0.02


def test_blend_and_saturate_are_their_formulas():
    under, over, cover = random_picture(seed=1), random_picture(seed=2), random_picture(seed=3)[..., 0]
    np.testing.assert_allclose(blend(under, over, cover), under + cover[..., None] * (over - under), atol=1e-6)
    np.testing.assert_allclose(blend((0.2, 0.4, 0.6), over, cover)[0, 0, 0], 0.2 + cover[0, 0] * (over[0, 0, 0] - 0.2))
    np.testing.assert_allclose(saturate(under, 0.0), np.repeat((under @ LUMA)[..., None], 3, axis=2), atol=1e-6)
    np.testing.assert_allclose(luma(saturate(under, 1.7)), luma(under), atol=1e-5)


def test_bytes_are_rounded_and_clipped():
    assert to_bytes(np.float32([[[-1.0, 0.5, 2.0]]])).tolist() == [[[0, 128, 255]]]


def test_a_single_colour_is_blended_like_a_picture_of_it():
    over, cover = random_picture(seed=2), random_picture(seed=3)[..., 0]
    colour = np.broadcast_to(np.float32([0.2, 0.4, 0.6]), over.shape)
    np.testing.assert_array_equal(blend((0.2, 0.4, 0.6), over, cover), blend(colour, over, cover))
    np.testing.assert_array_equal(blend(over, (0.2, 0.4, 0.6), cover), blend(over, colour, cover))


def test_laying_over_is_blending_in_place():
    picture, over, cover = random_picture(seed=1), random_picture(seed=2), random_picture(seed=3)[..., 0]
    cover[cover < 0.5] = 0.0
    expected = blend(picture, over, cover)
    lay_over(picture, over, cover)
    np.testing.assert_allclose(picture, expected, atol=1e-6)


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_doubling_agrees_with_interpolation_at_the_new_centres(channels):
    picture = random_picture(6, 7, channels)
    places = [np.clip((np.arange(2 * n) + 0.5) / 2 - 0.5, 0, n - 1) for n in (6, 7)]
    rows = np.stack([np.interp(places[0], np.arange(6), line) for line in picture.reshape(6, -1).T], axis=1)
    rows = rows.reshape(12, 7, channels).transpose(1, 0, 2).reshape(7, -1)
    slow = np.stack([np.interp(places[1], np.arange(7), line) for line in rows.T], axis=1)
    expected = slow.reshape(14, 12, channels).transpose(1, 0, 2)
    np.testing.assert_allclose(resize(picture, 12, 14), expected, atol=1e-6)


def test_labels_are_looked_up():
    table, labels = np.arange(256, dtype=np.float32) ** 2, np.random.default_rng(0).integers(0, 256, (9, 7), np.uint8)
    np.testing.assert_array_equal(look_up(table, labels), table[labels])
