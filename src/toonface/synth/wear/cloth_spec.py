"""What a person wears under the chin, and how it is drawn by lot."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from toonface.synth.wear.torso import AVERAGE, Build
from toonface.worn.surface import RGB

Garment = Literal[
    "bare", "t-shirt", "v-neck", "tank", "boat", "shirt", "turtleneck", "hoodie", "jacket", "suit", "scarf"
]
Pattern = Literal["plain", "stripes", "two-tone", "checks"]
GARMENTS: tuple[Garment, ...] = get_args(Garment)
_COLOURS = np.array(
    [
        (0.93, 0.93, 0.91), (0.10, 0.10, 0.12), (0.20, 0.24, 0.36), (0.42, 0.44, 0.47), (0.66, 0.14, 0.15),
        (0.16, 0.34, 0.55), (0.24, 0.42, 0.30), (0.83, 0.68, 0.30), (0.80, 0.52, 0.56), (0.47, 0.31, 0.47),
        (0.68, 0.56, 0.44), (0.45, 0.62, 0.74), (0.85, 0.42, 0.24), (0.35, 0.22, 0.17), (0.56, 0.70, 0.60),
    ]
)  # fmt: skip
"""sRGB of common cloth; samples wander about them."""


@dataclass(frozen=True, kw_only=True)
class ClothSpec:
    """What one person wears, and the shoulders that carry it.

    Raises:
        ValueError: there is no such garment.
    """

    garment: Garment
    build: Build = AVERAGE
    colour: RGB = (0.2, 0.24, 0.36)
    """sRGB in [0, 1]."""
    second: RGB = (0.93, 0.93, 0.91)
    """Of stripes, collars and what is worn beneath."""
    pattern: Pattern = "plain"
    depth: float = 0.5
    """How deep the neckline is, in [0, 1]."""
    seed: int = 0
    """Of the folds."""
    hood_up: bool = False
    """The hoodie's hood is on the head (`hats`), so none lies behind the neck."""

    def __post_init__(self) -> None:
        if self.garment not in GARMENTS:
            raise ValueError(f"there is no garment {self.garment!r}, expected one of {GARMENTS}")
        if not 0.0 <= self.depth <= 1.0:
            raise ValueError(f"depth is {self.depth}, expected in [0, 1]")


def sample_clothes(rng: np.random.Generator, age: float, femininity: float) -> ClothSpec:
    """Dress a random person.

    Args:
        rng: source of randomness.
        age: years.
        femininity: in [0, 1].
    """
    grown, woman = float(np.clip((age - 8.0) / 10.0, 0.0, 1.0)), float(np.clip(femininity, 0.0, 1.0))
    likely = {
        "bare": (0.02 + 0.04 * woman) * grown, "t-shirt": 0.26, "v-neck": 0.12, "tank": 0.04 + 0.05 * woman,
        "boat": 0.02 + 0.12 * woman, "shirt": 0.16, "turtleneck": 0.08, "hoodie": 0.13, "jacket": 0.08 * grown,
        "suit": 0.10 * grown * (1.2 - woman), "scarf": 0.05,
    }  # fmt: skip
    chances = np.array([likely[name] for name in GARMENTS])
    garment = GARMENTS[int(rng.choice(len(GARMENTS), p=chances / chances.sum()))]
    child = 0.74 + 0.26 * float(np.clip((age - 3.0) / 14.0, 0.0, 1.0))
    build = Build(
        width=float(np.clip(child * (1.04 - 0.12 * woman) * rng.normal(1.0, 0.06), 0.62, 1.3)),
        depth=float(np.clip(rng.normal(0.6 + 0.4 * child, 0.07), 0.75, 1.25)),
        slope=float(np.clip(rng.normal(0.004, 0.008), -0.012, 0.024)),
    )
    pattern = str(rng.choice(["plain", "stripes", "two-tone", "checks"], p=[0.66, 0.14, 0.1, 0.1]))
    return ClothSpec(
        garment=garment,
        build=build,
        colour=_colour(rng),
        second=_colour(rng),
        pattern=pattern,  # pyright: ignore[reportArgumentType]
        depth=float(rng.uniform()),
        seed=int(rng.integers(2**31)),
    )


def _colour(rng: np.random.Generator) -> RGB:
    mixed = np.clip(_COLOURS[rng.integers(len(_COLOURS))] + rng.normal(0.0, 0.05, 3), 0.03, 0.97)
    return (float(mixed[0]), float(mixed[1]), float(mixed[2]))
