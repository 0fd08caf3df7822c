import numpy as np
import pytest
from tools.face_model.sculpt.clay import lid_grid, mirrored_grid, smoothstep

from toonface.morphable.lids import FIRST_RING, RING_SHARES

FLIP_X = np.array([-1.0, 1.0, 1.0])


@pytest.fixture
def offsets(clay, rng):
    return rng.normal(0.0, 0.002, clay.points.shape)


def test_smoothstep_is_flat_outside_and_symmetric_about_its_middle():
    t = np.linspace(-1.0, 2.0, 301)
    s = smoothstep(t)
    assert (s[t <= 0.0] == 0.0).all() and (s[t >= 1.0] == 1.0).all()
    np.testing.assert_allclose(s + smoothstep(1.0 - t), 1.0, atol=1e-12)
    assert (np.diff(s) >= 0.0).all()


def test_the_made_up_head_is_its_own_mirror_image(clay):
    np.testing.assert_allclose(clay.points[clay.mirror] * FLIP_X, clay.points, atol=1e-12)


def test_mirroring_twice_is_nothing(clay, offsets):
    np.testing.assert_array_equal(clay.mirrored(clay.mirrored(offsets)), offsets)


def test_left_and_its_mirror_image_are_the_whole_of_a_symmetric_shape(clay, offsets):
    whole = clay.symmetric(offsets)
    np.testing.assert_allclose(clay.mirrored(whole), whole)
    left = clay.left(whole)
    np.testing.assert_allclose(left + clay.mirrored(left), whole, atol=1e-15)


def test_the_left_half_ends_within_its_width_of_the_middle(clay, offsets):
    left, x = clay.left(offsets, width=0.01), clay.points[:, 0]
    assert not left[x <= -0.01].any()
    np.testing.assert_array_equal(left[x >= 0.01], offsets[x >= 0.01])


def test_symmetric_parts_of_a_symmetric_shape_are_the_shape(clay, offsets):
    once = clay.symmetric(offsets)
    np.testing.assert_allclose(clay.symmetric(once), once)


@pytest.mark.parametrize("seal", ["sealed", "resealed"])
def test_sealing_moves_skin_only_and_leaves_its_argument(clay, offsets, seal):
    before = offsets.copy()
    result = getattr(clay, seal)(offsets)
    np.testing.assert_array_equal(offsets, before)
    np.testing.assert_array_equal(result[~clay.skin], offsets[~clay.skin])
    assert (result != offsets)[clay.skin].any()


def test_resealing_twice_changes_nothing_more(clay, offsets):
    once = clay.resealed(offsets)
    np.testing.assert_allclose(clay.resealed(once), once, atol=1e-10)


def interior(clay):
    """Points of the mouth's patch between its second and its last but second ring."""
    return np.sort(clay.mouth.table[2:-2].ravel())


def test_filling_in_keeps_a_motion_of_the_whole(clay):
    constant = np.tile([0.001, -0.002, 0.003], (len(clay.points), 1))
    np.testing.assert_allclose(clay.harmonic(constant, interior(clay)), constant[interior(clay)], atol=1e-12)


def test_filling_in_never_leaves_the_range_round_it_and_does_not_look_inside(clay, offsets, rng):
    free = interior(clay)
    filled = clay.harmonic(offsets, free)
    held = np.setdiff1d(clay.mouth.table.ravel(), free)
    assert (filled <= offsets[held].max(axis=0)).all() and (filled >= offsets[held].min(axis=0)).all()
    offsets[free] = rng.normal(size=(len(free), 3))
    np.testing.assert_allclose(clay.harmonic(offsets, free), filled)


