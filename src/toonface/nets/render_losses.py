"""How far a rendered head is from a portrait: its colours, its points and its outline (the paper, section 3.1.2)."""

import torch
from jaxtyping import Float
from torch import Tensor


def photometric_loss(
    picture: Float[Tensor, "B C H W"], target: Float[Tensor, "B C H W"], mask: Float[Tensor, "B 1 H W"]
) -> Float[Tensor, ""]:
    """Compare colours: the mean length of their difference over the mask A_m (Eq. 5), and over the batch.

    Eq. 5 squares the difference. Its length, as in Deng et al. (2019), lets a few wrong pixels, such as a strand of
    hair on the forehead, pull less.

    Args:
        picture: rendered.
        target: the portrait, in the same colour space.
        mask: A_m, confidence at least 0 that a pixel shows the face: the parsed face, times the rendered mask without
            its gradient where there is no rendered background. A picture whose mask is zero counts as equal.
    """
    length = torch.linalg.vector_norm(picture - target, dim=1, keepdim=True)
    weight = mask.sum((1, 2, 3))
    return ((mask * length).sum((1, 2, 3)) / torch.where(weight > 0.0, weight, 1.0)).mean()


def landmark_loss(
    points_px: Float[Tensor, "B N 2"], target_px: Float[Tensor, "B N 2"], weights: Float[Tensor, "#B N"]
) -> Float[Tensor, ""]:
    """Compare projected landmarks: 1/N Σ_n ω_n |q_n - p_n|² (Eq. 4), averaged over the batch.

    Args:
        points_px: projected, pixels.
        target_px: as found in the portrait, pixels.
        weights: ω_n, at least 0; of all pictures, or of each.
    """
    return (weights * (points_px - target_px).square().sum(-1)).mean()


def mask_loss(
    mask: Float[Tensor, "B 1 H W"], target: Float[Tensor, "B 1 H W"], weight: Float[Tensor, "B 1 H W"]
) -> Float[Tensor, ""]:
    """Compare silhouettes: the mean squared difference of coverage over the weight, and over the batch.

    Its gradient lies on the rendered outline, and says outwards where the target is covered, inwards where it is not,
    however far the target's outline is.

    Args:
        mask: `Rendered.mask`.
        target: share of each pixel that the head covers, in [0, 1].
        weight: at least 0; 0 where the portrait does not tell, under hair or a collar. A picture whose weight is zero
            counts as equal.
    """
    total = weight.sum((1, 2, 3))
    error = (weight * (mask - target).square()).sum((1, 2, 3))
    return (error / torch.where(total > 0.0, total, 1.0)).mean()
