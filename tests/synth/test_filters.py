import jaxtyping
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from toonface.synth.filters import (
    LUMA,
    ToonBuffers,
    blend,
    body_groups,
    gaussian_blur,
    ink_lines,
    kuwahara,
    luma,
    nearest_colour,
    palette_of,
    resize,
    saturate,
    smooth_within,
    to_bytes,
)
from toonface.types import FaceRegion


def random_picture(height=40, width=50, channels=3, seed=0):
    return np.random.default_rng(seed).random((height, width, channels), np.float32)


def flat_buffers(region, depth=None):
    shape = region.shape
    return ToonBuffers(
        linear=np.full((*shape, 3), 0.3, np.float32),
        albedo=np.full((*shape, 3), 0.5, np.float32),
        region=region,
        normals=np.broadcast_to(np.float32([0, 0, 1]), (*shape, 3)).copy(),
        depth=np.where(region > 0, 0.0, -np.inf).astype(np.float32) if depth is None else depth,
        part=np.where(region > 0, 0, -1).astype(np.int16),
    )


def disc_region(size=96, radius=30.0):
    y, x = np.indices((size, size)) + 0.5 - size / 2
    return np.where(np.hypot(y, x) < radius, FaceRegion.SKIN, FaceRegion.BACKGROUND).astype(np.uint8)


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


def test_smoothing_stays_within_labels_and_flattens_there():
    label = np.zeros((40, 50), np.uint8)
    label[:, 25:] = 1
    picture = 0.02 * random_picture() + label[..., None]
    smooth = smooth_within(picture, label, sigma=15.0, contrast=5.0)
    assert smooth[:, :25].max() < 0.021
    assert smooth[:, 25:].min() > 0.999
    assert smooth[:, :25].std() < 0.3 * picture[:, :25].std()


def test_smoothing_keeps_strong_edges_without_labels():
    picture = np.zeros((30, 30, 3), np.float32)
    picture[:, 15:] = 1.0
    smooth = smooth_within(picture, np.zeros((30, 30), np.uint8), sigma=6.0, contrast=0.2)
    assert np.abs(smooth - picture).max() < 0.05


def test_painting_over_keeps_an_edge_that_a_blur_would_lose():
    picture = 0.1 * random_picture(48, 48)
    picture[:, 24:] += 0.8
    painted, blurred = kuwahara(picture, 4.0), gaussian_blur(picture, 3.0)
    step = painted[:, 25] - painted[:, 22]
    assert step.mean() > 0.7 > (blurred[:, 25] - blurred[:, 22]).mean()
    assert painted[:, :18].std() < 0.6 * picture[:, :18].std()


def test_planted_colours_are_found_and_recognised():
    planted = np.float32([[0.9, 0.1, 0.1], [0.1, 0.7, 0.2], [0.15, 0.2, 0.8], [0.9, 0.9, 0.85]])
    which = np.random.default_rng(0).integers(4, size=(30, 40))
    palette = palette_of(planted[which].reshape(-1, 3), 4)
    chosen = nearest_colour(planted[which], palette)
    np.testing.assert_allclose(palette[chosen], planted[which], atol=1e-3)


def test_more_colours_than_there_are_do_no_harm():
    palette = palette_of(np.full((5, 3), 0.25, np.float32), 3)
    np.testing.assert_allclose(palette, 0.25, atol=1e-5)


@pytest.mark.parametrize("width", [1.5, 3.0])
def test_an_outline_covers_its_length_times_its_width(width):
    region = disc_region()
    cover = ink_lines(flat_buffers(region), body_groups(region, 1.0), width)
    assert cover.sum() == pytest.approx(2 * np.pi * 30.0 * width, rel=0.2)
    assert cover[40:56, 40:56].max() == 0.0


def test_an_outline_is_as_wide_along_a_diagonal():
    y, x = np.indices((80, 80))
    straight, slanted = (y > 40).astype(np.uint8), (x + y > 80).astype(np.uint8)
    middle = slice(30, 50)
    sums = [ink_lines(flat_buffers(r), body_groups(r, 1.0), 2.0)[middle, middle].sum() for r in (straight, slanted)]
    assert sums[1] == pytest.approx(np.sqrt(2.0) * sums[0], rel=0.12)


def test_depth_draws_a_line_where_it_jumps_and_none_on_a_slope():
    region = np.full((40, 40), FaceRegion.SKIN, np.uint8)
    slope = np.repeat(np.arange(40, dtype=np.float32)[None] * 0.01, 40, axis=0)
    jump = np.where(np.arange(40) < 20, 0.0, 0.03).astype(np.float32)[None].repeat(40, axis=0)
    group = body_groups(region, 1.0)
    assert ink_lines(flat_buffers(region, slope), group, 1.5).max() == 0.0
    assert ink_lines(flat_buffers(region, jump), group, 1.5)[20, 18:22].max() > 0.55


def test_nose_and_cheek_are_one_body_but_lips_are_not():
    region = np.full((30, 30), FaceRegion.SKIN, np.uint8)
    region[:, 10:15], region[:, 22:] = FaceRegion.NOSE, FaceRegion.LIP_UPPER
    cover = ink_lines(flat_buffers(region), body_groups(region, 1.0), 2.0)
    assert cover[:, 5:18].max() == 0.0
    assert cover[15, 20:24].max() > 0.2


def test_single_strands_do_not_become_bodies():
    region = disc_region()
    region[20:60, 80] = FaceRegion.HAIR
    region[30:60, 30:60] = FaceRegion.HAIR
    group = body_groups(region, 1.5)
    hair = body_groups(np.full((1, 1), FaceRegion.HAIR, np.uint8), 1.0)[0, 0]
    assert not (group[:, 80] == hair).any()
    assert (group[35:55, 35:55] == hair).all()


def test_buffers_of_different_sizes_are_refused(monkeypatch):
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
    buffers = flat_buffers(disc_region())
    with pytest.raises(ValueError, match=r"depth has size \(3, 3\), expected"):
        ToonBuffers(**{**vars(buffers), "depth": np.zeros((3, 3), np.float32)})
