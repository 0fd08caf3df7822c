"""Residual networks as backbones: ResNet-50, and a narrow one that is cheap on a processor core.

Both return the maps of their four stages, so that a head may use the last one alone or several. Pictures come in as
they are; whoever uses a backbone centres them first. The last normalisation of each branch starts at zero, so that an
untrained block passes its input on (Goyal et al. 2017, section 5.1).

Source: He, Zhang, Ren and Sun, Deep Residual Learning for Image Recognition, 2016, Figures 2 and 5 and Table 1.
"""

from typing import TypeAlias

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

Maps: TypeAlias = list[Float[Tensor, "B _ _ _"]]
"""Of strides 4, 8, 16 and 32."""

STAGES = 4
EXPANSION = 4
"""How much wider a bottleneck's output is than its 3x3 convolution."""


class BasicBlock(nn.Module):
    """Two 3x3 convolutions beside the identity (Figure 5, left).

    Args:
        inputs: channels.
        outputs: channels.
        stride: 1 or 2.
    """

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.shortcut = _shortcut(inputs, outputs, stride)
        self.branch = nn.Sequential(
            *_convolution(inputs, outputs, size=3, stride=stride),
            nn.ReLU(inplace=True),
            *_convolution(outputs, outputs, size=3),
        )
        _start_as_identity(self.branch)

    def forward(self, features: Float[Tensor, "B C H W"]) -> Float[Tensor, "B _ _ _"]:
        """Return features of `outputs` channels, at 1 / `stride` of the size."""
        return functional.relu(self.shortcut(features) + self.branch(features))


class Bottleneck(nn.Module):
    """1x1, 3x3 and 1x1 convolutions beside the identity (Figure 5, right).

    The stride is that of the 3x3 convolution, as in most implementations since: in the paper the first 1x1
    convolution has it, and three quarters of its input are not looked at.

    Args:
        inputs: channels.
        width: channels of the 3x3 convolution; four times as many come out.
        stride: 1 or 2.
    """

    def __init__(self, inputs: int, width: int, stride: int = 1) -> None:
        super().__init__()
        self.shortcut = _shortcut(inputs, EXPANSION * width, stride)
        self.branch = nn.Sequential(
            *_convolution(inputs, width, size=1),
            nn.ReLU(inplace=True),
            *_convolution(width, width, size=3, stride=stride),
            nn.ReLU(inplace=True),
            *_convolution(width, EXPANSION * width, size=1),
        )
        _start_as_identity(self.branch)

    def forward(self, features: Float[Tensor, "B C H W"]) -> Float[Tensor, "B _ _ _"]:
        """Return features of 4 * `width` channels, at 1 / `stride` of the size."""
        return functional.relu(self.shortcut(features) + self.branch(features))


class ResNet(nn.Module):
    """A stem of stride 4 and four stages of residual blocks.

    Args:
        stem: from pictures to features at a quarter of the size.
        stages: each at half the size of the one before, the first at the stem's.
        widths: channels that each stage returns.
    """

    def __init__(self, stem: nn.Module, stages: list[nn.Module], widths: tuple[int, ...]) -> None:
        super().__init__()
        self.stem, self.stages, self.widths = stem, nn.ModuleList(stages), widths
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, picture: Float[Tensor, "B 3 H W"]) -> Maps:
        """Return the four stages' maps, at strides 4, 8, 16 and 32.

        Args:
            picture: centred colours; H and W at least 32.
        """
        features, maps = self.stem(picture), []
        for stage in self.stages:
            features = stage(features)
            maps.append(features)
        return maps


def resnet50() -> ResNet:
    """Build ResNet-50 without its classifier (Table 1); maps of 256, 512, 1024 and 2048 channels."""
    stem = nn.Sequential(
        *_convolution(3, 64, size=7, stride=2),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(3, stride=2, padding=1),
    )
    stages, inputs = [], 64
    for width, count, stride in zip((64, 128, 256, 512), (3, 4, 6, 3), (1, 2, 2, 2), strict=True):
        further = [Bottleneck(EXPANSION * width, width) for _ in range(count - 1)]
        stages.append(nn.Sequential(Bottleneck(inputs, width, stride), *further))
        inputs = EXPANSION * width
    return ResNet(stem, stages, (256, 512, 1024, 2048))


def narrow_resnet(widths: tuple[int, ...] = (24, 64, 128, 256), blocks: tuple[int, ...] = (1, 2, 2, 2)) -> ResNet:
    """Build a ResNet of few channels: a 7x7 convolution of stride 4, then basic blocks; it looks at no full-size map.

    Args:
        widths: channels of the four stages; the stem has as many as the first.
        blocks: how many blocks each stage has, at least 1.

    Raises:
        ValueError: there are not four positive numbers of each.
    """
    for name, numbers in (("widths", widths), ("blocks", blocks)):
        if len(numbers) != STAGES or min(numbers) < 1:
            raise ValueError(f"{name} is {numbers}, expected {STAGES} numbers of at least 1")
    stem = nn.Sequential(*_convolution(3, widths[0], size=7, stride=4), nn.ReLU(inplace=True))
    stages, inputs = [], widths[0]
    for width, count, stride in zip(widths, blocks, (1, 2, 2, 2), strict=True):
        further = [BasicBlock(width, width) for _ in range(count - 1)]
        stages.append(nn.Sequential(BasicBlock(inputs, width, stride), *further))
        inputs = width
    return ResNet(stem, stages, widths)


def _convolution(inputs: int, outputs: int, *, size: int, stride: int = 1) -> tuple[nn.Conv2d, nn.BatchNorm2d]:
    convolution = nn.Conv2d(inputs, outputs, size, stride=stride, padding=size // 2, bias=False)
    return convolution, nn.BatchNorm2d(outputs)


def _shortcut(inputs: int, outputs: int, stride: int) -> nn.Module:
    """Return the identity, or a 1x1 convolution where the shape changes (option B of section 4.1)."""
    if inputs == outputs and stride == 1:
        return nn.Identity()
    return nn.Sequential(*_convolution(inputs, outputs, size=1, stride=stride))


def _start_as_identity(branch: nn.Sequential) -> None:
    nn.init.zeros_(branch[-1].get_parameter("weight"))
