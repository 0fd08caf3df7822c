"""Laws of the stylizer's sheets: every portrait with its cartoons in one row, whatever its form."""

import numpy as np
import pytest
from PIL import Image

from toonface.evaluate.stylizer_sheets import ROWS, SIZE, StylizerSheets, fitted, write_stylizer_sheets
from toonface.evaluate.trials import Trial


@pytest.mark.parametrize("shape", [(600, 300), (300, 600), (150, 150)])
def test_a_picture_is_shrunk_or_enlarged_whole_into_the_middle(shape):
    picture = np.full((*shape, 3), 50, np.uint8)
    picture[shape[0] // 2 - 20 : shape[0] // 2 + 20, shape[1] // 2 - 20 : shape[1] // 2 + 20] = 250
    shown = fitted(picture)
    assert shown.shape == (SIZE, SIZE, 3)
    rows, columns = np.nonzero(shown[..., 0] > 150)
    assert abs(rows.mean() - SIZE / 2) < 1.5
    assert abs(columns.mean() - SIZE / 2) < 1.5


def test_sheets_hold_all_rows(tmp_path):
    sheets = StylizerSheets()
    for number in range(ROWS + 1):
        picture = np.full((50, 40, 3), 10 * number, np.uint8)
        trial = Trial(name=f"one {number}", group="london", picture=picture, points_px=np.full((68, 2), np.nan))
        sheets.see(trial, {"none": picture, "soft": picture, "bold": picture})
    paths = write_stylizer_sheets(sheets, tmp_path / "sheets")
    assert [path.name for path in paths] == ["stylizer-01.jpg", "stylizer-02.jpg"]
    assert Image.open(paths[0]).size == (3 * SIZE, ROWS * SIZE)
    assert Image.open(paths[1]).size == (3 * SIZE, SIZE)
