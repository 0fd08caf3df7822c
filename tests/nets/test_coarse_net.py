"""The coarse network starts at the mean head, says weights in [0, 1], and its numbers are the model's coefficients."""

import jaxtyping
import pytest
import torch

from toonface.morphable import coarse_fit, names
from toonface.nets.coarse_net import COEFFICIENTS, COUNTS, CoarseNet, LandmarkCoarseNet, split_coefficients
from toonface.nets.landmark_net import LandmarkNet

SMALL = {"widths": (4, 8, 8, 16), "neck": 8, "hidden": 16}


@pytest.fixture
def start():
    return torch.linspace(-1.0, 1.0, COEFFICIENTS)


@pytest.fixture
def net(start):
    torch.manual_seed(0)
    return LandmarkCoarseNet(start=start, spread=torch.full((COEFFICIENTS,), 0.5), **SMALL)


def test_counts_are_those_of_the_face_model():
    assert coarse_fit.COEFFICIENT_COUNT == COEFFICIENTS
    expected = {"identity": names.IDENTITY_COUNT, "expression": names.EXPRESSION_COUNT, "texture": names.TEXTURE_COUNT}
    assert {name: COUNTS[name] for name in expected} == expected


def test_splitting_agrees_with_the_numpy_slices():
    found = split_coefficients(torch.arange(COEFFICIENTS, dtype=torch.float32)[None])
    for name in COUNTS:
        numbers = getattr(found, name)[0]
        assert numbers.tolist() == list(range(COEFFICIENTS))[getattr(coarse_fit, name.upper())]


@pytest.mark.parametrize(("kind", "options"), [(CoarseNet, {}), (LandmarkCoarseNet, SMALL)])
def test_an_untrained_network_says_the_same_to_every_picture(kind, options, start):
    net = kind(start=start, spread=torch.ones(COEFFICIENTS), **options).eval()
    with torch.no_grad():
        found = net.tell(torch.rand(2, 3, 224, 224)).coefficients
    torch.testing.assert_close(found, start.expand(2, -1))


def test_weights_are_clamped_in_use_and_not_in_training(net):
    torch.nn.init.normal_(net.numbers_from.layer.weight, std=20.0)
    pictures = torch.rand(4, 3, 224, 224)
    net.eval()
    free, clamped = net.tell(pictures).coefficients, net(pictures)
    weights = split_coefficients(clamped).expression
    assert split_coefficients(free).expression.min() < 0.0
    assert split_coefficients(free).expression.max() > 1.0
    torch.testing.assert_close(weights, split_coefficients(free).expression.clamp(0.0, 1.0))
    torch.testing.assert_close(clamped[:, :80], free[:, :80])
    torch.testing.assert_close(clamped[:, 144:], free[:, 144:])


def test_its_points_are_those_of_a_landmark_network_with_the_same_weights(net):
    landmarks = LandmarkNet(SMALL["widths"], SMALL["neck"]).eval()
    landmarks.load_state_dict({name: net.state_dict()[name] for name in landmarks.state_dict()})
    pictures = torch.rand(2, 3, 224, 224)
    torch.testing.assert_close(net.eval().tell(pictures).points_px, landmarks(pictures)[0])


@pytest.mark.parametrize(("kind", "options"), [(CoarseNet, {}), (LandmarkCoarseNet, SMALL)])
def test_where_the_head_learns_alone_nothing_before_it_has_a_gradient(kind, options, start):
    net = kind(start=start, spread=torch.ones(COEFFICIENTS), **options)
    net.tell(torch.rand(2, 3, 224, 224), head_alone=True).coefficients.sum().backward()
    assert net.numbers_from.layer.bias.grad.abs().min() > 0.0
    assert all(weight.grad is None for weight in net.trunk.parameters())


def test_start_and_spread_travel_with_the_weights(net, start):
    state = net.state_dict()
    assert torch.equal(state["numbers_from.start"], start)
    assert torch.equal(state["numbers_from.spread"], torch.full((COEFFICIENTS,), 0.5))


def test_wrong_counts_are_refused(start, monkeypatch):
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
    with pytest.raises(ValueError, match=r"spread has shape \(3,\), expected \(239,\)"):
        LandmarkCoarseNet(start=start, spread=torch.ones(3), **SMALL)
