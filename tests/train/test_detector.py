"""Laws of the detector's training: it runs, resumes and looks at itself, and faces found are counted as found."""

import json

import numpy as np
import pytest
import torch
from tests.train.test_detector_scenes import SIZE, cache  # noqa: F401 - a fixture
from torch import nn

from toonface.nets.detector_net import Detections
from toonface.train import detector
from toonface.train.detector import Config, main, validate
from toonface.train.detector_scenes import Scenes
from toonface.train.run import CHECKPOINT, Run


class Oracle(nn.Module):
    """Says the same everywhere: a face as large as the picture, or none."""

    def __init__(self, score):
        super().__init__()
        self.score = score

    def forward(self, picture):
        height, width = picture.shape[2:]
        box = torch.tensor([0.1 * width, 0.1 * height, 0.9 * width, 0.9 * height])
        return Detections(torch.full((1, 3), self.score), box.expand(1, 3, 4), torch.ones(1, 3, 5, 2))


@pytest.fixture
def scenes(cache, monkeypatch):  # noqa: F811
    monkeypatch.setattr(detector, "VALIDATION_GROUNDS", 4)
    return Scenes(cache=cache, real=[], real_share=0.0, size=SIZE)


def test_who_finds_nothing_has_no_recall_and_no_false_faces(scenes):
    assert validate(Oracle(0.0), scenes, None, torch.device("cpu")) == {"recall": 0.0, "false": 0.0}


def test_who_finds_faces_everywhere_finds_false_ones(scenes):
    figures = validate(Oracle(1.0), scenes, None, torch.device("cpu"))
    assert figures["false"] == 1.0
    assert figures["recall"] in (0.0, 0.5, 1.0)  # of two renders


def test_pictures_of_the_data_folder_are_looked_at(scenes, tmp_path):
    from PIL import Image

    folder = tmp_path / "cartoons" / "fluent"
    folder.mkdir(parents=True)
    for i in range(3):
        Image.fromarray(np.full((64, 64, 3), 200, np.uint8)).save(folder / f"{i}.png")
    kept = detector._kept(tmp_path)
    assert {kind: len(pictures) for kind, pictures in kept.items()} == {"real": 0, "fluent": 1}


def test_a_run_trains_saves_and_is_continued(cache, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.setattr(detector, "SIZE", SIZE)
    monkeypatch.setattr(detector, "unpack_shards", lambda folder: cache)
    monkeypatch.setattr(detector, "validate", lambda *_: {"recall": 0.5})
    monkeypatch.setattr(Run, "progress", property(lambda run: min(run.step / run.minutes, 1.0)))  # steps for minutes
    lines = []
    options = {"samples": tmp_path, "out": tmp_path / "run", "batch": 2, "compile": False, "log_every": 1}
    for steps in (2.0, 3.0):
        main(Config(minutes=steps, save_minutes=0.0, **options), lines.append)
    assert (tmp_path / "run" / CHECKPOINT).exists()
    log = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text("utf-8").splitlines()]
    losses = [line for line in log if "scores" in line]
    assert [line["step"] for line in losses] == [1, 2, 3]
    assert np.isfinite([[line["scores"], line["boxes"], line["points"]] for line in losses]).all()
    assert any("recall" in line for line in lines)
