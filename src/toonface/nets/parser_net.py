"""The face parser: a detail branch that sees edges, a semantic branch that sees faces, and their guided aggregation.

The form is BiSeNet V2's, made to train on a processor core. Measured there, milliseconds for one picture forwards and
backwards: a gather-and-expansion layer of 64 channels at 40 px takes 19 to 27 with the paper's depthwise convolutions
six times as wide, and 10 with one dense convolution twice as wide; so the layers here are dense. Both branches end at
twice the paper's resolution, a quarter and a sixteenth of the picture: an eye is 14 x 5 px at half of it. The head
returns four sub-pixels for each pixel of the detail branch (Shi et al. 2016), as features at half the picture's size
are what costs most.

Source: Yu, Gao, Wang, Yu, Shen and Sang, BiSeNet V2: Bilateral Network with Guided Aggregation for Real-time Semantic
Segmentation, 2021, sections 4 and 5, Figures 3 to 6 and Table 1.
"""

from dataclasses import dataclass
from typing import TypeAlias

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn
from torch.nn import functional

from toonface.types import UNKNOWN_REGION, FaceRegion

CLASSES = len(FaceRegion)
SUB_PIXELS = 2
"""Across a pixel of the detail branch, each way."""
AGGREGATION = 4
"""How much finer the detail branch ends than the semantic one."""
EXPANSION = 2
"""How much wider a gather-and-expansion layer is inside."""
IGNORED = UNKNOWN_REGION
"""Label of a pixel that is not learnt from."""
SMALL_REGIONS = (
    *(FaceRegion.BROW_LEFT, FaceRegion.BROW_RIGHT, FaceRegion.EYE_LEFT, FaceRegion.EYE_RIGHT, FaceRegion.GLASSES),
    *(FaceRegion.EAR_LEFT, FaceRegion.EAR_RIGHT, FaceRegion.INNER_MOUTH, FaceRegion.LIP_UPPER, FaceRegion.LIP_LOWER),
)
"""Those whose pixels are too few to count in a mean over pixels."""
ABSENT = 40.0
"""Pixels that are added to an overlap, so that a region nobody in the batch has counts as found."""

Features: TypeAlias = Float[Tensor, "B C H W"]
Maps: TypeAlias = Float[Tensor, "B _ _ _"]
Logits: TypeAlias = Float[Tensor, "B 19 _ _"]


@dataclass(frozen=True, kw_only=True)
class Widths:
    """Channels of the network; `WIDTHS_DEFAULT` is what ships."""

    detail: tuple[int, int] = (8, 32)
    """Of the detail branch at 1/2 and 1/4 of the picture; the aggregation has the latter."""
    stem: int = 8
    """Of the semantic branch at 1/4; half of it at 1/2."""
    semantic: tuple[int, int] = (32, 96)
    """At 1/8 and 1/16."""
    layers: tuple[int, int] = (2, 4)
    """Gather-and-expansion layers at 1/8 and 1/16, at least 1."""
    head: int = 32
    """Between aggregation and logits."""

    def __post_init__(self) -> None:
        for name, numbers in vars(self).items():
            if min(numbers if isinstance(numbers, tuple) else (numbers,)) < 1:
                raise ValueError(f"{name} is {numbers}, expected at least 1")
        if self.stem % 4:
            raise ValueError(f"stem is {self.stem}, expected a multiple of 4")


WIDTHS_DEFAULT = Widths()


