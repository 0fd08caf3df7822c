"""What a face does, from a small crop: 64 weights, gaze and head rotation, for live use on one core or in a browser."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from toonface.nets.landmark_net import LandmarkSight, Seen
from toonface.nets.landmark_reader import LandmarkReader, straight_way
from toonface.nets.shading import rotations_about

WEIGHTS = 64
DROPPED = 0.1
"""Share of the head's inputs that are left out in training."""
WEIGHTS_WEIGHT = 30.0
"""Of the error of the weights in the loss."""
SOFT_WEIGHT = 0.5
"""Below this error of a weight the loss is square: what cannot be seen for sure is then given by its mean.
At 0.1 the median ruled, which is 0 for most shapes: after 1,100 steps of 32 crops the mean correlation was 0.05."""

Reading = tuple[
    Float[Tensor, "B 64"], Float[Tensor, "B 4"], Float[Tensor, "B 3"], Float[Tensor, "B 68 2"], Float[Tensor, "B 68"]
]
"""Weights in [0, 1]; left yaw, left pitch, right yaw, right pitch, radians; axis-angle in the crop's camera; the
landmarks, pixels of the crop, and the scales of their errors, pixels."""


class Outputs(NamedTuple):
    """What training looks at."""

    weights: Float[Tensor, "B 64"]
    """By `names.SHAPES`, not yet clamped to [0, 1]."""
    gaze: Float[Tensor, "B 4"]
    """Left yaw, left pitch, right yaw, right pitch, radians, in the head's axes."""
    rotation: Float[Tensor, "B 3"]
    """Axis-angle of the head in the crop's camera, radians."""
    points: Float[Tensor, "B 68 2"]
    """The landmarks in sides of the crop, from its top left corner."""


class Truth(NamedTuple):
    """What the outputs should be, and how much of it is known; what is not known may be anything finite."""

    weights: Float[Tensor, "B 64"]
    """In [0, 1]."""
    gaze: Float[Tensor, "B 4"]
    rotation: Float[Tensor, "B 3"]
    points: Float[Tensor, "B 68 2"]
    known: Float[Tensor, "B 3"]
    """How much the weights, the gaze and the rotation count, in [0, 1]."""
    points_known: Float[Tensor, "B 68"]


class ExpressionNet(LandmarkSight):
    """A landmark network, and a head that reads what it sees.

    The layers of the landmark network keep their names, so that one that has learnt is a start. Without it, reading the
    cells of a mobile trunk by one layer, points were missed by 5 px of 128 after 96,000 crops, and jawOpen had a
    correlation of 0.3.

    The eyeLook weights are no outputs of their own but follow from the gaze, as they do in the face model, so that
    both always agree. Weights are clamped lines, not sigmoids: most are exactly 0, which a sigmoid never reaches.

    Args:
        looks: turns left yaw, left pitch, right yaw, right pitch into weights before they are clamped; columns of zeros
            belong to weights that do not follow from the gaze.
        size: side of the crop in pixels, a multiple of 32. Fixed, because each cell of the last map is read by itself.
        widths: channels of the trunk's stages.
        neck: channels of the features.
        hidden: width of the layers before the outputs.

    Raises:
        ValueError: the size is no multiple of 32.
    """

    def __init__(
        self,
        looks: Float[Tensor, "4 64"],
        size: int = 128,
        *,
        widths: tuple[int, int, int, int] = (32, 64, 128, 256),
        neck: int = 64,
        hidden: int = 256,
    ) -> None:
        super().__init__(widths, neck)
        self.read = LandmarkReader(neck, widths[-1], size)
        self.head = nn.Sequential(
            nn.Dropout(DROPPED),
            *(nn.Linear(self.read.count, hidden), nn.ReLU(inplace=True)),
            *(nn.Linear(hidden, hidden), nn.ReLU(inplace=True)),
        )
        # Beside them a straight way from the points, which regression can set: most of an expression is linear in them.
        self.straight = straight_way(WEIGHTS + 4 + 3)
        self.weights, self.gaze, self.rotation = (_output(hidden, number) for number in (WEIGHTS, 4, 3))
        self.register_buffer("looks", looks.clone(), persistent=False)
        self.register_buffer("own", (looks == 0.0).all(dim=0).float(), persistent=False)

    def tell(self, seen: Seen) -> Outputs:
        """Return everything that training looks at.

        Args:
            seen: of `see`; it may be held fixed while the head learns.
        """
        hidden = self.head(self.read(seen))
        weights, gaze, rotation = self.straight(self.read.placed(seen.points_px)).split([WEIGHTS, 4, 3], dim=1)
        gaze = gaze + self.gaze(hidden)
        weights = (weights + self.weights(hidden)) * self.get_buffer("own") + gaze @ self.get_buffer("looks")
        return Outputs(weights, gaze, rotation + self.rotation(hidden), seen.points_px / self.read.size)

    def outputs(self, picture: Float[Tensor, "B 3 H W"]) -> Outputs:
        """Return everything that training looks at.

        Args:
            picture: sRGB in [0, 1].
        """
        return self.tell(self.see(picture))

    def forward(self, picture: Float[Tensor, "B 3 H W"]) -> Reading:
        """Return weights, gaze and rotation, and the landmarks, by which the face can be followed.

        Args:
            picture: sRGB in [0, 1].
        """
        seen = self.see(picture)
        weights, gaze, rotation, _ = self.tell(seen)
        return weights.clamp(0.0, 1.0), gaze, rotation, seen.points_px, seen.sigma_px


