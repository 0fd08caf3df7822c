import numpy as np
import pytest

from toonface.synth.picture.smoothing import enlarge_within, halve_within, smooth_coarsely, smooth_within


def random_picture(height=40, width=50, channels=3, seed=0):
    return np.random.default_rng(seed).random((height, width, channels), np.float32)


def finely(picture, label, **options):
    return smooth_within(np.moveaxis(picture, 2, 0), label, **options).transpose(1, 2, 0)


@pytest.mark.parametrize("way", [finely, smooth_coarsely])
def test_smoothing_stays_within_labels_and_flattens_there(way):
    label = np.zeros((40, 50), np.uint8)
    label[:, 25:] = 1
    picture = 0.02 * random_picture() + label[..., None]
    smooth = way(picture, label, sigma=15.0, contrast=5.0)
    assert smooth[:, :25].max() < 0.021
    assert smooth[:, 25:].min() > 0.999
    assert smooth[:, :25].std() < 0.3 * picture[:, :25].std()


def test_smoothing_keeps_strong_edges_without_labels():
    picture = np.zeros((30, 30, 3), np.float32)
    picture[:, 15:] = 1.0
    smooth = finely(picture, np.zeros((30, 30), np.uint8), sigma=6.0, contrast=0.2)
    assert np.abs(smooth - picture).max() < 0.05


@pytest.mark.parametrize("size", [(12, 18), (13, 17)])
def test_enlarging_undoes_halving_of_even_patches_with_any_border(size):
    label = np.random.default_rng(1).integers(0, 3, size, np.uint8)
    picture = np.float32([[0.1, 0.9], [0.5, 0.2], [0.7, 0.3]])[label]
    planes, small = halve_within(picture, label)
    np.testing.assert_allclose(enlarge_within(planes, small, label, picture), picture, atol=1e-6)


def test_a_pixel_without_neighbours_of_its_label_keeps_its_colour():
    label, picture = np.zeros((8, 8), np.uint8), np.zeros((8, 8, 1), np.float32)
    label[3, 3], picture[3, 3] = 1, 0.8
    assert smooth_coarsely(picture, label, sigma=3.0, contrast=1.0)[3, 3, 0] == np.float32(0.8)
    assert np.count_nonzero(smooth_coarsely(picture, label, sigma=3.0, contrast=1.0)) == 1


def test_coarse_smoothing_agrees_with_fine_smoothing_about():
    picture, label = np.repeat(np.repeat(random_picture(16, 16), 4, axis=0), 4, axis=1), np.zeros((64, 64), np.uint8)
    options = {"sigma": 12.0, "contrast": 30.0}
    assert np.abs(smooth_coarsely(picture, label, **options) - finely(picture, label, **options)).mean() < 0.02
