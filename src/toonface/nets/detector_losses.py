"""What the face detector is told: which places of its grids should have found which face, and how far off they are.

A place is asked for a face if it lies in the middle of one whose size fits its level.

Sources: Tian et al., FCOS, 2019, section 3 (which place is asked for what); Lin et al., Focal Loss, 2017, Eq. 5;
Rezatofighi et al., Generalized Intersection over Union, 2019, Algorithm 1.
"""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn import functional

from toonface.nets.detector_net import STRIDES, Detections, places

LEVEL_SIZES_PX = ((0.0, 64.0), (44.0, 150.0), (110.0, float("inf")))
"""Larger sides of the boxes that each level is for. They overlap, so that no size falls between two."""
MIDDLE = 0.17
"""A place is asked for a face if it is nearer to the middle of its box than this, in sides, each way ..."""
MIDDLE_STRIDES = 0.75
"""... or than this, in strides, so that every face has a place."""
RING = 0.33
"""Further out up to here, in sides, no score is wrong."""
FOCUS, FACE_WEIGHT = 2.0, 0.25
"""The exponent and the weight of places with a face in the focal loss."""


class Grid(NamedTuple):
    """The K places of all levels, in the order of the network's output."""

    places_px: Float[Tensor, "K 2"]
    strides: Float[Tensor, " K"]
    sizes_px: Float[Tensor, "K 2"]
    """Smallest and largest face of each place's level."""

    @classmethod
    def of(cls, size: int, device: torch.device) -> "Grid":
        """Lay the grid over a square picture.

        Args:
            size: its side, a multiple of 32.
            device: where to.
        """
        levels = [places(torch.ones(size // stride, size // stride), stride) for stride in STRIDES]
        counts = torch.tensor([len(level) for level in levels])
        strides = torch.tensor(STRIDES, dtype=torch.float32).repeat_interleave(counts)
        sizes = torch.tensor(LEVEL_SIZES_PX).repeat_interleave(counts, dim=0)
        return cls(torch.cat(levels).to(device), strides.to(device), sizes.to(device))


class Asked(NamedTuple):
    """What each place of each picture is asked."""

    face: Int[Tensor, "B K"]
    """Row of the face that it should describe, where there is one."""
    positive: Bool[Tensor, "B K"]
    """Whether there is one."""
    spared: Bool[Tensor, "B K"]
    """Whether any score is right."""


def ask(faces: Float[Tensor, "B M 15"], grid: Grid) -> Asked:
    """Decide which places should find which faces.

    Args:
        faces: rows of: 1 for a face, −1 for one that nobody is asked for, 0 for none; box; five points; in pixels.
        grid: over pictures of that size.
    """
    low, high = faces[:, None, :, 1:3], faces[:, None, :, 3:5]
    sides = (high - low).clamp(min=1.0)
    away_px = (grid.places_px[:, None] - 0.5 * (low + high)).abs()
    larger = sides.amax(dim=-1)
    away = (away_px / sides).amax(dim=-1)
    fits = (larger >= grid.sizes_px[:, :1]) & (larger <= grid.sizes_px[:, 1:])
    inside = (away < MIDDLE) | (away_px.amax(dim=-1) < MIDDLE_STRIDES * grid.strides[:, None])
    counts = faces[:, None, :, 0]
    wanted = (counts > 0.0) & fits & inside
    nearest = away.masked_fill(~wanted, float("inf")).min(dim=-1)
    positive = nearest.values.isfinite()
    ring = (counts > 0.0) & fits & (away < RING)
    unsure = (counts < 0.0) & (away < 0.5)
    return Asked(nearest.indices, positive, (ring | unsure).any(dim=-1) & ~positive)


class Losses(NamedTuple):
    """What the network is told; each a mean over the places that have a face."""

    scores: Float[Tensor, ""]
    boxes: Float[Tensor, ""]
    points: Float[Tensor, ""]
    """Mean distance along an axis, in mean sides of the box."""


def detector_losses(found: Detections, faces: Float[Tensor, "B M 15"], grid: Grid) -> Losses:
    """Compare what was found with the truth.

    Args:
        found: of `DetectorNet.predict`: log-odds, boxes, points.
        faces: rows of: 1 for a face, −1 for one that nobody is asked for, 0 for none; box; five points; in pixels.
        grid: over pictures of that size.
    """
    asked = ask(faces, grid)
    count = asked.positive.sum().clamp(min=1)
    focal = focal_loss(found.scores, asked.positive)
    truth = faces.gather(1, asked.face[..., None].expand(-1, -1, faces.shape[-1]))[asked.positive]
    boxes, points = truth[:, 1:5], truth[:, 5:].unflatten(-1, (-1, 2))
    side = (boxes[:, 2:] - boxes[:, :2]).mean(dim=1)
    distances = (found.points[asked.positive] - points).abs().mean(dim=(1, 2)) / side
    return Losses(
        focal.masked_fill(asked.spared, 0.0).sum() / count,
        (1.0 - generalised_overlap(found.boxes[asked.positive], boxes)).sum() / count,
        distances.sum() / count,
    )


def focal_loss(logits: Float[Tensor, "*B"], positive: Bool[Tensor, "*B"]) -> Float[Tensor, "*B"]:
    """Compute the cross-entropy of each place, less where it is right already.

    Args:
        logits: log-odds of a face.
        positive: whether there is one.
    """
    truth = positive.to(logits)
    entropy = functional.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    miss = (logits.sigmoid() - truth).abs()
    return torch.where(positive, FACE_WEIGHT, 1.0 - FACE_WEIGHT) * miss**FOCUS * entropy


def generalised_overlap(first: Float[Tensor, "N 4"], second: Float[Tensor, "N 4"]) -> Float[Tensor, " N"]:
    """Compute intersection over union, less the share of the hull that neither covers; in (−1, 1].

    Args:
        first: left, top, right, bottom, with an area.
        second: likewise.
    """
    common = (torch.minimum(first[:, 2:], second[:, 2:]) - torch.maximum(first[:, :2], second[:, :2])).clamp(min=0.0)
    hull = torch.maximum(first[:, 2:], second[:, 2:]) - torch.minimum(first[:, :2], second[:, :2])
    both = common.prod(dim=1)
    union = (first[:, 2:] - first[:, :2]).prod(dim=1) + (second[:, 2:] - second[:, :2]).prod(dim=1) - both
    area = hull.prod(dim=1)
    return both / union - (area - union) / area
