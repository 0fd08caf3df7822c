"""Regions of the skin."""

from enum import IntEnum


class SkinRegion(IntEnum):
    """What a point of the skin belongs to."""

    FACE = 0
    SCALP = 1
    EAR = 2
    NECK = 3
    MOUTH = 4
    """Inside of the mouth, from the band on which the lips touch inwards."""
    SOCKET = 5
    """Behind the lids and their inside, which lies on the eyeball."""
