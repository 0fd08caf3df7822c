"""Laws of the atlas: planted colours come back, forbidden ones never do, and what is hidden is completed."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import binary_dilation
from tests.planted_portraits import HAIR_COLOUR, MAGENTA, SKIN_COLOUR, of_texels, paint, paint_checkers, posed_skin

from toonface.geometry.camera import ScaledOrthographic
from toonface.stages.texture.atlas import make_texture
from toonface.stages.texture.evidence import gather
from toonface.stages.texture.options import TEXTURE_DEFAULTS
from toonface.types import FaceRegion, FaceRegions


@pytest.fixture(scope="module")
def textured(baker, fine, portrait):
    return make_texture(baker, portrait[0], regions=portrait[1], fine=fine)


def evidence_of(baker, fine, picture, regions):
    skin = posed_skin(baker.model, fine)
    return gather(baker, picture, regions=regions, coarse=fine.coarse, skin=skin, options=TEXTURE_DEFAULTS)


def light_texels(atlas):
    return atlas[..., 1] > 150


def test_a_planted_chess_board_comes_back_where_it_is_seen_and_on_the_other_side(baker, fine):
    picture, regions, light = paint_checkers(baker, fine)
    atlas = make_texture(baker, picture, regions=regions, fine=fine).skin
    own = evidence_of(baker, fine, picture, regions).own
    seen = of_texels(baker, own)
    mirrored = of_texels(baker, own[baker.mirror] * baker.outer * (own < 0.01))
    assert seen.sum() > 2000
    assert mirrored.sum() > 1000
    agrees = light_texels(atlas) == light
    assert agrees[seen].mean() > 0.93
    assert agrees[mirrored].mean() > 0.93


def test_the_skin_gets_the_planted_colour_on_both_sides(baker, textured):
    face = of_texels(baker, baker.face * baker.usable)
    half = np.arange(face.shape[1]) < face.shape[1] // 2
    for side in (half, ~half):
        colours = textured.skin[face & side].astype(float)
        assert np.abs(np.median(colours, axis=0) - SKIN_COLOUR).max() < 4
        assert np.abs(np.percentile(colours, [5, 95], axis=0) - SKIN_COLOUR).max() < 40


def test_neither_background_nor_eye_is_anywhere_on_the_skin(baker, textured):
    atlas = textured.skin.astype(int)
    assert (atlas[..., 1] - np.maximum(atlas[..., 0], atlas[..., 2])).max() < 10
    lids = of_texels(baker, baker.outer) & (baker.lid[baker.faces].max(axis=1)[baker.charts.triangle] > 0.2)
    assert lids.sum() > 100
    assert np.abs(np.median(atlas[lids], axis=0) - SKIN_COLOUR).max() < 20
    assert (np.minimum(atlas[..., 0], atlas[..., 2]) - atlas[..., 1])[lids].max() < 10
    blue = atlas[..., 2] - atlas[..., 0]
    assert blue[lids].max() < 0


def test_lashes_that_the_parser_calls_skin_are_not_on_the_lids(baker, frontal):
    """A magenta line of 4 mm around the eyes: liner and lashes belong to no lid that a blink unfolds."""
    picture, regions = paint(baker, frontal)
    eyes = np.isin(regions.classes, (FaceRegion.EYE_LEFT, FaceRegion.EYE_RIGHT))
    picture[binary_dilation(eyes, iterations=4) & ~eyes] = MAGENTA
    lined = make_texture(baker, picture, regions=regions, fine=frontal).skin.astype(int)
    clean = make_texture(baker, paint(baker, frontal)[0], regions=regions, fine=frontal).skin.astype(int)
    lids = of_texels(baker, baker.lid * baker.outer)
    assert lids.sum() > 30
    assert np.abs(lined - clean)[lids].max() < 10


def test_hair_lands_on_the_scalp_and_not_on_face_or_ears(baker, textured):
    blue = textured.skin[..., 2].astype(int) - textured.skin[..., 0]
    assert np.median(blue[of_texels(baker, baker.scalp)]) > HAIR_COLOUR[2] - HAIR_COLOUR[0] - 20
    assert (blue[of_texels(baker, baker.face)] > 0).mean() < 0.02
    assert (blue[of_texels(baker, baker.ear)] > 0).mean() < 0.02


def test_a_crown_that_is_seen_bald_is_bald_on_the_hidden_side(baker, fine):
    """Hair elsewhere in the picture, such as a beard that was called hair, does not grow on it."""
    picture, regions = paint(baker, fine, hair=False)
    classes = regions.classes.copy()
    picture[:30, :30], classes[:30, :30] = HAIR_COLOUR, FaceRegion.HAIR
    atlas = make_texture(baker, picture, regions=FaceRegions(classes=classes), fine=fine).skin.astype(int)
    scalp = of_texels(baker, baker.scalp)
    assert np.percentile((atlas[..., 2] - atlas[..., 0])[scalp], 95) < 0


def test_a_colour_under_glasses_is_never_used(baker, fine, portrait):
    """A blue stripe of glasses changes the atlas no further than the completion of its place."""
    picture, classes = portrait[0].copy(), portrait[1].classes.copy()
    rows = np.arange(len(picture))[:, None]
    stripe = (abs(rows - 0.47 * len(picture)) < 5) & (classes == FaceRegion.SKIN)
    picture[stripe], classes[stripe] = (0, 0, 255), FaceRegion.GLASSES
    atlas = make_texture(baker, picture, regions=FaceRegions(classes=classes), fine=fine).skin.astype(int)
    face = of_texels(baker, baker.face)
    assert (atlas[..., 2] - atlas[..., 0])[face].max() < 0


def test_a_picture_turned_by_a_quarter_gives_the_same_atlas(baker, fine, portrait, textured):
    camera = fine.coarse.camera
    turn = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    turned = ScaledOrthographic(
        rotation=turn @ camera.rotation,
        translation=turn[:2, :2] @ camera.translation,
        scale=camera.scale,
        width=camera.height,
        height=camera.width,
    )
    other = make_texture(
        baker,
        np.ascontiguousarray(np.rot90(portrait[0])),
        regions=FaceRegions(classes=np.ascontiguousarray(np.rot90(portrait[1].classes))),
        fine=replace(fine, coarse=replace(fine.coarse, camera=turned)),
    )
    difference = np.abs(other.skin.astype(int) - textured.skin)
    assert difference.mean() < 0.5
    assert (difference.max(axis=2) > 8).mean() < 0.01


def test_both_sides_of_a_seam_agree(baker, textured):
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


def test_a_picture_without_skin_or_of_another_size_is_refused(baker, fine, portrait):
    nothing = FaceRegions(classes=np.zeros_like(portrait[1].classes))
    with pytest.raises(ValueError, match="no pixel is of the face"):
        make_texture(baker, portrait[0], regions=nothing, fine=fine)
    with pytest.raises(ValueError, match="expected the same height and width"):
        make_texture(baker, portrait[0][1:], regions=portrait[1], fine=fine)
