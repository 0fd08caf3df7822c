"""From a picture to the styles that make it: an encoder into W+, and gradient descent.

Source: Richardson et al., Encoding in Style: a StyleGAN Encoder for Image-to-Image Translation, 2021 (W+ as offsets
from the mean style); Abdal, Qin and Wonka, Image2StyleGAN, 2019, and Karras et al. 2020, section 5 (descent).
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from toonface.nets.stylegan2.generator import GanShape, Generator

LEVELS = 3
"""Sizes at which pictures are compared, each half the one before."""


class StyleEncoder(nn.Module):
    """A small convolutional network from a picture to a style for each layer, as offsets from the mean style.

    Args:
        shape: of the generator.
        width: channels at half the picture's size; twice as many at each further halving, eight times at most.
    """

    w_mean: Tensor

    def __init__(self, shape: GanShape, width: int = 24) -> None:
        super().__init__()
        widths = [3] + [width * min(1 << k, 8) for k in range(len(shape.channels) - 1)]
        self.down = nn.Sequential(*(_halving(a, b) for a, b in pairwise(widths)))
        self.dense = nn.Linear(16 * widths[-1], shape.layers * shape.style)
        nn.init.normal_(self.dense.weight, std=1e-3)
        nn.init.zeros_(self.dense.bias)
        self.layers = shape.layers
        self.register_buffer("w_mean", torch.zeros(shape.style))

    def forward(self, pictures: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B L S"]:
        """Return styles.

        Args:
            pictures: in [-1, 1], of the generator's size.
        """
        return self.w_mean + self.dense(self.down(pictures).flatten(1)).unflatten(1, (self.layers, -1))


def _halving(inputs: int, outputs: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for before, stride in ((inputs, 2), (outputs, 1)):
        layers += [nn.Conv2d(before, outputs, 3, stride=stride, padding=1, bias=False), nn.BatchNorm2d(outputs)]
        layers.append(nn.LeakyReLU(0.2, inplace=True))
    return nn.Sequential(*layers)


def picture_difference(some: Float[Tensor, "B 3 H W"], others: Float[Tensor, "B 3 H W"]) -> Float[Tensor, " B"]:
    """Return how much pictures differ: mean absolute differences of colours, averaged over several sizes.

    Args:
        some: pictures.
        others: as many.
    """
    total = torch.zeros(len(some), dtype=some.dtype, device=some.device)
    for _ in range(LEVELS):
        total = total + (some - others).abs().mean(dim=(1, 2, 3))
        some, others = functional.avg_pool2d(some, 2), functional.avg_pool2d(others, 2)
    return total / LEVELS


@dataclass(frozen=True, kw_only=True)
class DescentOptions:
    """How styles are searched.

    Raises:
        ValueError: there are no steps.
    """

    steps: int = 200
    """Of Adam."""
    rate: float = 0.05
    """Highest learning rate; it falls to nothing along a cosine."""
    likelihood: float = 0.02
    """Weight of the mean square distance from the mean style: what lies far from it looks like nobody."""

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise ValueError(f"steps is {self.steps}, expected at least 1")


DESCENT_DEFAULTS = DescentOptions()


def search_styles(
    generator: Generator,
    pictures: Float[Tensor, "B 3 H W"],
    start: Float[Tensor, "B L S"],
    options: DescentOptions = DESCENT_DEFAULTS,
) -> Float[Tensor, "B L S"]:
    """Return styles from which a generator makes given pictures, as nearly as descent finds them.

    Args:
        generator: in evaluation mode; its noise is the fixed one.
        pictures: in [-1, 1], of its size.
        start: styles to begin with: of an encoder, or the mean one.
        options: of the search.
    """
    w = start.detach().clone().requires_grad_()
    optimizer = torch.optim.Adam([w], lr=options.rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, options.steps)
    with torch.enable_grad():
        for _ in range(options.steps):
            far = (w - generator.mapping.w_mean).square().mean(dim=(1, 2))
            loss = (picture_difference(generator.synthesis(w), pictures) + options.likelihood * far).sum()
            (w.grad,) = torch.autograd.grad(loss, [w])
            optimizer.step()
            schedule.step()
    return w.detach()


class GanStylizer(nn.Module):
    """A portrait's crop in, its cartoon out: the encoder of photographs, then a generator with swapped layers.

    Args:
        generator: with swapped layers.
        encoder: of the photographs' generator.
    """

    def __init__(self, generator: Generator, encoder: StyleEncoder) -> None:
        super().__init__()
        self.generator, self.encoder = generator, encoder

    def forward(self, picture: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B 3 H W"]:
        """Return cartoons, sRGB in [0, 1].

        Args:
            picture: sRGB in [0, 1], of the generator's size.
        """
        made = self.generator.synthesis(self.encoder(2.0 * picture - 1.0))
        return (0.5 * made + 0.5).clamp(0.0, 1.0)