def test_filling_in_continues_a_slope_where_the_cage_is_even(clay):
    x, y = np.meshgrid(np.arange(7.0), np.arange(7.0))
    points = np.stack([x.ravel(), y.ravel(), np.zeros(49)], axis=1)
    at = np.arange(49).reshape(7, 7)
    edges = np.concatenate(
        [np.stack([at[:, :-1], at[:, 1:]], -1).reshape(-1, 2), np.stack([at[:-1], at[1:]], -1).reshape(-1, 2)]
    )
    even = type(clay)(**{**vars(clay), "points": points, "skin_count": 49, "neighbours": edges})
    slope = points @ np.array([[1.0, 2.0, 0.0], [0.5, -1.0, 3.0], [0.0, 0.0, 0.0]])
    free = at[1:-1, 1:-1].ravel()
    np.testing.assert_allclose(even.harmonic(slope, free), slope[free], atol=1e-12)


def test_the_edges_of_the_lids_are_masked_and_the_face_is_not(clay):
    mask = clay.off_lids()[:, 0]
    assert (mask[clay.eye.table[: clay.eye.rings.index(2) + 1]] == 0.0).all()
    assert (mask[clay.eye.ring(10)] == 1.0).all()
    away = np.setdiff1d(np.arange(len(mask)), clay.eye.table.ravel())
    assert (mask[away] == 1.0).all()
    by_ring = mask[clay.eye.table].mean(axis=1)
    assert (np.diff(by_ring) >= 0.0).all()


def test_a_blob_is_1_at_its_centre_0_beyond_its_radii_and_leaves_parts_alone(clay):
    point = clay.mouth.ring(2)[4]
    centre = tuple(clay.points[point])
    mask = clay.blob(centre, (0.01, 0.02, 0.03))
    assert mask[point] == 1.0
    outside = np.abs(clay.points - centre) > np.array([0.01, 0.02, 0.03])
    assert not mask[outside.any(axis=1)].any()
    assert not clay.blob((0.0, 0.0, -0.02), (1.0, 1.0, 1.0))[~clay.skin].any()
    moved = type(clay)(**{**vars(clay), "points": clay.points + 0.5, "shift": np.full(3, 0.5)})
    np.testing.assert_allclose(moved.blob(centre, (0.01, 0.02, 0.03)), mask, atol=1e-9)


def test_smoothing_keeps_a_motion_of_the_whole_and_calms_the_rest(clay, offsets):
    constant = np.tile([1.0, 2.0, 3.0], (len(clay.points), 1))
    np.testing.assert_allclose(clay.smooth(constant, rounds=5), constant)
    smooth = clay.smooth(offsets, rounds=5)
    assert smooth[clay.skin].std() < 0.6 * offsets[clay.skin].std()
    np.testing.assert_array_equal(smooth[~clay.skin], offsets[~clay.skin])


def test_smoothing_leaves_what_is_to_be_kept(clay, offsets):
    keep = (clay.points[:, 0] > 0.0).astype(float)
    smooth = clay.smooth(offsets, rounds=3, keep=keep)
    np.testing.assert_array_equal(smooth[keep == 1.0], offsets[keep == 1.0])
    np.testing.assert_array_equal(clay.smooth(offsets, rounds=0), offsets)


def test_a_lid_grid_holds_the_rings_that_move_with_opposite_sides(clay):
    grid = lid_grid(clay.eye)
    assert grid.table.shape[0] == len(RING_SHARES)
    np.testing.assert_array_equal(grid.table[0], clay.eye.ring(FIRST_RING))
    np.testing.assert_array_equal(np.flatnonzero(grid.side == 0.0), grid.corners)
    edge = clay.points[grid.table[4], 1] - clay.points[grid.table[4, 0], 1]
    np.testing.assert_array_equal(np.sign(np.round(edge, 12)), grid.side)


def test_the_mirrored_grid_lies_on_the_other_eye_with_its_corners_swapped(clay):
    grid = lid_grid(clay.eye)
    other = mirrored_grid(grid, clay.mirror)
    np.testing.assert_allclose(clay.points[other.table] * FLIP_X, clay.points[grid.table], atol=1e-12)
    for each in (grid, other):
        right, left = clay.points[each.table[4, each.corners], 0]
        assert right < left
    again = mirrored_grid(other, clay.mirror)
    np.testing.assert_array_equal(again.table, grid.table)
    np.testing.assert_array_equal(again.corners, grid.corners)
