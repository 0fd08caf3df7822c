"""What pair of glasses a person wears, and how it is drawn by lot."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from toonface.worn.surface import RGB

Shape = Literal["round", "oval", "rectangle", "wayfarer", "aviator", "cat-eye", "half-rim", "rimless"]
SHAPES: tuple[Shape, ...] = get_args(Shape)


@dataclass(frozen=True, kw_only=True)
class Form:
    """An outline: its height as a share of its width, squareness, and how it departs from a superellipse."""

    height: float
    power: float
    taper: float = 0.0
    """How much wider it is above than below."""
    lift: float = 0.0
    """How far the upper outer corner is raised."""
    droop: float = 0.0
    """How far the lower outer part hangs."""


FORMS: dict[str, Form] = {
    "round": Form(height=0.96, power=2.0),
    "oval": Form(height=0.74, power=2.15),
    "rectangle": Form(height=0.66, power=4.2, taper=0.03),
    "wayfarer": Form(height=0.78, power=3.0, taper=0.10, lift=0.05),
    "aviator": Form(height=0.88, power=2.5, taper=0.08, droop=0.16),
    "cat-eye": Form(height=0.72, power=2.5, taper=0.10, lift=0.22),
    "half-rim": Form(height=0.64, power=3.6, taper=0.04),
    "rimless": Form(height=0.64, power=3.0),
}


@dataclass(frozen=True, kw_only=True)
class GlassesSpec:
    """A pair of spectacles.

    Raises:
        ValueError: there is no such shape, or a number is out of range.
    """

    shape: Shape = "round"
    size: float = 1.0
    """Factor of the lenses' width, in [0.8, 1.3]."""
    colour: RGB = (0.08, 0.07, 0.07)
    """sRGB of the frame."""
    thickness: float = 0.0022
    """Half the width of the rim seen from the front, metres, in [0.0004, 0.005]."""
    metal: bool = False
    """Thin wire with pads, instead of plastic."""
    tint: RGB = (0.85, 0.90, 0.92)
    """sRGB of the lenses."""
    opacity: float = 0.06
    """Of the lenses: clear 0.04 to 0.1, tinted 0.3, sunglasses 0.9."""
    slipped: float = 0.0
    """How far it has slid down the nose, metres, in [0, 0.012]."""

    def __post_init__(self) -> None:
        if self.shape not in SHAPES:
            raise ValueError(f"there are no glasses {self.shape!r}, expected one of {SHAPES}")
        for name, low, high in _RANGES:
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name} is {getattr(self, name)}, expected in [{low}, {high}]")


_RANGES = (("size", 0.8, 1.3), ("thickness", 0.0004, 0.005), ("opacity", 0.0, 1.0), ("slipped", 0.0, 0.012))


def sample_glasses(rng: np.random.Generator) -> GlassesSpec | None:
    """Give about every fifth person glasses; None for no glasses.

    Args:
        rng: source of randomness.
    """
    worn, dark = rng.uniform(), rng.uniform()
    shape = SHAPES[int(rng.choice(len(SHAPES), p=(0.2, 0.14, 0.18, 0.17, 0.09, 0.08, 0.07, 0.07)))]
    metal = bool(shape in ("aviator", "half-rim", "rimless") or rng.uniform() < 0.35)
    kind = int(rng.choice(3, p=(0.55, 0.3, 0.15)))
    plastic = rng.uniform((0.03, 0.02, 0.02), (0.12, 0.11, 0.11)), rng.uniform((0.2, 0.1, 0.04), (0.5, 0.28, 0.16))
    steel = np.array([(0.75, 0.62, 0.36), (0.70, 0.71, 0.73), (0.16, 0.16, 0.18)])[kind]
    colour = steel if metal else (*plastic, rng.uniform(0.1, 0.9, 3))[kind]
    thickness = rng.uniform(0.0007, 0.0011) if metal else rng.uniform(0.0016, 0.0032)
    sunny = dark < 0.13
    tint = rng.uniform((0.02, 0.02, 0.02), (0.14, 0.10, 0.10)) if sunny else rng.uniform(0.75, 0.95, 3)
    tinted = bool(not sunny and dark > 0.93)
    spec = GlassesSpec(
        shape=shape,
        size=float(rng.uniform(0.92, 1.14)),
        colour=(float(colour[0]), float(colour[1]), float(colour[2])),
        thickness=float(thickness),
        metal=metal,
        tint=(0.45, 0.33, 0.25) if tinted else (float(tint[0]), float(tint[1]), float(tint[2])),
        opacity=float(rng.uniform(0.85, 0.95) if sunny else 0.3 if tinted else rng.uniform(0.04, 0.10)),
        slipped=float(max(rng.normal(0.0, 0.002), 0.0)),
    )
    return spec if worn < 0.22 else None