class StemBlock(nn.Module):
    """Two ways down to a quarter of the picture: a strided convolution and a pooling (Figure 4a).

    Args:
        outputs: channels, a multiple of 4.
    """

    def __init__(self, outputs: int) -> None:
        super().__init__()
        half = outputs // 2
        self.first = _convolution(3, half, stride=2)
        self.strided = nn.Sequential(_convolution(half, half // 2, size=1), _convolution(half // 2, half, stride=2))
        self.pooled = nn.MaxPool2d(3, stride=2, padding=1)
        self.fused = _convolution(outputs, outputs)

    def forward(self, picture: Float[Tensor, "B 3 H W"]) -> Maps:
        """Return features at a quarter of the size."""
        features = self.first(picture)
        return self.fused(torch.cat([self.strided(features), self.pooled(features)], dim=1))


class GatherExpansion(nn.Module):
    """A dense 3x3 convolution into more channels and a projection back, beside the identity (Figure 5).

    Args:
        inputs: channels.
        outputs: channels.
        stride: 1 or 2.
    """

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.branch = nn.Sequential(
            _convolution(inputs, EXPANSION * outputs, stride=stride), *_projection(EXPANSION * outputs, outputs)
        )
        self.shortcut = nn.Identity()
        if stride > 1 or inputs != outputs:
            self.shortcut = nn.Sequential(nn.AvgPool2d(stride), *_projection(inputs, outputs))

    def forward(self, features: Features) -> Maps:
        """Return features of `outputs` channels, at 1 / `stride` of the size."""
        return functional.relu(self.shortcut(features) + self.branch(features))


class ContextEmbedding(nn.Module):
    """The mean of the whole picture, added everywhere (Figure 4b).

    Args:
        channels: in and out.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        # No normalisation of the mean, which the paper has: a batch of one picture has no variance there.
        self.embed = nn.Sequential(nn.Conv2d(channels, channels, 1), nn.ReLU(inplace=True))
        self.fused = _convolution(channels, channels)

    def forward(self, features: Features) -> Features:
        """Return features of the same shape."""
        return self.fused(features + self.embed(features.mean(dim=(2, 3), keepdim=True)))


class GuidedAggregation(nn.Module):
    """Each branch gates the other, at both resolutions, and the two results are added (Figure 6).

    Args:
        detail: channels of the detail branch and of the result.
        semantic: channels of the semantic branch, four times as coarse.
    """

    def __init__(self, detail: int, semantic: int) -> None:
        super().__init__()
        self.detail_fine = nn.Sequential(*_depthwise(detail), nn.Conv2d(detail, detail, 1, bias=False))
        self.detail_coarse = nn.Sequential(
            nn.Conv2d(detail, detail, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(detail),
            nn.AvgPool2d(3, stride=2, padding=1),
        )
        self.semantic_fine = nn.Sequential(
            nn.Conv2d(semantic, detail, 3, padding=1, bias=False), nn.BatchNorm2d(detail)
        )
        self.semantic_coarse = nn.Sequential(*_depthwise(semantic), nn.Conv2d(semantic, detail, 1, bias=False))
        self.fused = _convolution(detail, detail)

    def forward(self, detail: Features, semantic: Float[Tensor, "B D _ _"]) -> Features:
        """Return features of the detail branch's shape.

        Args:
            detail: fine.
            semantic: coarse.
        """
        fine = self.detail_fine(detail) * _enlarged(self.semantic_fine(semantic)).sigmoid()
        coarse = self.detail_coarse(detail) * self.semantic_coarse(semantic).sigmoid()
        return self.fused(fine + _enlarged(coarse))


class ParserNet(nn.Module):
    """Tell the region of each pixel of an upright face.

    Args:
        widths: channels.
    """

    def __init__(self, widths: Widths = WIDTHS_DEFAULT) -> None:
        super().__init__()
        first, fine = widths.detail
        middle, deep = widths.semantic
        self.detail = nn.Sequential(
            _convolution(3, first, stride=2), _convolution(first, fine, stride=2), _convolution(fine, fine)
        )
        self.stem = StemBlock(widths.stem)
        self.middle = _stage(widths.stem, middle, widths.layers[0])
        self.deep = _stage(middle, deep, widths.layers[1])
        self.context = ContextEmbedding(deep)
        self.aggregation = GuidedAggregation(fine, deep)
        self.head = nn.Sequential(_convolution(fine, widths.head), nn.Conv2d(widths.head, CLASSES * SUB_PIXELS**2, 1))
        # Training needs them, the exported network does not have them (section 4.4).
        self.boosters = nn.ModuleList(
            nn.Sequential(_convolution(width, width), nn.Conv2d(width, CLASSES, 1)) for width in widths.semantic
        )
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, picture: Float[Tensor, "B 3 H W"]) -> Logits:
        """Return the logits of the 19 `FaceRegion`s at half the picture's size.

        Args:
            picture: sRGB in [0, 1]; H and W multiples of 16.
        """
        return self._logits(picture)[0]

    def with_auxiliary(self, picture: Float[Tensor, "B 3 H W"]) -> list[Logits]:
        """Return the logits at 1/2, and those of the auxiliary heads at 1/8 and 1/16, which the paper enlarges.

        Args:
            picture: as for `forward`.
        """
        logits, stages = self._logits(picture)
        return [logits, *(head(features) for head, features in zip(self.boosters, stages, strict=True))]

    def _logits(self, picture: Float[Tensor, "B 3 H W"]) -> tuple[Logits, list[Maps]]:
        centred = 4.0 * picture - 2.0
        middle = self.middle(self.stem(centred))
        deep = self.deep(middle)
        four = self.head(self.aggregation(self.detail(centred), self.context(deep)))
        # Losses are twice as fast when each region's logits lie together, also where the features do not.
        return functional.pixel_shuffle(four.contiguous(), SUB_PIXELS), [middle, deep]


def parser_net_loss(
    logits: list[Logits],
    regions: UInt8[Tensor, "B H W"],
    weights: Float[Tensor, "19"],
    *,
    dice_weight: float,
    auxiliary_weight: float,
) -> tuple[Float[Tensor, ""], dict[str, Float[Tensor, ""]]]:
    """Compare logits with the true regions; return the loss and its parts.

    A pixel of the logits is compared with all four pixels of the picture that it covers, so that half a pixel of lid
    is learnt as a half. Pixels of `IGNORED` count nowhere.

    Args:
        logits: from `ParserNet.with_auxiliary`.
        regions: `FaceRegion` or `IGNORED`, at the picture's size.
        weights: of a pixel in the cross-entropy, by region.
        dice_weight: of one minus the mean overlap of `SMALL_REGIONS`.
        auxiliary_weight: of each auxiliary head's cross-entropy.
    """
    four = torch.stack([regions[:, y::2, x::2] for y in (0, 1) for x in (0, 1)], dim=1)
    log_shares = functional.log_softmax(logits[0], dim=1)
    parts = {"entropy": _entropy(log_shares, four, weights), "overlap": _overlap(log_shares, four)}
    loss = parts["entropy"] + dice_weight * (1.0 - parts["overlap"])
    for coarse in logits[1:]:
        step = regions.shape[1] // coarse.shape[2]
        middle = regions[:, None, step // 2 :: step, step // 2 :: step]
        loss = loss + auxiliary_weight * _entropy(functional.log_softmax(coarse, dim=1), middle, weights)
    return loss, parts


def _entropy(log_shares: Logits, labels: UInt8[Tensor, "B N _ _"], weights: Float[Tensor, "19"]) -> Float[Tensor, ""]:
    """Return the weighted mean cross-entropy with several labels for each pixel."""
    index = torch.where(labels == IGNORED, 0, labels).long()
    counted = torch.where(labels == IGNORED, 0.0, weights[index])
    return -(log_shares.gather(1, index) * counted).sum() / counted.sum().clamp(min=1.0)


def _overlap(log_shares: Logits, four: UInt8[Tensor, "B 4 _ _"]) -> Float[Tensor, ""]:
    """Return the mean Dice coefficient of the small regions over the batch (Milletari, Navab and Ahmadi 2016).

    Its squares make a share of a half the best answer where half a pixel is covered.
    """
    known = 0.25 * (four != IGNORED).sum(1, dtype=torch.uint8)
    first = min(SMALL_REGIONS)
    # Taking regions one by one from the logits would have the gradient of all of them written once for each.
    shares = log_shares[:, first : max(SMALL_REGIONS) + 1].exp().unbind(1)
    overlaps = []
    for region in SMALL_REGIONS:
        share = (shares[region - first] * known).flatten()
        truth = 0.25 * (four == region).sum(1, dtype=torch.uint8).flatten()
        overlaps.append((2.0 * share.dot(truth) + ABSENT) / (share.dot(share) + truth.dot(truth) + ABSENT))
    return torch.stack(overlaps).mean()


def _stage(inputs: int, outputs: int, layers: int) -> nn.Sequential:
    further = [GatherExpansion(outputs, outputs) for _ in range(layers - 1)]
    return nn.Sequential(GatherExpansion(inputs, outputs, stride=2), *further)


def _convolution(inputs: int, outputs: int, *, size: int = 3, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride=stride, padding=size // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


def _projection(inputs: int, outputs: int) -> tuple[nn.Module, nn.Module]:
    return nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs)


def _depthwise(channels: int) -> tuple[nn.Module, nn.Module]:
    return nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False), nn.BatchNorm2d(channels)


def _enlarged(features: Features) -> Float[Tensor, "B C _ _"]:
    return functional.interpolate(features, scale_factor=AGGREGATION, mode="bilinear", align_corners=False)
