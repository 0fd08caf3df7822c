"""What a stylizer is told: by true cartoons and true offsets of scenes, and by landmarks of real portraits."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional

from toonface.nets.stylizer_net import Stylized, warp_by

Pictures = Float[Tensor, "B 3 H W"]
Maps = list[Tensor]

ERROR_SCALE = 0.004
"""Sides of the picture: an offset that is wrong by so much, a pixel, costs about as much as a wrong colour."""
GUESSED = 0.15
"""Weight of offsets that are guessed from around."""
TONE_FREE = 0.04
"""Mean change of a patch's colour that costs nothing on a real portrait."""
WINDOW = 0.125
"""Of the picture, along each side, where colours of scenes are not compared: a face rarely reaches there, and the time
goes into more pictures."""
PATCH = 32
"""Pixels across such a patch."""


class Truth(NamedTuple):
    """Of scenes, for every style."""

    cartoons: Float[Tensor, "B K 3 H W"]
    face: Bool[Tensor, "B K H W"]
    """What a style repaints."""
    offset: Float[Tensor, "B K 2 h w"]
    known: Float[Tensor, "B K h w"]


def cartoon_of(smooth: Pictures, answer: Stylized) -> tuple[Float[Tensor, "B K 3 H W"], Float[Tensor, "B K 3 H W"]]:
    """Return the cartoons, and the warped portraits in them.

    Args:
        smooth: portraits without pores.
        answer: of the network.
    """
    batch, styles = answer.offset.shape[:2]
    repeated = smooth[:, None].expand(-1, styles, -1, -1, -1).flatten(0, 1)
    warped = warp_by(repeated, answer.offset.flatten(0, 1)).unflatten(0, (batch, styles))
    return warped + answer.residual, warped


def scene_losses(
    smooth: Pictures, answer: Stylized, truth: Truth, features: Callable[[Tensor], Maps]
) -> dict[str, Float[Tensor, ""]]:
    """Compare an answer with the true cartoons and offsets.

    Args:
        smooth: portraits without pores.
        answer: of the network.
        truth: of the same scenes.
        features: maps of a picture, of a frozen network.
    """
    middle = _middle(smooth.shape[3])
    cartoon = cartoon_of(smooth, answer)[0][..., middle, middle]
    face, drawn = truth.face[:, :, None, middle, middle].float(), truth.cartoons[..., middle, middle]
    area = face.mean().clamp(min=1e-3) * 3.0
    wanted = face * drawn + (1.0 - face) * cartoon.detach()
    flat, flat_wanted = cartoon.flatten(0, 1), wanted.flatten(0, 1)
    with torch.no_grad():
        theirs = features(flat_wanted)
    likeness = [functional.l1_loss(mine, other) for mine, other in zip(features(flat), theirs, strict=True)]
    weight = GUESSED + (1.0 - GUESSED) * truth.known
    error = (answer.offset - truth.offset).abs().sum(dim=2)
    return {
        "colour": (face * (cartoon - drawn).abs()).mean() * 3.0 / area,
        "edges": _edge_difference(flat, flat_wanted) / area,
        "features": torch.stack(likeness).sum() / area,
        "offset": (weight * error).mean() / ERROR_SCALE / weight.mean(),
        "sureness": (weight * (error.detach() / answer.scale + 2.0 * answer.scale.log())).mean(),
        "bend": _gradients(answer.offset - truth.offset) / ERROR_SCALE,
        "outside": ((~truth.face[:, :, None]) * answer.residual.abs()).mean(),
    }


def portrait_losses(
    answer: Stylized,
    styled_points: Float[Tensor, "B K 68 2"],
    points: Float[Tensor, "B 68 2"],
    face: Float[Tensor, "B 1 H W"],
) -> dict[str, Float[Tensor, ""]]:
    """Tell what is known of a real portrait, of which there is no cartoon.

    Args:
        answer: of the network.
        styled_points: where each style puts the landmarks, in sides of the picture.
        points: where they are.
        face: 1 where a style repaints, of the portrait itself.
    """
    offset = answer.offset.flatten(0, 1)
    places = 2.0 * styled_points.flatten(0, 1)[:, :, None] - 1.0
    found = functional.grid_sample(offset, places, padding_mode="border", align_corners=False)[..., 0]
    wanted = (points[:, None] - styled_points).flatten(0, 1).transpose(1, 2)
    inside = (places[..., 0, :].abs() < 1.0).all(dim=2).float()
    distance = (found - wanted).abs().sum(dim=1)
    patches = functional.avg_pool2d(answer.residual.flatten(0, 1), PATCH)
    bare = functional.avg_pool2d(face, PATCH)[:, None].expand(-1, answer.residual.shape[1], -1, -1, -1).flatten(0, 1)
    return {
        "real_points": (inside * distance).sum() / inside.sum().clamp(min=1.0) / ERROR_SCALE,
        "real_tone": (bare * functional.relu(patches.abs() - TONE_FREE)).mean(),
        "real_outside": ((1.0 - face)[:, None] * answer.residual.abs()).mean(),
    }


def _middle(size: int) -> slice:
    border = round(WINDOW * size)
    return slice(border, size - border)


def _edge_difference(mine: Pictures, other: Pictures) -> Float[Tensor, ""]:
    difference = mine - other
    across, down = difference[..., 1:] - difference[..., :-1], difference[..., 1:, :] - difference[..., :-1, :]
    return across.abs().mean() + down.abs().mean()


def _gradients(field: Float[Tensor, "B K 2 h w"]) -> Float[Tensor, ""]:
    across, down = field[..., 1:] - field[..., :-1], field[..., 1:, :] - field[..., :-1, :]
    return across.abs().mean() + down.abs().mean()
