"""The expression network's outputs agree with each other, and its loss pulls where it can help."""

import numpy as np
import pytest
import torch
from torch import nn

from toonface.geometry.rotation import axis_angles_to_matrices
from toonface.nets.expression_net import (
    ExpressionNet,
    Outputs,
    Truth,
    beyond,
    expression_loss,
    rotation_distance,
)
from toonface.nets.landmark_net import LandmarkNet

SIZE, COUNT = 64, 5
LOOKS = torch.zeros(4, 64)
LOOKS[0, 3], LOOKS[1, 4] = 2.0, -3.0
LOSS = {"balance": torch.ones(64), "points_weight": 1.0}


@pytest.fixture
def net():
    torch.manual_seed(0)
    return ExpressionNet(LOOKS, SIZE, widths=(8, 12, 16, 20), neck=8, hidden=32).eval()


@pytest.fixture
def picture():
    return torch.rand(COUNT, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(1))


def truth_of(outputs, known=(1.0, 1.0, 1.0), points_known=1.0):
    return Truth(
        outputs.weights.detach().clamp(0.0, 1.0),
        outputs.gaze.detach().clone(),
        outputs.rotation.detach().clone(),
        outputs.points.detach().clone(),
        torch.tensor(known).repeat(COUNT, 1),
        torch.full((COUNT, 68), points_known),
    )


def random_outputs(spread=0.3):
    generator = torch.Generator().manual_seed(2)
    shapes = ((COUNT, 64), (COUNT, 4), (COUNT, 3), (COUNT, 68, 2))
    return Outputs(*((spread * torch.randn(shape, generator=generator)).requires_grad_() for shape in shapes))


def loud(net):
    """Give the output layers weights of some size."""
    for layer in (net.weights, net.gaze, net.rotation):
        nn.init.normal_(layer.weight, std=10.0)
    return net


def test_what_is_exported_is_what_is_trained_with_weights_clamped(net, picture):
    weights, gaze, rotation, points, sigma = loud(net)(picture)
    outputs = net.outputs(picture)
    assert outputs.weights.min() < 0.0 and outputs.weights.max() > 1.0
    torch.testing.assert_close(weights, outputs.weights.clamp(0.0, 1.0))
    torch.testing.assert_close((gaze, rotation), (outputs.gaze, outputs.rotation))
    torch.testing.assert_close(points / net.read.size, outputs.points)
    assert sigma.shape == points.shape[:2] and float(sigma.min()) > 0.0


def test_looks_are_those_of_the_gaze_alone(net, picture):
    outputs = loud(net).outputs(picture)
    torch.testing.assert_close(outputs.weights[:, 3], 2.0 * outputs.gaze[:, 0])
    torch.testing.assert_close(outputs.weights[:, 4], -3.0 * outputs.gaze[:, 1])


def test_an_untrained_network_places_points_about_the_middle(net, picture):
    assert (net.outputs(picture).points - 0.5).abs().max() < 0.2


def test_each_picture_is_read_by_itself(net, picture):
    together, alone = loud(net)(picture), net(picture[2:3])
    for many, one in zip(together, alone, strict=True):
        torch.testing.assert_close(many[2:3], one, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("size", [0, 100])
def test_a_size_that_leaves_broken_cells_is_refused(size):
    with pytest.raises(ValueError, match=f"size is {size}, expected a multiple of 32"):
        ExpressionNet(LOOKS, size)


def test_the_truth_costs_nothing():
    outputs = random_outputs()
    loss, parts = expression_loss(outputs, truth_of(outputs), **LOSS)
    assert loss == 0.0
    assert all(part == 0.0 for part in parts.values())


@pytest.mark.parametrize("field", range(4))
def test_each_output_is_pulled_towards_its_truth(field):
    truth = truth_of(random_outputs())
    shifted = [value.clone() for value in truth[:4]]
    shifted[field] += 0.3
    outputs = Outputs(*(value.requires_grad_() for value in shifted))
    expression_loss(outputs, truth, **LOSS)[0].backward()
    stepped = Outputs(*((value - 0.01 * value.grad) for value in outputs))
    for i, (before, after) in enumerate(zip(outputs, stepped, strict=True)):
        change = (after - truth[i]).square().sum() - (before - truth[i]).square().sum()
        assert change < 0.0 if i == field else change == 0.0


def test_what_is_not_known_has_no_gradient():
    outputs = random_outputs()
    wrong = truth_of(Outputs(*(value + 0.2 for value in outputs)), known=(0.0, 0.0, 0.0), points_known=0.0)
    loss, _ = expression_loss(outputs, wrong, **LOSS)
    loss.backward()
    assert loss == 0.0
    assert all(value.grad.abs().max() == 0.0 for value in outputs)


def test_shapes_count_as_they_are_balanced():
    outputs, balance = random_outputs(), torch.zeros(64)
    balance[7] = 1.0
    wrong = truth_of(Outputs(outputs.weights + 0.4, *outputs[1:]))
    expression_loss(outputs, wrong, balance=balance, points_weight=0.0)[0].backward()
    assert torch.nonzero(outputs.weights.grad.abs().sum(0)).flatten().tolist() == [7]


def test_clamped_weights_miss_by_what_is_left_after_clamping():
    weights = torch.linspace(-2.0, 3.0, 64)[None]
    for target in (0.0, 0.4, 1.0):
        wanted = torch.full_like(weights, target)
        right = (weights.clamp(0.0, 1.0) - wanted).abs() < 1e-6
        error = beyond(weights, wanted)
        assert torch.equal(error == 0.0, right)
        inside = (weights >= 0.0) & (weights <= 1.0)
        torch.testing.assert_close(error[inside], (weights - wanted)[inside])


def test_a_weight_far_below_zero_is_still_pulled_up():
    weights = torch.full((1, 64), -5.0, requires_grad=True)
    beyond(weights, torch.full((1, 64), 0.3)).abs().sum().backward()
    assert (weights.grad == -1.0).all()


def test_rotations_are_apart_by_the_chord_of_their_angle():
    rng = np.random.default_rng(3)
    first, second = rng.normal(size=(2, 6, 3))
    turns = np.einsum("nij,nik->njk", axis_angles_to_matrices(first), axis_angles_to_matrices(second))
    angle = np.arccos((np.trace(turns, axis1=1, axis2=2) - 1.0) / 2.0)
    found = rotation_distance(torch.from_numpy(first), torch.from_numpy(second))
    np.testing.assert_allclose(found, 2.0 * np.sin(0.5 * angle), rtol=1e-9)


def test_its_points_are_those_of_a_landmark_network_with_the_same_weights(net, picture):
    landmarks = LandmarkNet((8, 12, 16, 20), 8).eval()
    landmarks.load_state_dict({name: net.state_dict()[name] for name in landmarks.state_dict()})
    points, _ = landmarks(picture)
    torch.testing.assert_close(net.outputs(picture).points, points / SIZE)
