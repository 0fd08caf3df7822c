"""Laws of the critic: it learns to tell two kinds of patches, style by style."""

import torch

from toonface.nets.patch_critic import PatchCritic, critic_loss, maker_loss
from toonface.nets.stylizer_net import STYLES


def test_every_picture_is_scored_in_its_own_style():
    torch.manual_seed(0)
    critic, pictures = PatchCritic().eval(), torch.rand(2, STYLES, 3, 64, 64)
    scores = critic(pictures)
    assert scores.shape[:2] == (2, STYLES)
    turned = critic(pictures[:, [1, 0, 2]])
    assert torch.allclose(turned[:, 2], scores[:, 2], atol=1e-5)
    assert not torch.allclose(turned[:, 0], scores[:, 1], atol=1e-3)


def test_it_learns_to_tell_smooth_from_noisy():
    torch.manual_seed(0)
    critic = PatchCritic()
    optimizer = torch.optim.Adam(critic.parameters(), lr=2e-3)

    def pair():
        smooth = torch.rand(4, STYLES, 3, 1, 1).expand(-1, -1, -1, 32, 32)
        return smooth, smooth + 0.2 * torch.randn(4, STYLES, 3, 32, 32)

    first = critic_loss(critic, *pair()).item()
    for _ in range(60):
        optimizer.zero_grad()
        critic_loss(critic, *pair()).backward()
        optimizer.step()
    drawn, made = pair()
    assert critic_loss(critic, drawn, made).item() < 0.5 * first
    assert maker_loss(critic, made) > 2.0 * maker_loss(critic, drawn)
