"""A head that has been deformed to fit its picture."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from toonface.morphable.coarse_fit import CoarseFit


@dataclass(frozen=True, kw_only=True)
class FineFit:
    """A head that fits its picture: outside the span of the bases, on the model's topology.

    `pose_head(model, fine.neutral, fine.weights)` shows it, seen by `fine.coarse.camera`.

    Raises:
        ValueError: a number is not finite.
    """

    coarse: CoarseFit
    """Camera, light, texture and the refined coefficients."""
    neutral: Float[np.ndarray, "P 3"]
    """Metres; S0' of section 3.3: the portrait's expression is taken off."""
    weights: Float[np.ndarray, "64"]
    """The portrait's own expression, in [0, 1], by `names.SHAPES`."""
    notes: tuple[str, ...]
    """What guards did, one sentence each; empty when nothing."""

    def __post_init__(self) -> None:
        for name in ("neutral", "weights"):
            wrong = int(np.count_nonzero(~np.isfinite(getattr(self, name))))
            if wrong:
                raise ValueError(f"{name} has {wrong} values that are not finite, expected none")
