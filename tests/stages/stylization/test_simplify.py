"""Laws of simplifying: eyes stay, hair loses its strands, outlines stay, greys keep their tone."""

import numpy as np
import pytest

from toonface.stages.stylization.field import STYLES
from toonface.stages.stylization.simplify import SIMPLICITY, in_steps, simplify, strokes
from toonface.types import FaceRegion

SIZE, FACE_PX = 160, 140.0


def strands(rng, level=0.1):
    return np.clip(0.4 + level * rng.normal(size=(SIZE, SIZE, 1)) * np.ones(3), 0.0, 1.0).astype(np.float32)


def change(picture, region, style):
    return np.abs(simplified(picture, region, style) - picture)[20:-20, 20:-20].mean()


def simplified(picture, region, style):
    classes, near = np.full((SIZE, SIZE), region, np.uint8), np.ones((SIZE, SIZE), np.float32)
    return simplify(picture, classes, near, FACE_PX, style)


@pytest.mark.parametrize("style", ["soft", "bold"])
def test_hair_is_simplified_more_than_cloth_and_eyes_hardly(style):
    picture = strands(np.random.default_rng(0))
    hair, cloth, eyes = (change(picture, r, style) for r in (FaceRegion.HAIR, FaceRegion.CLOTH, FaceRegion.EYE_LEFT))
    assert hair > 1.1 * cloth
    assert eyes < 0.25 * hair


@pytest.mark.parametrize("style", STYLES)
def test_the_ground_stays_and_so_does_what_is_far(style):
    picture = strands(np.random.default_rng(0))
    assert np.array_equal(simplified(picture, FaceRegion.BACKGROUND, style), picture)
    classes = np.full((SIZE, SIZE), FaceRegion.HAIR, np.uint8)
    assert np.array_equal(simplify(picture, classes, np.zeros((SIZE, SIZE), np.float32), FACE_PX, style), picture)


def test_bolder_styles_are_simpler():
    picture = strands(np.random.default_rng(1))
    changes = [change(picture, FaceRegion.HAIR, style) for style in STYLES]
    assert changes == sorted(changes)


@pytest.mark.parametrize("style", ["soft", "bold"])
def test_an_outline_stays(style):
    picture = np.full((SIZE, SIZE, 3), 0.2, np.float32)
    picture[:, SIZE // 2 :] = 0.8
    drawn = simplified(picture, FaceRegion.CLOTH, style)
    assert drawn[80, SIZE // 2, 0] - drawn[80, SIZE // 2 - 1, 0] > 0.5


def test_grey_stays_grey_and_colours_deepen():
    grey, red = np.full((SIZE, SIZE, 3), 0.5, np.float32), np.full((SIZE, SIZE, 3), [0.6, 0.4, 0.4], np.float32)
    assert np.allclose(simplified(grey, FaceRegion.CLOTH, "bold"), 0.5, atol=1e-3)
    drawn = simplified(red, FaceRegion.CLOTH, "bold")[80, 80]
    assert drawn[0] - drawn[1] == pytest.approx(0.2 * SIMPLICITY["bold"].saturation, abs=1e-3)


def test_steps_gather_greys_keep_their_order_and_stray_by_half_a_step_at_most():
    ramp = np.linspace(0.0, 1.0, 701, dtype=np.float32)[None, :, None]
    stepped = in_steps(ramp, 7)[0, :, 0]
    assert np.abs(stepped - ramp[0, :, 0]).max() <= 0.5 / 7 + 1e-6
    assert (np.diff(stepped) > -1e-6).all()
    assert np.diff(stepped).max() > 4.0 * np.quantile(np.diff(stepped), 0.1)


def test_strokes_lie_on_dark_lines_and_nowhere_else():
    grey = np.full((SIZE, SIZE), 0.7, np.float32)
    grey[80:82] = 0.2
    drawn = strokes(grey, 3.0)
    assert drawn[80:82].min() > 0.9
    assert drawn[:70].max() == 0.0
    assert not strokes(np.full((SIZE, SIZE), 0.3, np.float32), 3.0).any()
