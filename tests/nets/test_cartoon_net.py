"""Laws of the network that tells cartoons: one number a picture, and it learns."""

import torch
from torch.nn import functional

from toonface.nets.cartoon_net import CartoonNet


def test_one_logit_for_each_picture_of_any_size():
    net = CartoonNet().eval()
    assert net(torch.rand(3, 3, 128, 128)).shape == (3, 1)
    assert net(torch.rand(1, 3, 96, 64)).shape == (1, 1)


def test_it_learns_to_tell_flat_pictures_from_noisy_ones():
    torch.manual_seed(0)
    net = CartoonNet()
    optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
    for _ in range(40):
        flat = torch.rand(8, 3, 1, 1).expand(-1, -1, 64, 64)
        pictures = torch.cat([flat, (flat + 0.1 * torch.randn_like(flat)).clamp(0.0, 1.0)])
        wanted = torch.cat([torch.ones(8, 1), torch.zeros(8, 1)])
        loss = functional.binary_cross_entropy_with_logits(net(pictures), wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss < 0.3
