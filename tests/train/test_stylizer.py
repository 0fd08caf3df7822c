"""Laws of the stylizer's training: it learns, goes on where it stopped, and every loss has a weight."""

import json

import numpy as np
import pytest
import torch
from tests.train.test_stylizer_batches import CPU, a_portrait, scenes  # noqa: F401 - a fixture

from toonface.nets.stylizer_net import StylizerNet, StylizerWidths
from toonface.train import stylizer
from toonface.train.stylizer import WEIGHTS, Config, Critic, batch_losses, main, parser_features, validate
from toonface.train.stylizer_batches import Draw

NARROW = StylizerWidths(levels=(4, 4, 4, 8, 8))


@pytest.fixture
def small(monkeypatch, scenes):  # noqa: F811
    monkeypatch.setattr(stylizer, "prepare_scenes", lambda folder, **other: scenes)
    monkeypatch.setattr(stylizer, "read_framed_portraits", lambda data, validation: [a_portrait()])
    monkeypatch.setattr(stylizer, "StylizerNet", lambda: StylizerNet(NARROW))
    monkeypatch.setattr(stylizer, "parser_features", lambda pictures, device: lambda picture: [picture])


def config(folder, **other):
    options = {"minutes": 0.05, "batch": 2, "log_every": 1, "save_minutes": 0.02} | other
    return Config(scenes=folder / "scenes", out=folder / "run", data=folder, **options)


def test_a_run_learns_logs_and_is_continued(small, tmp_path):
    said = []
    main(config(tmp_path), said.append)
    first = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text("utf-8").splitlines()]
    main(config(tmp_path, minutes=0.2), said.append)
    steps = [json.loads(line)["step"] for line in (tmp_path / "run" / "log.jsonl").read_text("utf-8").splitlines()]
    assert "3 real" not in said[0]
    assert "1 real portraits" in said[0]
    assert steps[-1] > first[-1]["step"] > 0
    assert any("offset_px" in line for line in said)


def test_a_critic_joins_when_it_is_given_a_weight(small, tmp_path):
    main(config(tmp_path, critic_weight=0.1), print)
    lines = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text("utf-8").splitlines()]
    assert any("maker" in line for line in lines)


def test_every_loss_has_a_weight_and_every_weight_a_loss(scenes):  # noqa: F811
    batch = Draw(scenes, [a_portrait()], size=2, real_share=0.5)(np.random.default_rng(0), CPU)
    losses = batch_losses(batch, StylizerNet(NARROW)(batch.picture), lambda picture: [picture])
    assert losses.keys() == WEIGHTS.keys()
    assert all(torch.isfinite(value) for value in losses.values())


def test_features_are_those_of_the_shipped_parser_and_leave_it_alone():
    pictures = torch.rand(8, 3, 64, 64)
    features = parser_features(pictures, CPU)
    maps = features(pictures.requires_grad_())
    assert [tuple(each.shape[2:]) for each in maps] == [(32, 32), (16, 16)]
    sum(each.mean() for each in maps).backward()
    assert pictures.grad.abs().max() > 0.0


def test_validation_of_a_network_that_does_nothing_is_the_still_portrait(scenes):  # noqa: F811
    torch.manual_seed(0)
    net = StylizerNet(NARROW).eval()
    with torch.no_grad():
        for last in (net.flow[1], net.paint[1]):
            last.weight.zero_()
            last.bias.zero_()
    figures = validate(net, scenes, CPU)
    assert figures["offset_px"] == pytest.approx(figures["offset_still_px"], rel=1e-4)
    assert figures["colour"] == pytest.approx(figures["colour_warped"], rel=1e-4)


def test_the_critic_gives_the_stylizer_a_gradient_and_keeps_its_own():
    torch.manual_seed(0)
    critic, made = Critic(CPU), torch.rand(1, 3, 3, 64, 64, requires_grad=True)
    critic.judge(made, torch.rand(1, 3, 3, 64, 64)).backward()
    assert made.grad.abs().max() > 0.0
