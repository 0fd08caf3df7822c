"""Laws of the training of eyes: crops are those of the stage, right eyes mirrored left ones, gazes in their shares."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.noise_faces import TinyCache, looking_at, sample_of

from toonface.nets.gaze_net import GazeNet
from toonface.stages.gaze import SIZE
from toonface.train import gaze
from toonface.train.gaze import CAMERA_SHARE, Config, Crops, main, validate
from toonface.train.gaze_eyes import cut_eyes
from toonface.types import FaceRegion


def test_further_samples_look_at_the_camera_in_their_share(rng):
    at_camera = looking_at(sample_of(rng), 0.0, 0.0, (0.0, 0.0))
    aside = looking_at(sample_of(rng), 0.0, 0.0, (0.25, 0.0))
    eyes = cut_eyes(TinyCache([at_camera] * 9 + [aside]), range(10))
    crops = Crops(glances=eyes, more=eyes, config=Config(samples=Path(), out=Path(), more_share=1.0))
    yaws = np.array([abs(crops(np.random.default_rng(seed))[1][0]) for seed in range(300)])
    assert (yaws < 0.1).mean() == pytest.approx(CAMERA_SHARE, abs=0.08)


def test_a_crop_has_its_labels_and_what_is_not_seen_counts_little(rng):
    sample = sample_of(rng)
    sample.parsing[:] = FaceRegion.SKIN
    eyes = cut_eyes(TinyCache([sample]), range(1))
    crop, look, head, seen = Crops(glances=eyes, more=None, config=Config(samples=Path(), out=Path()))(rng)
    assert (crop.shape, crop.dtype) == ((SIZE, SIZE, 3), np.uint8)
    assert look in eyes.gaze
    assert np.abs(head - eyes.head[0]).min() < 0.3
    assert 0.0 < seen < 0.2


def test_a_run_learns_and_tells_how_far_off_it_is(rng, tmp_path, monkeypatch):
    samples = []
    for number in range(60):  # who looks to the left is light
        sample = looking_at(sample_of(rng), 0.0, 0.0, (0.3 if number % 4 < 2 else -0.3, 0.0))
        sample.picture[:] = 220 if number % 4 < 2 else 40
        samples.append(replace(sample, style="photo" if number % 2 else "toon"))
    monkeypatch.setattr(gaze, "unpack_shards", lambda folder: TinyCache(samples))
    monkeypatch.setattr(gaze, "restyle", lambda rng, crop, looks: crop)
    said = []
    main(
        Config(samples=tmp_path, out=tmp_path / "run", minutes=0.12, batch=8, rate=0.1, log_every=1, save_minutes=0.04),
        said.append,
    )
    lines = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text("utf-8").splitlines()]
    losses = [line["loss"] for line in lines if "loss" in line]
    assert np.mean(losses[-3:]) < np.mean(losses[:3])
    assert "photo_degrees" in said[-1]


def test_validation_measures_eyes_that_are_seen_by_the_turn_of_their_heads(rng):
    net = GazeNet(SIZE).eval()
    for parameter in net.parameters():
        torch.nn.init.zeros_(parameter)
    net.head[-1].bias.data[3:] = torch.tensor([1.0, 0.0, 0.0, 1.0])  # eyes turn with the head
    samples = [looking_at(sample_of(rng), 0.1, 0.2, (0.1, 0.2)), looking_at(sample_of(rng), 0.1, 0.2, (0.1, 0.0))]
    samples[1] = replace(samples[1], style="toon")
    eyes = cut_eyes(TinyCache(samples), range(2))
    eyes.head[:] = np.tile([[0.1, 0.2], [-0.1, 0.2]], (2, 1))
    figures = validate(net, eyes)
    assert figures["photo_degrees"] == pytest.approx(0.0, abs=1e-3)
    assert figures["toon_degrees"] == pytest.approx(np.degrees(0.2), abs=1e-3)
