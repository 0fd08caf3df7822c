"""68 points of a face with their uncertainty: heat maps at an eighth of the resolution, read by their expectation."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from toonface.nets.colours import centred
from toonface.nets.resnet import narrow_resnet

LANDMARKS = 68
STRIDE = 8
"""Pixels of the crop per cell of the heat maps."""
SMALLEST_SIGMA_PX = 0.2
HEAT_SIGMA_CELLS = 1.0
"""Width of the heat that is asked for around the true point."""


class Seen(NamedTuple):
    """What a landmark network finds in a crop, for heads that tell something else from it."""

    points_px: Float[Tensor, "B 68 2"]
    """In pixels of the crop."""
    sigma_px: Float[Tensor, "B 68"]
    """Scales of their errors."""
    around: Float[Tensor, "B 68 N"]
    """Features of stride 8, averaged over the heat of each point."""
    whole: Float[Tensor, "B _ _ _"]
    """The trunk's last map, of stride 32."""


class LandmarkSight(nn.Module):
    """A narrow residual trunk, a top-down path to stride 8, and four numbers per point and cell.

    The numbers are the heat of the cell, how far the point lies from its middle, and the logarithm of the error to
    expect there. Points are expectations over the heat (Sun et al. 2018, "Integral human pose regression"), which
    gives fractions of a cell; the offsets let points lie beyond the crop.
    """

    def __init__(self, widths: tuple[int, int, int, int] = (32, 64, 128, 256), neck: int = 64) -> None:
        super().__init__()
        self.trunk = narrow_resnet(widths=widths, blocks=(1, 2, 2, 2))
        self.lateral = nn.ModuleList(nn.Conv2d(width, neck, 1) for width in widths[1:])
        self.mix = nn.ModuleList(_convolution(neck, neck) for _ in range(2))
        self.numbers = nn.Conv2d(neck, 4 * LANDMARKS, 1)
        nn.init.normal_(self.numbers.weight, std=0.01)
        assert self.numbers.bias is not None
        nn.init.zeros_(self.numbers.bias)

    def maps(self, picture: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B 4 68 h w"]:
        """Return heat, offsets to the right and downwards in cells, and logarithms of the error, of each cell.

        Args:
            picture: sRGB in [0, 1]; sides are multiples of 32.
        """
        return self.numbers_of(self.features(picture)[0])

    def features(self, picture: Float[Tensor, "B 3 H W"]) -> tuple[Float[Tensor, "B N h w"], Float[Tensor, "B _ _ _"]]:
        """Return the features of stride 8 that the maps are read from, and the trunk's last map.

        Args:
            picture: sRGB in [0, 1]; sides are multiples of 32.
        """
        _, fine, middle, coarse = self.trunk(centred(picture))
        lateral_fine, lateral_middle, lateral_coarse = self.lateral
        mix_middle, mix_fine = self.mix
        flow = mix_middle(lateral_middle(middle) + _twice(lateral_coarse(coarse)))
        return mix_fine(lateral_fine(fine) + _twice(flow)), coarse

    def see(self, picture: Float[Tensor, "B 3 H W"]) -> Seen:
        """Return the points, what lies around them, and the whole.

        Args:
            picture: sRGB in [0, 1]; sides are multiples of 32.
        """
        features, whole = self.features(picture)
        maps = self.numbers_of(features)
        share = maps[:, 0].flatten(2).softmax(-1)
        return Seen(*read_maps(maps), share @ features.flatten(2).transpose(1, 2), whole)

    @torch.no_grad()
    def see_as_before(self, picture: Float[Tensor, "B 3 H W"]) -> Seen:
        """Return the same without learning from it; normalisations do not learn either.

        Args:
            picture: as for `see`.
        """
        training = self.training
        self.eval()
        seen = self.see(picture)
        self.train(training)
        return seen

    def numbers_of(self, features: Float[Tensor, "B N h w"]) -> Float[Tensor, "B 4 68 h w"]:
        """Return the maps of features.

        Args:
            features: of stride 8.
        """
        numbers = self.numbers(features)
        return numbers.reshape(numbers.shape[0], 4, LANDMARKS, *numbers.shape[2:])


class LandmarkNet(LandmarkSight):
    """The landmark network: sight, and what it says."""

    def forward(self, picture: Float[Tensor, "B 3 H W"]) -> tuple[Float[Tensor, "B 68 2"], Float[Tensor, "B 68"]]:
        """Return the points in pixels of the crop, and the scales of their errors in pixels.

        Args:
            picture: sRGB in [0, 1]; sides are multiples of 32.
        """
        return read_maps(self.maps(picture))


def read_maps(maps: Float[Tensor, "B 4 68 h w"]) -> tuple[Float[Tensor, "B 68 2"], Float[Tensor, "B 68"]]:
    """Return points and scales of their errors, both in pixels of the crop, as expectations over the heat.

    Args:
        maps: of `LandmarkNet.maps`.
    """
    heat, right, down, log_sigma = maps.flatten(3).unbind(1)
    share = heat.softmax(-1)
    height, width = maps.shape[3:]
    x = torch.arange(width, dtype=maps.dtype, device=maps.device).add(0.5).repeat(height)
    y = torch.arange(height, dtype=maps.dtype, device=maps.device).add(0.5).repeat_interleave(width)
    points = torch.stack([(share * (right + x)).sum(-1), (share * (down + y)).sum(-1)], dim=-1)
    sigma = (share * log_sigma).sum(-1).clamp(-4.0, 4.0).exp()
    return STRIDE * points, STRIDE * sigma + SMALLEST_SIGMA_PX


def landmark_net_loss(
    maps: Float[Tensor, "B 4 68 h w"],
    target_px: Float[Tensor, "B 68 2"],
    given: Float[Tensor, "B 68"],
    *,
    heat_weight: float,
) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
    """Return the loss, and the mean distance of the points in pixels.

    Distances count by their length; the error to expect learns by the likelihood of a Laplace distribution, without
    pulling at the points; and the heat has to stand at the true point.

    Args:
        maps: of `LandmarkNet.maps`.
        target_px: true points in pixels of the crop; anything where not given.
        given: 1 where the truth is known, else 0.
        heat_weight: of the heat's share, at least 0.
    """
    points, sigma = read_maps(maps)
    distance = torch.linalg.vector_norm(points - target_px, dim=-1)
    total = given.sum().clamp(min=1.0)
    mean_distance = (given * distance).sum() / total
    likelihood = (given * (distance.detach() / sigma + 2.0 * sigma.log())).sum() / total
    log_share = maps[:, 0].flatten(2).log_softmax(-1)
    height, width = maps.shape[3:]
    wanted = (
        _gauss(target_px[..., 1] / STRIDE, height)[..., :, None]
        * _gauss(target_px[..., 0] / STRIDE, width)[..., None, :]
    )
    wanted = wanted.flatten(2)
    mass = wanted.sum(-1, keepdim=True)
    # A point beyond the crop has no heat to ask for.
    inside = given * (mass[..., 0] > 0.5 * (2.0 * torch.pi * HEAT_SIGMA_CELLS**2))
    entropy = -(wanted / mass.clamp(min=1e-6) * log_share).sum(-1)
    heat = (inside * entropy).sum() / inside.sum().clamp(min=1.0)
    return mean_distance + 0.2 * likelihood + heat_weight * heat, mean_distance.detach()


def _gauss(middle: Float[Tensor, "B 68"], count: int) -> Float[Tensor, "B 68 {count}"]:
    cells = torch.arange(count, dtype=middle.dtype, device=middle.device) + 0.5
    return torch.exp(-0.5 * ((cells - middle[..., None]) / HEAT_SIGMA_CELLS).square())


def _convolution(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU(inplace=True)
    )


def _twice(maps: Float[Tensor, "B C h w"]) -> Float[Tensor, "B C H W"]:
    return functional.interpolate(maps, scale_factor=2.0, mode="nearest")
