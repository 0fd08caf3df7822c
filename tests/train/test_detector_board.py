"""Laws of the board: what is pasted stands where its rows say, and what is covered does not count."""

import numpy as np
import pytest

from toonface.geometry.crop import five_points
from toonface.train.detector_board import (
    BEYOND,
    CONTRAST,
    MOST_FACES,
    OPACITY,
    SMALLEST_PX,
    TINT,
    Board,
    Source,
    place_face,
)

SIZE, ALL = 128, (0, 0, 128, 128)
COLOURS = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0], [0, 255, 255]], np.uint8)
IDENTITY = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def source():
    """A grey face, each of its five points in a square of its own colour."""
    points = np.stack([np.linspace(30.0, 98.0, 68), 64.0 + 30.0 * np.sin(np.linspace(0.0, 9.0, 68))], axis=1)
    points[36:42], points[42:48] = [45.0, 50.0], [83.0, 50.0]
    points[30], points[48], points[54] = [64.0, 66.0], [50.0, 85.0], [78.0, 85.0]
    picture = np.full((SIZE, SIZE, 3), 90, np.uint8)
    for (x, y), colour in zip(five_points(points).astype(int), COLOURS, strict=True):
        picture[y - 5 : y + 5, x - 5 : x + 5] = colour
    classes = np.zeros((SIZE, SIZE), np.uint8)
    classes[20:110, 20:110] = 1
    return Source(picture=picture, classes=classes, points_px=points)


def looks():
    table = np.zeros((BEYOND + 1, CONTRAST + 1))
    table[:BEYOND, OPACITY] = 1.0
    return table


def board(colour=0):
    return Board(picture=np.full((SIZE, SIZE, 3), colour, np.uint8), owners=np.full((SIZE, SIZE), -1, np.int16))


def test_pasted_in_place_a_picture_is_itself(source):
    mine = board()
    mine.paste(source, IDENTITY, looks(), ALL)
    np.testing.assert_array_equal(mine.picture, source.picture)
    assert (mine.owners == 0).all()


@pytest.mark.parametrize("seed", range(8))
def test_points_stand_where_the_picture_shows_them(source, seed):
    rng, mine = np.random.default_rng(seed), board()
    place = place_face(rng, source.points_px, 0.7, ALL)
    mine.paste(source, place, looks(), ALL)
    mirrored = np.linalg.det(place[:, :2]) < 0.0
    order = [1, 0, 2, 4, 3] if mirrored else range(5)
    points = mine.rows()[0, 5:].reshape(5, 2)
    for (x, y), colour in zip(points, COLOURS[list(order)], strict=True):
        if 0.0 <= x < SIZE and 0.0 <= y < SIZE:
            np.testing.assert_allclose(mine.picture[int(y), int(x)].astype(int), colour, atol=3)


def test_both_hands_are_drawn_in_the_test_above(source):
    signs = {
        bool(np.linalg.det(place_face(np.random.default_rng(seed), source.points_px, 0.7, ALL)[:, :2]) < 0.0)
        for seed in range(8)
    }
    assert signs == {False, True}


def test_the_box_holds_all_points_and_touches_them(source, rng):
    mine = board()
    mine.paste(source, place_face(rng, source.points_px, 0.5, ALL), looks(), ALL)
    row = mine.rows()[0]
    np.testing.assert_allclose(row[1:3], mine.faces[0].min(axis=0), atol=1e-4)
    np.testing.assert_allclose(row[3:5], mine.faces[0].max(axis=0), atol=1e-4)


@pytest.mark.parametrize("extent", [0.2, 0.5, 1.0])
def test_a_face_gets_the_extent_that_was_asked_for(source, rng, extent):
    place = place_face(rng, source.points_px, extent, ALL)
    scale = np.sqrt(abs(np.linalg.det(place[:, :2])))
    length = np.ptp(source.points_px, axis=0).max() * scale
    assert length == pytest.approx(max(extent * SIZE, SMALLEST_PX), rel=1e-6)


