"""The discriminator of StyleGAN2: residual blocks, and the spread within a group of pictures as a last feature.

Source: Karras et al., Analyzing and Improving the Image Quality of StyleGAN, 2020, figure 7; Karras et al., Progressive
Growing of GANs, 2018, section 3 (spread of a minibatch).
"""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from toonface.nets.stylegan2.layers import Convolution, Linear, activate

GROUP = 4
"""Pictures whose spread is looked at together."""


class Discriminator(nn.Module):
    """Scores pictures: high for real, low for made.

    Args:
        channels: at 4, 8, 16 … pixels, as the generator has them.
    """

    def __init__(self, channels: tuple[int, ...]) -> None:
        super().__init__()
        down = channels[::-1]
        self.first = Convolution(3, down[0], 1)
        self.blocks = nn.ModuleList(ResidualDown(a, b) for a, b in pairwise(down))
        self.last = Convolution(channels[0] + 1, channels[0], 3)
        self.dense = Linear(16 * channels[0], channels[0])
        self.score = Linear(channels[0], 1)

    def forward(self, pictures: Float[Tensor, "B 3 H W"]) -> Float[Tensor, " B"]:
        """Return a score for each picture.

        Args:
            pictures: in [-1, 1]; their number is a multiple of `GROUP`, or smaller.
        """
        features = self.first(pictures)
        for block in self.blocks:
            features = block(features)
        features = self.last(with_group_spread(features))
        return self.score(activate(self.dense(features.flatten(1))))[:, 0]


class ResidualDown(nn.Module):
    """Two convolutions, the second of which halves, beside a halved copy.

    Args:
        inputs: channels in.
        outputs: channels out.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.first = Convolution(inputs, inputs, 3)
        self.second = Convolution(inputs, outputs, 3, halve=True)
        self.beside = Convolution(inputs, outputs, 1, halve=True, bias=False)

    def forward(self, features: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D h w"]:
        """Return features of half the size."""
        return (self.second(self.first(features)) + self.beside(features)) * 0.5**0.5


def with_group_spread(features: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D H W"]:
    """Add a channel: the standard deviation within a group of pictures, averaged over channels and places.

    Args:
        features: their number is a multiple of `GROUP`, or smaller.

    Raises:
        ValueError: it is neither.
    """
    count, group = len(features), min(GROUP, len(features))
    if count % group:
        raise ValueError(f"there are {count} pictures, expected a multiple of {group}")
    groups = features.view(group, count // group, *features.shape[1:])
    spread = (groups.var(dim=0, correction=0) + 1e-8).sqrt().mean(dim=(1, 2, 3))
    channel = spread.repeat(group).view(count, 1, 1, 1).expand(-1, 1, *features.shape[2:])
    return torch.cat([features, channel], dim=1)
