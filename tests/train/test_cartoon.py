"""Laws of the training that tells cartoons: drawings are of the toon style, and real pictures come in their share."""

import json

import numpy as np
import pytest
from tests.noise_faces import TinyCache, sample_of

from toonface.nets.cartoon_net import CartoonNet
from toonface.stages.stylization.recognition import SIZE
from toonface.train import cartoon
from toonface.train.cartoon import Config, Crops, Found, find_real, main, validate


def pairs(rng, count=60):
    """Photographs that are dark and drawings that are light."""
    photo, toon = sample_of(rng), sample_of(rng)
    photo.picture[:], toon.picture[:] = 60, 190
    return TinyCache([photo, toon] * count)


def real(rng, drawn, value):
    sample = sample_of(rng)
    return Found(picture=np.full_like(sample.picture, value), points_px=sample.landmarks_px, drawn=drawn)


@pytest.fixture
def plainly(monkeypatch):
    monkeypatch.setattr(cartoon, "plain_wear", lambda rng, crop: crop)


@pytest.mark.parametrize(("shares", "values"), [((0.0, 0.0), {60, 190}), ((1.0, 1.0), {90, 220})])
def test_a_crop_is_of_the_kind_that_its_label_says(rng, plainly, shares, values):
    crops = Crops(cache=pairs(rng), real=([real(rng, 0, 90)], [real(rng, 1, 220)]), shares=shares)
    seen = set()
    for seed in range(20):
        crop, drawn = crops(np.random.default_rng(seed))
        assert crop.shape == (SIZE, SIZE, 3)
        value = int(np.median(crop))
        assert (value > 128) == bool(drawn[0])
        seen.add(value)
    assert seen == values


def test_without_real_pictures_there_are_renders(rng):
    assert find_real(None, validation=True) == ([], [])
    crop, _ = Crops(cache=pairs(rng), real=([], []), shares=(1.0, 1.0))(rng)
    assert crop.shape == (SIZE, SIZE, 3)


def test_a_run_learns_and_tells_what_it_gets_right(rng, tmp_path, monkeypatch):
    cache = pairs(rng)
    monkeypatch.setattr(cartoon, "unpack_shards", lambda folder: cache)
    said = []
    config = Config(samples=tmp_path, out=tmp_path / "run", minutes=0.15, batch=8, log_every=1, save_minutes=0.05)
    main(config, said.append)
    lines = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text("utf-8").splitlines()]
    losses = [line["loss"] for line in lines if "loss" in line]
    assert np.mean(losses[-3:]) < np.mean(losses[:3])
    assert "photo" in said[-1]


def test_validation_counts_each_kind_by_itself(rng):
    net = CartoonNet().eval()
    net.last.weight.data.zero_()
    net.last.bias.data.fill_(1.0)
    figures = validate(net, pairs(rng), ([real(rng, 0, 90)], [real(rng, 1, 220)]))
    assert figures["real_photo"] == 0.0
    assert figures["real_toon"] == 1.0
