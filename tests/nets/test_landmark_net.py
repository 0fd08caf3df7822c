"""Laws of the landmark network: heat is read where it stands, and the loss is least at the truth."""

import numpy as np
import pytest
import torch

from toonface.nets.landmark_net import STRIDE, LandmarkNet, landmark_net_loss, read_maps

CELLS = 8
ALL = torch.ones(1, 68)


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def maps_with_heat(points_px, offset=0.0):
    """Maps whose heat is a narrow hill at the points."""
    cells = torch.arange(CELLS) + 0.5
    x, y = points_px[..., 0] / STRIDE, points_px[..., 1] / STRIDE
    square = (cells[None, None, :, None] - y[..., None, None]) ** 2 + (cells - x[..., None, None]) ** 2
    maps = torch.zeros(len(points_px), 4, 68, CELLS, CELLS)
    maps[:, 0] = -2.0 * square
    maps[:, 1:3] = offset
    return maps


def some_points(seed=0):
    return torch.from_numpy(np.random.default_rng(seed).uniform(16.0, 48.0, (1, 68, 2)).astype(np.float32))


def test_a_hill_of_heat_is_read_to_a_fraction_of_a_cell():
    points = some_points()
    assert (read_maps(maps_with_heat(points))[0] - points).abs().max() < 0.03 * STRIDE


def test_offsets_move_points_by_cells_even_beyond_the_crop():
    points = some_points()
    moved = read_maps(maps_with_heat(points, offset=10.0))[0]
    torch.testing.assert_close(moved, read_maps(maps_with_heat(points))[0] + 10.0 * STRIDE)


def test_the_loss_is_least_at_the_truth():
    points = some_points()
    losses = [
        landmark_net_loss(maps_with_heat(points + shift), points, ALL, heat_weight=1.0) for shift in (0.0, 3.0, 9.0)
    ]
    assert losses[0][0] < losses[1][0] < losses[2][0]
    assert losses[0][1] < 0.2
    assert losses[2][1] == pytest.approx(9.0 * 2**0.5, rel=0.05)


def test_points_that_are_not_given_teach_nothing():
    maps = torch.randn(1, 4, 68, CELLS, CELLS, requires_grad=True)
    given = torch.ones(1, 68)
    given[0, 5] = 0.0
    loss, _ = landmark_net_loss(maps, some_points(), given, heat_weight=1.0)
    loss.backward()
    assert maps.grad[0, :, 5].abs().max() == 0.0
    assert maps.grad[0, :, 6].abs().max() > 0.0


def test_nothing_given_is_no_loss_and_no_nan():
    maps = torch.randn(1, 4, 68, CELLS, CELLS)
    loss, distance = landmark_net_loss(maps, some_points(), torch.zeros(1, 68), heat_weight=1.0)
    assert loss == 0.0
    assert distance == 0.0


def test_the_error_to_expect_is_the_one_that_is_made():
    """Minimising the likelihood in sigma gives half the mean distance: that of a Laplace distribution in the plane."""
    points, log_sigma = some_points(), torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.Adam([log_sigma], lr=0.05)
    for _ in range(300):
        maps = maps_with_heat(points + 8.0)
        maps[:, 3] = log_sigma
        loss, distance = landmark_net_loss(maps, points, ALL, heat_weight=0.0)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    sigma = read_maps(maps)[1].detach().mean()
    assert float(sigma) == pytest.approx(float(distance) / 2.0, rel=0.1)


@pytest.mark.parametrize("size", [64, 96])
def test_any_batch_and_size_gives_the_same_points(size):
    net = LandmarkNet((8, 8, 16, 16), 8).eval()
    pictures = torch.rand(2, 3, size, size)
    with torch.no_grad():
        both, alone = net(pictures), net(pictures[1:])
    assert both[0].shape == (2, 68, 2)
    torch.testing.assert_close(both[0][1:], alone[0], rtol=1e-4, atol=1e-3)
    torch.testing.assert_close(both[1][1:], alone[1], rtol=1e-4, atol=1e-3)


def test_a_small_network_learns_a_planted_point():
    """A bright square on black: all points sit in its middle."""
    net = LandmarkNet((8, 8, 16, 16), 8).train()
    optimizer, rng = torch.optim.Adam(net.parameters(), lr=5e-3), np.random.default_rng(0)
    first = last = 0.0
    for step in range(60):
        middles = rng.integers(20, 44, (8, 2))
        pictures = torch.zeros(8, 3, 64, 64)
        for picture, (x, y) in zip(pictures, middles, strict=True):
            picture[:, y - 6 : y + 6, x - 6 : x + 6] = 1.0
        points = torch.from_numpy(middles.astype(np.float32))[:, None].repeat(1, 68, 1)
        loss, distance = landmark_net_loss(net.maps(pictures), points, torch.ones(8, 68), heat_weight=0.6)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        first, last = (float(distance), last) if step == 0 else (first, float(distance))
    assert last < 0.4 * first
