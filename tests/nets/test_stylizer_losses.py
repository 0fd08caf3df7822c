"""Laws of the stylizer's losses: the truth costs nothing, each fault costs in its own part."""

import pytest
import torch

from toonface.nets.stylizer_losses import Truth, cartoon_of, portrait_losses, scene_losses
from toonface.nets.stylizer_net import STYLES, Stylized, warp_by

SIZE, GRID = 64, 16


def features(picture):
    return [torch.nn.functional.avg_pool2d(picture, 4)]


@pytest.fixture
def scene():
    """A portrait, the true answer, and what follows from it."""
    torch.manual_seed(0)
    smooth = torch.nn.functional.interpolate(torch.rand(2, 3, 8, 8), size=SIZE, mode="bilinear")
    offset = 0.03 * torch.randn(2, STYLES, 2, GRID, GRID)
    residual = 0.1 * torch.randn(2, STYLES, 3, SIZE, SIZE)
    face = torch.zeros(2, STYLES, SIZE, SIZE, dtype=torch.bool)
    face[..., 16:48, 16:48] = True
    residual = residual * face[:, :, None]
    answer = Stylized(offset=offset, scale=torch.full((2, STYLES, GRID, GRID), 0.01), residual=residual)
    cartoons = cartoon_of(smooth, answer)[0].detach()
    return smooth, answer, Truth(cartoons=cartoons, face=face, offset=offset, known=torch.ones(2, STYLES, GRID, GRID))


def test_a_cartoon_is_the_warped_portrait_and_the_residual(scene):
    smooth, answer, _ = scene
    cartoon, warped = cartoon_of(smooth, answer)
    assert torch.allclose(cartoon, warped + answer.residual)
    assert torch.allclose(warped[1, 2], warp_by(smooth[1:], answer.offset[1:, 2])[0], atol=1e-6)


def test_the_truth_costs_nothing(scene):
    losses = scene_losses(*scene, features)
    assert all(abs(value) < 1e-5 for name, value in losses.items() if name != "sureness")


@pytest.mark.parametrize(
    ("fault", "dear"),
    [("offset", {"offset", "colour", "edges", "features"}), ("residual", {"colour", "features"}),
     ("outside", {"outside"})],
)  # fmt: skip
def test_each_fault_costs_in_its_own_part(scene, fault, dear):
    smooth, answer, truth = scene
    if fault == "offset":
        answer = answer._replace(offset=answer.offset + 0.02)
    elif fault == "residual":
        answer = answer._replace(residual=answer.residual + 0.1 * truth.face[:, :, None])
    else:
        answer = answer._replace(residual=answer.residual + 0.1 * ~truth.face[:, :, None])
    losses = scene_losses(smooth, answer, truth, features)
    assert all(losses[name] > 1e-3 for name in dear)
    assert all(losses[name] < 1e-5 for name in {"offset", "bend", "colour", "outside"} - dear)


def test_being_surer_pays_where_offsets_are_right_and_costs_where_they_are_wrong(scene):
    smooth, answer, truth = scene
    sure = answer._replace(scale=0.1 * answer.scale)
    assert (
        scene_losses(smooth, sure, truth, features)["sureness"]
        < scene_losses(smooth, answer, truth, features)["sureness"]
    )
    wrong, sure_and_wrong = (one._replace(offset=one.offset + 0.1) for one in (answer, sure))
    losses = [scene_losses(smooth, one, truth, features)["sureness"] for one in (sure_and_wrong, wrong)]
    assert losses[0] > losses[1]


def test_guessed_offsets_count_less_than_known_ones(scene):
    smooth, answer, truth = scene
    wrong = answer.offset.clone()
    wrong[..., :8] += 0.05
    known = truth.known.clone()
    known[..., :8] = 0.0
    losses = [
        scene_losses(smooth, answer._replace(offset=wrong), truth._replace(known=k), features)["offset"]
        for k in (truth.known, known)
    ]
    assert losses[1] < 0.5 * losses[0]


def test_a_real_portrait_whose_landmarks_go_where_they_should_costs_nothing(scene):
    _, answer, _ = scene
    shift = torch.tensor([0.05, -0.02])
    points = 0.3 + 0.4 * torch.rand(2, 68, 2)
    answer = answer._replace(
        offset=-shift[None, None, :, None, None].expand_as(answer.offset), residual=torch.zeros_like(answer.residual)
    )
    styled = (points[:, None] + shift).expand(-1, STYLES, -1, -1)
    face = torch.ones(2, 1, SIZE, SIZE)
    right = portrait_losses(answer, styled, points, face)
    wrong = portrait_losses(answer, styled + 0.01, points, face)
    assert all(value < 1e-4 for value in right.values())
    assert wrong["real_points"] > 1.0


def test_a_real_portrait_may_not_change_its_tone_or_what_is_not_its_face(scene):
    _, answer, _ = scene
    points = torch.full((2, 68, 2), 0.5)
    styled = points[:, None].expand(-1, STYLES, -1, -1)
    pale = answer._replace(residual=torch.full_like(answer.residual, 0.2))
    assert portrait_losses(pale, styled, points, torch.ones(2, 1, SIZE, SIZE))["real_tone"] > 0.1
    assert portrait_losses(pale, styled, points, torch.zeros(2, 1, SIZE, SIZE))["real_outside"] > 0.1
