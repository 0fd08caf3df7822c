"""Noise for what is smaller than a vertex; the same for every scene, because no two places read it alike."""

import numpy as np

from toonface.synth.picture.noise import spot_noise, strand_noise, tileable_noise
from toonface.synth.shading.shading import Tiles

SIZE = 256


def make_tiles() -> Tiles:
    """Draw pores, freckles, stubble and strands."""
    rng = np.random.default_rng(20260101)
    strands = strand_noise(rng, SIZE, 2)
    # Equal shares of all levels: a coverage of 0.3 then leaves three hairs in ten.
    order = np.argsort(np.argsort(strands, axis=None)).reshape(strands.shape)
    return Tiles(
        pores=tileable_noise(rng, SIZE, 2, period=64),
        spots=spot_noise(rng, SIZE, 260, radii=(0.004, 0.014)),
        dots=spot_noise(rng, SIZE, 2600, radii=(0.004, 0.009)),
        strands=strands,
        cut=(order * (255.0 / (order.size - 1))).astype(np.uint8),
    )
