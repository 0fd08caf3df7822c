"""The loss of the coarse network is least at the truth, follows its gradient down, and crops say what they show."""

from pathlib import Path

import numpy as np
import pytest
import torch

from toonface.io.face_model_file import load_face_model
from toonface.io.sample_cache import CachedSample, SampleCache
from toonface.morphable.coarse_fit import EXPRESSION, POSE
from toonface.nets.coarse_net import Told
from toonface.stages.coarse import SIZE
from toonface.train.augment import Jitter
from toonface.train.coarse import Config, Crops, build_net, loss_terms, validate
from toonface.train.coarse_crops import face_symmetry, start_coefficients
from toonface.train.coarse_heads import Heads
from toonface.train.real_points import RealPoints
from toonface.types import FaceRegion

SIDE = 320


@pytest.fixture(scope="module")
def face_model():
    return load_face_model()


@pytest.fixture(scope="module")
def heads(face_model):
    return Heads(face_model)


@pytest.fixture(scope="module")
def truth(face_model):
    """Two heads that look about straight ahead, as crops frame them."""
    drawn = np.random.default_rng(0).standard_normal((2, 239))
    drawn[:, EXPRESSION] = 0.2
    drawn[:, 224:] = start_coefficients(face_model)[224:] + 0.02 * drawn[:, 224:]
    return torch.from_numpy(drawn).float()


@pytest.fixture
def config():
    return Config(samples=Path("samples"), out=Path("run"), photometric_share=0.0)


class TinyCache(SampleCache):
    """Stands for a folder of samples: grey pictures of one head in each style, six times."""

    styles = ("photo", "toon")

    def __init__(self, samples):
        self._samples = samples

    def __len__(self):
        return 6 * len(self._samples)

    def __getitem__(self, index):
        return self._samples[index % len(self._samples)]


@pytest.fixture
def cache(heads, truth):
    numbers = truth.clone()
    numbers[:, POSE] += torch.tensor([0.0, 0.0, 0.0, 0.0, 0.0, -0.3])
    points = heads(numbers).landmarks_px.numpy() + np.float32(0.5 * (SIDE - SIZE))
    return TinyCache(
        [
            CachedSample(
                picture=np.full((SIDE, SIDE, 3), 128, np.uint8),
                parsing=np.full((SIDE, SIDE), FaceRegion.SKIN, np.uint8),
                landmarks_px=points[k],
                visible=np.ones(68, bool),
                coefficients=numbers[k].numpy(),
                gaze=np.zeros((2, 2), np.float32),
                style=style,
            )
            for k, style in enumerate(TinyCache.styles)
        ]
    )


