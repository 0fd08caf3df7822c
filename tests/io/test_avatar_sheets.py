"""Laws of the sheet of steps: every step is on it, and dots mark their points."""

import numpy as np
from tests.portrait_avatar import avatar_and_stages, models

from toonface.io.avatar_files import FileOptions, avatar_asset
from toonface.io.avatar_sheets import COLUMNS, SIZE, avatar_sheet, shrunk, with_dots


def test_all_steps_are_on_the_page():
    avatar = avatar_and_stages()[0]
    asset = avatar_asset(models().model, models().textures, avatar, FileOptions(lod=1))
    sheet = avatar_sheet(avatar, asset)
    assert sheet.shape == (3 * SIZE, COLUMNS * SIZE, 3)
    tiles = sheet.reshape(3, SIZE, COLUMNS, SIZE, 3).swapaxes(1, 2).reshape(-1, SIZE, SIZE, 3)
    assert all(tile.std() > 5.0 for tile in tiles)
    assert len({tile.tobytes() for tile in tiles}) == len(tiles)


def test_dots_mark_their_points_and_those_outside_are_left_out():
    picture = np.zeros((100, 120, 3), np.uint8)
    marked = with_dots(picture, np.array([[30.0, 50.0], [119.6, 99.7], [-20.0, 5.0], [400.0, 5.0]]))
    assert marked[50, 30, 1] > 0
    assert not picture.any()
    assert (marked[..., 1] > 0).sum() < 20


def test_a_picture_is_shrunk_whole():
    picture = np.zeros((2 * SIZE, 2 * SIZE, 3), np.uint8)
    picture[:, SIZE:] = 200
    small = shrunk(picture)
    assert small.shape == (SIZE, SIZE, 3)
    assert small[:, : SIZE // 2].max() == 0 and small[:, SIZE // 2 :].min() == 200
