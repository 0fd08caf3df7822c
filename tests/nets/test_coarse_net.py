"""The coarse network starts at the mean head, says weights in [0, 1], and its numbers are the model's coefficients."""

import jaxtyping
import pytest
import torch

from toonface.morphable import coarse_fit, names
from toonface.nets.coarse_net import BACKBONES, COEFFICIENTS, COUNTS, CoarseNet, split_coefficients

NARROW = (4, 8, 8, 16)


@pytest.fixture
def start():
    return torch.linspace(-1.0, 1.0, COEFFICIENTS)


@pytest.fixture
def net(start):
    torch.manual_seed(0)
    return CoarseNet("narrow", start=start, spread=torch.full((COEFFICIENTS,), 0.5), widths=NARROW)


def test_counts_are_those_of_the_face_model():
    assert coarse_fit.COEFFICIENT_COUNT == COEFFICIENTS
    expected = {"identity": names.IDENTITY_COUNT, "expression": names.EXPRESSION_COUNT, "texture": names.TEXTURE_COUNT}
    assert {name: COUNTS[name] for name in expected} == expected


def test_splitting_agrees_with_the_numpy_slices():
    found = split_coefficients(torch.arange(COEFFICIENTS, dtype=torch.float32)[None])
    for name in COUNTS:
        numbers = getattr(found, name)[0]
        assert numbers.tolist() == list(range(COEFFICIENTS))[getattr(coarse_fit, name.upper())]


@pytest.mark.parametrize("backbone", BACKBONES)
def test_an_untrained_network_says_the_same_to_every_picture(backbone, start):
    net = CoarseNet(backbone, start=start, spread=torch.ones(COEFFICIENTS), widths=NARROW).eval()
    with torch.no_grad():
        found = net.regress(torch.rand(2, 3, 224, 224))
    torch.testing.assert_close(found, start.expand(2, -1))


def test_weights_are_clamped_in_use_and_not_in_training(net):
    torch.nn.init.normal_(net.layer.weight, std=20.0)
    pictures = torch.rand(4, 3, 224, 224)
    net.eval()
    free, clamped = net.regress(pictures), net(pictures)
    weights = split_coefficients(clamped).expression
    assert split_coefficients(free).expression.min() < 0.0
    assert split_coefficients(free).expression.max() > 1.0
    torch.testing.assert_close(weights, split_coefficients(free).expression.clamp(0.0, 1.0))
    torch.testing.assert_close(clamped[:, :80], free[:, :80])
    torch.testing.assert_close(clamped[:, 144:], free[:, 144:])


def test_the_layer_tells_where_in_the_picture_something_is(net):
    torch.nn.init.normal_(net.layer.weight, std=1.0)
    picture = torch.zeros(1, 3, 224, 224)
    picture[:, :, 32:64, 32:64] = 1.0
    net.eval()
    with torch.no_grad():
        assert (net.regress(picture) - net.regress(picture.roll(128, dims=3))).abs().max() > 1e-3


def test_start_and_spread_travel_with_the_weights(net, start):
    state = net.state_dict()
    assert torch.equal(state["start"], start)
    assert torch.equal(state["spread"], torch.full((COEFFICIENTS,), 0.5))


def test_wrong_names_and_counts_are_refused(start, monkeypatch):
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
    with pytest.raises(ValueError, match="backbone is 'vgg', expected one of narrow, resnet50"):
        CoarseNet("vgg", start=start, spread=start)
    with pytest.raises(ValueError, match=r"spread has shape \(3,\), expected \(239,\)"):
        CoarseNet("narrow", start=start, spread=torch.ones(3))
