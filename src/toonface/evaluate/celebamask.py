"""The two orders in which others number the 19 classes of CelebAMask-HQ, and how they relate to `FaceRegion`.

Whose side `l_` means is written in neither source. It is taken for the left of the picture, which is the character's
right, because that is what it means in the landmarks of CelebA, of which these are pictures: "lefteye" of 000001.jpg is
at x = 165 and "righteye" at x = 244.

Source: `g_mask.py` of switchablenorms/CelebAMask-HQ at 3f6c45d, and `prepropess_data.py` of
zllrunning/face-parsing.PyTorch at d2e684c, whose order most published BiSeNet weights have.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from jaxtyping import UInt8

from toonface.types import FaceRegion

Order: TypeAlias = Literal["official", "bisenet"]

Labels = UInt8[np.ndarray, "H W"]


@dataclass(frozen=True, kw_only=True)
class CelebClass:
    """One class of CelebAMask-HQ."""

    name: str
    official: int
    """Its number in the dataset's own script."""
    bisenet: int
    """Its number in face-parsing.PyTorch."""
    region: FaceRegion


CELEB_CLASSES = tuple(
    CelebClass(name=name, official=official, bisenet=bisenet, region=region)
    for name, official, bisenet, region in (
        ("background", 0, 0, FaceRegion.BACKGROUND),
        ("skin", 1, 1, FaceRegion.SKIN),
        ("nose", 2, 10, FaceRegion.NOSE),
        ("eye_g", 3, 6, FaceRegion.GLASSES),
        ("l_eye", 4, 4, FaceRegion.EYE_RIGHT),
        ("r_eye", 5, 5, FaceRegion.EYE_LEFT),
        ("l_brow", 6, 2, FaceRegion.BROW_RIGHT),
        ("r_brow", 7, 3, FaceRegion.BROW_LEFT),
        ("l_ear", 8, 7, FaceRegion.EAR_RIGHT),
        ("r_ear", 9, 8, FaceRegion.EAR_LEFT),
        ("mouth", 10, 11, FaceRegion.INNER_MOUTH),
        ("u_lip", 11, 12, FaceRegion.LIP_UPPER),
        ("l_lip", 12, 13, FaceRegion.LIP_LOWER),
        ("hair", 13, 17, FaceRegion.HAIR),
        ("hat", 14, 18, FaceRegion.HAT),
        ("ear_r", 15, 9, FaceRegion.OTHER),
        ("neck_l", 16, 15, FaceRegion.OTHER),
        ("neck", 17, 14, FaceRegion.NECK),
        ("cloth", 18, 16, FaceRegion.CLOTH),
    )
)
"""ear_r is an earring, neck_l a necklace, l_lip the lower lip."""

WITHOUT_CLASS = {FaceRegion.FACIAL_HAIR: "skin", FaceRegion.OTHER: "background"}
"""Regions that the dataset lacks → what its annotators painted there: beards as skin, what covers a face not at all."""


def regions_of(labels: Labels, order: Order) -> Labels:
    """Turn classes of CelebAMask-HQ into `FaceRegion`s.

    Args:
        labels: class of each pixel.
        order: that they are numbered in.

    Raises:
        ValueError: the order is unknown, or a class is not below 19.
    """
    table = np.zeros(len(CELEB_CLASSES), np.uint8)
    table[_numbers(order)] = [celeb.region for celeb in CELEB_CLASSES]
    return table[_checked(labels)]


def celeb_classes_of(regions: Labels, order: Order) -> Labels:
    """Turn `FaceRegion`s into classes of CelebAMask-HQ; see `WITHOUT_CLASS` for those that it lacks.

    Args:
        regions: `FaceRegion` of each pixel.
        order: to number them in.

    Raises:
        ValueError: the order is unknown, or a region is not below 19.
    """
    number = dict(zip((celeb.name for celeb in CELEB_CLASSES), _numbers(order), strict=True))
    name = {celeb.region: celeb.name for celeb in CELEB_CLASSES} | WITHOUT_CLASS
    return np.array([number[name[region]] for region in FaceRegion], np.uint8)[_checked(regions)]


def _numbers(order: Order) -> list[int]:
    if order not in ("official", "bisenet"):
        raise ValueError(f"the order is {order!r}, expected official or bisenet")
    return [celeb.official if order == "official" else celeb.bisenet for celeb in CELEB_CLASSES]


def _checked(labels: Labels) -> Labels:
    if labels.max(initial=0) >= len(FaceRegion):
        raise ValueError(f"a class is {labels.max()}, expected all below {len(FaceRegion)}")
    return labels
