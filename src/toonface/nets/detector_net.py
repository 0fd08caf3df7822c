"""The face detector: a narrow residual network that says at each place of three grids whether a face is centred there.

No anchors: a place predicts how sure it is, how far the four sides of the box are, and where the five points lie.
Nothing is computed at full size, because the stem goes to a quarter of it at once.

Sources: Tian et al., FCOS, 2019, sections 3.1 and 3.2 (boxes from places, levels by size); Deng et al., RetinaFace,
2020 (five points beside the box); Lin et al., Feature Pyramid Networks, 2017, Figure 3 (fusion from the coarsest).
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from toonface.nets.resnet import BasicBlock, ResNet

STRIDES = (8, 16, 32)
"""Pixels from place to place, of each level."""
POINTS = 5
"""Right eye, left eye, nose tip, right and left corner of the mouth; sides are the character's."""
RARE = 0.01
"""How sure an untrained network is, everywhere: faces are rare, and the loss starts low (Lin et al. 2017, 4.1)."""
LARGEST_LOG = 5.0
"""Of a distance in strides: keeps an untrained network finite."""


class Detections(NamedTuple):
    """What is said at each of the K places: those of stride 8 row by row, then 16, then 32."""

    scores: Float[Tensor, "B K"]
    """In (0, 1)."""
    boxes: Float[Tensor, "B K 4"]
    """Left, top, right and bottom of the 68 landmarks, in pixels of the input; may reach beyond it."""
    points: Float[Tensor, "B K 5 2"]
    """x and y in pixels of the input."""


class DetectorNet(nn.Module):
    """Pictures to faces.

    Args:
        widths: channels at strides 4, 8, 16 and 32.
        blocks: residual blocks at strides 8, 16 and 32.
        fused: channels of the maps that are read.

    Raises:
        ValueError: there are not four widths and three counts, all at least 1.
    """

    def __init__(
        self,
        widths: tuple[int, ...] = (24, 32, 64, 128),
        blocks: tuple[int, ...] = (1, 2, 2),
        fused: int = 32,
    ) -> None:
        super().__init__()
        for name, numbers, count in (("widths", widths, 4), ("blocks", blocks, 3), ("fused", (fused,), 1)):
            if len(numbers) != count or min(numbers) < 1:
                raise ValueError(f"{name} is {numbers}, expected {count} numbers of at least 1")
        stages: list[nn.Module] = []
        for inputs, width, count in zip(widths[:-1], widths[1:], blocks, strict=True):
            further = [BasicBlock(width, width) for _ in range(count - 1)]
            stages.append(nn.Sequential(BasicBlock(inputs, width, stride=2), *further))
        stem = nn.Sequential(
            nn.Conv2d(3, widths[0], 7, stride=4, padding=3, bias=False),
            nn.BatchNorm2d(widths[0]),
            nn.ReLU(inplace=True),
        )
        self.backbone = ResNet(stem, stages, widths[1:])
        self.across = nn.ModuleList(_normalised(width, fused, 1) for width in widths[1:])
        self.smooth = nn.ModuleList(nn.Sequential(_normalised(fused, fused, 3), nn.ReLU(inplace=True)) for _ in STRIDES)
        self.read = nn.ModuleList(nn.Conv2d(fused, 1 + 4 + 2 * POINTS, 1) for _ in STRIDES)
        for head in self.read:
            assert isinstance(head, nn.Conv2d) and head.bias is not None
            nn.init.normal_(head.weight, std=0.01)
            nn.init.zeros_(head.bias)
            head.bias.data[1:5] = 0.7  # a box of four strides
            head.bias.data[0] = -torch.log(torch.tensor(1.0 / RARE - 1.0))

    def forward(self, picture: Float[Tensor, "B 3 H W"]) -> Detections:
        """Say at each place whether a face is there.

        Args:
            picture: sRGB in [0, 1]; H and W multiples of 32.
        """
        raw = self.predict(picture)
        return Detections(raw.scores.sigmoid(), raw.boxes, raw.points)

    def predict(self, picture: Float[Tensor, "B 3 H W"]) -> Detections:
        """Do the same with log-odds for scores, which losses need.

        Args:
            picture: sRGB in [0, 1]; H and W multiples of 32.
        """
        maps = self.backbone(2.0 * picture - 1.0)
        levels, above = [], None
        for level in reversed(range(len(STRIDES))):
            fused = self.across[level](maps[level])
            if above is not None:
                fused = fused + functional.interpolate(above, scale_factor=2.0)
            above = functional.relu(fused)
            levels.append(_decoded(self.read[level](self.smooth[level](above)), STRIDES[level]))
        levels.reverse()
        return Detections(*(torch.cat(parts, dim=1) for parts in zip(*levels, strict=True)))


def places(grid: Float[Tensor, "h w"], stride: int) -> Float[Tensor, "K 2"]:
    """Return x and y of the places of one level, in pixels of the input, row by row.

    Args:
        grid: any tensor with one number per place; sums of ones, unlike ranges, keep an exported size free.
        stride: pixels from place to place.
    """
    ones = torch.ones_like(grid)
    return stride * torch.stack([ones.cumsum(1) - 0.5, ones.cumsum(0) - 0.5], dim=2).flatten(0, 1)


def _decoded(raw: Float[Tensor, "B 15 h w"], stride: int) -> Detections:
    """Turn one level's output into log-odds, boxes and points in pixels."""
    middle = places(raw[0, 0], stride)
    raw = raw.flatten(2).transpose(1, 2)
    distances = stride * raw[..., 1:5].clamp(max=LARGEST_LOG).exp()
    boxes = torch.cat([middle - distances[..., :2], middle + distances[..., 2:]], dim=-1)
    # In sides of the box, so that a face's points are the same numbers at any size.
    sides = distances[..., :2] + distances[..., 2:]
    points = middle[:, None] + raw[..., 5:].unflatten(-1, (POINTS, 2)) * sides[..., None, :]
    return Detections(raw[..., 0], boxes, points)


def _normalised(inputs: int, outputs: int, size: int) -> nn.Module:
    convolution = nn.Conv2d(inputs, outputs, size, padding=size // 2, bias=False)
    nn.init.kaiming_normal_(convolution.weight, mode="fan_out", nonlinearity="relu")
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs))