def test_most_faces_lie_in_their_cell(source, rng):
    cell, inside = (32, 16, 112, 100), []
    for _ in range(200):
        place = place_face(rng, source.points_px, 0.5, cell)
        points = source.points_px @ place[:, :2].T + place[:, 2]
        middle = 0.5 * (points.min(axis=0) + points.max(axis=0))
        assert (middle >= cell[:2]).all() and (middle <= cell[2:]).all()
        inside.append((points >= cell[:2]).all() and (points <= cell[2:]).all())
    assert np.mean(inside) > 0.7


def test_nothing_is_painted_outside_of_the_cell(source):
    mine = board(7)
    mine.paste(source, IDENTITY, looks(), (40, 30, 90, 100))
    outside = np.ones((SIZE, SIZE), bool)
    outside[30:100, 40:90] = False
    assert (mine.picture[outside] == 7).all() and (mine.owners[outside] == -1).all()
    np.testing.assert_array_equal(mine.picture[~outside], source.picture[~outside])


def test_a_cut_out_leaves_the_ground_where_its_classes_are_hidden(source):
    mine, table = board(7), looks()
    table[0, OPACITY] = 0.0
    mine.paste(source, IDENTITY, table, ALL)
    assert (mine.picture[source.classes == 0] == 7).all()
    np.testing.assert_array_equal(mine.owners == 0, source.classes == 1)
    # Where the face is of one colour, more samples a pixel show the same.
    np.testing.assert_array_equal(mine.picture[22:40, 22:108], source.picture[22:40, 22:108])


def test_beyond_the_picture_its_edge_is_drawn_out_if_asked_and_is_not_the_face(source):
    half = np.array([[0.5, 0.0, 32.0], [0.0, 0.5, 32.0]])
    for opacity, shown in ((0.0, 7), (1.0, 90)):
        mine, table = board(7), looks()
        table[BEYOND, OPACITY] = opacity
        mine.paste(source, half, table, ALL)
        assert (mine.picture[:30] == shown).all()
        assert (mine.owners[:30] == -1).all() and mine.owners[64, 64] == 0


def test_a_full_tint_without_contrast_is_one_colour(source):
    mine, table = board(), looks()
    table[1, TINT:] = [1.0, 200.0, 150.0, 20.0, 0.0]
    mine.paste(source, IDENTITY, table, ALL)
    assert (mine.picture[source.classes == 1] == [200, 150, 20]).all()
    assert (mine.picture[:20] == 90).all()


def test_a_face_that_a_later_one_covers_does_not_count(source):
    mine = board()
    mine.paste(source, IDENTITY, looks(), ALL)
    assert mine.shares() == [1.0]
    mine.paste(source, IDENTITY, looks(), ALL)
    assert mine.shares() == [0.0, 1.0]
    assert (mine.rows()[:, 0] == [1.0, *np.zeros(MOST_FACES - 1)]).all()


def test_of_a_face_that_is_mostly_covered_nobody_is_asked(source):
    mine = board()
    mine.paste(source, IDENTITY, looks(), ALL)
    mine.paste(source, np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 55.0]]), looks(), ALL)
    share = mine.shares()[0]
    assert 0.12 < share < 0.55
    assert mine.rows()[0, 0] == -1.0


def test_a_face_beyond_the_edge_is_seen_by_the_share_of_its_points_inside(source):
    mine = board()
    mine.paste(source, np.array([[1.0, 0.0, 64.0], [0.0, 1.0, 0.0]]), looks(), ALL)
    share = np.mean(source.points_px[:, 0] + 64.0 < SIZE)
    assert mine.shares()[0] == pytest.approx(share, abs=0.1)


def test_rows_left_over_are_zero_and_faces_beyond_the_rows_are_dropped(source):
    mine = board()
    for i in range(MOST_FACES + 3):
        shift = np.array([[0.15, 0.0, 25.0 * (i % 5)], [0.0, 0.15, 25.0 * (i // 5)]])
        mine.paste(source, shift, looks(), ALL)
    assert (mine.rows()[:, 0] == 1.0).all()
    assert (board().rows() == 0.0).all()
