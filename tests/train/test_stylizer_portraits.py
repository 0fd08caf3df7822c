"""Laws of real portraits in training: framed as the stage frames them, a third kept, what has no face left out."""

import numpy as np
import pytest
from PIL import Image
from tests.test_cli_look import FakeDetector, fake_landmarks, fake_parser

from toonface.evaluate.trials import PORTRAIT_FOLDERS as FOLDERS
from toonface.stages.stylization.crop import SIZE
from toonface.train import stylizer_portraits
from toonface.train.stylizer_portraits import read_framed_portraits


@pytest.fixture
def data(tmp_path, monkeypatch):
    """Four folders of six portraits, of which the second is too dark to show a face."""
    stand_ins = {"detector": FakeDetector(), "landmarks": fake_landmarks, "parser": fake_parser}
    monkeypatch.setattr(stylizer_portraits, "load_network", stand_ins.__getitem__)
    for folder in FOLDERS:
        (tmp_path / "portraits" / folder).mkdir(parents=True)
        for number in range(6):
            picture = np.full((96, 96, 3), 10 if number == 1 else 150 + number, np.uint8)
            Image.fromarray(picture).save(tmp_path / "portraits" / folder / f"{number}.png")
    return tmp_path


def test_every_third_portrait_is_kept_and_one_without_a_face_is_left_out(data):
    trained, kept = (read_framed_portraits(data, validation=v) for v in (False, True))
    assert [one.name for one in trained][:3] == ["london/0.png", "london/3.png", "london/4.png"]
    assert [one.name for one in kept][:2] == ["london/2.png", "london/5.png"]
    assert len(trained) == 3 * len(FOLDERS)


def test_the_face_lies_in_the_middle_of_its_crop(data):
    one = read_framed_portraits(data, validation=True)[0]
    assert one.picture.shape == one.smooth.shape == (SIZE, SIZE, 3)
    assert np.abs(one.points.mean(axis=0) - 0.5).max() < 0.12
    assert one.face[SIZE // 2, SIZE // 2]
    assert not one.face[4, 4]
