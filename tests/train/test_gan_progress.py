"""Laws of measuring a StyleGAN: its own domain is near, noise is far, and the same seed shows the same people."""

import numpy as np
import pytest
import torch

from toonface.nets.stylegan2.generator import GanShape, Generator
from toonface.train import gan_progress
from toonface.train.gan_progress import (
    best_confidence,
    make_judge,
    picture_features,
    sample_pictures,
    sample_sheet,
    to_pictures,
    to_tensor,
)

TINY = GanShape(channels=(4, 4, 4), latent=4, style=4, mapping=1)


def smooth_pictures(rng, count, low):
    cells = rng.integers(low, low + 60, (count, 4, 4, 3)).astype(np.uint8)
    return cells.repeat(4, axis=1).repeat(4, axis=2)


def test_pictures_of_the_domain_are_nearer_than_others_and_noise(monkeypatch):
    rng = np.random.default_rng(0)
    judge = make_judge(to_tensor(smooth_pictures(rng, 200, 60)), None)
    assert float(judge.reference.mean(dim=0).abs().max()) < 1e-4

    def distance(pictures):
        monkeypatch.setattr(gan_progress, "sample_pictures", lambda generator, count: pictures)
        return judge.measure(Generator(TINY), len(pictures))["kid"]

    same, lighter = distance(smooth_pictures(rng, 200, 60)), distance(smooth_pictures(rng, 200, 120))
    noise = distance(rng.integers(0, 255, (200, 16, 16, 3)).astype(np.uint8))
    assert abs(same) < 0.1 * min(lighter, noise)


def test_the_same_seed_shows_the_same_people():
    net = Generator(TINY).eval()
    assert np.array_equal(sample_pictures(net, 3), sample_pictures(net, 3))
    assert not np.array_equal(sample_pictures(net, 3), sample_pictures(net, 3, seed=6))
    assert sample_sheet(net, 8).shape == (16, 8 * 16, 3)


def test_pictures_and_tensors_are_inverses():
    pictures = np.random.default_rng(0).integers(0, 255, (2, 5, 5, 3)).astype(np.uint8)
    assert np.array_equal(to_pictures(to_tensor(pictures)), pictures)


def test_features_are_colours_and_edges_of_cells():
    flat = torch.full((1, 3, 16, 16), 0.25)
    features = picture_features(flat).unflatten(1, (5, 8, 8))
    torch.testing.assert_close(features[:, :3], torch.full((1, 3, 8, 8), 0.25))
    assert float(features[:, 3:].abs().max()) == 0.0


def test_confidence_is_that_of_the_best_face_and_0_without_one(monkeypatch):
    shown = []

    class Face:
        confidence = 0.8

    monkeypatch.setattr(gan_progress, "detect_faces", lambda network, picture: shown.append(picture) or (Face(),))
    assert best_confidence(lambda picture: {}, np.zeros((64, 64, 3), np.uint8)) == pytest.approx(0.8)
    assert shown[0].shape == (256, 256, 3)
    monkeypatch.setattr(gan_progress, "detect_faces", lambda network, picture: ())
    assert best_confidence(lambda picture: {}, np.zeros((64, 64, 3), np.uint8)) == 0.0
