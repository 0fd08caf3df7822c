"""Eyes, mouth, brows and lashes: where they are, what they are labelled, how they differ between the styles."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import cKDTree

from toonface.io.images import load_textures
from toonface.morphable.face_model import evaluate, part_vertices, weights_of
from toonface.synth.face.eye_picture import paint_iris
from toonface.synth.face.features import brow_surface, eye_surfaces, feature_surfaces, mouth_surfaces
from toonface.synth.face.looks import FIBRES, IRISES, Lashes, iris_paint, sample_brows, sample_eyes, sample_lashes
from toonface.types import FaceRegion
from toonface.worn.surface import Material, sit

BLACK = (0.05, 0.04, 0.03)


@pytest.fixture(scope="module")
def textures():
    return load_textures(None)


@pytest.fixture(scope="module")
def sitter(face_model):
    return sit(face_model, evaluate(face_model, np.zeros(80), np.zeros(64)))


@pytest.fixture(scope="module")
def talking(face_model):
    return sit(face_model, evaluate(face_model, np.zeros(80), weights_of({"jawOpen": 0.5})))


@pytest.fixture(scope="module")
def eyes():
    return replace(sample_eyes(np.random.default_rng(0), 0.5), toon_colour=None, iris_scale=1.0)


@pytest.fixture(scope="module")
def brows():
    return sample_brows(np.random.default_rng(1), BLACK, 30.0, 0.5)


def brightness(picture, low, high):
    """Mean over a ring, in radii of the iris."""
    side = len(picture)
    y, x = (np.mgrid[:side, :side] + 0.5 - side / 2) / (side / 4)
    r = np.hypot(x, y)
    return picture[(r >= low) & (r < high)].mean(axis=0)


def test_features_come_in_their_materials_and_regions(sitter, talking, textures, eyes, brows):
    lashes = Lashes(length=1.0, colour=BLACK)
    closed = feature_surfaces(sitter, textures, eyes, (brows, lashes), "photo")
    opened = feature_surfaces(talking, textures, eyes, (brows, lashes), "photo")
    assert [s.material for s in closed] == [Material.EYE] * 2 + [Material.HAIR] * 2
    assert [s.material for s in opened] == [Material.EYE] * 2 + [Material.MOUTH] * 3 + [Material.HAIR] * 2
    assert [s.region for s in opened[:5]] == [FaceRegion.EYE_LEFT, FaceRegion.EYE_RIGHT] + [FaceRegion.INNER_MOUTH] * 3
    assert opened[-1].region == FaceRegion.SKIN


def test_left_is_where_x_is_positive(sitter, textures, eyes, brows):
    left, right = eye_surfaces(sitter, textures, eyes, "photo")
    assert left.vertices[:, 0].min() > 0.0 > right.vertices[:, 0].max()
    surface = brow_surface(sitter, textures, brows, "photo")
    side = surface.vertices[surface.faces].mean(axis=1)[:, 0]
    assert (side[surface.region == FaceRegion.BROW_LEFT] > 0.0).all()
    assert (side[surface.region == FaceRegion.BROW_RIGHT] < 0.0).all()
    assert set(np.unique(surface.region)) == {FaceRegion.BROW_LEFT, FaceRegion.BROW_RIGHT}


def test_eyeballs_have_unit_normals_that_point_outwards(sitter, textures, eyes):
    for side, eye in enumerate(eye_surfaces(sitter, textures, eyes, "photo")):
        assert np.allclose(np.linalg.norm(eye.normals, axis=1), 1.0)
        assert (np.einsum("vc,vc->v", eye.normals, eye.vertices - sitter.head.eyes.centres[side]) > 0.0).all()


def test_the_upper_lid_shades_the_eyeball_and_more_of_it_when_it_falls(face_model, sitter, textures, eyes):
    half = sit(face_model, evaluate(face_model, np.zeros(80), weights_of({"eyeBlinkLeft": 0.5})))
    wide, narrow = (eye_surfaces(s, textures, eyes, "photo")[0] for s in (sitter, half))
    front = np.flatnonzero(wide.normals[:, 2] > 0.95)
    assert narrow.occlusion[front].mean() < wide.occlusion[front].mean() - 0.05
    ahead = np.abs(wide.normals[:, 0]) < 0.15
    top, middle = ahead & (wide.normals[:, 1] > 0.25), ahead & (np.abs(wide.normals[:, 1]) < 0.1)
    front_only = wide.normals[:, 2] > 0.5
    assert wide.occlusion[top & front_only].mean() < wide.occlusion[middle & front_only].mean() - 0.2


def test_an_iris_has_its_colour_a_black_pupil_and_a_white_about_it(textures, eyes):
    look = replace(eyes, outer=(0.2, 0.4, 0.6), inner=(0.2, 0.4, 0.6), limbal_ring=0.0, pupil=0.4)
    for style in ("photo", "toon"):
        picture = paint_iris(textures["eye_green"], iris_paint(look, style))
        iris = brightness(picture, 0.65, 0.85)
        assert iris[0] < iris[1] < iris[2]
        assert brightness(picture, 0.0, 0.25).max() < 8
        assert brightness(picture, 1.1, 1.3).min() > 150


def test_a_toon_iris_has_a_larger_pupil_and_is_lighter_below(textures, eyes):
    eyes = replace(eyes, outer=(0.2, 0.4, 0.6), inner=(0.3, 0.5, 0.7), pupil=0.3)
    photo, toon = (paint_iris(textures["eye_blue"], iris_paint(eyes, style)) for style in ("photo", "toon"))
    assert (toon.max(axis=2) < 10).sum() > 1.2 * (photo.max(axis=2) < 10).sum()
    middle = slice(len(toon) // 2 - 4, len(toon) // 2 + 4)
    lower, upper = toon[int(0.68 * len(toon)), middle].mean(), toon[int(0.32 * len(toon)), middle].mean()
    assert lower > 1.3 * upper


def test_a_picture_that_is_no_square_is_refused(textures, eyes):
    with pytest.raises(ValueError, match="expected a square"):
        paint_iris(textures["eye_blue"][:100], iris_paint(eyes, "photo"))


def test_teeth_and_tongue_are_where_the_model_has_them(talking, textures):
    for surface, name in zip(mouth_surfaces(talking, textures), ("teeth_upper", "teeth_lower", "tongue"), strict=True):
        assert np.allclose(surface.vertices, part_vertices(talking.model, talking.head, name), atol=1e-9)


def test_teeth_and_tongue_darken_towards_the_back(talking, textures):
    for surface in mouth_surfaces(talking, textures):
        depth = surface.vertices[:, 2]
        front, back = depth > np.quantile(depth, 0.8), depth < np.quantile(depth, 0.2)
        assert surface.occlusion[back].mean() < 0.75 * surface.occlusion[front].mean()


@pytest.mark.parametrize("number", range(1, 13))
def test_toon_brows_lie_on_the_skin_of_striking_heads_and_are_higher(face_model, textures, brows, number):
    identity = 1.2 * np.random.default_rng(number).normal(size=80)
    sitter = sit(face_model, evaluate(face_model, identity, weights_of({"browInnerUp": 0.6})))
    look = replace(brows, part=f"eyebrow{number:03d}", boldness=1.0)
    photo, toon = (brow_surface(sitter, textures, look, style) for style in ("photo", "toon"))
    _, nearest = cKDTree(sitter.skin).query(toon.vertices)
    height = np.einsum("vc,vc->v", toon.vertices - sitter.skin[nearest], sitter.normals[nearest])
    assert height.min() > 0.0001
    assert height.max() < 0.003
    assert np.ptp(toon.vertices[:, 1]) > np.ptp(photo.vertices[:, 1])


def test_toon_brows_are_solid(sitter, textures, brows):
    look = replace(brows, part="eyebrow002", boldness=1.0)
    photo, toon = (brow_surface(sitter, textures, look, style).picture[..., 3] for style in ("photo", "toon"))
    halfway = [np.mean((alpha > 40) & (alpha < 215)) / np.mean(alpha >= 40) for alpha in (photo, toon)]
    assert halfway[1] < 0.5 * halfway[0]


def test_lashes_grow_from_their_roots(sitter, textures, eyes, brows):
    short, long = (
        feature_surfaces(sitter, textures, eyes, (brows, Lashes(length=length, colour=BLACK)), "photo")[-1]
        for length in (0.5, 1.0)
    )
    uv = short.uv.reshape(-1, 6, 2)
    assert np.ptp(uv[..., 0], axis=1).max() < 1e-6, "the rows of a lash share their u"
    a, b = short.vertices.reshape(-1, 6, 3), long.vertices.reshape(-1, 6, 3)
    assert np.array_equal(a[:, 0], b[:, 0])
    assert np.allclose(a[:, 5] - a[:, 0], 0.5 * (b[:, 5] - b[:, 0]))


def test_eyes_are_brown_on_dark_skin_and_varied_on_fair_skin():
    def names(fairness):
        rng = np.random.default_rng(0)
        return [sample_eyes(rng, fairness).colour_name for _ in range(300)]

    dark, fair = names(0.0), names(1.0)
    assert np.mean([name in ("black_brown", "dark_brown", "brown") for name in dark]) > 0.85
    assert set(fair) == set(IRISES)


def test_samples_are_reproducible_and_name_what_the_model_has(face_model, textures):
    for seed in range(40):
        one, two = (sample_eyes(np.random.default_rng(seed), 0.7) for _ in range(2))
        assert one == two
        assert one.fibres in textures
        assert sample_brows(np.random.default_rng(seed), BLACK, 40.0, seed / 40).part in face_model.parts
        lash = [sample_lashes(np.random.default_rng(seed), femininity).length for femininity in (0.0, 1.0)]
        assert lash[0] < lash[1]
    assert all(f"eye_{name}" in textures for name in FIBRES)


def test_impossible_values_are_refused(eyes, brows):
    with pytest.raises(ValueError, match=r"pupil is 0.9"):
        replace(eyes, pupil=0.9)
    with pytest.raises(ValueError, match=r"redness is -1.0"):
        replace(eyes, redness=-1.0)
    with pytest.raises(ValueError, match=r"iris_scale is 0.0"):
        replace(eyes, iris_scale=0.0)
    with pytest.raises(ValueError, match=r"boldness is 2.0"):
        replace(brows, boldness=2.0)
    with pytest.raises(ValueError, match=r"length is 0.0"):
        Lashes(length=0.0, colour=BLACK)
    with pytest.raises(ValueError, match=r"fairness is 3.0"):
        sample_eyes(np.random.default_rng(0), 3.0)
