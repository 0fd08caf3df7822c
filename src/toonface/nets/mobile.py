"""A backbone for live use: fused blocks while maps are large, inverted residuals once they are small.

A depthwise convolution saves arithmetic and not memory traffic. On one core, forwards and backwards at equal width, a
fused block of expansion 2 took 70 ms per 32 maps of 32x32x24 and an inverted residual of expansion 4 took 167 ms; at
8x8x96 they took 34 and 25 ms. So the first two stages are dense, the last two depthwise (as in Tan and Le 2021).

ReLU6 instead of hard-swish: it becomes a part of the convolution before it, in float as in int8, and its range is known
to a quantiser; hard-swish is three operators. No squeeze-and-excitation: its global mean and its product run outside
the fused convolutions, and in int8 they cost a scale each.

Sources: Sandler et al., MobileNetV2, 2018 (inverted residuals, linear bottlenecks, ReLU6); Howard et al., Searching for
MobileNetV3, 2019; Tan and Le, EfficientNetV2, 2021 (fused blocks).
"""

from typing import TypeAlias

from jaxtyping import Float
from torch import Tensor, nn

Maps: TypeAlias = list[Float[Tensor, "B _ _ _"]]
"""Of strides 4, 8, 16 and 32."""

STAGES = 4
FUSED_STAGES = 2
"""How many stages, from the first, have fused blocks."""
FUSED_EXPANSION, EXPANSION = 2, 4
"""How much wider a block is inside: fused ones, inverted residuals."""


class FusedBlock(nn.Module):
    """Widening 3x3 and linear 1x1 convolution, beside the identity where the shape stays (EfficientNetV2, Figure 2).

    Args:
        inputs: channels.
        outputs: channels.
        stride: 1 or 2.
    """

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        width = FUSED_EXPANSION * inputs
        self.branch = nn.Sequential(
            *_convolution(inputs, width, size=3, stride=stride),
            nn.ReLU6(inplace=True),
            *_convolution(width, outputs, size=1),
        )
        self.residual = _start_as_identity(self.branch, inputs == outputs and stride == 1)

    def forward(self, features: Float[Tensor, "B C H W"]) -> Float[Tensor, "B _ _ _"]:
        """Return features of `outputs` channels, at 1 / `stride` of the size."""
        return features + self.branch(features) if self.residual else self.branch(features)


class InvertedResidual(nn.Module):
    """1x1 widening, 3x3 depthwise, linear 1x1, beside the identity where the shape stays (MobileNetV2, Figure 4d).

    Args:
        inputs: channels.
        outputs: channels.
        stride: 1 or 2.
    """

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        width = EXPANSION * inputs
        self.branch = nn.Sequential(
            *_convolution(inputs, width, size=1),
            nn.ReLU6(inplace=True),
            *_convolution(width, width, size=3, stride=stride, groups=width),
            nn.ReLU6(inplace=True),
            *_convolution(width, outputs, size=1),
        )
        self.residual = _start_as_identity(self.branch, inputs == outputs and stride == 1)

    def forward(self, features: Float[Tensor, "B C H W"]) -> Float[Tensor, "B _ _ _"]:
        """Return features of `outputs` channels, at 1 / `stride` of the size."""
        return features + self.branch(features) if self.residual else self.branch(features)


class MobileNet(nn.Module):
    """A stem of stride 2 and four stages, each at half the size of the one before.

    Args:
        widths: channels of the four stages; the stem has half of the first.
        blocks: how many blocks each stage has, at least 1.

    Raises:
        ValueError: there are not four positive numbers of each, or the first width is 1.
    """

    def __init__(self, widths: tuple[int, ...] = (24, 48, 96, 160), blocks: tuple[int, ...] = (2, 3, 4, 3)) -> None:
        super().__init__()
        for name, numbers in (("widths", widths), ("blocks", blocks)):
            if len(numbers) != STAGES or min(numbers) < 1:
                raise ValueError(f"{name} is {numbers}, expected {STAGES} numbers of at least 1")
        if widths[0] < 2:
            raise ValueError(f"the first width is {widths[0]}, expected at least 2")
        self.widths = widths
        self.stem = nn.Sequential(*_convolution(3, widths[0] // 2, size=3, stride=2), nn.ReLU6(inplace=True))
        stages, inputs = [], widths[0] // 2
        for stage, (width, count) in enumerate(zip(widths, blocks, strict=True)):
            block = FusedBlock if stage < FUSED_STAGES else InvertedResidual
            stages.append(nn.Sequential(block(inputs, width, 2), *(block(width, width) for _ in range(count - 1))))
            inputs = width
        self.stages = nn.ModuleList(stages)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, picture: Float[Tensor, "B 3 H W"]) -> Maps:
        """Return the four stages' maps, at strides 4, 8, 16 and 32.

        Args:
            picture: centred colours; H and W multiples of 32.
        """
        features, maps = self.stem(picture), []
        for stage in self.stages:
            features = stage(features)
            maps.append(features)
        return maps


def _convolution(
    inputs: int, outputs: int, *, size: int, stride: int = 1, groups: int = 1
) -> tuple[nn.Conv2d, nn.BatchNorm2d]:
    convolution = nn.Conv2d(inputs, outputs, size, stride=stride, padding=size // 2, groups=groups, bias=False)
    return convolution, nn.BatchNorm2d(outputs)


def _start_as_identity(branch: nn.Sequential, residual: bool) -> bool:
    """Make an untrained residual block pass its input on (Goyal et al. 2017, section 5.1); return `residual`."""
    if residual:
        nn.init.zeros_(branch[-1].get_parameter("weight"))
    return residual
