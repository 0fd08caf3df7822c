"""Laws of baking, on a square of two triangles that fills the atlas."""

import numpy as np
import pytest

from toonface.geometry.bake import Projected, bake, draw_charts

CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
FACES = np.array([[0, 1, 2], [0, 2, 3]])
SIZE = 16


def square(trust, at=CORNERS * SIZE, **changed):
    facts = {
        "points_px": at,
        "trust": np.full(4, trust),
        "gain": np.ones(4),
        "sampled": np.full((4, 3), 100.0),
        "colours": np.full((4, 3), 40.0),
        "partner": np.array([1, 0, 3, 2]),
        "borrowed": np.zeros(4),
    }
    return Projected(**(facts | changed))


def baked(mesh, picture, mask=None):
    mask = np.ones(picture.shape[:2], np.float32) if mask is None else mask
    return bake(draw_charts(CORNERS, FACES, SIZE), FACES, mesh=mesh, picture=picture, mask=mask)


@pytest.fixture
def noise():
    return np.random.default_rng(0).integers(0, 256, (SIZE, SIZE, 3), np.uint8)


def test_a_picture_that_lies_on_the_atlas_is_copied(noise):
    atlas, share = baked(square(1.0), noise)
    assert np.abs(atlas[:-1, :-1].astype(int) - noise[:-1, :-1]).max() <= 1
    assert share > 0.8


def test_without_trust_or_mask_the_mesh_keeps_its_own_colour(noise):
    for trust, mask in ((0.0, None), (1.0, np.zeros((SIZE, SIZE), np.float32))):
        atlas, share = baked(square(trust), noise, mask)
        assert (atlas == 40).all()
        assert share == 0.0


def test_what_lies_outside_the_picture_keeps_its_own_colour(noise):
    atlas, share = baked(square(1.0, CORNERS * SIZE + 100.0), noise)
    assert (atlas == 40).all()
    assert share == 0.0


def test_gain_multiplies_the_picture_alone(noise):
    dim, _ = baked(square(1.0, gain=np.full(4, 0.5)), noise)
    assert np.abs(dim[:-1, :-1].astype(float) - 0.5 * noise[:-1, :-1]).max() <= 1.0
    assert (baked(square(0.0, gain=np.full(4, 0.5)), noise)[0] == 40).all()


def test_what_is_borrowed_is_the_detail_of_the_mirrored_picture(noise):
    """The partner lies on the other side; what it shows beyond its own smooth colour is added to the mesh's."""
    picture = (noise // 4 + 70).astype(np.uint8)
    atlas, share = baked(square(0.0, borrowed=np.ones(4)), picture)
    wanted = 40.0 + picture[:, ::-1].astype(float) - 100.0
    assert np.abs(atlas[:-1, 1:].astype(float) - np.clip(wanted, 0.0, 255.0)[:-1, 1:]).max() <= 1.0
    assert share == 0.0


def test_nothing_is_borrowed_where_the_picture_is_seen_or_the_mask_forbids(noise):
    assert (baked(square(1.0, borrowed=np.ones(4)), noise)[0] == baked(square(1.0), noise)[0])[:-1, :-1].all()
    assert (baked(square(0.0, borrowed=np.ones(4)), noise, np.zeros((SIZE, SIZE), np.float32))[0] == 40).all()


def test_texels_between_charts_belong_to_the_nearest():
    charts = draw_charts(0.5 * CORNERS, FACES, SIZE)
    assert charts.triangle.min() >= 0
    assert np.abs(charts.weights.sum(axis=2) - 1.0).max() < 1e-5


def test_a_mask_of_another_size_and_an_atlas_without_texels_are_refused(noise):
    with pytest.raises(ValueError, match="mask has shape"):
        baked(square(1.0), noise, np.ones((3, 3), np.float32))
    with pytest.raises(ValueError, match="no texel"):
        draw_charts(0.0 * CORNERS, FACES, SIZE)
