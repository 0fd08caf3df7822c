"""How networks centre the colours of a picture."""

from jaxtyping import Float
from torch import Tensor

MEAN, SPREAD = 0.45, 0.26
"""Of sRGB values in [0, 1] in portraits."""


def centred(picture: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B 3 H W"]:
    """Take off the mean of portraits' colours and divide by their spread.

    Args:
        picture: sRGB in [0, 1].
    """
    return (picture - MEAN) / SPREAD
