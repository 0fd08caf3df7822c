"""A small network that tells drawn faces from photographed ones."""

from jaxtyping import Float
from torch import Tensor, nn

WIDTHS = (16, 24, 40, 64, 96)
"""Channels; each layer halves the picture."""


class CartoonNet(nn.Module):
    """Tell whether a face is drawn."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        inputs = 3
        for width in WIDTHS:
            layers += [
                nn.Conv2d(inputs, width, 3, stride=2, padding=1, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(inplace=True),
            ]
            inputs = width
        self.layers = nn.Sequential(*layers)
        self.last = nn.Linear(inputs, 1)

    def forward(self, picture: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B 1"]:
        """Return the logit of being drawn.

        Args:
            picture: sRGB in [0, 1].
        """
        return self.last(self.layers(2.0 * picture - 1.0).mean(dim=(2, 3)))