def expression_loss(
    outputs: Outputs, truth: Truth, *, balance: Float[Tensor, "64"], points_weight: float
) -> tuple[Float[Tensor, ""], dict[str, Tensor]]:
    """Return the loss, and the mean errors of weights, gaze and rotation (radians), and points (sides of the crop).

    Args:
        outputs: of `ExpressionNet.outputs`.
        truth: of the same pictures.
        balance: how much each shape counts, at least 0.
        points_weight: of the landmarks, which only keep the trunk's eye on the face; at least 0.
    """
    weights_known, gaze_known, rotation_known = truth.known.unbind(-1)
    error = beyond(outputs.weights, truth.weights).abs()
    soft = torch.where(error < SOFT_WEIGHT, 0.5 * error.square() / SOFT_WEIGHT, error - 0.5 * SOFT_WEIGHT)
    # A shape that is strong and missed is worse than one that is seen where it is not.
    weights = _mean_of((balance * (1.0 + 2.0 * truth.weights) * soft).mean(1), weights_known)
    turned = (outputs.gaze - truth.gaze).unflatten(-1, (2, 2)).norm(dim=-1).mean(-1)
    gaze = _mean_of(turned, gaze_known)
    rotation = _mean_of(rotation_distance(outputs.rotation, truth.rotation), rotation_known)
    points = _mean_of((outputs.points - truth.points).norm(dim=-1), truth.points_known)
    loss = WEIGHTS_WEIGHT * weights + 2.0 * gaze + rotation + points_weight * points
    parts = {
        "weights": _mean_of(error.mean(1), weights_known),
        "gaze": gaze,
        "rotation": rotation,
        "points": points,
    }
    return loss, {name: part.detach() for name, part in parts.items()}


def beyond(weights: Float[Tensor, "B 64"], target: Float[Tensor, "B 64"]) -> Float[Tensor, "B 64"]:
    """Return by how much weights miss the target once they are clamped, with a gradient where it can help.

    Unlike after clamping, a weight below 0 whose target is above it has a gradient, from any distance; one whose
    target is 0 has none, and is right (the likelihood of Tobin 1958, for a Laplace distribution).

    Args:
        weights: not clamped.
        target: in [0, 1].
    """
    error = weights - target
    return torch.where(target <= 0.0, error.clamp(min=0.0), torch.where(target >= 1.0, error.clamp(max=0.0), error))


def rotation_distance(first: Float[Tensor, "B 3"], second: Float[Tensor, "B 3"]) -> Float[Tensor, "B"]:
    """Return the chord between rotations, 2 sin(θ/2): the angle between them where it is small, in radians.

    Args:
        first: axis-angle, radians.
        second: likewise.
    """
    apart = (rotations_about(first) - rotations_about(second)).flatten(1)
    return apart.norm(dim=-1) * 0.5**0.5


def _mean_of(values: Float[Tensor, "..."], known: Float[Tensor, "..."]) -> Float[Tensor, ""]:
    return (known * values).sum() / known.sum().clamp(min=1.0)


def _output(inputs: int, count: int) -> nn.Linear:
    layer = nn.Linear(inputs, count)
    nn.init.normal_(layer.weight, std=0.01)
    nn.init.zeros_(layer.bias)
    return layer
