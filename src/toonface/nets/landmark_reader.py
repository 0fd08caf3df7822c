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
POINTS = 3 + 2 * LANDMARKS
"""Numbers that tell where the points are: middle, size, shape."""
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
        self.whiten = nn.Linear(POINTS, POINTS)
        with torch.no_grad():
            self.whiten.weight.copy_(torch.eye(POINTS))
            self.whiten.bias.zero_()
        self.count = POINTS + LANDMARKS * DESCRIBED + SQUEEZED * (size // STRIDE) ** 2

    def placed(self, points_px: Float[Tensor, "B 68 2"]) -> Float[Tensor, "B 139"]:
        """Return middle and logarithm of the size of points, in sides of the crop, and their shape.

        Args:
            points_px: in pixels of the crop.
        """
        points = points_px / self.size - 0.5
        middle = points.mean(1, keepdim=True)
        arms = points - middle
        extent = (arms.square().sum(-1).mean(1) + 1e-6).sqrt()[:, None]
        size = 4.0 * (extent / 0.25).log()
        return torch.cat([4.0 * middle.flatten(1), size, (2.0 * arms / extent[..., None]).flatten(1)], dim=1)

    def forward(self, seen: Seen) -> Float[Tensor, "B {self.count}"]:
        """Return the placed points, whitened, what lies around each, and the cells of the whole.

        Args:
            seen: of a landmark network.
        """
        around = torch.relu(self.describe(seen.around))
        return torch.cat(
            [self.whiten(self.placed(seen.points_px)), around.flatten(1), self.squeeze(seen.whole).flatten(1)], dim=1
        )


def straight_way(outputs: int) -> nn.Linear:
    """Build a layer from the placed points to outputs that begins at nought.

    Args:
        outputs: how many.
    """
    layer = nn.Linear(POINTS, outputs)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer
