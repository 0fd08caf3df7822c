from dataclasses import replace

import numpy as np
import pytest

from toonface.synth.picture.photo_finish import CURVE_LIGHT, apply_curve, encode, finish_photo, tone_curve
from toonface.synth.picture.photo_spec import PhotoSpec, sample_photo

PLAIN = PhotoSpec(contrast=0.0, vignette=0.0, noise=0.0, sharpening=0.0, jpeg_quality=None)


def rng(seed=0):
    return np.random.default_rng(seed)


def grey(level, size=64):
    return np.full((size, size, 3), level, np.float32)


def scene(height=70, width=50):
    """Slow waves and a fine checkerboard."""
    y, x = np.indices((height, width)) / 40.0
    waves = np.stack([np.sin(3 * x + y), np.cos(2 * y), np.sin(5 * x * y)], axis=-1)
    squares = (np.indices((height, width)) // 2).sum(0) % 2
    return (0.25 + 0.15 * waves + 0.08 * squares[..., None]).astype(np.float32)


def test_encoding_is_gamma_and_clips():
    light = np.linspace(-0.5, 1.5, 300, dtype=np.float32).reshape(10, 10, 3)
    np.testing.assert_allclose(encode(light), np.clip(light, 0.0, 1.0) ** (1 / 2.2), atol=2e-3)


def test_a_tabled_curve_is_read_between_its_points():
    light = rng().uniform(0.0, 5.0, (9, 9, 3)).astype(np.float32)
    np.testing.assert_allclose(apply_curve(light, np.sqrt(CURVE_LIGHT)), np.sqrt(np.minimum(light, 4.0)), atol=1e-3)


@pytest.mark.parametrize("contrast", [-0.4, 0.0, 0.5, 1.0])
def test_a_tone_curve_rises_keeps_middle_grey_and_never_leaves_the_unit_interval(contrast):
    curve = tone_curve(contrast)
    assert (np.diff(curve) >= -1e-6).all()
    assert curve.min() >= 0.0 and curve.max() <= 1.0
    assert np.interp(0.5**2.2, CURVE_LIGHT, curve) == pytest.approx(0.5, abs=5e-3)


def test_a_plain_photograph_is_the_light_encoded():
    light = 0.5 * scene()
    expected = 255.0 * np.clip(light, 0.0, 1.0) ** (1 / 2.2)
    np.testing.assert_allclose(finish_photo(light, PLAIN, rng()), expected, atol=2.0)


def test_a_stop_doubles_the_light():
    once = finish_photo(grey(0.2), PLAIN, rng())
    assert np.array_equal(finish_photo(grey(0.1), replace(PLAIN, exposure=1.0), rng()), once)


def test_noise_grows_with_the_light_and_is_as_strong_as_asked():
    def deviation(level):
        picture = finish_photo(grey(level, 128), replace(PLAIN, noise=0.02, chroma_noise=0.0), rng())
        return ((picture / 255.0) ** 2.2).std()

    assert deviation(0.18) == pytest.approx(0.02, rel=0.1)
    assert deviation(0.4) > 1.25 * deviation(0.18) > 1.5 * deviation(0.03)


def test_warm_is_redder_and_pink_is_less_green():
    warm = finish_photo(grey(0.2), replace(PLAIN, temperature=0.1), rng())[0, 0].astype(int)
    pink = finish_photo(grey(0.2), replace(PLAIN, tint=0.05), rng())[0, 0].astype(int)
    assert warm[0] > warm[1] > warm[2]
    assert pink[1] < min(pink[0], pink[2])


def test_corners_are_darker_with_a_vignette():
    picture = finish_photo(grey(0.2), replace(PLAIN, vignette=0.4), rng())
    assert picture[0, 0, 0] < 0.85 * picture[32, 32, 0]


@pytest.mark.parametrize("change", [{"defocus": 6.0}, {"motion": 30.0, "motion_angle": 0.6}, {"resolution": 0.2}])
def test_blurs_take_detail_and_keep_the_mean(change):
    sharp, soft = (finish_photo(scene(), spec, rng()).astype(float) for spec in (PLAIN, replace(PLAIN, **change)))
    assert np.abs(np.diff(soft, axis=1)).mean() < 0.8 * np.abs(np.diff(sharp, axis=1)).mean()
    assert soft.mean() == pytest.approx(sharp.mean(), rel=0.06)


def test_motion_blurs_along_its_direction():
    spot = grey(0.0)
    spot[32, 32] = 3.0
    streak = finish_photo(spot, replace(PLAIN, motion=40.0, motion_angle=0.0), rng())[..., 0] > 0
    assert streak.any(axis=0).sum() >= 8
    assert streak.any(axis=1).sum() == 1


def test_sharpening_makes_halos():
    step = grey(0.1, 256)
    step[:, 128:] = 0.4
    plain, halo = (finish_photo(step, replace(PLAIN, sharpening=s), rng()).astype(int) for s in (0.0, 1.0))
    assert halo[5, 127, 0] < plain[5, 127, 0] and halo[5, 128, 0] > plain[5, 128, 0]


def test_grey_has_no_colour_and_sepia_is_warm():
    without = finish_photo(scene(), replace(PLAIN, process="grey"), rng())
    sepia = finish_photo(scene(), replace(PLAIN, process="sepia"), rng()).mean((0, 1))
    assert (without == without[..., :1]).all()
    assert sepia[0] > sepia[1] > sepia[2]


def test_the_same_seed_gives_the_same_photograph():
    spec = sample_photo(rng(7))
    assert spec == sample_photo(rng(7))
    first, again, other = (finish_photo(scene(), replace(spec, noise=0.01), rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_most_photographs_are_decent_and_some_are_not():
    specs = [sample_photo(rng(seed)) for seed in range(400)]
    assert np.median([abs(spec.exposure) for spec in specs]) < 0.35
    assert sum(spec.process != "colour" for spec in specs) < 48
    bad = [spec for spec in specs if spec.motion > 0 or spec.resolution < 1 or (spec.jpeg_quality or 99) < 60]
    assert 15 < len(bad) < 80


@pytest.mark.parametrize(
    "change", [{"noise": -0.1}, {"resolution": 0.0}, {"jpeg_quality": 0}, {"jpeg_quality": 101}, {"defocus": np.nan}]
)
def test_impossible_photographs_are_refused(change):
    with pytest.raises(ValueError, match="expected"):
        replace(PLAIN, **change)
