"""Laws of the noun: an atlas is square."""

import numpy as np
import pytest
from tests.planted_heads import fine_of

from toonface.morphable.textured_head import TexturedHead


def test_an_atlas_that_is_not_square_is_refused():
    fine = fine_of(np.zeros((4854, 3)))
    with pytest.raises(ValueError, match="as many rows as columns"):
        TexturedHead(fine=fine, skin=np.zeros((4, 5, 3), np.uint8), seen=0.5, notes=())
