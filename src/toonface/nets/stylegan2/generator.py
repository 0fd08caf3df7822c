"""The generator of StyleGAN2: from a latent to a style, and from a style for each layer to a picture.

Source: Karras et al., Analyzing and Improving the Image Quality of StyleGAN, 2020, figures 2 and 7 (output skips).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

import torch
from jaxtyping import Float
from torch import Tensor, nn

from toonface.nets.stylegan2.layers import LEAST_SQUARE, Linear, activate, modulated_convolution, upsample

FIRST_SIZE = 4
"""Pixels of the constant from which pictures grow."""
MEAN_DECAY = 0.998
"""Of the mean style, for each batch."""


@dataclass(frozen=True, kw_only=True)
class GanShape:
    """How large a generator is.

    Raises:
        ValueError: a number is outside its range.
    """

    channels: tuple[int, ...] = (512, 512, 512, 512, 512, 256, 128)
    """At 4, 8, 16 … pixels; as many as there are resolutions, so these seven make pictures of 256."""
    latent: int = 512
    """Numbers in z."""
    style: int = 512
    """Numbers in w."""
    mapping: int = 8
    """Layers from z to w."""

    def __post_init__(self) -> None:
        if not 2 <= len(self.channels) <= 9 or min(self.channels) < 1:
            raise ValueError(f"channels is {self.channels}, expected 2 to 9 numbers of at least 1")
        for name in ("latent", "style", "mapping"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}, expected at least 1")

    @property
    def sizes(self) -> tuple[int, ...]:
        """Pixels of each block."""
        return tuple(FIRST_SIZE << k for k in range(len(self.channels)))

    @property
    def size(self) -> int:
        """Pixels of a picture."""
        return self.sizes[-1]

    @property
    def layers(self) -> int:
        """Styles that one picture takes: W+ has so many rows."""
        return 2 * len(self.channels)


class Mapping(nn.Module):
    """From z to w, with a running mean of w.

    Args:
        shape: of the generator.
    """

    w_mean: Tensor

    def __init__(self, shape: GanShape) -> None:
        super().__init__()
        widths = [shape.latent] + [shape.style] * shape.mapping
        self.layers = nn.ModuleList(Linear(a, b, rate=0.01) for a, b in pairwise(widths))
        self.register_buffer("w_mean", torch.zeros(shape.style))

    def forward(self, z: Float[Tensor, "B Z"], truncation: float = 1.0) -> Float[Tensor, "B S"]:
        """Return styles.

        Args:
            z: normal random numbers.
            truncation: how far from the mean style, 1 for all the way.
        """
        w = z * (z.square().mean(dim=1, keepdim=True) + LEAST_SQUARE).rsqrt()
        for layer in self.layers:
            w = activate(layer(w))
        if self.training:
            with torch.no_grad():
                self.w_mean.lerp_(w.detach().mean(dim=0), 1.0 - MEAN_DECAY)
        return w if truncation == 1.0 else self.w_mean + truncation * (w - self.w_mean)


class StyledConvolution(nn.Module):
    """A modulated convolution with noise, bias and activation.

    Args:
        inputs: channels in.
        outputs: channels out.
        style: numbers in w.
        size: pixels of the output.
        double: whether both sides are doubled.
    """

    noise: Tensor

    def __init__(self, inputs: int, outputs: int, *, style: int, size: int, double: bool) -> None:
        super().__init__()
        self.style = Linear(style, inputs, bias=1.0)
        self.weight = nn.Parameter(torch.randn(outputs, inputs, 3, 3))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.noise_strength = nn.Parameter(torch.zeros(()))
        self.register_buffer("noise", torch.randn(size, size))
        self.doubles = double

    def forward(
        self, features: Float[Tensor, "B C H W"], w: Float[Tensor, "B S"], *, random_noise: bool
    ) -> Float[Tensor, "B D h w"]:
        """Return activated features."""
        out = modulated_convolution(features, self.weight, self.style(w), double=self.doubles)
        noise = torch.randn_like(out[:, :1]) if random_noise else self.noise
        return activate(out + self.noise_strength * noise + self.bias[:, None, None])


class ToColour(nn.Module):
    """A modulated convolution of one pixel, not demodulated, to red, green and blue.

    Args:
        inputs: channels.
        style: numbers in w.
    """

    def __init__(self, inputs: int, *, style: int) -> None:
        super().__init__()
        self.style = Linear(style, inputs, bias=1.0)
        self.weight = nn.Parameter(torch.randn(3, inputs, 1, 1))
        self.bias = nn.Parameter(torch.zeros(3))
        self.scale = 1.0 / inputs**0.5

    def forward(self, features: Float[Tensor, "B C H W"], w: Float[Tensor, "B S"]) -> Float[Tensor, "B 3 H W"]:
        """Return what this resolution adds to the picture."""
        colours = modulated_convolution(features, self.weight, self.scale * self.style(w), demodulate=False)
        return colours + self.bias[:, None, None]


class Block(nn.Module):
    """One resolution: one or two convolutions, and its share of the picture.

    Args:
        inputs: channels that come in; None for the first block, which begins with a constant.
        outputs: channels.
        style: numbers in w.
        size: pixels.
    """

    def __init__(self, inputs: int | None, outputs: int, *, style: int, size: int) -> None:
        super().__init__()
        if inputs is None:
            self.start = nn.Parameter(torch.randn(outputs, size, size))
        else:
            self.first = StyledConvolution(inputs, outputs, style=style, size=size, double=True)
        self.second = StyledConvolution(outputs, outputs, style=style, size=size, double=False)
        self.colour = ToColour(outputs, style=style)
        self.begins = inputs is None


class Synthesis(nn.Module):
    """From a style for each layer to pictures in [-1, 1].

    Layer 0 is the convolution at 4 pixels, 1 its colours; at each further resolution come two convolutions, and the
    colours share the style of the next resolution's first convolution, or have the last one.

    Args:
        shape: of the generator.
    """

    def __init__(self, shape: GanShape) -> None:
        super().__init__()
        inputs = [None, *shape.channels[:-1]]
        self.blocks = nn.ModuleDict(
            {
                str(size): Block(before, channels, style=shape.style, size=size)
                for before, channels, size in zip(inputs, shape.channels, shape.sizes, strict=True)
            }
        )

    def forward(self, w: Float[Tensor, "B L S"], *, random_noise: bool = False) -> Float[Tensor, "B 3 H W"]:
        """Return pictures.

        Args:
            w: styles of all layers.
            random_noise: whether noise is drawn anew; else it is the fixed one.
        """
        layer, features, picture = 0, w.new_zeros(0), None
        for block in cast("Iterable[Block]", self.blocks.values()):
            if block.begins:
                features = block.start.expand(w.shape[0], -1, -1, -1)  # not len: that is fixed on export
            else:
                features = block.first(features, w[:, layer], random_noise=random_noise)
                layer += 1
            features = block.second(features, w[:, layer], random_noise=random_noise)
            layer += 1
            colours = block.colour(features, w[:, layer])
            picture = colours if picture is None else upsample(picture) + colours
        return picture if picture is not None else w.new_zeros(0)


class Generator(nn.Module):
    """The whole generator.

    Args:
        shape: how large.
    """

    def __init__(self, shape: GanShape) -> None:
        super().__init__()
        self.shape = shape
        self.mapping, self.synthesis = Mapping(shape), Synthesis(shape)

    def spread(self, w: Float[Tensor, "B S"]) -> Float[Tensor, "B L S"]:
        """Use one style for all layers.

        Args:
            w: styles.
        """
        return w[:, None].expand(-1, self.shape.layers, -1)

    def forward(self, z: Float[Tensor, "B Z"], *, truncation: float = 1.0) -> Float[Tensor, "B 3 H W"]:
        """Return pictures in [-1, 1], with fixed noise.

        Args:
            z: normal random numbers.
            truncation: how far from the mean style, 1 for all the way.
        """
        return self.synthesis(self.spread(self.mapping(z, truncation)))
