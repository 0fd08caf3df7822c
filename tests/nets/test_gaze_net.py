"""Laws of the network that sees where an eye looks: it is small, it learns, and it knows when it cannot know."""

import pytest
import torch

from toonface.nets.gaze_net import GazeNet, GazeTruth, gaze_loss, turned_gaze

SIZE = 32


def discs(rng, count):
    """Dark discs on white, where an eye looks; some pictures are grey and show nothing."""
    gaze = 0.3 * (2.0 * torch.rand(count, 2, generator=rng) - 1.0)
    place = (torch.arange(SIZE) + 0.5 - 0.5 * SIZE) / SIZE
    right, down = place - gaze[:, :1, None], place[:, None] + gaze[:, 1:, None]
    pictures = ((right**2 + down**2) > 0.04).float()[:, None].expand(-1, 3, -1, -1).clone()
    shown = torch.arange(count) % 4 > 0
    pictures[~shown] = 0.5
    return pictures, gaze, shown.float()


def test_it_has_fewer_than_150_000_numbers_for_an_eye_of_48_pixels():
    assert sum(parameter.numel() for parameter in GazeNet(48).parameters()) < 150_000


def test_it_says_two_angles_an_error_and_four_slopes_for_each_eye():
    gaze, sigma, slope = GazeNet(SIZE).eval()(torch.rand(3, 3, SIZE, SIZE))
    assert (gaze.shape, sigma.shape, slope.shape) == ((3, 2), (3, 1), (3, 4))
    assert (sigma > 0.0).all()


def test_a_head_that_faces_the_camera_changes_nothing_and_others_by_the_slope():
    gaze, slope = torch.tensor([[0.1, 0.2]]), torch.tensor([[1.0, 2.0, 3.0, 4.0]])
    torch.testing.assert_close(turned_gaze(gaze, slope, torch.zeros(1, 2)), gaze)
    turned = turned_gaze(gaze, slope, torch.tensor([[0.1, -0.1]]))
    torch.testing.assert_close(turned, gaze + torch.tensor([[-0.1, -0.1]]))


def test_the_loss_is_least_where_sigma_is_half_the_distance_and_counts_what_is_seen():
    gaze, slope = torch.tensor([[0.3, 0.0], [0.0, 0.0]]), torch.zeros(2, 4)
    truth = GazeTruth(torch.zeros(2, 2), torch.zeros(2, 2), torch.tensor([1.0, 0.0]))
    losses = [gaze_loss((gaze[:1], torch.tensor([[s]]), slope[:1]), GazeTruth(*(t[:1] for t in truth)))[0].item()
              for s in (0.1, 0.15, 0.2)]  # fmt: skip
    assert losses[1] < min(losses[0], losses[2])
    assert gaze_loss((gaze, torch.ones(2, 1), slope), truth)[1].item() == pytest.approx(0.3)


def test_it_learns_where_a_disc_is_and_that_nothing_is_seen_without_one():
    torch.manual_seed(0)
    rng, net = torch.Generator().manual_seed(1), GazeNet(SIZE)
    optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
    for _ in range(150):
        pictures, gaze, shown = discs(rng, 32)
        loss, _ = gaze_loss(net(pictures), GazeTruth(gaze, torch.zeros_like(gaze), shown))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    pictures, gaze, shown = discs(rng, 64)
    with torch.no_grad():
        found, sigma, _ = net.eval()(pictures)
    apart = (found - gaze).norm(dim=-1)
    assert apart[shown > 0].mean() < 0.06
    assert sigma[shown > 0].mean() < 0.5 * sigma[shown == 0].mean()
