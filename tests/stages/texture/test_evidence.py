"""Laws of the evidence: what is hidden is not believed, and light is taken out where it was put in."""

from dataclasses import replace

import numpy as np
from tests.planted_portraits import SKIN_COLOUR, paint, posed_skin

from toonface.geometry.camera import project
from toonface.geometry.normals import vertex_normals
from toonface.morphable.spherical_harmonics import shade
from toonface.stages.texture.evidence import gather
from toonface.stages.texture.options import TEXTURE_DEFAULTS
from toonface.types import FaceRegion, FaceRegions


def gathered(baker, fine, portrait, **changed):
    picture, regions = portrait
    return gather(
        baker,
        picture,
        regions=regions,
        coarse=fine.coarse,
        skin=posed_skin(baker.model, fine),
        options=replace(TEXTURE_DEFAULTS, **changed),
    )


def test_what_looks_away_is_not_believed(baker, fine, portrait):
    evidence = gathered(baker, fine, portrait)
    normals = vertex_normals(posed_skin(baker.model, fine), baker.faces) @ fine.coarse.camera.rotation.T
    assert evidence.trust[normals[:, 2] < TEXTURE_DEFAULTS.grazing].max() == 0.0
    assert evidence.own.max() == 1.0
    assert (evidence.own <= evidence.trust).all()


def test_a_region_that_is_no_skin_is_not_used(baker, fine, portrait):
    evidence = gathered(baker, fine, portrait)
    rows, columns = np.nonzero(portrait[1].classes == FaceRegion.HAIR)
    assert evidence.mask[rows, columns].max() == 0.0
    assert np.abs(evidence.seen[evidence.own > 0.9] - SKIN_COLOUR).max() < 2.0


def test_hair_is_seen_on_the_scalp_alone(baker, fine, portrait):
    evidence = gathered(baker, fine, portrait)
    assert evidence.hair[baker.scalp == 0.0].max() < 0.1
    assert evidence.hair[baker.scalp == 1.0].max() == 1.0


def test_a_brow_on_a_lid_is_not_used(baker, frontal):
    picture, regions = paint(baker, frontal)
    everywhere = np.where(regions.classes == FaceRegion.SKIN, FaceRegion.BROW_LEFT, regions.classes).astype(np.uint8)
    evidence = gathered(baker, frontal, (picture, FaceRegions(classes=everywhere)))
    assert evidence.brow[evidence.own > 0.5].all()
    assert evidence.own[baker.lid > 0.2].max() == 0.0


def test_the_jaw_before_the_neck_is_an_outline(baker, frontal):
    """Where face and neck meet in the picture the mask is 0, and above it is what it was."""
    picture, regions = paint(baker, frontal, hair=False)
    points = project(frontal.coarse.camera, posed_skin(baker.model, frontal))
    border = int(np.median(points[(baker.neck > 0.3) & (baker.neck < 0.7), 1])) + 8
    classes = regions.classes.copy()
    classes[border:][classes[border:] == FaceRegion.SKIN] = FaceRegion.NECK
    before = gathered(baker, frontal, (picture, regions)).mask
    mask = gathered(baker, frontal, (picture, FaceRegions(classes=classes))).mask
    middle = int(np.median(points[:, 0]))
    assert before[border, middle] > 0.5
    assert mask[border, middle] == 0.0
    assert (mask[: border - 10] == before[: border - 10]).all()


def test_light_that_was_put_in_is_taken_out(baker, frontal):
    light = np.array([2.8, 0.3, 0.2, 0.6, 0.0, 0.0, 0.0, 0.1, 0.0])
    lit = replace(frontal, coarse=replace(frontal.coarse, light=light))
    normals = vertex_normals(posed_skin(baker.model, lit), baker.faces) @ lit.coarse.camera.rotation.T
    colours = np.clip(shade(np.tile(np.array(SKIN_COLOUR, float), (len(normals), 1)), normals, light), 0.0, 255.0)
    portrait = paint(baker, lit, colours)
    before = gathered(baker, lit, portrait)
    after = gathered(baker, lit, portrait, unlight=1.0)
    face = before.own > 0.9
    assert before.gain.tolist() == [1.0] * len(normals)
    assert np.std(after.seen[face, 0]) < 0.3 * np.std(before.seen[face, 0])


def test_without_light_nothing_is_taken_out(baker, fine, portrait):
    assert (gathered(baker, fine, portrait, unlight=1.0).gain == 1.0).all()