def labels_of(truth, heads, known=1.0):
    batch = len(truth)
    marks = torch.full((batch, 2), known)
    return [heads(truth).landmarks_px, torch.ones(batch, 68), truth, marks, torch.ones(batch, SIZE // 2, SIZE // 2)]


def total(numbers, truth, heads, config, known=1.0):
    pictures = torch.zeros(len(truth), 3, SIZE, SIZE)
    terms = loss_terms(Told(numbers, None), pictures, labels_of(truth, heads, known), heads, config)
    return torch.stack(list(terms.values())).sum()


def test_the_loss_is_nought_at_the_truth_and_only_there(truth, heads, config):
    least = 2.0 * total(truth, truth, heads, config)
    assert least < 0.02
    for place in (0, 90, 150, 224, 233, 236, 238):
        other = truth.clone()
        other[:, place] += 0.3
        assert total(other, truth, heads, config) > least, place


def test_without_truth_the_paper_s_terms_alone_are_left(truth, heads, config):
    other = truth.clone()
    other[:, 150] += 10.0  # colour, which neither landmarks nor, but for its prior, anything else sees
    near, far = (total(numbers, truth, heads, config, known=0.0) for numbers in (truth, other))
    prior = 3e-4 * 1.2e-3 * (other.square() - truth.square())[:, 150].mean()
    torch.testing.assert_close(far - near, prior, atol=1e-5, rtol=0.05)


def test_descent_from_the_mean_head_comes_near_the_truth(truth, heads, config, face_model):
    numbers = torch.from_numpy(start_coefficients(face_model)).float().repeat(2, 1).requires_grad_()
    optimizer = torch.optim.Adam([numbers], lr=0.1)
    first = total(numbers, truth, heads, config).item()
    for _ in range(8):
        optimizer.zero_grad()
        loss = total(numbers, truth, heads, config)
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.8 * first


def test_the_photometric_share_draws_a_part_of_the_batch(truth, heads, config):
    drawn = Config(**(vars(config) | {"photometric_share": 0.5}))
    pictures = torch.rand(2, 3, SIZE, SIZE)
    numbers = truth.clone().requires_grad_()
    loss_terms(Told(numbers, None), pictures, labels_of(truth, heads), heads, drawn)["photometric"].backward()
    assert numbers.grad[0].abs().max() > 0.0
    assert not numbers.grad[1].any()


def test_a_crop_s_landmarks_are_those_of_its_coefficients(cache, heads, face_model):
    jitter = Jitter(stretch=0.0, shear=0.0)
    crops = Crops(
        cache=cache, real=[], real_share=0.0, plain_share=1.0, symmetry=face_symmetry(face_model), jitter=jitter
    )
    for seed in range(4):
        crop, points, given, numbers, marks, mask = crops(np.random.default_rng(seed))
        found = heads(torch.from_numpy(numbers)[None]).landmarks_px[0].numpy()
        np.testing.assert_allclose(found[17:], points[17:], atol=0.05)
        assert crop.shape == (SIZE, SIZE, 3)
        assert given.all()
        assert marks.tolist() == [1.0, 1.0]
        assert mask.shape == (SIZE // 2, SIZE // 2)


def test_a_real_portrait_has_landmarks_and_no_truth(cache, face_model):
    points = cache[0].landmarks_px.astype(float)
    partly = points.copy()
    partly[:8] = np.nan
    portrait = RealPoints(picture=cache[0].picture, points_px=partly, completed_px=points)
    crops = Crops(cache=cache, real=[portrait], real_share=1.0, plain_share=1.0, symmetry=face_symmetry(face_model))
    _, found, given, numbers, marks, mask = crops(np.random.default_rng(0))
    assert given.sum() == 60
    assert np.isfinite(found).all()
    assert not numbers.any()
    assert not marks.any()
    assert not mask.any()


def test_validation_tells_the_error_of_the_mean_head(cache, heads, face_model, config):
    crops = Crops(cache=cache, real=[], real_share=0.0, plain_share=1.0, symmetry=face_symmetry(face_model))
    figures = validate(build_net(config, face_model).eval(), heads, crops, [], torch.device("cpu"))
    assert set(figures) == {"photo_mm", "photo_nme", "toon_mm", "toon_nme"}
    assert 1.0 < figures["toon_mm"] < 15.0
    assert 0.01 < figures["toon_nme"] < 0.5


def test_points_of_a_network_that_finds_them_are_held_to_the_truth(truth, heads, config):
    pictures = torch.zeros(2, 3, SIZE, SIZE)
    right = heads(truth).landmarks_px
    wrong = right + torch.tensor([3.0, 4.0])
    terms = [
        loss_terms(Told(truth, points), pictures, labels_of(truth, heads), heads, config) for points in (right, wrong)
    ]
    assert float(terms[0]["points"]) == 0.0
    torch.testing.assert_close(terms[1]["points"], torch.tensor(0.5))


def test_an_unknown_backbone_is_refused(face_model):
    with pytest.raises(ValueError, match="backbone is 'vgg', expected one of landmarks, resnet50"):
        build_net(Config(samples=Path("samples"), out=Path("run"), backbone="vgg"), face_model)
