"""A plain colour behind a person."""

import numpy as np
from scipy.ndimage import gaussian_filter

from toonface.types import FaceRegion, FaceRegions, Picture

PLAIN = np.array([238.0, 236.0, 232.0], np.float32)
"""sRGB."""
SOFTNESS = 0.004
"""Width of the outline's fade, in longer sides of the picture."""


def plain_backdrop(picture: Picture, regions: FaceRegions) -> Picture:
    """Replace what is parsed as background.

    Args:
        picture: sRGB.
        regions: of the picture.
    """
    figure = (regions.classes != FaceRegion.BACKGROUND).astype(np.float32)
    soft = gaussian_filter(figure, SOFTNESS * max(figure.shape))
    # Half of the fade lies inside the figure, where none of the old ground shines through.
    cover = np.clip(2.0 * soft - 1.0, 0.0, 1.0)[..., None]
    return (PLAIN + cover * (picture - PLAIN) + 0.5).astype(np.uint8)
