"""What a landmark network knows of a crop, as numbers for a head that tells something else.

Points say where lids, lips and brows are, relative to their own middle and size; irises, teeth, skin and beard are in
the features around them; hair and light are in the trunk's last map.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from toonface.nets.landmark_net import LANDMARKS, Seen

DESCRIBED = 16
"""Channels by which the surroundings of each landmark are described."""
SQUEEZED = 16
"""Channels of each cell of the trunk's last map."""
STRIDE = 32
"""Pixels of the crop per cell of that map."""


class LandmarkReader(nn.Module):
    """Turns what is seen into one row of numbers.

    Args:
        neck: channels of the features around points.
        whole: channels of the trunk's last map.
        size: side of the crop in pixels, a multiple of 32. Fixed, because each cell of the last map is read by itself.

    Raises:
        ValueError: the size is no multiple of 32.
    """

    def __init__(self, neck: int, whole: int, size: int) -> None:
        super().__init__()
        if size < STRIDE or size % STRIDE:
            raise ValueError(f"size is {size}, expected a multiple of {STRIDE}")
        self.size = size
        self.describe = nn.Linear(neck, DESCRIBED)
        squeeze = nn.Conv2d(whole, SQUEEZED, 1, bias=False)
        self.squeeze = nn.Sequential(squeeze, nn.BatchNorm2d(SQUEEZED), nn.ReLU(inplace=True))
        self.count = 3 + LANDMARKS * (2 + DESCRIBED) + SQUEEZED * (size // STRIDE) ** 2

    def forward(self, seen: Seen) -> Float[Tensor, "B {self.count}"]:
        """Return middle and logarithm of the size of the points, in sides of the crop, and everything else.

        Args:
            seen: of a landmark network.
        """
        points = seen.points_px / self.size - 0.5
        middle = points.mean(1, keepdim=True)
        arms = points - middle
        extent = (arms.square().sum(-1).mean(1) + 1e-6).sqrt()[:, None]
        placed = torch.cat([4.0 * middle.flatten(1), 4.0 * (extent / 0.25).log()], dim=1)
        around = torch.relu(self.describe(seen.around))
        shape = 2.0 * arms / extent[..., None]
        return torch.cat([placed, shape.flatten(1), around.flatten(1), self.squeeze(seen.whole).flatten(1)], dim=1)
