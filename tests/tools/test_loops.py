import numpy as np
import pytest
from tools.face_model import loops as module
from tools.face_model.loops import EYE_RINGS, MOUTH_RINGS, find_loops


@pytest.fixture
def three(patch_of, shuffle, cage_of, rng, monkeypatch):
    """Two eyes and a mouth with other numbers of columns, in disorder: their patches and the loops found."""
    patches = {
        "eye_right": shuffle(patch_of(6, 6, centre=(-0.2, 0.1)), rng),
        "mouth": shuffle(patch_of(9, 7, centre=(0.0, -0.2)), rng),
        "eye_left": shuffle(patch_of(6, 6, centre=(0.2, 0.1)), rng),
    }
    monkeypatch.setattr(module, "EYE_ISLAND_QUADS", int(patches["eye_left"].island.sum()))
    monkeypatch.setattr(module, "MOUTH_ISLAND_QUADS", int(patches["mouth"].island.sum()))
    skin = np.concatenate([patch.points for patch in patches.values()])
    found = find_loops(cage_of(list(patches.values())), skin)
    starts = dict(zip(patches, np.cumsum([0, *(len(p.points) for p in patches.values())])[:-1], strict=True))
    return {name: (patch, found[name], starts[name], skin) for name, patch in patches.items()}


NAMES = pytest.mark.parametrize("name", ["eye_left", "eye_right", "mouth"])


@NAMES
def test_rings_and_columns_are_found_whatever_the_order_of_points(three, name):
    patch, found, start, _ = three[name]
    assert found.rings == (MOUTH_RINGS if name == "mouth" else EYE_RINGS)
    assert found.corner == patch.corner
    np.testing.assert_array_equal(found.table, start + patch.table[: len(found.rings)])


@NAMES
def test_a_ring_is_found_by_its_number_and_ring_0_borders_the_island(three, name):
    patch, found, start, _ = three[name]
    np.testing.assert_array_equal(found.ring(-3), found.table[0])
    border = np.intersect1d(patch.quads[patch.island], patch.quads[~patch.island])
    np.testing.assert_array_equal(np.sort(found.ring(0)), start + border)


@NAMES
def test_columns_are_corners_or_above_or_below_the_opening(three, name):
    patch, found, _, skin = three[name]
    y = skin[found.ring(1), 1] - skin[found.ring(1)[0], 1]
    np.testing.assert_array_equal(found.is_upper, y > 1e-9)
    np.testing.assert_array_equal(found.is_lower, y < -1e-9)
    np.testing.assert_array_equal(np.flatnonzero(~(found.is_upper | found.is_lower)), [0, patch.corner])


@NAMES
def test_a_column_faces_the_point_at_the_same_x_across_the_opening(three, name):
    _, found, _, skin = three[name]
    contact = skin[found.ring(1 if name == "mouth" else 3)]
    np.testing.assert_allclose(found.facing.sum(axis=1), 1.0)
    assert (found.facing >= 0.0).all()
    np.testing.assert_allclose(found.facing @ contact[:, 0], contact[:, 0], atol=1e-12)
    assert not found.facing[np.ix_(found.is_upper, found.is_upper)].any()
    assert not found.facing[np.ix_(found.is_lower, found.is_lower)].any()
    for corner in (0, found.corner):
        assert found.facing[corner, corner] == 1.0


@NAMES
def test_the_distance_to_a_corner_is_0_there_and_largest_in_the_middle(three, name):
    _, found, _, skin = three[name]
    assert found.corner_distance[[0, found.corner]].tolist() == [0.0, 0.0]
    x = skin[found.ring(1 if name == "mouth" else 3), 0]
    np.testing.assert_allclose(found.corner_distance, 0.5 * np.ptp(x) - np.abs(x - x[[0, found.corner]].mean()))


def test_facing_twice_comes_back_where_the_halves_are_alike(three):
    facing = three["eye_left"][1].facing
    np.testing.assert_allclose(facing @ facing, np.eye(len(facing)), atol=1e-12)


def test_islands_of_other_sizes_are_passed_over(patch_of, cage_of):
    patch = patch_of()
    assert find_loops(cage_of([patch]), patch.points) == {}


def square(side):
    """A flat grid of quads in which a loop has more points the farther out it lies."""
    corner = (np.arange(side)[:, None] * (side + 1) + np.arange(side)).ravel()
    quads = np.stack([corner, corner + 1, corner + side + 2, corner + side + 1], axis=1)
    x, y = np.meshgrid(np.arange(side + 1.0), np.arange(side + 1.0))
    return np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], axis=1), quads


def test_loops_of_unequal_length_are_refused():
    points, quads = square(40)
    inside = (np.abs(points[quads].mean(axis=1)[:, :2] - 20.0) < 5.0).all(axis=1)
    with pytest.raises(ValueError, match="points, expected"):
        module._grid(quads, inside, points, EYE_RINGS, 3)


def test_an_island_with_a_hole_is_refused():
    points, quads = square(40)
    away = np.abs(points[quads].mean(axis=1)[:, :2] - 20.0).max(axis=1)
    with pytest.raises(ValueError, match="several loops, expected one loop"):
        module._border(quads, (away < 8.0) & (away > 3.0))
