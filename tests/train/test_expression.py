"""Crops say what they show, mirrored or turned; rare shapes come more often; a run learns, saves itself and goes on."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.noise_faces import TinyCache

from toonface.morphable.coarse_fit import EXPRESSION
from toonface.nets.expression_net import Truth
from toonface.train import expression
from toonface.train.expression import Config, Crops, main
from toonface.train.run import Run

CONFIG = Config(samples=Path("samples"), out=Path("run"))


def test_samples_come_as_often_as_their_chances_say(cache, rng):
    told = [replace(cache[0], gaze=np.full((2, 2), 0.01 * k, np.float32)) for k in range(4)]
    crops = Crops(cache=TinyCache(told), ends=np.cumsum([0.1, 0.0, 0.6, 0.3]), real=[], config=CONFIG)
    gazes = np.array([abs(Truth(*crops(rng)[1:]).gaze[0]) for _ in range(300)])
    shares = [np.isclose(gazes, 0.01 * k).mean() for k in range(4)]
    np.testing.assert_allclose(shares, [0.1, 0.0, 0.6, 0.3], atol=0.09)
    assert shares[1] == 0.0


class CountedRun(Run):
    """Its minutes are steps."""

    @property
    def progress(self):
        return self.step / self.minutes


def test_a_run_learns_saves_itself_and_goes_on(cache, tmp_path, monkeypatch):
    monkeypatch.setattr(expression, "unpack_shards", lambda folder: cache)
    monkeypatch.setattr(expression, "read_real_points", lambda data, cache, *, validation: [])
    monkeypatch.setattr(expression, "Run", CountedRun)
    config = replace(CONFIG, out=tmp_path, data=tmp_path, minutes=2.0, batch=4, log_every=1, save_minutes=0.0)
    told = []
    main(config, told.append)
    main(replace(config, minutes=3.0), told.append)
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert told[0] == told[3] == "120 renders, 0 real portraits, on cpu"
    assert [line["step"] for line in lines] == [1, 1, 2, 2, 3, 3]
    assert {"loss", "weights", "gaze", "rotation", "points"} <= lines[0].keys()
    assert {"weights", "correlation", "gaze_degrees", "rotation_degrees"} <= lines[1].keys()


def test_validation_tells_how_far_an_oracle_of_nothing_is(cache, portrait):
    class Nothing(torch.nn.Module):
        def forward(self, picture):
            return tuple(torch.zeros(len(picture), *shape) for shape in ((64,), (4,), (3,), (68, 2), (68,)))

    figures = expression.validate(Nothing(), cache, [portrait], torch.device("cpu"))
    assert figures["weights"] == pytest.approx(cache[0].coefficients[EXPRESSION][:52].mean(), rel=1e-4)
    assert figures["correlation"] == 0.0
    assert figures["gaze_degrees"] == pytest.approx(
        np.degrees(0.5 * (np.hypot(0.3, 0.1) + np.hypot(0.2, 0.1))), rel=1e-3
    )
    assert 15.0 < figures["rotation_degrees"] < 35.0
    assert figures["seen_in_neutral"] == 0.0
