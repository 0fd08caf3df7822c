"""Laws of the landmark script: it runs from nothing to a checkpoint, continues, and looks at what it was not taught."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.fake_renderer import FakeRenderer
from torch import nn

from toonface.geometry.crop import frame_around
from toonface.io.checkpoints import read_checkpoint
from toonface.io.sample_cache import unpack_shards
from toonface.io.shard_set import ShardOptions, open_shard_set, shard_path
from toonface.io.shards import shard_writer
from toonface.stages.landmarks import LIFT, MARGIN
from toonface.train.landmarks import Config, Crops, look_again, main, validate
from toonface.train.real_points import complete_points
from toonface.train.run import CHECKPOINT

SIZE = 64
OPTIONS = ShardOptions(count=4, size=SIZE, style="pair", seed=3, shard_size=4, maps=False)


class FaceRenderer(FakeRenderer):
    """Noise, but with points that could be a face's."""

    def sample(self, seed, index, styles, size):
        samples = super().sample(seed, index, styles, size)
        face = np.random.default_rng(index).uniform(0.2 * size, 0.8 * size, (68, 2)).astype(np.float32)
        frontal = np.zeros(6, np.float32)
        return {s: replace(p, labels=replace(p.labels, landmarks_px=face, pose=frontal)) for s, p in samples.items()}


class Middle(nn.Module):
    """Says that all points are in the middle of the crop."""

    def __init__(self):
        super().__init__()
        self.none = nn.Parameter(torch.zeros(1))

    def forward(self, picture):
        return torch.full((len(picture), 68, 2), 0.5 * SIZE), torch.ones(len(picture), 68)


@pytest.fixture
def samples(tmp_path):
    folder = tmp_path / "samples"
    for shard in open_shard_set(folder, OPTIONS):
        with shard_writer(shard_path(folder, shard), maps=False) as add:
            for index in OPTIONS.indices(shard):
                add(index, FaceRenderer().sample(OPTIONS.seed, index, OPTIONS.styles, SIZE))
    return folder


def config_for(samples, **changes):
    options = dict(size=SIZE, minutes=0.02, batch=2, device="cpu", compile=False, log_every=1, save_minutes=0.001)
    return Config(samples=samples, out=samples.parent / "run", **(options | changes))


def test_a_run_leaves_a_checkpoint_that_a_longer_one_continues(samples):
    told = []
    main(config_for(samples), told.append)
    _, first = read_checkpoint(samples.parent / "run" / CHECKPOINT)
    assert first["step"] >= 1
    assert Path(first["config"]["samples"]) == samples
    assert any("photo" in line for line in told)
    main(config_for(samples, minutes=first["minutes"] + 0.02), told.append)
    assert read_checkpoint(samples.parent / "run" / CHECKPOINT)[1]["step"] > first["step"]


def test_points_that_a_portrait_lacks_are_not_taught(samples):
    cache = unpack_shards(samples)
    points = cache[0].landmarks_px.astype(float)
    points[:8] = np.nan
    portrait = complete_points(cache[0].picture, points, cache)
    crop, target, given = Crops(cache=cache, real=[portrait], real_share=1.0, size=SIZE)(np.random.default_rng(0))
    assert crop.shape == (SIZE, SIZE, 3)
    assert np.isfinite(target).all()
    assert given.sum() == 60.0


def test_known_points_are_kept_when_the_others_are_estimated(samples):
    cache = unpack_shards(samples)
    points = cache[0].landmarks_px.astype(float)
    points[:8] = np.nan
    completed = complete_points(cache[0].picture, points, cache).completed_px
    np.testing.assert_array_equal(completed[8:], points[8:])
    assert np.isfinite(completed).all()


def test_a_network_that_always_says_the_middle_errs_by_the_distance_to_it(samples):
    figures = validate(Middle(), unpack_shards(samples), [], SIZE)
    assert figures.keys() == {"photo", "toon"}
    assert all(0.1 < error < 10.0 for error in figures.values())


def test_looking_again_keeps_the_known_points_and_takes_the_others_from_the_network(samples):
    cache = unpack_shards(samples)
    points = cache[0].landmarks_px.astype(float)
    points[:8] = np.nan
    before = complete_points(cache[0].picture, points, cache)
    after = look_again(Middle(), before, SIZE)
    np.testing.assert_array_equal(after.completed_px[8:], points[8:])
    frame = frame_around(before.completed_px, MARGIN, LIFT)
    np.testing.assert_allclose(after.completed_px[:8], np.tile(frame.centre_px, (8, 1)), atol=1e-6)
