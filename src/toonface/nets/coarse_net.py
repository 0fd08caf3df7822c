"""From a crop of a face to the 239 coefficients of its head: a residual trunk and one fully connected layer.

Source: the paper, section 3.1.2 and section 4.1 (ResNet-50 and one fully connected layer).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from toonface.nets.colours import centred
from toonface.nets.resnet import narrow_resnet, resnet50

COUNTS = {"identity": 80, "expression": 64, "texture": 80, "light": 9, "pose": 6}
"""Of each kind of coefficient, in their order."""
COEFFICIENTS = sum(COUNTS.values())
WIDTHS = (32, 64, 128, 256)
"""Channels of the narrow trunk's four stages."""
CELLS = 7
"""Cells of the trunk's last map, each way: 224 px at stride 32."""
NECK = 64
"""Channels that the narrow trunk's cells are read by."""
BACKBONES = ("narrow", "resnet50")


@dataclass(frozen=True, kw_only=True)
class Coefficients:
    """What the 239 numbers of each head mean."""

    identity: Float[Tensor, "B 80"]
    """α_id, in standard deviations."""
    expression: Float[Tensor, "B 64"]
    """α_exp; weights in [0, 1], but those of a network in training may lie outside."""
    texture: Float[Tensor, "B 80"]
    """α_tex, in standard deviations."""
    light: Float[Tensor, "B 9"]
    """δ, in the camera's axes."""
    pose: Float[Tensor, "B 6"]
    """p of the crop's camera."""


class CoarseNet(nn.Module):
    """A trunk and one fully connected layer, which starts at nought: an untrained network says `start` to everything.

    ResNet-50 is averaged over its map, as in the paper. The narrow trunk has an eighth of its channels, in which the
    average would have to carry where things are as well as what they are; so each of its 7 x 7 cells is read, by 64
    channels, and the layer sees which cell a number comes from.

    Args:
        backbone: `narrow` or `resnet50`.
        start: coefficients of the untrained network, 239 numbers.
        spread: by how much each coefficient moves when an output of the layer moves by 1; about its standard deviation.
        widths: channels of the narrow trunk's four stages.

    Raises:
        ValueError: there is no such backbone, or there are not 239 numbers.
    """

    if TYPE_CHECKING:
        start: Tensor
        spread: Tensor

    def __init__(
        self,
        backbone: str,
        *,
        start: Float[Tensor, " N"],
        spread: Float[Tensor, " N"],
        widths: tuple[int, ...] = WIDTHS,
    ) -> None:
        super().__init__()
        if backbone not in BACKBONES:
            raise ValueError(f"backbone is {backbone!r}, expected one of {', '.join(BACKBONES)}")
        for name, numbers in (("start", start), ("spread", spread)):
            if tuple(numbers.shape) != (COEFFICIENTS,):
                raise ValueError(f"{name} has shape {tuple(numbers.shape)}, expected ({COEFFICIENTS},)")
        if backbone == "resnet50":
            self.trunk = resnet50()
            self.pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
            features = self.trunk.widths[-1]
        else:
            self.trunk = narrow_resnet(widths=widths)
            convolution = nn.Conv2d(widths[-1], NECK, 1, bias=False)
            self.pool = nn.Sequential(convolution, nn.BatchNorm2d(NECK), nn.ReLU(inplace=True), nn.Flatten())
            features = NECK * CELLS * CELLS
        self.layer = nn.Linear(features, COEFFICIENTS)
        nn.init.zeros_(self.layer.weight)
        nn.init.zeros_(self.layer.bias)
        self.register_buffer("start", start.float().clone())
        self.register_buffer("spread", spread.float().clone())

    def regress(self, picture: Float[Tensor, "B 3 224 224"]) -> Float[Tensor, "B 239"]:
        """Return the coefficients; expression weights may lie outside [0, 1], where they still have a gradient.

        Args:
            picture: sRGB in [0, 1].
        """
        features = self.pool(self.trunk(centred(picture))[-1])
        # Divided, because a step of Adam moves all weights alike, and thousands of them would throw the outputs about.
        return self.start + self.spread * self.layer(features * features.shape[1] ** -0.5)

    def forward(self, picture: Float[Tensor, "B 3 224 224"]) -> Float[Tensor, "B 239"]:
        """Return the coefficients, expression weights in [0, 1].

        Args:
            picture: sRGB in [0, 1].
        """
        identity, weights, rest = self.regress(picture).split([80, 64, COEFFICIENTS - 144], dim=1)
        return torch.cat([identity, functional.hardtanh(weights, 0.0, 1.0), rest], dim=1)


def split_coefficients(coefficients: Float[Tensor, "B 239"]) -> Coefficients:
    """Tell the kinds of coefficients apart.

    Args:
        coefficients: of `CoarseNet`, or true ones.
    """
    return Coefficients(**dict(zip(COUNTS, coefficients.split(list(COUNTS.values()), dim=1), strict=True)))
