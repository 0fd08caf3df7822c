"""Laws of people: all ages and tones, natural colours, children without beards, and coefficients that are read back."""

import numpy as np
import pytest

from toonface.geometry.flips import flipped_triangles, triangle_rings
from toonface.morphable.face_model import albedo, neutral_points, subdivide
from toonface.morphable.landmarks import landmarks_3d
from toonface.morphable.regions import SkinRegion
from toonface.synth.people.people import (
    BAG_ROOM,
    CHILDHOOD,
    FEATURES,
    LUMA,
    OLD_AGE,
    Person,
    coefficients_of,
    people_tables,
    sample_person,
)

COUNT = 400


@pytest.fixture(scope="module")
def tables(face_model):
    return people_tables(face_model)


@pytest.fixture(scope="module")
def people(tables):
    rng = np.random.default_rng(1)
    return [sample_person(rng, tables) for _ in range(COUNT)]


@pytest.fixture(scope="module")
def face(face_model):
    skin = face_model.skin
    return skin.subdivision.matrix @ (skin.region == SkinRegion.FACE).astype(float) > 0.99


def marks(model, person):
    skin = subdivide(model, neutral_points(model, person.identity)[: model.skin.count])
    return landmarks_3d(skin, model.landmarks)


def test_ages_sexes_and_tones_are_spread_out(people):
    ages, tones = np.array([p.age for p in people]), np.array([p.tone for p in people])
    assert 0.15 < (ages < 0.25).mean() < 0.35
    assert 0.15 < (ages > 0.65).mean() < 0.35
    counts, _ = np.histogram(tones, bins=5, range=(0.17, 0.85))
    assert counts.sum() > 0.95 * COUNT
    assert counts.min() > 0.12 * COUNT
    femininity = np.array([p.femininity for p in people])
    assert (femininity < 0.3).mean() > 0.25
    assert (femininity > 0.7).mean() > 0.25


def test_tone_is_the_lightness_of_the_face(face_model, tables, people):
    for person in people[:20]:
        colour = tables.skin_colour + person.texture @ tables.skin_change
        assert person.tone == pytest.approx(np.clip(colour, 0, 1) @ LUMA)
    dark, light = min(people, key=lambda p: p.tone), max(people, key=lambda p: p.tone)
    assert albedo(face_model, dark.texture).mean() + 0.4 < albedo(face_model, light.texture).mean()


def test_no_skin_is_grey_green_or_purple(face_model, face, people):
    for person in people[:60]:
        red, green, blue = albedo(face_model, person.texture)[face].mean(axis=0)
        assert red > green > blue
        assert 1.12 < red / blue < 4.0
        # Between yellow and pink.
        assert 0.25 < (green - blue) / (red - blue) < 0.85


def test_children_and_women_have_no_beard(tables, people):
    lost = {True: [], False: []}
    for person in people:
        lost[person.age < 0.2 or person.femininity > 0.6].append(tables.stubble @ person.texture)
    assert max(lost[True]) < 0.01
    assert max(lost[False]) > 0.04


def test_children_have_larger_eyes_and_smaller_noses_and_jaws(face_model, people):
    def proportions(person):
        points, at = neutral_points(face_model, person.identity), marks(face_model, person)
        width = at[16, 0] - at[0, 0]
        eye = (at[45, 0] - at[42, 0] + at[39, 0] - at[36, 0]) / width
        ball = (points[-3, 0] - points[-4, 0]) / width
        nose = (at[27, 1] - at[33, 1]) / width
        return eye, ball, nose, (at[27, 1] - at[8, 1]) / width

    young = np.mean([proportions(p) for p in people if p.age < 0.1], axis=0)
    grown = np.mean([proportions(p) for p in people if 0.25 < p.age < 0.6], axis=0)
    assert (young[:2] > 1.05 * grown[:2]).all()
    assert (young[2:] < 0.96 * grown[2:]).all()


def test_faces_differ_more_than_those_of_the_model(face_model, people):
    rng = np.random.default_rng(2)
    lengths = [np.ptp(marks(face_model, p)[[27, 8], 1]) for p in people[:120]]
    plain = Person(identity=np.zeros(80), texture=np.zeros(80), age=0.5, femininity=0.5, tone=0.5)
    middle = np.ptp(marks(face_model, plain)[[27, 8], 1])
    assert min(lengths) < 0.87 * middle
    assert max(lengths) > 1.12 * middle
    identities = np.array([p.identity for p in people])
    ordinary = rng.standard_normal(identities.shape)
    assert np.linalg.norm(identities, axis=1).max() > np.linalg.norm(ordinary, axis=1).max()


def test_few_faces_fold(face_model, face, people):
    faces, matrix = face_model.skin.faces[0], face_model.skin.subdivision.matrix
    rings, before = triangle_rings(faces, matrix.shape[0]), subdivide(face_model, face_model.mean[: matrix.shape[1]])
    whole = face[faces].all(axis=1)
    folded = []
    for person in people[:60]:
        after = subdivide(face_model, neutral_points(face_model, person.identity)[: matrix.shape[1]])
        folded.append((flipped_triangles(before, after, faces, rings) & whole).sum())
    assert np.mean(np.array(folded) > 0) < 0.1
    assert max(folded) < 20


def test_the_mouth_bag_stays_under_the_skin(tables, people):
    for person in people:
        assert (tables.room + tables.room_change @ person.identity).min() > 0.5 * BAG_ROOM


def test_coefficients_are_read_back_from_points(face_model, tables, people):
    for person in people[:10]:
        found = coefficients_of(tables, neutral_points(face_model, person.identity))
        np.testing.assert_allclose(found, person.identity, atol=0.05)


def test_a_head_outside_the_model_gets_the_nearest_coefficients(face_model, tables, people):
    away = neutral_points(face_model, people[0].identity)
    away[: face_model.skin.count] += 0.002 * np.random.default_rng(3).standard_normal((face_model.skin.count, 3))
    found = coefficients_of(tables, away)
    error = np.linalg.norm(neutral_points(face_model, found) - away)
    for change in 0.3 * np.eye(80)[[0, 20, 50]]:
        assert error < np.linalg.norm(neutral_points(face_model, found + change) - away)


def test_the_same_seed_gives_the_same_person(tables, people):
    again = sample_person(np.random.default_rng(1), tables)
    np.testing.assert_array_equal(again.identity, people[0].identity)
    np.testing.assert_array_equal(again.texture, people[0].texture)
    assert (again.age, again.femininity, again.tone) == (people[0].age, people[0].femininity, people[0].tone)


def test_every_feature_has_an_axis(tables):
    for name in (*FEATURES, *CHILDHOOD, *OLD_AGE):
        assert np.linalg.norm(tables.axes[name]) > 0.3, name


@pytest.mark.parametrize("name", ["age", "femininity", "tone"])
def test_shares_out_of_range_are_refused(name):
    values = {"age": 0.5, "femininity": 0.5, "tone": 0.5, name: 1.2}
    with pytest.raises(ValueError, match=rf"{name} is 1.2, expected a share in \[0, 1\]"):
        Person(identity=np.zeros(80), texture=np.zeros(80), **values)
