from dataclasses import replace

import numpy as np
import pytest

from toonface.synth.picture.photo_finish import encode
from toonface.synth.picture.set_off import set_off
from toonface.synth.picture.toon_finish import LOOKS, ToonSpec, finish_toon, sample_toon
from toonface.synth.picture.toon_scene import CONTRAST
from toonface.synth.shading.buffers import Buffers
from toonface.types import FaceRegion


def buffers_of(height=64, width=64, *, empty=False):
    """A ball with hair on top, two eyes and lips, lit from the left."""
    y, x = np.indices((height, width)) / 32.0 + 1 / 64 - 1
    inside = (np.hypot(y, x) < 0.8) & (not empty)
    z = np.sqrt(np.maximum(0.64 - x * x - y * y, 0.0))
    normals = np.dstack([x, -y, z]) / 0.8
    region = np.where(inside, FaceRegion.SKIN, FaceRegion.BACKGROUND)
    region[inside & (y < -0.4)] = FaceRegion.HAIR
    for centre in (-0.3, 0.3):
        region[inside & (np.hypot(y + 0.1, x - centre) < 0.14)] = FaceRegion.EYE_LEFT
    region[inside & (np.abs(y - 0.4) < 0.07) & (np.abs(x) < 0.25)] = FaceRegion.LIP_UPPER
    palette = np.zeros((19, 3))
    palette[FaceRegion.SKIN], palette[FaceRegion.HAIR] = (0.85, 0.65, 0.55), (0.35, 0.2, 0.1)
    palette[FaceRegion.EYE_LEFT], palette[FaceRegion.LIP_UPPER] = (0.9, 0.9, 0.95), (0.75, 0.35, 0.35)
    albedo = palette[region].astype(np.float32)
    light = np.clip(normals @ [-0.6, 0.4, 0.7], 0.0, 1.0)[..., None] + 0.2
    linear = np.where(inside[..., None], albedo**2.2 * light, 0.25 + 0.1 * np.dstack([x, y, x * y]))
    return Buffers(
        linear=linear.astype(np.float32),
        albedo=albedo,
        region=region.astype(np.uint8),
        normals=normals.astype(np.float32),
        depth=np.where(inside, 0.1 * z, -np.inf).astype(np.float32),
        part=np.where(inside, 0, -1).astype(np.int16),
    )


def finish(look, seed=0, buffers=None, **options):
    return finish_toon(buffers or buffers_of(), ToonSpec(look=look, **options), np.random.default_rng(seed))


@pytest.mark.parametrize("look", LOOKS)
def test_a_look_changes_the_picture_and_always_in_the_same_way(look):
    first = finish(look)
    assert first.shape == (64, 64, 3)
    assert np.array_equal(first, finish(look))
    plain = 255.0 * encode(buffers_of().linear)
    assert np.abs(first - plain).mean() > 1.0


@pytest.mark.parametrize("look", LOOKS)
def test_no_strength_leaves_the_shaded_picture_set_off_from_the_ground(look):
    buffers = buffers_of()
    plain = 255.0 * encode(set_off(buffers.linear, buffers.region, CONTRAST))
    np.testing.assert_allclose(finish(look, strength=0.0), plain, atol=0.51)


@pytest.mark.parametrize("look", LOOKS)
def test_a_scene_without_a_head_and_one_that_is_not_square_are_drawn_too(look):
    assert finish(look, buffers=buffers_of(empty=True)).std() > 0.0
    assert finish(look, buffers=buffers_of(48, 70)).shape == (48, 70, 3)


@pytest.mark.parametrize("look", [look for look in LOOKS if look != "pixel"])
def test_outlines_darken_the_silhouette_and_not_the_cheek(look):
    lined, bare = (finish(look, line_width=width, line_tint=0.0).mean(2) for width in (6.0, 0.0))
    change = bare - lined
    angles = np.linspace(0.3, 2.8, 30)
    rim = change[(32 + 26 * np.sin(angles)).astype(int), (32 + 26 * np.cos(angles)).astype(int)]
    if look not in ("ink", "pencil"):
        assert rim.mean() > 20.0
        assert np.abs(change[34:38, 30:34]).max() < 2.0
    assert rim.mean() > 0.0


def test_pixels_are_squares_of_few_colours():
    picture = finish("pixel", pixels=16, palette=5, line_width=0.0)
    blocks = picture.reshape(16, 4, 16, 4, 3)
    assert (blocks == blocks[:, :1, :, :1]).all()
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) <= 5


def test_cel_shading_has_steps():
    soft, hard = finish("film", line_width=0.0), finish("cel", line_width=0.0, bands=2)
    row = slice(20, 44)
    steps = [np.abs(np.diff(picture[34, row].astype(float).mean(1))) for picture in (soft, hard)]
    assert steps[1].max() / (steps[1].mean() + 1e-6) > 1.5 * steps[0].max() / (steps[0].mean() + 1e-6)


@pytest.mark.parametrize("look", ["ink", "pencil"])
def test_paper_takes_colour_only_where_it_is_asked_to(look):
    grey = finish(look, saturation=0.0, paper=(0.9, 0.9, 0.9), line_colour=(0.1, 0.1, 0.1)).astype(int)
    colourful = finish(look, saturation=1.0, paper=(0.9, 0.9, 0.9), line_colour=(0.1, 0.1, 0.1)).astype(int)
    assert np.ptp(grey, axis=2).max() <= 1
    assert np.ptp(colourful, axis=2).mean() > 8


def test_dark_skin_stays_paper_in_ink():
    dark = buffers_of()
    skin = dark.region == FaceRegion.SKIN
    scale = np.where(skin, 0.08, 1.0)[..., None].astype(np.float32)
    dim = replace(dark, linear=dark.linear * scale, albedo=dark.albedo * scale ** np.float32(1 / 2.2))
    assert (finish("ink", saturation=0.0, buffers=dim).mean(2)[skin] > 150).mean() > 0.35


def test_every_look_is_drawn_and_soft_shading_most():
    specs = [sample_toon(np.random.default_rng(seed)) for seed in range(400)]
    counts = [sum(spec.look == look for spec in specs) for look in LOOKS]
    assert min(counts) > 0
    assert counts[LOOKS.index("film")] == max(counts)
    assert sample_toon(np.random.default_rng(5)) == specs[5]


@pytest.mark.parametrize(
    "change",
    [{"look": "oil"}, {"strength": 1.5}, {"grain": -0.1}, {"bands": 1}, {"palette": 1}, {"pixels": 4}, {"pitch": 0.0}],
)
def test_impossible_looks_are_refused(change, monkeypatch):
    monkeypatch.setattr("jaxtyping.config.jaxtyping_disable", True)
    with pytest.raises(ValueError, match="expected"):
        replace(ToonSpec(look="cel"), **change)
