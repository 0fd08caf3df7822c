"""The stylizer: a U-Net that says, for every style, where each point of the cartoon comes from, and what to add there.

One trunk serves all styles, so a scene that is drawn in each of them teaches it that many times for one pass.
What is warped and added to is the portrait at its own size; the network sees a small copy.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

STYLES = 3
"""soft, bold, anime, in the order of `synth.cartoon_styles.CARTOON_STYLES`."""
FLOW_FRACTION = 4
"""Pixels of the picture across one of the flow."""
LARGEST_OFFSET = 0.25
"""Sides of the crop."""
LEAST_SCALE = 5e-4
"""Of an offset's error, in sides of the crop: a fifth of a pixel."""


@dataclass(frozen=True, kw_only=True)
class StylizerWidths:
    """Channels of the network; `STYLIZER_WIDTHS_DEFAULT` is what ships."""

    levels: tuple[int, int, int, int, int] = (16, 32, 64, 96, 144)
    """At 1/2, 1/4, 1/8, 1/16 and 1/32 of the picture."""

    def __post_init__(self) -> None:
        if min(self.levels) < 1:
            raise ValueError(f"levels is {self.levels}, expected at least 1 each")


STYLIZER_WIDTHS_DEFAULT = StylizerWidths()


class Stylized(NamedTuple):
    """What the network returns for each style."""

    offset: Float[Tensor, "B K 2 h w"]
    """From a place in the cartoon to where it comes from in the portrait; x and y in sides of the picture."""
    scale: Float[Tensor, "B K h w"]
    """How uncertain that is: the scale of a Laplace distribution of its error, in the same unit."""
    residual: Float[Tensor, "B K 3 H W"]
    """Added to the warped portrait, sRGB in [-1, 1]."""


class StylizerNet(nn.Module):
    """The network.

    Args:
        widths: channels.
    """

    def __init__(self, widths: StylizerWidths = STYLIZER_WIDTHS_DEFAULT) -> None:
        super().__init__()
        half, quarter, eighth, low, lowest = widths.levels
        self.stem = _convolution(3, half, size=5, stride=2)
        self.down = nn.ModuleList(
            [
                _convolution(half, quarter, stride=2),
                nn.Sequential(_convolution(quarter, eighth, stride=2), Residual(eighth)),
                nn.Sequential(_convolution(eighth, low, stride=2), Residual(low)),
                nn.Sequential(_convolution(low, lowest, stride=2), Residual(lowest), Residual(lowest)),
            ]
        )
        self.up = nn.ModuleList(
            [
                nn.Sequential(_convolution(lowest + low, low), Residual(low)),
                nn.Sequential(_convolution(low + eighth, eighth), Residual(eighth)),
                _convolution(eighth + quarter, quarter),
            ]
        )
        field = nn.Conv2d(quarter, 3 * STYLES, 3, padding=1)
        self.flow = nn.Sequential(_convolution(quarter, quarter), field)
        self.finer = nn.Sequential(_convolution(quarter, 4 * half), nn.PixelShuffle(2))
        colours = nn.Conv2d(2 * half, 4 * 3 * STYLES, 3, padding=1)
        self.paint = nn.Sequential(_convolution(2 * half, 2 * half), colours, nn.PixelShuffle(2))
        for last in (field, colours):
            for parameter in last.parameters():
                nn.init.normal_(parameter, std=1e-3)

    def forward(self, picture: Float[Tensor, "B 3 H W"]) -> Stylized:
        """Return offsets at a quarter of the picture's size, and colours at all of it.

        Args:
            picture: sRGB in [0, 1]; height and width are multiples of 32.
        """
        half = self.stem(2.0 * picture - 1.0)
        features = [half]
        for down in self.down:
            features.append(down(features[-1]))
        rising = features.pop()
        for up in self.up:
            wide = functional.interpolate(rising, scale_factor=2.0, mode="nearest")
            rising = up(torch.cat([wide, features.pop()], dim=1))
        field = self.flow(rising).unflatten(1, (STYLES, 3))
        painted = self.paint(torch.cat([self.finer(rising), half], dim=1)).unflatten(1, (STYLES, 3))
        return Stylized(
            offset=LARGEST_OFFSET * torch.tanh(field[:, :, :2]),
            scale=LEAST_SCALE + 0.01 * functional.softplus(field[:, :, 2]),
            residual=torch.tanh(painted),
        )


class Residual(nn.Module):
    """Two 3x3 convolutions beside the identity.

    Args:
        channels: in and out.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = _convolution(channels, channels)
        self.second = nn.Sequential(nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels))

    def forward(self, features: Float[Tensor, "B C H W"]) -> Float[Tensor, "B C H W"]:
        """Return features of the same shape."""
        return functional.relu(features + self.second(self.first(features)))


def warp_by(picture: Float[Tensor, "B C H W"], offset: Float[Tensor, "B 2 h w"]) -> Float[Tensor, "B C H W"]:
    """Take each pixel from where its offset says; the picture's edge goes on beyond it.

    Args:
        picture: any channels.
        offset: x and y in sides of the picture, on a grid of any size.
    """
    height, width = picture.shape[2:]
    full = functional.interpolate(offset, size=(height, width), mode="bilinear", align_corners=False)
    x = (torch.arange(width, device=picture.device) + 0.5) / width
    y = (torch.arange(height, device=picture.device) + 0.5) / height
    place = torch.stack([x[None] + full[:, 0], y[:, None] + full[:, 1]], dim=3)
    return functional.grid_sample(picture, 2.0 * place - 1.0, padding_mode="border", align_corners=False)


def _convolution(inputs: int, outputs: int, *, size: int = 3, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride=stride, padding=size // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )
