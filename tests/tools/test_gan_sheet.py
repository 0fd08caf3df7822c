import numpy as np
import pytest
from tools.gan_sheet import ACROSS, SHOWN, progress_rows

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
