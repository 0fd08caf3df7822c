"""What a worn part refuses."""

from dataclasses import replace

import numpy as np
import pytest

from toonface.types import Mesh
from toonface.worn.worn_part import WornPart

TRIANGLE = np.array([[0, 1, 2]])
MESH = Mesh(vertices=np.eye(3), faces=TRIANGLE, uv=np.zeros((3, 2)), uv_faces=TRIANGLE)
PART = WornPart(name="hair", mesh=MESH, normals=np.eye(3), picture=np.zeros((2, 2, 4), np.uint8), alpha="opaque")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"normals": np.eye(3)[:2]}, "normals has 2 rows"),
        ({"light": np.ones(4)}, "light has 4 rows"),
        ({"opacity": 1.5}, "opacity is 1.5"),
    ],
)
def test_arrays_that_do_not_belong_together_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        replace(PART, **changes)
