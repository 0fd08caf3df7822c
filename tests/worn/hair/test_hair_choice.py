"""Laws of the choice: hair that would hang too low is told, by heights of the head."""

import numpy as np
import pytest

from toonface.geometry.camera import ScaledOrthographic
from toonface.geometry.rasterize import clear
from toonface.worn.hair.hair_choice import overhang
from toonface.worn.outline import OutlineView

SIZE = 40
CAMERA = ScaledOrthographic(rotation=np.eye(3), translation=np.zeros(2), scale=100.0, width=SIZE, height=SIZE)


def rows(start, end):
    mask = np.zeros((SIZE, SIZE), bool)
    mask[start:end] = True
    return mask


def view(known=SIZE):
    """A head in 20 rows, its hair in 15."""
    head = clear(SIZE, SIZE)
    head.part[10:30, 10:30] = 0
    weight = rows(0, known).astype(np.float32)
    return OutlineView(camera=CAMERA, target=rows(5, 20), weight=weight, head=head)


@pytest.mark.parametrize(("end", "expected"), [(20, 0.0), (30, 0.5), (15, -0.25)])
def test_overhang_counts_heights_of_the_head(end, expected):
    assert overhang(view(), rows(5, end)) == pytest.approx(expected)


def test_below_the_edge_of_the_picture_nothing_hangs_too_low():
    assert overhang(view(known=20), rows(5, 40)) == 0.0


def test_where_nothing_is_drawn_nothing_hangs():
    assert overhang(view(), rows(0, 0)) == 0.0
