"""Adaptive augmentation: what the discriminator sees is changed at random, as often as keeps it from learning by heart.

A modest part of the paper's set: mirroring, shifts by whole pixels, size, brightness, contrast and saturation.
Everything is differentiable once, so that the generator learns through it.

Source: Karras et al., Training Generative Adversarial Networks with Limited Data, 2020, section 2 and appendix B.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional

LUMA = (0.299, 0.587, 0.114)
FARTHEST = 0.125
"""Of a shift, in sides of the picture."""
ZOOM, BRIGHTNESS, CONTRAST, SATURATION = 0.2, 0.2, 0.35, 0.7
"""Standard deviations: of the logarithm of the size, of what is added, and of the logarithms of two factors."""


def augment(pictures: Float[Tensor, "B 3 H W"], probability: float) -> Float[Tensor, "B 3 H W"]:
    """Change each picture at random; each change comes with the same probability, and with 0 none does.

    Args:
        pictures: in [-1, 1].
        probability: of each change, in [0, 1].
    """
    if probability <= 0.0:
        return pictures
    return recoloured(moved(pictures, probability), probability)


def moved(pictures: Float[Tensor, "B 3 H W"], probability: float) -> Float[Tensor, "B 3 H W"]:
    """Mirror, shift and resize pictures at random; beyond its edge a picture is mirrored.

    Args:
        pictures: any square ones.
        probability: of each change.
    """
    count, size = len(pictures), pictures.shape[3]
    mirrored = _chosen(pictures, probability * 0.5).to(pictures.dtype)
    zoom = torch.where(_chosen(pictures, probability), (ZOOM * _normal(pictures)).exp(), torch.ones_like(mirrored))
    shift = (torch.rand(count, 2, device=pictures.device) * 2.0 - 1.0) * FARTHEST * size
    shift = torch.where(_chosen(pictures, probability)[:, None], shift.round(), torch.zeros_like(shift))
    across = zoom * (1.0 - 2.0 * mirrored)
    turn = torch.zeros(count, 2, 3, dtype=pictures.dtype, device=pictures.device)
    turn[:, 0, 0], turn[:, 1, 1] = across, zoom
    turn[:, :, 2] = 2.0 * shift / size
    grid = functional.affine_grid(turn, list(pictures.shape), align_corners=False)
    return functional.grid_sample(pictures, grid, padding_mode="reflection", align_corners=False)


def recoloured(pictures: Float[Tensor, "B 3 H W"], probability: float) -> Float[Tensor, "B 3 H W"]:
    """Change brightness, contrast and saturation at random.

    Args:
        pictures: in [-1, 1].
        probability: of each change.
    """
    one = torch.ones(len(pictures), device=pictures.device)
    added = torch.where(_chosen(pictures, probability), BRIGHTNESS * _normal(pictures), 0.0 * one)
    contrast = torch.where(_chosen(pictures, probability), (CONTRAST * _normal(pictures)).exp(), one)
    colour = torch.where(_chosen(pictures, probability), (SATURATION * _normal(pictures)).exp(), one)
    out = pictures * contrast[:, None, None, None] + added[:, None, None, None]
    luma = torch.tensor(LUMA, dtype=out.dtype, device=out.device).view(1, 3, 1, 1)
    grey = (luma * out).sum(dim=1, keepdim=True)
    return grey + colour[:, None, None, None] * (out - grey)


@dataclass(kw_only=True)
class Adaptive:
    """The probability of augmentation, which follows how sure the discriminator is of real pictures."""

    images: float
    """Real pictures over which the probability may rise from 0 to 1."""
    target: float = 0.6
    """Mean sign of the scores of real pictures that is aimed at; 0 is a discriminator that guesses."""
    probability: float = 0.0
    """In [0, 1]."""

    def follow(self, scores: Float[Tensor, " B"]) -> None:
        """Raise or lower the probability by the scores of real pictures.

        Args:
            scores: of one batch.
        """
        if self.images <= 0.0:
            return
        sure = float(scores.sign().mean()) > self.target
        change = len(scores) / self.images
        self.probability = min(max(self.probability + (change if sure else -change), 0.0), 1.0)


def _chosen(pictures: Float[Tensor, "B 3 H W"], probability: float) -> Bool[Tensor, " B"]:
    return torch.rand(len(pictures), device=pictures.device) < probability


def _normal(pictures: Float[Tensor, "B 3 H W"]) -> Float[Tensor, " B"]:
    return torch.randn(len(pictures), device=pictures.device)
