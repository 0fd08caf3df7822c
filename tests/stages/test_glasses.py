"""Laws of glasses: what is planted comes back, clear or dark, and bare faces get none."""

from dataclasses import replace

import numpy as np
import pytest
from tests.dressed_scenes import portrait

from toonface.stages.glasses import GlassesFitter, fit_worn_glasses
from toonface.types import FaceRegion, FaceRegions
from toonface.worn.glasses import GlassesSpec


@pytest.fixture(scope="module")
def fitter(renderer):
    return GlassesFitter(renderer.model)


def fitted(fitter, planted):
    return fit_worn_glasses(fitter, planted.picture, regions=planted.regions, fine=planted.fine)


def test_a_bare_face_gets_none(renderer, fitter):
    assert fitted(fitter, portrait(renderer, hair="short02")) is None


@pytest.mark.parametrize("shape", ["round", "rectangle", "half-rim"])
def test_planted_glasses_come_back(renderer, fitter, shape):
    planted = portrait(
        renderer, glasses=GlassesSpec(shape=shape, thickness=0.0026, colour=(0.7, 0.1, 0.1)), style="toon"
    )
    glasses = fitted(fitter, planted)
    assert glasses.shape == shape
    assert not glasses.dark
    red, green, blue = glasses.colour
    assert red > 2.0 * max(green, blue)
    assert [part.name for part in glasses.parts] == ["frame", "lenses"]


def test_dark_lenses_are_known(renderer, fitter):
    spec = GlassesSpec(shape="wayfarer", tint=(0.05, 0.05, 0.05), opacity=0.9, colour=(0.8, 0.1, 0.1))
    glasses = fitted(fitter, portrait(renderer, glasses=spec))
    assert glasses.dark
    assert glasses.colour[0] > 1.5 * glasses.colour[1]
    lenses = glasses.parts[1]
    assert lenses.alpha == "blend"
    assert lenses.opacity > 0.8
    assert lenses.picture[..., :3].max() < 120


def test_lenses_that_are_parsed_but_light_are_clear(renderer, fitter):
    planted = portrait(renderer, glasses=GlassesSpec(shape="wayfarer", opacity=0.9))
    white = np.where(planted.regions.classes[..., None] == FaceRegion.GLASSES, np.uint8(230), planted.picture)
    glasses = fitted(fitter, replace(planted, picture=white))
    assert not glasses.dark
    assert glasses.parts[1].opacity < 0.1


def test_glasses_sit_before_the_eyes(renderer, fitter):
    planted = portrait(renderer, glasses=GlassesSpec(shape="round"))
    lenses = fitted(fitter, planted).parts[1].mesh.vertices
    eyes = renderer.model.mean[[-4, -2]]
    assert lenses[:, 2].min() > eyes[:, 2].max()
    assert np.abs(lenses[:, 0].mean()) < 0.01


def test_pictures_and_regions_of_two_sizes_are_refused(renderer, fitter):
    planted = portrait(renderer)
    with pytest.raises(ValueError, match="expected the picture's"):
        fit_worn_glasses(
            fitter, planted.picture, regions=FaceRegions(classes=planted.regions.classes[1:]), fine=planted.fine
        )
