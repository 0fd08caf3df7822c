"""A critic that tells drawn patches from made ones, style by style.

Source: Isola, Zhu, Zhou and Efros, Image-to-Image Translation with Conditional Adversarial Networks, 2017 (PatchGAN);
least squares after Mao et al., Least Squares Generative Adversarial Networks, 2017.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from toonface.nets.stylizer_net import STYLES

WIDTHS = (24, 48, 64)


class PatchCritic(nn.Module):
    """Scores overlapping patches of about 40 pixels: high for drawn, low for made; one score for each style."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        inputs = 3
        for width in WIDTHS:
            layers += [spectral_norm(nn.Conv2d(inputs, width, 4, stride=2, padding=1)), nn.LeakyReLU(0.2, inplace=True)]
            inputs = width
        layers.append(spectral_norm(nn.Conv2d(inputs, STYLES, 3, padding=1)))
        self.layers = nn.Sequential(*layers)

    def forward(self, pictures: Float[Tensor, "B K 3 H W"]) -> Float[Tensor, "B K h w"]:
        """Return the score that each picture has in its own style.

        Args:
            pictures: sRGB in [0, 1], one of each style.
        """
        batch, styles = pictures.shape[:2]
        scores = self.layers(2.0 * pictures.flatten(0, 1) - 1.0).unflatten(0, (batch, styles))
        return torch.stack([scores[:, k, k] for k in range(styles)], dim=1)


def critic_loss(
    critic: PatchCritic, drawn: Float[Tensor, "A K 3 H W"], made: Float[Tensor, "B K 3 H W"]
) -> Float[Tensor, ""]:
    """Return what the critic is to lessen: drawn patches should score 1, made ones 0.

    Args:
        critic: of patches.
        drawn: cartoons of scenes.
        made: what the stylizer made, without gradient.
    """
    return 0.5 * ((critic(drawn) - 1.0).square().mean() + critic(made).square().mean())


def maker_loss(critic: PatchCritic, made: Float[Tensor, "B K 3 H W"]) -> Float[Tensor, ""]:
    """Return what the stylizer is to lessen: its patches should score 1.

    Args:
        critic: of patches.
        made: what the stylizer made.
    """
    return (critic(made) - 1.0).square().mean()
