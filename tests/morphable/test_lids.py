"""Laws of the lids: a blink closes on every head, and on its way no lid enters the eyeball."""

import numpy as np
import pytest

from toonface.morphable.face_model import shape_offsets
from toonface.morphable.lids import (
    FIRST_RING,
    LID_MOTIONS,
    MARGIN_RING,
    RING_SHARES,
    LidMotion,
    combine_motions,
    lid_offsets,
)
from toonface.morphable.names import SHAPES

SIDES = ("Left", "Right")
EYES = range(2)
MARGIN = MARGIN_RING - FIRST_RING
CLOSED = 0.02
"""Largest share of the gap that a closed eye may leave."""
BLINK = LID_MOTIONS["eyeBlink"]


def eye_of(points, eye):
    centre, rim = points[[-4, -3]] if eye == 0 else points[[-2, -1]]
    return centre, float(rim[0] - centre[0])


def moved_rings(model, points, eye, motion):
    grid = model.lids[eye]
    skin = points[: model.skin.count]
    return skin[grid.table] + lid_offsets(skin, *eye_of(points, eye), grid, motion)


def gap(rings, grid):
    """Distances from the points of the upper lid's edge to the lower lid's edge."""
    edge = rings[MARGIN]
    return np.linalg.norm(grid.facing @ edge - edge, axis=1)[grid.side > 0]


def with_larger_eyes(model, points, factor):
    """Enlarge both eyes with their lids about the centres of the eyeballs."""
    result = points.copy()
    for eye, grid in enumerate(model.lids):
        centre, _ = eye_of(points, eye)
        for chosen in (np.unique(grid.table), [-3 + 2 * eye]):
            result[chosen] = centre + factor * (points[chosen] - centre)
    return result


def meet(closed, resting, grid):
    return gap(closed, grid).max() < CLOSED * gap(resting, grid).max()


def scaled(motion, share):
    return LidMotion(upper=share * motion.upper, lower=share * motion.lower)


def test_the_grids_are_a_table_of_different_skin_points_and_mirror_each_other(face_model):
    left, right = face_model.lids
    for grid in face_model.lids:
        assert len(RING_SHARES) == len(grid.table)
        assert np.unique(grid.table).size == grid.table.size
        assert 0 <= grid.table.min() <= grid.table.max() < face_model.skin.count
    np.testing.assert_array_equal(face_model.skin.mirror[left.table], right.table)
    np.testing.assert_array_equal(left.corners, right.corners[::-1])


def test_upper_columns_face_lower_ones_and_weights_sum_to_1(face_model):
    for grid in face_model.lids:
        assert grid.facing.min() >= 0.0
        np.testing.assert_allclose(grid.facing.sum(axis=1), 1.0, atol=1e-12)
        assert set(grid.side) == {-1.0, 0.0, 1.0}
        np.testing.assert_array_equal(np.flatnonzero(grid.side == 0), np.sort(grid.corners))
        facing_side = grid.facing @ grid.side
        assert (facing_side * grid.side <= 0.0).all()


def test_the_upper_lid_is_above_the_lower_one_and_the_corners_are_named_by_side(face_model):
    for grid in face_model.lids:
        edge = face_model.mean[grid.table[MARGIN]]
        assert edge[grid.side > 0, 1].mean() > edge[grid.side < 0, 1].mean()
        right, left = edge[grid.corners]
        assert right[0] < left[0]


def test_only_shapes_move_lids():
    assert all(f"{name}{side}" in SHAPES for name in LID_MOTIONS for side in SIDES)


def test_a_blink_closes_the_whole_opening():
    assert BLINK.upper + BLINK.lower == pytest.approx(1.0)


@pytest.mark.parametrize("eye", EYES, ids=SIDES)
def test_without_motion_no_lid_point_moves_but_out_of_the_eyeball(face_model, eye):
    rings = moved_rings(face_model, face_model.mean, eye, LidMotion(upper=0.0, lower=0.0))
    np.testing.assert_allclose(rings, face_model.mean[face_model.lids[eye].table], atol=1e-12)


@pytest.mark.parametrize("factor", [0.8, 1.0, 1.3, 1.6, 2.0])
@pytest.mark.parametrize("eye", EYES, ids=SIDES)
def test_a_blink_closes_on_random_heads_with_eyes_of_any_size(face_model, random_neutrals, eye, factor):
    grid = face_model.lids[eye]
    for neutral in [face_model.mean, *random_neutrals]:
        points = with_larger_eyes(face_model, neutral, factor)
        assert meet(moved_rings(face_model, points, eye, BLINK), points[grid.table], grid)


