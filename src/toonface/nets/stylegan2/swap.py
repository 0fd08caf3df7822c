"""Layer swapping: the coarse layers of one generator and the fine ones of another that was fine-tuned from it.

Source: Pinkney and Adler, Resolution Dependent GAN Interpolation for Controllable Image Synthesis Between Domains,
2020.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from toonface.nets.stylegan2.generator import FIRST_SIZE, GanShape


@dataclass(frozen=True, kw_only=True)
class Swap:
    """Which layers are the cartoon's.

    Raises:
        ValueError: `at` is no power of two from 4 on, or the blend is out of range.
    """

    at: int = 32
    """Resolution in pixels: below it all is the cartoon's, which gives its forms. 4: none; twice the picture's: all."""
    blend: float = 0.5
    """Share of the cartoon's weights from there on, in [0, 1]: 0 renders these forms as a photograph."""

    def __post_init__(self) -> None:
        if self.at < FIRST_SIZE or self.at & (self.at - 1):
            raise ValueError(f"swap at is {self.at}, expected a power of two from {FIRST_SIZE} on")
        if not 0.0 <= self.blend <= 1.0:
            raise ValueError(f"blend is {self.blend}, expected a number in [0, 1]")

    def toon_share(self, name: str, size: int) -> float:
        """Return the cartoon's share of an array.

        Args:
            name: of the array in a generator's state.
            size: of the pictures; the mapping network goes with the last block.
        """
        parts = name.split(".")
        resolution = int(parts[2]) if parts[0] == "synthesis" else size
        return 1.0 if resolution < self.at else self.blend


SWAP_DEFAULTS = Swap()


def swap_layers(
    photo: Mapping[str, Tensor], toon: Mapping[str, Tensor], shape: GanShape, swap: Swap = SWAP_DEFAULTS
) -> dict[str, Tensor]:
    """Return the state of a generator between two.

    With `blend` 1 it is the cartoon's exactly; with `blend` 0 and `at` 4 the photograph's. With `at` beyond the size of
    the pictures all blocks are the cartoon's, and only the mapping network, which W+ passes by, is blended.

    Args:
        photo: state of the generator of photographs.
        toon: state of the generator of cartoons, of the same shape.
        shape: of both.
        swap: where, and how much.

    Raises:
        ValueError: the two have other names or shapes, or `at` is beyond twice the picture's size.
    """
    if swap.at > 2 * shape.size:
        raise ValueError(f"swap at is {swap.at}, expected at most {2 * shape.size}: pictures have {shape.size} pixels")
    different = sorted(photo.keys() ^ toon.keys()) or [k for k in photo if photo[k].shape != toon[k].shape]
    if different:
        raise ValueError(f"the two generators differ in {different[0]}, expected one fine-tuned from the other")
    return {name: _between(photo[name], toon[name], swap.toon_share(name, shape.size)) for name in photo}


def _between(photo: Tensor, toon: Tensor, share: float) -> Tensor:
    if share in (0.0, 1.0):  # exactly, which a weighted mean is not
        return (toon if share else photo).clone()
    return torch.lerp(photo, toon, share)
