"""Laws of distances between coefficients: they are those of the heads that the coefficients stand for."""

import pytest
import torch

from toonface.nets.coarse_net import COEFFICIENTS, split_coefficients
from toonface.nets.coefficient_metric import SMALLEST, SOFT_WEIGHT, CoefficientMetric

POINTS = 7


@pytest.fixture
def random():
    return torch.Generator().manual_seed(0)


@pytest.fixture
def bases(random):
    return [torch.randn(count, POINTS, 3, generator=random) for count in (80, 64, 80)]


@pytest.fixture
def metric(bases):
    return CoefficientMetric(*bases)


def numbers(random, batch=3):
    return split_coefficients(torch.rand(batch, COEFFICIENTS, generator=random))


def test_root_mean_squares_are_those_of_the_evaluated_displacements(metric, bases, random):
    found, true = numbers(random), numbers(random)
    apart = metric(found, true)
    kinds = {"identity_mm": "identity", "expression_mm": "expression", "albedo": "texture"}
    for (name, kind), basis in zip(kinds.items(), bases, strict=True):
        moved = torch.einsum("bk,knc->bnc", getattr(found, kind) - getattr(true, kind), basis)
        expected = (moved.square().sum(-1).mean(-1) + SMALLEST).sqrt()
        torch.testing.assert_close(apart[name], expected, rtol=1e-4, atol=1e-4)


def test_equal_coefficients_are_no_distance_apart(metric, random):
    some = numbers(random)
    for name, distance in metric(some, some).items():
        assert float(distance.abs().max()) <= SMALLEST**0.5 + 1e-6, name


def test_a_turned_head_is_its_angle_apart(metric, random):
    found = split_coefficients(torch.zeros(1, COEFFICIENTS))
    numbers_of_the_other = torch.zeros(1, COEFFICIENTS)
    numbers_of_the_other[:, 234] = 0.2
    angle = metric(found, split_coefficients(numbers_of_the_other))["rotation"]
    torch.testing.assert_close(angle, torch.tensor([0.2]), rtol=0.01, atol=0.0)


def test_small_errors_of_weights_count_by_their_square_and_large_ones_by_their_length(metric):
    none = split_coefficients(torch.zeros(2, COEFFICIENTS))
    some = torch.zeros(2, COEFFICIENTS)
    some[0, 80:144], some[1, 80:144] = 0.5 * SOFT_WEIGHT, 1.0
    soft = metric(none, split_coefficients(some))["weights"]
    torch.testing.assert_close(soft, torch.tensor([0.25 * SOFT_WEIGHT, 2.0 - SOFT_WEIGHT]))


def test_the_distance_has_a_gradient_at_the_truth(metric, random):
    start = torch.rand(1, COEFFICIENTS, generator=random)
    free = start.clone().requires_grad_()
    sum(distance.sum() for distance in metric(split_coefficients(free), split_coefficients(start)).values()).backward()
    assert torch.isfinite(free.grad).all()
