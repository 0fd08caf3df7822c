"""Laws of hair: planted styles and colours come back, what is not there is not invented, and hair stays on the head."""

from dataclasses import replace

import numpy as np
import pytest
from tests.dressed_scenes import portrait

from toonface.morphable.face_model import pose_head
from toonface.stages.hair import NAPE_M, HairFitter, fit_hair, hang
from toonface.types import FaceRegion, FaceRegions
from toonface.worn.hair.roots import find_ground
from toonface.worn.surface import Material, Surface, sit


@pytest.fixture(scope="module")
def fitter(renderer):
    return HairFitter(renderer.model, renderer.wardrobe.textures)


def fitted(fitter, planted, **changes):
    return fit_hair(fitter, planted.picture, regions=changes.get("regions", planted.regions), fine=planted.fine)


def covered(planted, region):
    """The planted hair, parsed as something else."""
    classes = planted.regions.classes
    return FaceRegions(classes=np.where(classes == FaceRegion.HAIR, np.uint8(region), classes))


@pytest.mark.parametrize("style", ["long01", "bob01", "short03", "curls"])
def test_a_planted_style_comes_back(renderer, fitter, style):
    hair = fitted(fitter, portrait(renderer, hair=style, style="toon"))
    assert hair.style == style
    assert hair.agreement > 0.9


@pytest.mark.parametrize("style", ["short01", "short02", "crew", "slick_back", "ponytail01"])
def test_the_outline_comes_back_whatever_the_style(renderer, fitter, style):
    assert fitted(fitter, portrait(renderer, hair=style)).agreement > 0.85


@pytest.mark.parametrize("colour", [(0.10, 0.08, 0.08), (0.70, 0.55, 0.35), (0.20, 0.35, 0.70)])
def test_a_planted_colour_comes_back(renderer, fitter, colour):
    """To what the light of the scene leaves: each pixel is repainted flat."""
    planted = portrait(renderer, hair="bob01")
    picture = planted.picture.copy()
    picture[planted.regions.classes == FaceRegion.HAIR] = np.round(255.0 * np.array(colour))
    hair = fitted(fitter, replace(planted, picture=picture))
    assert np.abs(np.array(hair.colour) - colour).max() < 0.01


def test_the_colour_of_a_lit_scene_is_near(renderer, fitter):
    hair = fitted(fitter, portrait(renderer, hair="bob01", colour=(0.30, 0.20, 0.135)))
    assert np.abs(np.array(hair.colour) - (0.30, 0.20, 0.135)).mean() < 0.12


def test_a_bald_head_stays_bald(renderer, fitter):
    hair = fitted(fitter, portrait(renderer))
    assert (hair.style, hair.parts, hair.roots.max()) == ("bald", (), 0.0)
    assert "bald" in hair.notes[0]


def test_under_a_hat_no_hair_is_invented(renderer, fitter):
    planted = portrait(renderer, hair="short02")
    hair = fitted(fitter, planted, regions=covered(planted, FaceRegion.HAT))
    assert hair.parts == ()
    assert "hat" in hair.notes[0]


def test_half_a_head_of_hair_that_is_parsed_as_a_hat_is_hair(renderer, fitter):
    planted = portrait(renderer, hair="bob02", style="toon")
    classes = planted.regions.classes.copy()
    hair = classes == FaceRegion.HAIR
    hair[:, hair.any(axis=0).argmax() + np.ptp(np.nonzero(hair)[1]) // 2 :] = False
    flat = replace(planted, picture=np.where(hair[..., None], planted.picture, 90).astype(np.uint8))
    flat.picture[classes == FaceRegion.HAIR] = (90, 60, 40)
    classes[hair] = FaceRegion.HAT
    assert fitted(fitter, flat, regions=FaceRegions(classes=classes)).agreement > 0.85


@pytest.mark.parametrize("style", ["long01", "short03", "crew"])
def test_hair_is_never_deep_below_the_scalp(renderer, fitter, style):
    planted = portrait(renderer, hair=style)
    hair = fitted(fitter, planted)
    rest = pose_head(renderer.model, planted.fine.neutral, np.zeros(64))
    ground = find_ground(sit(renderer.model, rest), fitter.tables)
    height, _ = ground.height(hair.parts[0].mesh.vertices)
    assert np.quantile(height, 0.02) > -0.006


def test_bending_meets_an_outline_that_no_style_has(renderer, fitter):
    """The same picture, seen as 8 % wider: the hair follows, the camera does not."""
    planted = portrait(renderer, hair="bob01")
    hair = planted.regions.classes == FaceRegion.HAIR
    wide = np.zeros_like(hair)
    rows, columns = np.nonzero(hair)
    middle = columns.mean()
    for offset in (0.0, 0.5):
        wide[rows, np.clip(np.round(middle + 1.08 * (columns + offset - middle)), 0, 255).astype(int)] = True
    classes = np.where(wide & (planted.regions.classes == FaceRegion.BACKGROUND), FaceRegion.HAIR, 0)
    regions = FaceRegions(classes=np.maximum(planted.regions.classes, classes.astype(np.uint8)))
    assert fitted(fitter, planted, regions=regions).agreement > 0.92


def test_parts_are_complete(renderer, fitter):
    for style in ("bob02", "crew"):
        (part,) = fitted(fitter, portrait(renderer, hair=style)).parts
        assert np.abs(np.linalg.norm(part.normals, axis=1) - 1.0).max() < 1e-3 or style == "bob02"
        assert part.mesh.uv.min() >= 0.0 or part.alpha == "mask"
        assert part.picture.dtype == np.uint8


def test_pictures_and_regions_of_two_sizes_are_refused(renderer, fitter):
    planted = portrait(renderer)
    with pytest.raises(ValueError, match="expected the picture's"):
        fitted(fitter, planted, regions=FaceRegions(classes=planted.regions.classes[1:]))


def test_hair_that_led_onto_a_back_hangs_down_and_the_rest_stays():
    heights = np.linspace(0.105, -0.165, 28) + 0.002
    vertices = np.stack([0.1 * heights, heights, -0.1 - np.maximum(NAPE_M - heights, 0.0)], axis=1)
    surface = Surface(vertices=vertices, faces=np.array([[0, 1, 2]]), material=Material.HAIR, region=FaceRegion.HAIR)
    (hung,) = hang([surface])
    above = vertices[:, 1] >= NAPE_M
    np.testing.assert_array_equal(hung.vertices[above], vertices[above])
    np.testing.assert_array_equal(hung.vertices[:, :2], vertices[:, :2])
    led, leads = (-0.1 - v[~above, 2] for v in (vertices, hung.vertices))
    assert (leads < 0.2 * led).all() and (leads > 0.0).all()
