"""Laws of shipping: runs become a file and a card that load, and figures find the card that they are about."""

import json
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from tools.ship_networks import RECIPES, ship, ship_again, write_metrics

from toonface.io.networks import NETWORKS, load_network, read_card
from toonface.nets.detector_net import DetectorNet
from toonface.train.run import Run


@dataclass(frozen=True)
class Config:
    batch: int = 5
    seed: int = 9
    data: str | None = "somewhere"


def run_of(folder, steps, before=None):
    torch.manual_seed(0)
    net = DetectorNet()
    run = Run(folder=folder, net=net, optimizer=torch.optim.AdamW(net.parameters()), minutes=1.0, rate=1e-3)
    run.step, run.before = steps, before or {}
    run.save(Config())
    return folder


@pytest.fixture
def shipped(tmp_path):
    folder = tmp_path / "networks"
    ship("detector", [run_of(tmp_path / "first", 3), run_of(tmp_path / "second", 4)], folder)
    return folder


def test_every_network_has_a_recipe():
    assert tuple(RECIPES) == NETWORKS


def test_a_shipped_network_loads_and_answers(shipped):
    answers = load_network("detector", shipped)(np.zeros((1, 3, 64, 96), np.float32))
    assert set(answers) == set(RECIPES["detector"].form.outputs) == set(RECIPES["detector"].outputs)
    places = sum((64 // stride) * (96 // stride) for stride in (8, 16, 32))
    assert answers["boxes"].shape == (1, places, 4)


def test_the_card_tells_the_story_of_all_runs(shipped):
    card = read_card("detector", shipped)
    assert card.steps == 7
    assert card.pictures == 35
    assert card.seed == 9
    assert len(card.data) == 2
    assert card.licence == "MIT"


def test_what_lies_behind_a_shipped_file_is_counted(tmp_path):
    before = {"steps": 10, "pictures": 100, "minutes": 2.5}
    ship("detector", [run_of(tmp_path / "run", 4, before)], tmp_path / "networks")
    card = read_card("detector", tmp_path / "networks")
    assert (card.steps, card.pictures, card.minutes) == (14, 120, 2.5)


def test_a_network_that_is_shipped_again_says_the_same(shipped):
    picture = np.random.default_rng(1).random((1, 3, 64, 64), np.float32)
    before, card = load_network("detector", shipped)(picture), read_card("detector", shipped)
    ship_again("detector", shipped)
    after = load_network("detector", shipped)(picture)
    for name, answer in before.items():
        np.testing.assert_allclose(after[name], answer, atol=2e-3 * np.abs(answer).max())
    assert read_card("detector", shipped).steps == card.steps


def test_figures_go_to_the_card_that_they_are_about(shipped, tmp_path):
    figures = {"detector.recall": 0.9, "detector.none": None, "landmarks.toon.nme": 0.02}
    (tmp_path / "figures.json").write_text(json.dumps({"metrics": figures}))
    before = read_card("detector", shipped)
    write_metrics(tmp_path / "figures.json", shipped)
    after = read_card("detector", shipped)
    assert after.metrics == {"detector.recall": 0.9}
    assert after.sha256 == before.sha256
    assert after.steps == before.steps
