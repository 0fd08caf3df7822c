"""Skins: fast albedos equal the slow one, and each mark and each colour changes what it should."""

from dataclasses import replace

import numpy as np
import pytest

from toonface.morphable.face_model import albedo, evaluate, weights_of
from toonface.synth.face.makeup import NO_MAKEUP
from toonface.synth.face.skin import STRENGTHS, SkinMarks, sample_marks, skin_surface, toon_marks
from toonface.synth.face.skin_tables import fast_albedo, skin_tables, toon_albedo
from toonface.worn.surface import Material, sit

PLAIN = SkinMarks(
    freckles=0.0,
    moles=(),
    wrinkles=0.0,
    redness=0.0,
    dark_circles=0.0,
    stubble=0.0,
    stubble_colour=(0.1, 0.08, 0.07),
    scalp_shadow=0.0,
    oil=0.0,
    pores=0.0,
)


@pytest.fixture(scope="module")
def tables(face_model):
    return skin_tables(face_model)


@pytest.fixture(scope="module")
def sitter(face_model):
    return sit(face_model, evaluate(face_model, np.zeros(80), np.zeros(64)))


@pytest.fixture(scope="module")
def texture():
    return np.random.default_rng(3).normal(size=80)


@pytest.fixture(scope="module")
def bare(sitter, tables, texture):
    return skin_surface(sitter, fast_albedo(tables, texture), PLAIN, NO_MAKEUP, tables)


def painted(sitter, tables, texture, marks=PLAIN, makeup=NO_MAKEUP):
    return skin_surface(sitter, fast_albedo(tables, texture), marks, makeup, tables)


def test_fast_albedo_is_the_albedo(face_model, tables, texture):
    for scale in (0.0, 1.0, 3.0):
        assert np.abs(fast_albedo(tables, scale * texture) - albedo(face_model, scale * texture)).max() < 1e-4


def test_toon_albedo_is_smoother_on_the_cheeks_and_keeps_the_lips(face_model, tables, texture):
    photo, toon = fast_albedo(tables, texture), toon_albedo(tables, texture)
    faces, masks = face_model.skin.faces[0], tables.masks
    on_cheek = (masks.cheeks[faces] > 0.3).all(axis=1)
    rough = [np.abs(a[faces[on_cheek, 0]] - a[faces[on_cheek, 1]]).mean() for a in (photo, toon)]
    assert rough[1] < 0.75 * rough[0]
    lips, about = masks.lips > 0.95, (masks.lips < 0.01) & (masks.cheeks > 0.3)
    contrast = [a[lips].mean(axis=0) - a[about].mean(axis=0) for a in (photo, toon)]
    assert np.abs(contrast[0] - contrast[1]).max() < 0.05
    assert toon.min() >= 0.0
    assert toon.max() <= 1.0


def test_toon_albedo_of_an_even_skin_is_that_skin(tables):
    even = replace(
        tables,
        toon_mean=np.full_like(tables.toon_mean, 0.5),
        lips_mean=np.full_like(tables.lips_mean, 0.5),
    )
    assert np.allclose(toon_albedo(even, np.zeros(80)), 0.5, atol=1e-5)


def test_a_skin_without_marks_is_its_albedo(bare, sitter, tables, texture):
    assert np.array_equal(bare.colour, fast_albedo(tables, texture))
    assert np.allclose(bare.normals, sitter.normals, atol=1e-6)
    assert not bare.detail.any()
    assert bare.material == Material.SKIN


@pytest.mark.parametrize(
    ("change", "mask"),
    [
        ({"dark_circles": 1.0}, "under_eyes"),
        ({"redness": 1.0}, "cheeks"),
        ({"stubble": 1.0}, "stubble"),
        ({"scalp_shadow": 1.0}, "scalp"),
        ({"freckles": 1.0}, "freckles"),
    ],
)
def test_a_mark_darkens_its_place_and_nothing_far_away(bare, sitter, tables, texture, change, mask):
    marked = painted(sitter, tables, texture, replace(PLAIN, **change))
    loss, mask = (bare.colour - marked.colour)[:, 1], getattr(tables.masks, mask)
    assert loss[mask > 0.9].min() > 0.01
    others = tables.masks.cheeks + tables.masks.nose_tip + tables.masks.ears
    assert np.abs(loss[(mask < 0.004) & (others < 0.004)]).max() == 0.0


