import colorsys
from dataclasses import replace

import numpy as np
import pytest

from toonface.synth.picture.backgrounds import KINDS, BackgroundSpec, background, sample_background

COLOURS = ((0.6, 0.5, 0.4), (0.3, 0.4, 0.5), (0.7, 0.7, 0.6), (0.5, 0.3, 0.3), (0.2, 0.3, 0.2))


def spec_of(kind, seed=3):
    return BackgroundSpec(kind=kind, colours=COLOURS, seed=seed)


@pytest.mark.parametrize("kind", KINDS)
def test_light_is_finite_and_never_negative(kind):
    for seed in range(4):
        light = background(spec_of(kind, seed), 48)
        assert light.shape == (48, 48, 3)
        assert light.dtype == np.float32
        assert np.isfinite(light).all()
        assert light.min() >= 0.0
        assert 0.003 < light.mean() < 1.5


@pytest.mark.parametrize("kind", KINDS)
def test_a_background_follows_from_its_spec_alone(kind):
    assert np.array_equal(background(spec_of(kind), 64), background(spec_of(kind), 64))
    changed = not np.allclose(background(spec_of(kind, 4), 64), background(spec_of(kind), 64))
    assert changed == (kind != "plain")


@pytest.mark.parametrize("kind", KINDS)
def test_a_larger_picture_shows_the_same_background(kind):
    spec = replace(spec_of(kind), blur=0.03)
    small, large = background(spec, 128), background(spec, 256)
    assert np.abs(large.reshape(128, 2, 128, 2, 3).mean((1, 3)) - small).mean() < 0.05


def test_light_is_a_factor_and_blur_takes_detail():
    spec = replace(spec_of("bricks"), blur=0.0)
    sharp = background(spec, 128)
    np.testing.assert_allclose(background(replace(spec, light=2.0), 128), 2.0 * sharp, rtol=1e-5)
    assert background(replace(spec, blur=0.05), 128)[..., 0].std() < 0.7 * sharp[..., 0].std()


def test_all_kinds_are_drawn_and_comics_only_for_cartoons():
    photo = {sample_background(np.random.default_rng(i)).kind for i in range(400)}
    toon = {sample_background(np.random.default_rng(i), toon=True).kind for i in range(400)}
    assert toon == set(KINDS)
    assert photo == set(KINDS) - {"rays", "dots"}


def test_most_colours_are_quiet_and_a_few_are_not():
    specs = [sample_background(np.random.default_rng(i)) for i in range(300)]
    saturation = [colorsys.rgb_to_hsv(*spec.colours[0])[1] for spec in specs]
    assert np.median(saturation) < 0.3
    assert 0 < np.mean(np.array(saturation) > 0.5) < 0.1


def test_one_pixel_is_enough():
    assert background(spec_of("room"), 1).shape == (1, 1, 3)


@pytest.mark.parametrize(
    "change", [{"kind": "beach"}, {"colours": COLOURS[:2]}, {"blur": -0.1}, {"seed": -1}, {"light": -1.0}]
)
def test_impossible_backgrounds_are_refused(change, monkeypatch):
    monkeypatch.setattr("jaxtyping.config.jaxtyping_disable", True)
    with pytest.raises(ValueError, match="expected"):
        replace(spec_of("room"), **change)


def test_a_size_below_one_is_refused():
    with pytest.raises(ValueError, match="size is 0, expected at least 1"):
        background(spec_of("plain"), 0)
