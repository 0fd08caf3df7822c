import json

import numpy as np
import pytest
from tools.gan_sheet import ACROSS, SHOWN, progress_rows, progress_table

from toonface.io.images import write_picture


def test_rows_are_the_beginnings_of_sheets_from_the_first_to_the_last(tmp_path):
    for number in range(10):
        write_picture(tmp_path / f"samples-{number:08}.png", np.full((16, 64, 3), 20 * number, np.uint8))
    picture = progress_rows([tmp_path])
    assert picture.shape == (SHOWN * 8, ACROSS * 8, 3)
    assert (picture[0] == 0).all()
    assert (picture[-1] == 180).all()
    assert progress_rows([tmp_path, tmp_path]).shape[0] == 2 * SHOWN * 8


def test_a_run_without_sheets_is_refused(tmp_path):
    with pytest.raises(ValueError, match="has no sheets"):
        progress_rows([tmp_path])


def test_the_table_has_a_row_for_each_measurement(tmp_path):
    lines = [
        {"images": 800, "minutes": 1.1, "augment": 0.25},
        {"images": 1600, "minutes": 5.2, "kid": 0.5, "found": 0.75, "confidence": 0.4},
    ]
    (tmp_path / "log.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    row = f"| {tmp_path.name} | 1,600 | 5 | 0.25 | 0.50 | 75 % | 0.40 |"
    assert progress_table([tmp_path]).splitlines()[2:] == [row]