def test_wrinkles_lean_the_normals_and_darken_the_furrow(bare, sitter, tables, texture):
    old = painted(sitter, tables, texture, replace(PLAIN, wrinkles=1.0))
    furrow = tables.masks.wrinkles.max(axis=0) > 0.9
    assert (bare.colour - old.colour)[furrow].mean() > 0.02
    assert np.allclose(np.linalg.norm(old.normals, axis=1), np.linalg.norm(sitter.normals, axis=1), atol=1e-5)
    turned = np.einsum("vc,vc->v", old.normals, sitter.normals)
    assert turned.min() > 0.8
    assert turned.min() < 0.995


def test_raised_brows_deepen_the_wrinkles_of_the_forehead(face_model, tables, texture):
    marks = replace(PLAIN, wrinkles=0.8)
    still, raised = (
        painted(sit(face_model, evaluate(face_model, np.zeros(80), w)), tables, texture, marks)
        for w in (np.zeros(64), weights_of({"browInnerUp": 1.0}))
    )
    furrow = tables.masks.wrinkles[0] > 0.9
    assert (still.colour - raised.colour)[furrow].mean() > 0.005


def test_a_mole_is_one_dark_vertex(bare, sitter, tables, texture):
    marked = painted(sitter, tables, texture, replace(PLAIN, moles=((0.5, 1.0), (1.0, 0.5))))
    changed = np.flatnonzero((bare.colour != marked.colour).any(axis=1))
    assert set(changed) <= set(tables.mole_places)
    assert len(changed) == 2


def test_lipstick_colours_lips_only(bare, sitter, tables, texture):
    red = replace(NO_MAKEUP, lipstick=(0.7, 0.05, 0.1), lipstick_strength=1.0)
    made_up = painted(sitter, tables, texture, makeup=red)
    core, away = tables.masks.lips == 1.0, tables.masks.lips == 0.0
    assert np.ptp(made_up.colour[core], axis=0).max() < 1e-5
    assert np.array_equal(made_up.colour[away], bare.colour[away])


def test_all_colours_stay_in_the_gamut(sitter, tables, texture):
    marks = SkinMarks(**{name: 1.0 for name in STRENGTHS}, moles=(), stubble_colour=(0.0, 0.0, 0.0))
    makeup = replace(NO_MAKEUP, lipstick_strength=1.0, eyeliner_strength=1.0, blush_strength=1.0)
    surface = skin_surface(sitter, fast_albedo(tables, 4.0 * texture), marks, makeup, tables)
    assert surface.colour.min() >= 0.0
    assert surface.colour.max() <= 1.0


def test_marks_come_with_age_and_stubble_with_manhood():
    def mean(name, **person):
        rng = np.random.default_rng(0)
        return np.mean([getattr(sample_marks(rng, **person), name) for _ in range(200)])

    child = {"age": 7.0, "fairness": 0.6, "femininity": 0.0}
    man = {**child, "age": 30.0}
    assert mean("wrinkles", **{**man, "age": 80.0}) > 0.7
    assert mean("wrinkles", **man) < 0.1
    assert mean("stubble", **child) == 0.0
    assert mean("stubble", **man) > 0.15
    assert mean("stubble", **{**man, "femininity": 1.0}) == 0.0
    assert mean("freckles", **{**man, "fairness": 1.0}) > mean("freckles", **{**man, "fairness": 0.0})


def test_the_same_generator_gives_the_same_marks():
    one, two = (sample_marks(np.random.default_rng(4), 50.0, 0.5, 0.2) for _ in range(2))
    assert one == two
    assert toon_marks(one).pores == 0.0


def test_impossible_values_are_refused(tables):
    with pytest.raises(ValueError, match=r"oil is 2.0"):
        replace(PLAIN, oil=2.0)
    with pytest.raises(ValueError, match=r"fairness is 7.0"):
        sample_marks(np.random.default_rng(0), 30.0, 7.0)
    with pytest.raises(ValueError, match=r"age is -1.0"):
        sample_marks(np.random.default_rng(0), -1.0, 0.5)
