"""Laws of a start from points: what is linear in them is known at once, and small directions count."""

import numpy as np
import pytest
import torch

from toonface.nets.landmark_reader import POINTS, LandmarkReader, straight_way
from toonface.train.point_start import NOISE, ridge, start_from_points

SIZE, COUNT, OUTPUTS = 64, 400, 3


@pytest.fixture
def faces():
    """Points whose first direction is wide and whose second is narrow, and outputs that both determine."""
    rng = np.random.default_rng(0)
    still, *ways = rng.normal(size=(3, 68, 2))
    amounts = rng.normal(size=(COUNT, 2)) * [0.5, 0.15]
    points = still + np.einsum("nk,kpc->npc", amounts, np.stack(ways))
    points = (SIZE * (0.5 + 0.1 * points)).astype(np.float32)
    targets = np.stack([amounts[:, 1], 2.0 * amounts[:, 0] + 1.0, rng.normal(size=COUNT)], axis=1).astype(np.float32)
    return points, targets


def started(points, targets, known):
    torch.manual_seed(0)
    reader, straight = LandmarkReader(4, 4, SIZE).eval(), straight_way(OUTPUTS)
    start_from_points(reader, straight, points, targets, known)
    return reader, straight


def test_what_is_linear_in_the_points_is_known_at_once(faces):
    points, targets = faces
    reader, straight = started(points, targets, np.ones_like(targets))
    found = straight(reader.placed(torch.from_numpy(points))).detach().numpy()
    for column in (0, 1):
        assert np.corrcoef(found[:, column], targets[:, column])[0, 1] > 0.98


def test_whitened_points_are_even_in_spread_down_to_the_noise(faces):
    points, targets = faces
    reader, _ = started(points, targets, np.ones_like(targets))
    inputs = reader.placed(torch.from_numpy(points))
    even = reader.whiten(inputs).detach().double()
    assert even.mean(0).abs().max() < 1e-2
    found = torch.linalg.eigvalsh(even.mT @ even / COUNT)
    before = torch.linalg.eigvalsh(torch.cov(inputs.double().mT, correction=0))
    torch.testing.assert_close(found, before / (before + NOISE**2), atol=2e-2, rtol=2e-2)


def test_targets_that_are_not_known_do_not_count(faces):
    points, targets = faces
    known = np.ones_like(targets)
    known[::2, 0] = 0.0
    wrong = targets.copy()
    wrong[::2, 0] = 50.0
    for one, other in zip(
        started(points, targets, known)[1].parameters(), started(points, wrong, known)[1].parameters(), strict=True
    ):
        torch.testing.assert_close(one, other)


def test_ridge_is_least_squares_with_a_penalty():
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(50, POINTS, generator=generator, dtype=torch.float64)
    inputs = inputs - inputs.mean(0)
    targets, known = (
        torch.randn(50, 2, generator=generator, dtype=torch.float64),
        torch.ones(50, 2, dtype=torch.float64),
    )
    weights, shift = ridge(inputs, targets, known)
    torch.testing.assert_close(shift, targets.mean(0), atol=1e-6, rtol=1e-6)

    def cost(w):
        return (inputs @ w.mT + shift - targets).square().mean(0).sum() + NOISE**2 * w.square().sum()

    least = cost(weights)
    for _ in range(10):
        assert cost(weights + 1e-3 * torch.randn(weights.shape, generator=generator, dtype=torch.float64)) > least


def test_a_target_that_is_never_known_is_nought(faces):
    points, targets = faces
    known = np.ones_like(targets)
    known[:, 2] = 0.0
    _, straight = started(points, targets, known)
    assert float(straight.weight[2].abs().max()) == 0.0
    assert float(straight.bias[2].abs()) == 0.0
