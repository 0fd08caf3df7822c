"""Laws of the texture: planted colours come back, forbidden ones never do, and what is hidden is completed."""

import numpy as np
import pytest
from tests.planted_heads import SIDE, plant

from toonface.geometry.camera import project
from toonface.geometry.rasterize import clear, draw
from toonface.io.face_model_file import load_face_model
from toonface.morphable.face_model import pose_head, skin_vertices
from toonface.morphable.fine_fit import FineFit
from toonface.morphable.regions import SkinRegion
from toonface.stages.texture import SkinBaker, make_texture
from toonface.types import FaceRegion, FaceRegions

SKIN_COLOUR, HAIR_COLOUR, MAGENTA = (200, 150, 120), (20, 160, 30), (255, 0, 255)


@pytest.fixture(scope="module")
def baker():
    return SkinBaker(load_face_model(), 256)


@pytest.fixture(scope="module")
def fine(baker):
    head = plant(baker.model, np.random.default_rng(1), yaw=0.6)
    return FineFit(coarse=head.fit, neutral=head.neutral, weights=head.fit.expression, notes=())


@pytest.fixture(scope="module")
def drawn(baker, fine):
    """The head in one colour before magenta, its scalp green and its parsing."""
    skin = skin_vertices(baker.model, pose_head(baker.model, fine.neutral, fine.weights))
    fragments = clear(SIDE, SIDE)
    draw(fragments, project(fine.coarse.camera, skin), baker.faces)
    seen = fragments.face >= 0
    scalp = baker.shares[baker.faces, SkinRegion.SCALP].mean(axis=1) > 0.5
    hair = seen & scalp[np.maximum(fragments.face, 0)]
    classes = np.where(hair, FaceRegion.HAIR, np.where(seen, FaceRegion.SKIN, FaceRegion.BACKGROUND))
    picture = np.full((SIDE, SIDE, 3), MAGENTA, np.uint8)
    picture[seen], picture[hair] = SKIN_COLOUR, HAIR_COLOUR
    return picture, FaceRegions(classes=classes.astype(np.uint8))


@pytest.fixture(scope="module")
def textured(baker, fine, drawn):
    return make_texture(baker, drawn[0], regions=drawn[1], fine=fine)


def texels_of(baker, region):
    shares = baker.shares[baker.faces, region].min(axis=1)
    return shares[baker.charts.triangle] > 0.99


def test_the_skin_gets_the_planted_colour_on_both_sides(baker, textured):
    face = textured.skin[texels_of(baker, SkinRegion.FACE)].astype(float)
    assert np.abs(np.median(face, axis=0) - SKIN_COLOUR).max() < 3
    half = textured.skin.shape[1] // 2
    sides = [texels_of(baker, SkinRegion.FACE) & (np.arange(2 * half) // half == side) for side in (0, 1)]
    left, right = (np.median(textured.skin[side], axis=0).astype(float) for side in sides)
    assert np.abs(left - right).max() < 4


def test_no_background_is_on_the_skin(textured):
    atlas = textured.skin.astype(int)
    magenta = np.minimum(atlas[..., 0], atlas[..., 2]) - atlas[..., 1]
    assert magenta.max() < 60


def test_hair_lands_on_the_scalp_and_not_on_the_face(baker, textured):
    green = textured.skin[..., 1].astype(int) - textured.skin[..., 0]
    assert np.median(green[texels_of(baker, SkinRegion.SCALP)]) > 100
    assert (green[texels_of(baker, SkinRegion.FACE)] > 0).mean() < 0.02


def test_a_colour_under_another_class_is_never_used(baker, fine, drawn):
    """A blue stripe of glasses over the face changes the atlas no further than the completion of its place."""
    picture, classes = drawn[0].copy(), drawn[1].classes.copy()
    stripe = np.zeros((SIDE, SIDE), bool)
    stripe[SIDE // 2 - 12 : SIDE // 2 + 4] = True
    stripe &= classes == FaceRegion.SKIN
    picture[stripe], classes[stripe] = (0, 0, 255), FaceRegion.GLASSES
    atlas = make_texture(baker, picture, regions=FaceRegions(classes=classes), fine=fine).skin.astype(int)
    assert (atlas[..., 2] - atlas[..., 0]).max() < 30


def test_both_sides_of_a_seam_agree(baker, drawn, fine, textured):
    """Texture coordinates of one vertex on a seam show one colour."""
    model = baker.model
    pairs = np.unique(np.column_stack([model.skin.faces[0].ravel(), model.skin.uv_faces[0].ravel()]), axis=0)
    vertices, counts = np.unique(pairs[:, 0], return_counts=True)
    size = textured.skin.shape[0]
    places = np.clip((model.skin.uv[0] * size).astype(int), 0, size - 1)
    colours = textured.skin[places[:, 1], places[:, 0]].astype(float)
    spreads = [np.ptp(colours[pairs[pairs[:, 0] == vertex, 1]], axis=0).max() for vertex in vertices[counts > 1]]
    assert np.median(spreads) < 6
    assert np.percentile(spreads, 95) < 30


def test_a_picture_without_skin_is_refused(baker, fine, drawn):
    nothing = FaceRegions(classes=np.zeros((SIDE, SIDE), np.uint8))
    with pytest.raises(ValueError, match="no pixel is of the face"):
        make_texture(baker, drawn[0], regions=nothing, fine=fine)
