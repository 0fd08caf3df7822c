"""Laws of the stylizer's sheets: every portrait with its cartoons in one row, whatever its form."""

import numpy as np
from PIL import Image

from toonface.evaluate.stylizer_sheets import ROWS, SIZE, StylizerSheets, write_stylizer_sheets
from toonface.evaluate.trials import Trial
from toonface.types import Landmarks

FACE = Landmarks(points_px=25.0 + 10.0 * np.random.default_rng(0).uniform(-1.0, 1.0, (68, 2)), sigma_px=np.ones(68))


def test_what_is_shown_is_the_head():
    sheets, picture = StylizerSheets(), np.zeros((50, 50, 3), np.uint8)
    picture[20:31, 20:31] = 255
    trial = Trial(name="one", group="london", picture=picture, points_px=np.full((68, 2), np.nan))
    sheets.see(trial, FACE, {"none": picture})
    ((name, shown),) = sheets.rows[0]
    assert name == "one"
    assert shown.shape == (SIZE, SIZE, 3)
    assert shown[SIZE // 2, SIZE // 2].min() > 200
    assert shown[:20].max() < 60


def test_sheets_hold_all_rows(tmp_path):
    sheets = StylizerSheets()
    for number in range(ROWS + 1):
        picture = np.full((50, 40, 3), 10 * number, np.uint8)
        trial = Trial(name=f"one {number}", group="london", picture=picture, points_px=np.full((68, 2), np.nan))
        sheets.see(trial, FACE, {"none": picture, "soft": picture, "bold": picture})
    paths = write_stylizer_sheets(sheets, tmp_path / "sheets")
    assert [path.name for path in paths] == ["stylizer-01.jpg", "stylizer-02.jpg"]
    assert Image.open(paths[0]).size == (3 * SIZE, ROWS * SIZE)
    assert Image.open(paths[1]).size == (3 * SIZE, SIZE)
