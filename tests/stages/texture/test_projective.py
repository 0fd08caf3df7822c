"""Laws of Eq. 12: every vertex shows its own pixel, and no background is left."""

import numpy as np
import pytest
from tests.planted_portraits import posed_skin

from toonface.geometry.camera import project
from toonface.stages.texture.projective import project_texture
from toonface.types import FaceRegion, FaceRegions


@pytest.fixture(scope="module")
def textured(baker, fine, portrait):
    return project_texture(baker, portrait[0], regions=portrait[1], fine=fine)


def test_coordinates_are_the_normalised_projection(baker, fine, portrait, textured):
    height, width = portrait[0].shape[:2]
    points = project(fine.coarse.camera, posed_skin(baker.model, fine))[:, :2]
    inside = ((points > 0.0) & (points < [width, height])).all(axis=1)
    assert inside.mean() > 0.5
    assert np.abs(textured.uv * [width, height] - points)[inside].max() < 1e-9
    assert textured.uv.min() >= 0.0
    assert textured.uv.max() <= 1.0


def test_the_face_is_kept_and_the_background_diffused(portrait, textured):
    picture, regions = portrait
    kept = regions.classes == FaceRegion.SKIN
    assert (textured.skin[kept] == picture[kept]).all()
    colours = textured.skin.astype(int)
    assert (colours[..., 1] - np.maximum(colours[..., 0], colours[..., 2])).max() < 5


def test_it_shares_its_type_with_the_atlas(baker, textured):
    assert textured.kind == "projective"
    assert (textured.uv_faces == baker.faces).all()
    assert 0.0 < textured.seen < 1.0
    assert textured.colours.iris_left is not None


def test_a_picture_without_skin_or_of_another_size_is_refused(baker, fine, portrait):
    nothing = FaceRegions(classes=np.zeros_like(portrait[1].classes))
    with pytest.raises(ValueError, match="no pixel is of the face"):
        project_texture(baker, portrait[0], regions=nothing, fine=fine)
    with pytest.raises(ValueError, match="expected the same height and width"):
        project_texture(baker, portrait[0][1:], regions=portrait[1], fine=fine)
