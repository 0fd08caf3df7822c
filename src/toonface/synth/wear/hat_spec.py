"""What a person wears on the head, which points it covers, and how it is drawn by lot."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from jaxtyping import Bool, Float

from toonface.synth.wear.head_grid import HAT_AXIS, HOOD_AXIS, HeadAxis
from toonface.worn.surface import RGB

Kind = Literal["beanie", "cap", "fedora", "headband", "headscarf", "hood", "beret", "bandana"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_RIMS = {
    "beanie": (1.50, 1.50, 1.76), "cap": (1.44, 1.43, 1.66), "fedora": (1.45, 1.42, 1.58),
    "headband": (1.46, 1.46, 1.74), "headscarf": (2.26, 2.12, 2.24), "hood": (2.20, 2.02, 2.16),
    "beret": (1.36, 1.42, 1.56), "bandana": (1.42, 1.46, 1.84),
}  # fmt: skip
"""Angle of the edge from the pole in front, at the sides, behind, radians; of hoods above, at the sides, below."""


@dataclass(frozen=True, kw_only=True)
class HatSpec:
    """What is worn on the head.

    Raises:
        ValueError: there is no such hat.
    """

    kind: Kind
    colour: RGB = (0.2, 0.24, 0.36)
    """sRGB in [0, 1]."""
    second: RGB = (0.85, 0.82, 0.75)
    """Of bands, cuffs and patterns."""
    pattern: Literal["plain", "stripes"] = "plain"
    height: float = 0.0
    """How much farther up it sits, as an angle in radians, in [-0.1, 0.1]."""
    bulk: float = 0.5
    """How loose or large it is, in [0, 1]."""
    seed: int = 0
    """Of the folds."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"there is no hat {self.kind!r}, expected one of {KINDS}")
        if not -0.1 <= self.height <= 0.1 or not 0.0 <= self.bulk <= 1.0:
            raise ValueError(f"height is {self.height} and bulk {self.bulk}, expected in [-0.1, 0.1] and [0, 1]")

    @property
    def hides_hair(self) -> bool:
        """Whether no hair is seen at all."""
        return self.kind == "headscarf"

    @property
    def hooded(self) -> bool:
        """Whether it goes round the face instead of round the head."""
        return self.kind in ("headscarf", "hood")

    @property
    def axis(self) -> HeadAxis:
        """The axis about which it is built."""
        return HOOD_AXIS if self.hooded else HAT_AXIS

    def edge(self, angle: Float[np.ndarray, " N"]) -> Float[np.ndarray, " N"]:
        """Return the angle from the pole at which it ends.

        Args:
            angle: round the pole, radians.
        """
        front, side, back = _RIMS[self.kind]
        cosine = np.cos(angle)
        return side - self.height + 0.5 * (front - back) * cosine + (0.5 * (front + back) - side) * cosine**2

    def covers(self, points: Float[np.ndarray, "V 3"]) -> Bool[np.ndarray, " V"]:
        """Tell which points lie under it, or where it would be.

        Args:
            points: metres.
        """
        if self.kind == "headband" or self.hides_hair:
            return np.full(len(points), self.hides_hair)
        polar, angle, _ = self.axis.polar(points)
        return (polar < self.edge(angle)) | (self.hooded & (points[:, 1] < -0.05))


def sample_hat(rng: np.random.Generator, femininity: float) -> HatSpec | None:
    """Give about every tenth person a hat; None for no hat.

    Args:
        rng: source of randomness.
        femininity: in [0, 1].
    """
    worn, woman = rng.uniform(), float(np.clip(femininity, 0.0, 1.0))
    chances = np.array([0.2, 0.26, 0.1, 0.08, 0.20 * woman, 0.1, 0.04 + 0.08 * woman, 0.06])
    kind = KINDS[int(rng.choice(len(KINDS), p=chances / chances.sum()))]
    base, second = rng.uniform(0.05, 0.9, 3), rng.uniform(0.05, 0.95, 3)
    grey = rng.uniform(0.2, 0.9)
    base = base.mean() + (base - base.mean()) * grey
    spec = HatSpec(
        kind=kind,
        colour=(float(base[0]), float(base[1]), float(base[2])),
        second=(float(second[0]), float(second[1]), float(second[2])),
        pattern="stripes" if rng.uniform() < 0.25 else "plain",
        height=float(np.clip(rng.normal(0.0, 0.03), -0.06, 0.08)),
        bulk=float(rng.uniform()),
        seed=int(rng.integers(2**31)),
    )
    return spec if worn < 0.10 else None
