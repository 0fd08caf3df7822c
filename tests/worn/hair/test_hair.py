"""Laws of hair: every style occurs and is drawn, mirrored hair is a mirror image, none goes through the face."""

import dataclasses

import numpy as np
import pytest

from toonface.io.images import load_textures
from toonface.morphable.face_model import evaluate
from toonface.morphable.landmarks import landmarks_3d
from toonface.types import FaceRegion
from toonface.worn.hair.hair import STYLES, HairSpec, hair_surfaces, hair_tables, sample_hair, scalp_shade
from toonface.worn.hair.hair_scalp import HAIRLINES
from toonface.worn.hair.hair_spec import CARDS, CROPS, style_weights
from toonface.worn.surface import Material, sit

BROWN = (0.3, 0.2, 0.135)


@pytest.fixture(scope="module")
def model(face_model):
    return face_model


@pytest.fixture(scope="module")
def tables(model):
    return hair_tables(model, load_textures())


@pytest.fixture(scope="module")
def mean_sitter(model):
    return sit(model, evaluate(model, np.zeros(80), np.zeros(64)))


@pytest.fixture(scope="module")
def odd_sitters(model):
    rng = np.random.default_rng(4)
    return [sit(model, evaluate(model, 1.4 * rng.normal(size=80), np.zeros(64))) for _ in range(3)]


def spec_of(style, **changes):
    return HairSpec(style=style, colour=BROWN, **changes)


def vertices_of(sitter, spec, tables, style="photo"):
    return np.concatenate([s.vertices for s in hair_surfaces(sitter, spec, tables, style)])


@pytest.mark.parametrize("look", ["photo", "toon"])
@pytest.mark.parametrize("style", STYLES)
def test_every_style_grows_finite_hair(mean_sitter, tables, style, look):
    surfaces = hair_surfaces(mean_sitter, spec_of(style), tables, look)
    assert bool(surfaces) == (style != "bald")
    for surface in surfaces:
        assert surface.region == FaceRegion.HAIR
        assert surface.material == (Material.HAIR if style in CARDS else Material.FUR)
        assert len(surface.faces) > 100 and np.isfinite(surface.vertices).all()
        assert surface.uv.min() > -2.0 and surface.uv.max() < 2.0


@pytest.mark.parametrize("style", [*CARDS, *CROPS])
def test_the_same_spec_grows_the_same_hair(mean_sitter, tables, style):
    spec = spec_of(style, seed=3, waves=0.5)
    assert np.array_equal(vertices_of(mean_sitter, spec, tables), vertices_of(mean_sitter, spec, tables))


@pytest.mark.parametrize("style", CARDS)
def test_on_a_symmetric_head_mirrored_hair_is_the_mirror_image(mean_sitter, tables, style):
    own = vertices_of(mean_sitter, spec_of(style, volume=0.4), tables)
    other = vertices_of(mean_sitter, spec_of(style, volume=0.4, mirrored=True), tables)
    np.testing.assert_allclose(other, own * [-1, 1, 1], atol=2e-5)


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("style", CARDS)
def test_hair_stays_out_of_the_skin_on_exaggerated_heads(odd_sitters, tables, style, mirrored):
    cards = tables.cards[style]
    flip = np.array([-1.0, 1.0, 1.0]) if mirrored else np.ones(3)
    for sitter in odd_sitters:
        vertices = vertices_of(sitter, spec_of(style, mirrored=mirrored, volume=-1.0), tables)[cards.near] * flip
        feet = cards.feet[int(mirrored)]
        normals = (feet @ sitter.normals) * flip
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        outside = np.einsum("nc,nc->n", vertices - (feet @ sitter.skin) * flip, normals)
        assert outside.min() > 0.0003


@pytest.mark.parametrize("style", ["bob01", "bob02"])
def test_a_swept_fringe_leaves_four_fifths_of_the_eyes_free(mean_sitter, model, tables, style):
    eyes = landmarks_3d(mean_sitter.skin, model.landmarks)[36:48, :2]

    def covering(fringe):
        points = vertices_of(mean_sitter, spec_of(style, fringe=fringe, seed=1), tables)
        front = points[points[:, 2] > 0.07][:, :2]
        return sum(int((np.linalg.norm(front - eye, axis=1) < 0.004).sum()) for eye in eyes)

    assert covering(0.0) > 0
    assert covering(1.0) <= 0.2 * covering(0.0)


def test_length_moves_the_ends_and_leaves_the_crown(mean_sitter, tables):
    short, long = (vertices_of(mean_sitter, spec_of("long01", length=n), tables) for n in (0.5, 1.0))
    high = long[:, 1] > 0.05
    np.testing.assert_allclose(short[high], long[high], atol=1e-9)
    assert short[:, 1].min() > long[:, 1].min() + 0.05


def test_volume_pushes_hair_outwards(mean_sitter, tables):
    for style in ("bob02", "curls"):
        flat, full = (vertices_of(mean_sitter, spec_of(style, volume=v), tables) for v in (-1.0, 1.0))
        assert np.ptp(full[:, 0]) > np.ptp(flat[:, 0]) + 0.008


def test_the_scalp_is_shaded_under_hair_only(tables):
    scalp = tables.scalp
    crown = np.argmin(np.linalg.norm(scalp.positions - [0.0, 0.14, -0.02], axis=1))
    nose = np.argmax(scalp.positions[:, 2])
    for style in STYLES:
        shade = scalp_shade(tables, spec_of(style, seed=996))
        assert shade.min() >= 0.0 and shade.max() <= 1.0 and shade[nose] == 0.0
        assert (shade[crown] > 0.2) == (style != "horseshoe"), style


def test_hair_never_grows_on_the_ears(tables):
    for name in HAIRLINES:
        assert tables.scalp.depths[name][tables.scalp.ears].max() <= 0.0


def test_all_styles_occur_and_balding_is_left_to_older_men():
    rng = np.random.default_rng(0)
    people = [sample_hair(rng, *rng.uniform([3.0, 0.0, 0.0], [90.0, 1.0, 1.0])) for _ in range(1500)]
    assert {person.style for person in people} == set(STYLES)
    assert style_weights(6.0, 0.2, 0.3)[STYLES.index("horseshoe")] == 0.0
    horseshoe = STYLES.index("horseshoe")
    assert style_weights(75.0, 0.0, 0.3)[horseshoe] > 5.0 * style_weights(35.0, 0.0, 0.3)[horseshoe]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"style": "perm"}, "hair style is 'perm'"),
        ({"hairline": "wavy"}, "hairline is 'wavy'"),
        ({"length": 2.0}, "length is 2.0"),
        ({"waves": -0.1}, "waves is -0.1"),
    ],
)
def test_impossible_hair_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(spec_of("bob01"), **changes)


def test_a_missing_picture_is_named(model):
    with pytest.raises(ValueError, match="afro01"):
        hair_tables(model, {})
