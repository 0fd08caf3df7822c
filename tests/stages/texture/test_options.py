"""Laws of the options: what makes no sense is refused."""

import pytest

from toonface.stages.texture.options import TEXTURE_DEFAULTS, TextureOptions


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"grazing": 0.6}, "grazing is 0.6 and full 0.5, expected"),
        ({"full": 1.5}, "full 1.5, expected"),
        ({"edge_m": 0.0}, "edge_m is 0.0, expected above 0"),
        ({"stiffness": -1.0}, "stiffness is -1.0, expected above 0"),
        ({"tone": float("nan")}, "tone is nan, expected above 0"),
        ({"unlight": 1.2}, r"unlight is 1.2, expected in \[0, 1\]"),
    ],
)
def test_numbers_out_of_range_are_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        TextureOptions(**wrong)


def test_light_stays_in_the_picture_unless_asked():
    assert TEXTURE_DEFAULTS.unlight == 0.0