@pytest.mark.parametrize("side", SIDES)
def test_a_blink_as_a_blendshape_closes_too(face_model, random_neutrals, side):
    grid = face_model.lids[SIDES.index(side)]
    for neutral in [face_model.mean, *random_neutrals]:
        closed = neutral + shape_offsets(face_model, neutral, f"eyeBlink{side}")
        assert meet(closed[grid.table], neutral[grid.table], grid)


@pytest.mark.parametrize("eye", EYES, ids=SIDES)
def test_the_straight_way_of_a_blink_stays_outside_the_eyeball(face_model, random_neutrals, eye):
    for points in [face_model.mean, *random_neutrals]:
        centre, radius = eye_of(points, eye)
        start = points[face_model.lids[eye].table[MARGIN]]
        step = moved_rings(face_model, points, eye, BLINK)[MARGIN] - start
        started_outside = np.linalg.norm(start - centre, axis=1) >= radius
        for share in np.linspace(0.0, 1.0, 11):
            distance = np.linalg.norm(start + share * step - centre, axis=1)
            assert distance[started_outside].min() >= 0.995 * radius


@pytest.mark.parametrize("eye", EYES, ids=SIDES)
def test_half_a_closing_closes_less_and_a_widening_opens(face_model, eye):
    grid = face_model.lids[eye]

    def mean_gap(motion):
        return gap(moved_rings(face_model, face_model.mean, eye, motion), grid).mean()

    rest = mean_gap(LidMotion(upper=0.0, lower=0.0))
    assert mean_gap(BLINK) < mean_gap(scaled(BLINK, 0.7)) < mean_gap(scaled(BLINK, 0.3)) < rest
    assert mean_gap(LID_MOTIONS["eyeWide"]) > rest


def test_lids_follow_a_head_that_is_shifted_scaled_or_mirrored(face_model):
    left, right = face_model.lids
    skin, (centre, radius) = face_model.mean[: face_model.skin.count], eye_of(face_model.mean, 0)
    offsets = lid_offsets(skin, centre, radius, left, BLINK)
    shift = np.array([0.1, -0.2, 0.3])
    moved = lid_offsets(2.0 * skin + shift, 2.0 * centre + shift, 2.0 * radius, left, BLINK)
    np.testing.assert_allclose(moved, 2.0 * offsets, atol=1e-12)
    mirrored = lid_offsets(skin, *eye_of(face_model.mean, 1), right, BLINK)
    np.testing.assert_allclose(mirrored * [-1.0, 1.0, 1.0], offsets, atol=1e-6)


@pytest.mark.parametrize("eye", EYES, ids=SIDES)
def test_the_turn_fades_from_the_edge_outwards(face_model, eye):
    offsets = lid_offsets(
        face_model.mean[: face_model.skin.count], *eye_of(face_model.mean, eye), face_model.lids[eye], BLINK
    )
    largest = np.linalg.norm(offsets, axis=2).max(axis=1)
    assert (np.diff(largest[MARGIN + 2 :]) < 0.0).all()
    assert largest[-1] < 0.15 * largest[MARGIN]


@pytest.mark.parametrize("lower", [0.0, 0.24, 0.5, 0.9])
@pytest.mark.parametrize("eye", EYES, ids=SIDES)
def test_shares_that_sum_to_1_close_however_they_are_divided(face_model, random_neutrals, eye, lower):
    grid, motion = face_model.lids[eye], LidMotion(upper=1.0 - lower, lower=lower)
    for neutral in random_neutrals[:4]:
        assert meet(moved_rings(face_model, neutral, eye, motion), neutral[grid.table], grid)


def test_motions_add_up_until_the_lids_meet():
    assert combine_motions([]) == LidMotion(upper=0.0, lower=0.0)
    half = combine_motions([(0.5, BLINK), (-1.0, LidMotion(upper=0.1, lower=0.02))])
    assert (half.upper, half.lower) == pytest.approx((0.5 * BLINK.upper - 0.1, 0.5 * BLINK.lower - 0.02))
    wide = LID_MOTIONS["eyeWide"]
    assert combine_motions([(1.0, wide)]) == wide
    crossed = combine_motions([(1.0, BLINK), (1.0, LID_MOTIONS["eyeSquint"])])
    assert crossed.upper + crossed.lower == pytest.approx(1.0)
    assert crossed.upper / crossed.lower == pytest.approx(
        (BLINK.upper + LID_MOTIONS["eyeSquint"].upper) / (BLINK.lower + LID_MOTIONS["eyeSquint"].lower)
    )
