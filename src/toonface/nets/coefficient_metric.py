"""How far heads lie apart, from their coefficients alone: no head is evaluated, so it costs next to nothing.

Shapes are linear in their coefficients, and the mean square of a linear displacement is a quadratic form of them.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from toonface.nets.coarse_net import Coefficients
from toonface.nets.shading import rotations_about

SMALLEST = 1e-8
"""Under roots, so that they have a gradient at the truth: squared millimetres, or squared radians."""
SOFT_WEIGHT = 0.5
"""Errors of weights below it count by their square: rare shapes would otherwise be learnt as their median, nought."""


class CoefficientMetric(nn.Module):
    """Distances between heads, by kind of coefficient.

    Args:
        identity_basis: A_id on the points that count, millimetres.
        expression_basis: A_exp on the same points, millimetres.
        albedo_basis: A_tex, sRGB.
    """

    identity: Tensor
    expression: Tensor
    texture: Tensor

    def __init__(
        self,
        identity_basis: Float[Tensor, "80 N 3"],
        expression_basis: Float[Tensor, "64 N 3"],
        albedo_basis: Float[Tensor, "80 M 3"],
    ) -> None:
        super().__init__()
        for name, basis in (("identity", identity_basis), ("expression", expression_basis), ("texture", albedo_basis)):
            flat = basis.flatten(1)
            self.register_buffer(name, flat @ flat.mT / basis.shape[1], persistent=False)

    def forward(self, found: Coefficients, true: Coefficients) -> dict[str, Float[Tensor, " B"]]:
        """Return the distances of each head.

        `identity_mm`, `expression_mm` and `albedo` are root mean squares over points; `weights` is the mean soft error
        of a weight, `light` the mean error of a coefficient, `rotation` an angle in radians, nearly, and `placed_px`
        how far the head's origin is off in the picture.

        Args:
            found: coefficients.
            true: likewise.
        """
        turned = rotations_about(found.pose[:, :3]) - rotations_about(true.pose[:, :3])
        origin = [pose[:, 3:5] * pose[:, 5:].exp() for pose in (found.pose, true.pose)]
        apart = (found.expression - true.expression).abs()
        soft = torch.where(apart < SOFT_WEIGHT, apart.square() / SOFT_WEIGHT, 2.0 * apart - SOFT_WEIGHT)
        return {
            "identity_mm": _root(found.identity - true.identity, self.identity),
            "expression_mm": _root(found.expression - true.expression, self.expression),
            "albedo": _root(found.texture - true.texture, self.texture),
            "weights": soft.mean(1),
            "light": (found.light - true.light).abs().mean(1),
            "rotation": (0.5 * turned.square().sum((1, 2)) + SMALLEST).sqrt(),
            "placed_px": (origin[0] - origin[1]).norm(dim=1),
        }


def _root(apart: Float[Tensor, "B K"], gram: Float[Tensor, "K K"]) -> Float[Tensor, " B"]:
    return ((apart @ gram * apart).sum(1) + SMALLEST).sqrt()
