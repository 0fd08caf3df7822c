"""From a crop of a face to the 239 coefficients of its head: as in the paper, or from what the landmarks see.

Source: the paper, section 3.1.2 and section 4.1 (ResNet-50 and one fully connected layer).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from toonface.nets.colours import centred
from toonface.nets.landmark_net import LandmarkSight
from toonface.nets.landmark_reader import LandmarkReader, straight_way
from toonface.nets.resnet import resnet50

COUNTS = {"identity": 80, "expression": 64, "texture": 80, "light": 9, "pose": 6}
"""Of each kind of coefficient, in their order."""
COEFFICIENTS = sum(COUNTS.values())
SIDE = 224
"""Of the crop in pixels."""
BACKBONES = ("landmarks", "resnet50")


class Told(NamedTuple):
    """What training looks at."""

    coefficients: Float[Tensor, "B 239"]
    """Expression weights not clamped."""
    points_px: Float[Tensor, "B 68 2"] | None
    """The landmarks in pixels of the crop, where the network finds them."""


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


class Numbers(nn.Module):
    """The last layer, which starts at nought: an untrained network says `start` to everything.

    Args:
        inputs: how many numbers it reads.
        start: coefficients of the untrained network, 239 numbers.
        spread: by how much each coefficient moves when an output of the layer moves by 1; about its standard deviation.

    Raises:
        ValueError: there are not 239 numbers.
    """

    if TYPE_CHECKING:
        start: Tensor
        spread: Tensor

    def __init__(self, inputs: int, start: Float[Tensor, " N"], spread: Float[Tensor, " N"]) -> None:
        super().__init__()
        for name, numbers in (("start", start), ("spread", spread)):
            if tuple(numbers.shape) != (COEFFICIENTS,):
                raise ValueError(f"{name} has shape {tuple(numbers.shape)}, expected ({COEFFICIENTS},)")
        self.layer = nn.Linear(inputs, COEFFICIENTS)
        nn.init.zeros_(self.layer.weight)
        nn.init.zeros_(self.layer.bias)
        self.register_buffer("start", start.float().clone())
        self.register_buffer("spread", spread.float().clone())

    def forward(self, features: Float[Tensor, "B F"]) -> Float[Tensor, "B 239"]:
        """Return coefficients, not clamped.

        Args:
            features: about 1 in size.
        """
        # Divided, because a step of Adam moves all weights alike, and thousands of them would throw the outputs about.
        return self.start + self.spread * self.layer(features * features.shape[1] ** -0.5)


class CoarseNet(nn.Module):
    """ResNet-50, averaged over its map, and one fully connected layer, as in the paper.

    Args:
        start: see `Numbers`.
        spread: see `Numbers`.
    """

    def __init__(self, *, start: Float[Tensor, " N"], spread: Float[Tensor, " N"]) -> None:
        super().__init__()
        self.trunk = resnet50()
        self.pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.numbers_from = Numbers(self.trunk.widths[-1], start, spread)

    def tell(self, picture: Float[Tensor, "B 3 224 224"], *, head_alone: bool = False) -> Told:
        """Return the coefficients; expression weights may lie outside [0, 1], where they still have a gradient.

        Args:
            picture: sRGB in [0, 1].
            head_alone: whether the trunk is held fixed.
        """
        with torch.set_grad_enabled(torch.is_grad_enabled() and not head_alone):
            features = self.pool(self.trunk(centred(picture))[-1])
        return Told(self.numbers_from(features), None)

    def forward(self, picture: Float[Tensor, "B 3 224 224"]) -> Float[Tensor, "B 239"]:
        """Return the coefficients, expression weights in [0, 1].

        Args:
            picture: sRGB in [0, 1].
        """
        return clamp_weights(self.tell(picture).coefficients)


class LandmarkCoarseNet(LandmarkSight):
    """A landmark network, two layers that read what it sees, and the last one.

    The points tell pose and proportions, what lies around them and the whole tell skin and light. The layers of the
    landmark network keep their names, so that one that has learnt is a start.

    Args:
        start: see `Numbers`.
        spread: see `Numbers`.
        widths: channels of the trunk's stages.
        neck: channels of the features.
        hidden: width of the layers.
    """

    def __init__(
        self,
        *,
        start: Float[Tensor, " N"],
        spread: Float[Tensor, " N"],
        widths: tuple[int, int, int, int] = (32, 64, 128, 256),
        neck: int = 64,
        hidden: int = 384,
    ) -> None:
        super().__init__(widths, neck)
        self.read = LandmarkReader(neck, widths[-1], SIDE)
        self.head = nn.Sequential(
            *(nn.Linear(self.read.count, hidden), nn.ReLU(inplace=True)),
            *(nn.Linear(hidden, hidden), nn.ReLU(inplace=True)),
        )
        # Beside them a straight way from the points, which regression can set: pose and proportions are nearly linear.
        self.straight = straight_way(COEFFICIENTS)
        self.numbers_from = Numbers(hidden, start, spread)

    def tell(self, picture: Float[Tensor, "B 3 224 224"], *, head_alone: bool = False) -> Told:
        """Return the coefficients, not clamped, and the points.

        Args:
            picture: sRGB in [0, 1].
            head_alone: whether the landmark network is held fixed.
        """
        seen = self.see_as_before(picture) if head_alone else self.see(picture)
        numbers = self.numbers_from(self.head(self.read(seen))) + self.straight(self.read.placed(seen.points_px))
        return Told(numbers, seen.points_px)

    def forward(self, picture: Float[Tensor, "B 3 224 224"]) -> Float[Tensor, "B 239"]:
        """Return the coefficients, expression weights in [0, 1].

        Args:
            picture: sRGB in [0, 1].
        """
        return clamp_weights(self.tell(picture).coefficients)


def clamp_weights(coefficients: Float[Tensor, "B 239"]) -> Float[Tensor, "B 239"]:
    """Bring expression weights into [0, 1].

    Args:
        coefficients: all of them.
    """
    identity, weights, rest = coefficients.split([80, 64, COEFFICIENTS - 144], dim=1)
    return torch.cat([identity, functional.hardtanh(weights, 0.0, 1.0), rest], dim=1)


def split_coefficients(coefficients: Float[Tensor, "B 239"]) -> Coefficients:
    """Tell the kinds of coefficients apart.

    Args:
        coefficients: of `CoarseNet`, or true ones.
    """
    return Coefficients(**dict(zip(COUNTS, coefficients.split(list(COUNTS.values()), dim=1), strict=True)))
