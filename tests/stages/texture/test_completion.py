"""Laws of the membrane: it keeps what is seen, and what it makes up is continuous and in range."""

from dataclasses import replace

import numpy as np
import pytest
from tests.planted_portraits import posed_skin

from toonface.stages.texture.completion import complete
from toonface.stages.texture.evidence import gather
from toonface.stages.texture.options import TEXTURE_DEFAULTS


@pytest.fixture(scope="module")
def evidence(baker, fine, portrait):
    picture, regions = portrait
    skin = posed_skin(baker.model, fine)
    return gather(baker, picture, regions=regions, coarse=fine.coarse, skin=skin, options=TEXTURE_DEFAULTS)


def completed(baker, evidence, base=(90.0, 90.0, 90.0), hair=None):
    colours = np.tile(np.array(base), (len(evidence.own), 1))
    return complete(baker, colours, evidence, hair=hair, options=TEXTURE_DEFAULTS)


def test_an_albedo_that_is_off_by_a_constant_is_corrected_everywhere(baker, evidence):
    """Seen colours are the albedo and a constant: so are all the others, but in the mouth."""
    base = np.random.default_rng(0).uniform(60.0, 160.0, (len(evidence.own), 3))
    base = 0.5 * (base + base[baker.mirror])
    shifted = replace(evidence, seen=base + np.array([20.0, -10.0, 5.0]))
    colours = complete(baker, base, shifted, hair=None, options=TEXTURE_DEFAULTS)
    outer = (baker.outer == 1.0) & (evidence.hair == 0.0)
    assert np.abs(colours - shifted.seen)[outer].mean() < 1.0


def test_the_hidden_side_is_the_mirror_image_of_the_seen_one(baker, evidence):
    pattern = 120.0 + 40.0 * np.random.default_rng(1).uniform(-1.0, 1.0, (len(evidence.own), 3))
    pattern = 0.5 * (pattern + pattern[baker.mirror])
    colours = complete(
        baker, np.full_like(pattern, 90.0), replace(evidence, seen=pattern), hair=None, options=TEXTURE_DEFAULTS
    )
    hidden = (evidence.own == 0.0) & (evidence.own[baker.mirror] > 0.99) & (baker.outer == 1.0)
    assert hidden.sum() > 500
    assert np.corrcoef(colours[hidden].ravel(), pattern[hidden].ravel())[0, 1] > 0.95


def test_ears_that_are_not_seen_have_the_tone_of_the_face_and_not_of_the_hair(baker, evidence):
    ear = (baker.ear == 1.0) & (evidence.own == 0.0)
    colours = completed(baker, evidence, hair=np.array([0.0, 0.0, 255.0]))
    tone = np.median(evidence.seen[evidence.own > 0.9], axis=0)
    assert np.abs(np.median(colours[ear], axis=0) - tone).max() < 8.0


def test_without_hair_the_scalp_is_skin(baker, evidence):
    bare = completed(baker, evidence)
    assert (bare[baker.scalp == 1.0, 0] > bare[baker.scalp == 1.0, 2]).all()


def test_colours_stay_in_range(baker, evidence):
    wild = replace(evidence, seen=evidence.seen + 400.0)
    colours = complete(baker, np.full_like(evidence.seen, 90.0), wild, hair=None, options=TEXTURE_DEFAULTS)
    assert colours.min() >= 0.0
    assert colours.max() <= 255.0


def test_a_picture_that_shows_nothing_leaves_the_albedo(baker, evidence):
    blind = replace(evidence, own=np.zeros_like(evidence.own), hair=np.zeros_like(evidence.hair))
    assert np.abs(completed(baker, blind) - 90.0).max() < 1e-3
