"""Laws of exaggeration: nothing changes without it, mirror images stay mirrored, eyes grow and lids still close."""

from dataclasses import fields, replace

import numpy as np
import pytest

from toonface.geometry.flips import flipped_triangles, triangle_rings
from toonface.io.face_model_file import load_face_model
from toonface.morphable.face_model import neutral_points, pose_head, shape_offsets, skin_vertices, subdivide
from toonface.morphable.lids import FIRST_RING, MARGIN_RING
from toonface.morphable.names import SHAPES
from toonface.morphable.regions import SkinRegion
from toonface.synth.people.exaggerate import NONE, Exaggeration, exaggerate, exaggerate_tables, sample_exaggeration
from toonface.synth.people.exaggeration import RANGES, STYLES
from toonface.synth.people.people import people_tables, sample_person

MIRROR = np.array([-1.0, 1.0, 1.0])


@pytest.fixture(scope="module")
def model():
    return load_face_model()


@pytest.fixture(scope="module")
def tables(model):
    return exaggerate_tables(model)


@pytest.fixture(scope="module")
def people(model):
    rng, tables = np.random.default_rng(4), people_tables(model)
    return [neutral_points(model, sample_person(rng, tables).identity) for _ in range(12)]


@pytest.fixture(scope="module")
def strong():
    rng = np.random.default_rng(5)
    return [sample_exaggeration(rng, 1.0) for _ in range(12)]


@pytest.fixture(scope="module")
def cartoons(tables, people, strong):
    return [exaggerate(tables, person, by) for person, by in zip(people, strong, strict=True)]


def test_without_exaggeration_no_point_moves(tables, people):
    np.testing.assert_array_equal(exaggerate(tables, people[0], NONE), people[0])
    unseen = replace(NONE, iris_scale=1.3)
    np.testing.assert_allclose(exaggerate(tables, people[0], unseen)[: tables.skin][~in_bag(tables)],
                               people[0][: tables.skin][~in_bag(tables)], atol=1e-12)  # fmt: skip


def in_bag(tables):
    return np.isin(np.arange(tables.skin), tables.bag)


def test_the_persons_own_points_are_not_written_to(tables, people, strong):
    before = people[0].copy()
    exaggerate(tables, people[0], strong[0])
    np.testing.assert_array_equal(people[0], before)


def test_the_same_factors_give_the_same_points(tables, people, strong, cartoons):
    np.testing.assert_array_equal(exaggerate(tables, people[3], strong[3]), cartoons[3])


def test_a_mirrored_person_becomes_the_mirrored_cartoon(model, tables, people, strong):
    skin = model.skin.count
    for person, by in zip(people[:4], strong[:4], strict=True):
        image = person.copy()
        image[:skin] = person[:skin][model.skin.mirror] * MIRROR
        for eye, other in ((-4, -2), (-2, -4)):
            image[eye] = person[other] * MIRROR
            image[eye + 1] = image[eye] + [person[other + 1, 0] - person[other, 0], 0.0, 0.0]
        here, there = exaggerate(tables, person, by), exaggerate(tables, image, by)
        outer = ~in_bag(tables)
        np.testing.assert_allclose(there[:skin][outer], (here[:skin][model.skin.mirror] * MIRROR)[outer], atol=2e-6)
        np.testing.assert_allclose(there[-2], here[-4] * MIRROR, atol=2e-6)


@pytest.mark.parametrize("scale", [1.2, 1.5, 1.8])
def test_eyeballs_grow_by_the_eye_scale_and_keep_their_front(model, tables, scale):
    neutral = model.mean.astype(float)
    after = exaggerate(tables, neutral, Exaggeration(eye_scale=scale))
    for eye in (-4, -2):
        before, grown = (points[eye + 1, 0] - points[eye, 0] for points in (neutral, after))
        assert grown == pytest.approx(scale * before, rel=1e-3)
        front, new_front = neutral[eye, 2] + before, after[eye, 2] + grown
        assert -0.0015 < new_front - front <= 0.0
        np.testing.assert_allclose(after[eye + 1, 1:], after[eye, 1:], atol=1e-12)


def test_very_large_eyes_do_not_grow_beyond_the_limit(model, tables):
    large = exaggerate(tables, model.mean.astype(float), Exaggeration(eye_scale=1.6))
    again = exaggerate(tables, large, Exaggeration(eye_scale=1.8))
    assert again[-3, 0] - again[-4, 0] <= 0.0276


def test_lids_of_cartoons_still_close(model, cartoons):
    for points in cartoons:
        for side, grid in zip(("Left", "Right"), model.lids, strict=True):
            closed = points + shape_offsets(model, points, f"eyeBlink{side}")
            assert lid_gap(closed, grid) < 0.02 * lid_gap(points, grid)


def lid_gap(points, grid):
    edge = points[grid.table[MARGIN_RING - FIRST_RING]]
    return np.linalg.norm(grid.facing @ edge - edge, axis=1)[grid.side > 0].max()


def test_eyes_leave_room_for_the_bridge_of_the_nose(cartoons, model):
    for points in cartoons:
        left, right = (points[grid.table[MARGIN_RING - FIRST_RING]][:, 0] for grid in model.lids)
        assert left.min() - right.max() > 0.010


def test_no_triangle_of_the_face_folds(model, cartoons):
    faces, matrix = model.skin.faces[0], model.skin.subdivision.matrix
    face = ((matrix @ (model.skin.region == SkinRegion.FACE).astype(float))[faces] >= 0.5).all(axis=1)
    rings, before = triangle_rings(faces, matrix.shape[0]), subdivide(model, model.mean[: model.skin.count])
    flips = []
    for points in cartoons:
        after = skin_vertices(model, pose_head(model, points, np.zeros(len(SHAPES))))
        flips.append(int((flipped_triangles(before, after, faces, rings) & face).sum()))
    assert np.mean(np.array(flips) == 0) >= 0.9
    assert max(flips) < 15


@pytest.mark.parametrize("name", [field.name for field in fields(Exaggeration) if field.name != "iris_scale"])
def test_every_factor_moves_the_head(model, tables, name):
    neutral = model.mean + 0.5 * model.identity_basis[2] + 1e-3
    low, high = RANGES[name]
    far = high if abs(high - getattr(NONE, name)) > abs(low - getattr(NONE, name)) else low
    moved = exaggerate(tables, neutral.astype(float), replace(NONE, **{name: far}))
    outer = ~in_bag(tables)
    assert np.abs(moved[: tables.skin] - neutral[: tables.skin])[outer].max() > 0.001


@pytest.mark.parametrize("name", list(RANGES))
def test_factors_out_of_range_are_refused(name):
    with pytest.raises(ValueError, match=f"{name} is .*expected a number in"):
        replace(NONE, **{name: RANGES[name][1] + 0.01})


def test_a_strength_out_of_range_is_refused():
    with pytest.raises(ValueError, match=r"strength is 1.5, expected"):
        sample_exaggeration(np.random.default_rng(0), 1.5)


def test_more_strength_goes_farther():
    rng = np.random.default_rng(6)
    weak, much = ([sample_exaggeration(rng, strength) for _ in range(200)] for strength in (0.0, 1.0))
    assert max(by.eye_scale for by in weak) < 1.45
    assert max(by.eye_scale for by in much) > 1.7
    assert max(by.difference for by in much) > 1.4
    assert all(by.nose_scale <= 1.0 for by in weak)


def test_styles_keep_to_the_ranges():
    for style in STYLES.values():
        assert set(style) == set(RANGES)
        for name, (low, high) in style.items():
            assert RANGES[name][0] <= low < high <= RANGES[name][1]
