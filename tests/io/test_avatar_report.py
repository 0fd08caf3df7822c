"""Laws of the report: every step is a file of its own and on the page, and drawings mark what they should."""

import json

import numpy as np
import pytest
from PIL import Image
from tests.portrait_avatar import avatar_and_stages, models

from toonface.io.avatar_files import FileOptions, avatar_asset
from toonface.io.avatar_report import (
    COLUMNS,
    GREEN,
    MAGENTA,
    SHEET_SIZE,
    SIZE,
    YELLOW,
    shrunk,
    with_dots,
    with_outlines,
    with_square,
    write_report,
)

STEPS = "portrait cartoon landmarks regions coarse fine wireframe atlas hair-outline front three-quarters profile back"
EXPRESSIONS = "blink smile jaw-open look-aside surprise"


def test_each_step_is_a_file_and_on_the_page_and_times_are_told(tmp_path):
    avatar = avatar_and_stages()[0]
    asset = avatar_asset(models().model, models().textures, avatar, FileOptions(lod=1))
    sheet = write_report(tmp_path, "one", avatar=avatar, asset=asset, model=models().model, seconds={"fine": 0.5})
    names = [*STEPS.split(), *EXPRESSIONS.split()]
    inside = sheet.parent / "one-steps"
    assert sorted(path.name for path in inside.iterdir()) == sorted(
        ["timings.json", *(f"{number:02d}-{name}.jpg" for number, name in enumerate(names, start=1))]
    )
    told = json.loads((inside / "timings.json").read_text("utf-8"))
    assert told == {"seconds": {"fine": 0.5}, "notes": list(avatar.notes)}
    pictures = [np.asarray(Image.open(path)) for path in sorted(inside.glob("*.jpg"))]
    assert {picture.shape for picture in pictures} == {(SIZE, SIZE, 3)}
    assert all(picture.std() > 5.0 for picture in pictures)
    assert len({picture.tobytes() for picture in pictures}) == len(names)
    rows = -(-len(names) // COLUMNS)
    assert Image.open(sheet).size == (COLUMNS * SHEET_SIZE, rows * SHEET_SIZE)


def test_dots_mark_their_points_and_those_outside_are_left_out():
    picture = np.zeros((100, 120, 3), np.uint8)
    marked = with_dots(picture, np.array([[30.0, 50.0], [119.6, 99.7], [-20.0, 5.0], [400.0, 5.0]]))
    assert tuple(marked[50, 30]) == GREEN
    assert not picture.any()
    assert (marked[..., 1] > 0).sum() < 20


def test_a_square_is_drawn_along_its_sides():
    corners = np.array([[10.0, 10.0], [50.0, 10.0], [50.0, 50.0], [10.0, 50.0]])
    marked = with_square(np.zeros((64, 64, 3), np.uint8), corners)
    assert tuple(marked[10, 30]) == tuple(marked[30, 50]) == tuple(marked[30, 10]) == YELLOW
    assert not marked[30, 30].any()


def test_outlines_are_where_masks_end_and_the_fitted_one_lies_above():
    seen, fitted = np.zeros((2, 32, 32), bool)
    seen[8:24, 8:24], fitted[8:24, 8:16] = True, True
    marked = with_outlines(np.zeros((32, 32, 3), np.uint8), seen, fitted)
    assert tuple(marked[16, 23]) == YELLOW and tuple(marked[16, 8]) == MAGENTA
    assert not marked[16, 20].any() and not marked[2, 2].any()


@pytest.mark.parametrize("size", [SHEET_SIZE, 64])
def test_a_picture_is_shrunk_whole(size):
    picture = np.zeros((2 * SHEET_SIZE, 2 * SHEET_SIZE, 3), np.uint8)
    picture[:, SHEET_SIZE:] = 200
    small = shrunk(picture, size)
    assert small.shape == (size, size, 3)
    assert small[:, : size // 2].max() == 0 and small[:, size // 2 :].min() == 200
