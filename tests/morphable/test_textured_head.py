"""Laws of the noun: an atlas is square, indices are in range, colours are colours."""

import numpy as np
import pytest
from tests.planted_heads import fine_of

from toonface.morphable.textured_head import FaceColours, TexturedHead

SKIN = FaceColours(skin=np.full(3, 0.5))


def head(**changed):
    facts = {
        "fine": fine_of(np.zeros((4854, 3))),
        "kind": "atlas",
        "skin": np.zeros((4, 4, 3), np.uint8),
        "uv": np.zeros((3, 2)),
        "uv_faces": np.array([[0, 1, 2]]),
        "colours": SKIN,
        "seen": 0.5,
        "notes": (),
    }
    return TexturedHead(**(facts | changed))


def test_an_atlas_that_is_not_square_is_refused_and_a_portrait_is_not():
    with pytest.raises(ValueError, match="as many rows as columns"):
        head(skin=np.zeros((4, 5, 3), np.uint8))
    assert head(kind="projective", skin=np.zeros((4, 5, 3), np.uint8)).skin.shape == (4, 5, 3)


def test_corners_without_coordinates_are_refused():
    with pytest.raises(ValueError, match=r"uv_faces has indices in \[0, 3\], expected \[0, 3\)"):
        head(uv_faces=np.array([[0, 1, 3]]))


def test_a_colour_out_of_range_is_refused():
    with pytest.raises(ValueError, match=r"brows is .*, expected three numbers in \[0, 1\]"):
        FaceColours(skin=np.full(3, 0.5), brows=np.array([0.1, 0.2, 55.0]))
