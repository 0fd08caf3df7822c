"""A rigged head holds finite numbers only."""

from dataclasses import replace

import numpy as np
import pytest
from tests.planted_heads import fine_of

from toonface.morphable.eyes import Eyeballs
from toonface.morphable.rigged_head import RiggedHead


@pytest.fixture
def rigged():
    eyes = Eyeballs(centres=np.zeros((2, 3)), radii=np.ones(2), rotations=np.stack([np.eye(3)] * 2))
    return RiggedHead(
        fine=fine_of(np.zeros((9, 3))),
        neutral=np.zeros((9, 3)),
        shapes=np.zeros((64, 9, 3), np.float32),
        skin=np.zeros((5, 3)),
        skin_shapes=np.zeros((64, 5, 3), np.float32),
        eyes=eyes,
        notes=(),
    )


@pytest.mark.parametrize("name", ["neutral", "shapes", "skin", "skin_shapes"])
def test_numbers_that_are_not_finite_are_refused(rigged, name):
    wrong = getattr(rigged, name).copy()
    wrong.flat[3] = np.nan
    with pytest.raises(ValueError, match=f"{name} has 1 values that are not finite, expected none"):
        replace(rigged, **{name: wrong})
