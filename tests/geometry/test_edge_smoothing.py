"""Laws of smoothing within a mask: what is even stays, edges stay, noise goes, nothing comes in from outside."""

import numpy as np
import pytest
from scipy.ndimage import uniform_filter

from toonface.geometry.edge_smoothing import box, smooth_within

SIZE = 48


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def noisy(rng, level=0.02):
    return (0.5 + level * rng.normal(size=(SIZE, SIZE, 3))).astype(np.float32)


def everywhere():
    return np.ones((SIZE, SIZE), np.float32)


@pytest.mark.parametrize("radius", [1, 2, 5, 9])
def test_an_even_picture_stays_as_it_is(radius):
    picture = np.full((SIZE, SIZE, 3), [0.2, 0.5, 0.8], np.float32)
    assert np.allclose(smooth_within(picture, everywhere(), 0.05, radius), picture, atol=1e-4)


@pytest.mark.parametrize("radius", [2, 6])
def test_noise_goes_and_an_edge_stays(rng, radius):
    picture = noisy(rng)
    picture[:, SIZE // 2 :] += np.float32(0.4)
    smooth = smooth_within(picture, everywhere(), 0.08, radius)
    assert smooth[8:-8, 4 : SIZE // 2 - 10].std() < 0.3 * picture[8:-8, 4 : SIZE // 2 - 10].std()
    step = smooth[8:-8, SIZE // 2].mean() - smooth[8:-8, SIZE // 2 - 1].mean()
    assert step > 0.28  # of 0.4


def test_what_lies_outside_the_mask_neither_changes_nor_counts(rng):
    mask = everywhere()
    mask[:, SIZE // 2 :] = 0.0
    first, second = noisy(rng), noisy(rng)
    second[:, : SIZE // 2] = first[:, : SIZE // 2]
    second[:, SIZE // 2 :] = rng.random((SIZE, SIZE - SIZE // 2, 3))
    one, other = (smooth_within(picture, mask, 0.05, 4) for picture in (first, second))
    assert np.array_equal(other[:, SIZE // 2 :], second[:, SIZE // 2 :])
    # Blocks of the coarse grid do not straddle the border here: 24 is a multiple of their side.
    assert np.allclose(one[:, : SIZE // 2], other[:, : SIZE // 2], atol=1e-5)


def test_on_the_fine_grid_it_is_the_guided_filter_of_the_paper(rng):
    picture, radius, contrast = rng.random((SIZE, SIZE, 3)).astype(np.float32), 1, 0.2
    share = uniform_filter(everywhere().astype(float), 3, mode="constant")

    def mean(plane):
        return uniform_filter(plane.astype(float), 3, mode="constant") / share

    colours = [picture[..., k] for k in range(3)]
    variance = sum(mean(plane**2) - mean(plane) ** 2 for plane in colours) / 3.0
    gain = variance / (variance + contrast**2)
    expected = [mean(gain) * plane + mean(mean(plane) * (1.0 - gain)) for plane in colours]
    assert np.allclose(smooth_within(picture, everywhere(), contrast, radius), np.stack(expected, axis=2), atol=1e-4)


def test_a_lower_contrast_keeps_more(rng):
    picture = noisy(rng, 0.1)
    changes = [np.abs(smooth_within(picture, everywhere(), c, 3) - picture).mean() for c in (0.01, 0.05, 0.2)]
    assert changes == sorted(changes)
    assert changes[0] < 0.1 * changes[2]


def test_contrast_may_differ_from_pixel_to_pixel(rng):
    picture, contrast = noisy(rng, 0.1), np.full((SIZE, SIZE), 0.4, np.float32)
    contrast[: SIZE // 2] = 0.001
    change = np.abs(smooth_within(picture, everywhere(), contrast, 2) - picture).mean(axis=(1, 2))
    assert change[: SIZE // 2 - 6].max() < 0.1 * change[SIZE // 2 + 6 :].min()


@pytest.mark.parametrize("radius", [0, 1, 3, 60])
def test_box_is_a_mean_with_zero_beyond_the_border(rng, radius):
    planes = rng.random((20, 31, 2)).astype(np.float32)
    expected = [uniform_filter(planes[..., k].astype(float), 2 * radius + 1, mode="constant") for k in range(2)]
    assert np.allclose(box(planes, radius), np.stack(expected, axis=2), atol=1e-5)


@pytest.mark.parametrize(("contrast", "radius"), [(0.0, 3), (-1.0, 3), (0.1, 0)])
def test_a_radius_or_contrast_out_of_range_is_refused(rng, contrast, radius):
    with pytest.raises(ValueError, match="expected at least 1 and above 0"):
        smooth_within(noisy(rng), everywhere(), contrast, radius)
