"""A head with blendshapes of its own."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32

from toonface.morphable.eyes import Eyeballs
from toonface.morphable.fine_fit import FineFit
from toonface.types import Vertices


@dataclass(frozen=True, kw_only=True)
class RiggedHead:
    """S* = S_0 + B_exp β (Eq. 13): a neutral head and what each of the 64 shapes adds to it at weight 1.

    Raises:
        ValueError: a number is not finite.
    """

    fine: FineFit
    """Where it comes from; its weights are the portrait's own expression."""
    neutral: Float[np.ndarray, "P 3"]
    """S_0: points of the model, metres. That of the fit, but for lips that were brought together and teeth
    that were moved behind the skin."""
    shapes: Float32[np.ndarray, "64 P 3"]
    """B_exp on the model's points, metres, by `names.SHAPES`. Eyeballs do not move: eyeLook turns them."""
    skin: Vertices
    """S_0 on LOD0."""
    skin_shapes: Float32[np.ndarray, "64 V 3"]
    """B_exp on LOD0; lids stay before the eyeballs."""
    eyes: Eyeballs
    """At rest, moved back until no lid touches them."""
    notes: tuple[str, ...]
    """What guards found and did, one sentence each."""

    def __post_init__(self) -> None:
        for name in ("neutral", "shapes", "skin", "skin_shapes"):
            wrong = int(np.count_nonzero(~np.isfinite(getattr(self, name))))
            if wrong:
                raise ValueError(f"{name} has {wrong} values that are not finite, expected none")
