"""Laws of the strands' order: stripes are in order whichever way they run, noise is not."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from toonface.worn.hair.strand_order import NEUTRAL, strand_order

SCALE = 1000.0
HAIR = np.ones((160, 160), bool)


def grey(values):
    values = 128.0 + 40.0 * values / np.abs(values).max()
    return np.repeat(values[..., None], 3, axis=2).astype(np.uint8)


@pytest.mark.parametrize("turn", [0.0, 0.7, 1.5])
def test_stripes_are_in_order(turn):
    rows, columns = np.mgrid[:160, :160]
    assert strand_order(grey(np.sin(0.6 * (np.cos(turn) * columns + np.sin(turn) * rows))), HAIR, SCALE) > 0.9


def test_noise_is_in_disorder(rng):
    assert strand_order(grey(gaussian_filter(rng.normal(size=(160, 160)), 1.5)), HAIR, SCALE) < 0.5


def test_too_little_hair_says_nothing():
    few = np.zeros_like(HAIR)
    few[:12, :12] = True
    for hair in (few, np.zeros_like(HAIR)):
        assert strand_order(grey(np.ones((160, 160))), hair, SCALE) == NEUTRAL
