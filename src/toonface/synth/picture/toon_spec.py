"""The looks of cartoon pictures and their settings."""

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np

from toonface.worn.surface import RGB

ToonLook: TypeAlias = Literal[
    "film", "cel", "flat", "painted", "ink", "pencil", "pixel", "poster", "anime", "comic", "watercolour"
]
LOOKS: tuple[ToonLook, ...] = get_args(ToonLook)
SHARES = (0.34, 0.12, 0.06, 0.10, 0.04, 0.05, 0.04, 0.05, 0.09, 0.05, 0.06)
"""How often each look is drawn; most cartoons of today are the soft shading of 3D films."""


@dataclass(frozen=True, kw_only=True)
class ToonSpec:
    """How a cartoon picture is made. Lengths are in pixels of a picture of 256 rows.

    Raises:
        ValueError: the look is unknown, or a number is out of range.
    """

    look: ToonLook
    strength: float = 1.0
    """In [0, 1]: 0 leaves the shaded picture as it is."""
    line_width: float = 1.6
    """Of outlines; 0 for none. "film", "poster", "painted", "pixel" and "watercolour" draw them only if asked."""
    line_colour: RGB = (0.09, 0.06, 0.06)
    line_tint: float = 0.5
    """Share of the line's colour that comes from what it surrounds, in [0, 1]."""
    bands: int = 3
    """Steps of light of "cel" and "comic", at least 2."""
    palette: int = 6
    """Colours of "pixel", and about as many of "poster", at least 2."""
    saturation: float = 1.0
    """1 keeps it, 0 is grey; pencil and ink on paper take colour from 0 on."""
    paper: RGB = (0.97, 0.95, 0.91)
    grain: float = 0.5
    """Strength of paper, brush and pigment texture, in [0, 1]."""
    pixels: int = 64
    """Rows of the small picture of "pixel", at least 16."""
    pitch: float = 4.0
    """From one halftone dot or pencil stroke to the next, at least 1."""

    def __post_init__(self) -> None:
        if self.look not in LOOKS:
            raise ValueError(f"look is {self.look!r}, expected one of {', '.join(LOOKS)}")
        for name in ("strength", "line_tint", "grain"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} is {getattr(self, name)}, expected in [0, 1]")
        for name, least in {
            "line_width": 0,
            "saturation": 0,
            "bands": 2,
            "palette": 2,
            "pixels": 16,
            "pitch": 1,
        }.items():
            if not getattr(self, name) >= least:
                raise ValueError(f"{name} is {getattr(self, name)}, expected at least {least}")


def sample_toon(rng: np.random.Generator) -> ToonSpec:
    """Draw a look and its settings, mostly gentle ones.

    Args:
        rng: randomness.
    """
    look = LOOKS[rng.choice(len(LOOKS), p=SHARES)]
    lined = {"film": 0.08, "painted": 0.15, "poster": 0.4, "pixel": 0.5, "watercolour": 0.6, "flat": 0.6}.get(look, 1.0)
    finer = {"anime": 0.75, "watercolour": 0.7, "pencil": 0.7, "comic": 1.15}.get(look, 1.0)
    dark, warm = rng.uniform(0.02, 0.16), rng.uniform(0.0, 0.06)
    sheet = rng.uniform(0.90, 1.0)
    return ToonSpec(
        look=look,
        strength=float(rng.uniform(0.75, 1.0)) if look in ("film", "painted", "watercolour", "cel") else 1.0,
        line_width=float(finer * rng.uniform(1.0, 2.4)) if rng.random() < lined else 0.0,
        line_colour=(dark + warm, dark + 0.4 * warm, dark),
        line_tint=float(rng.choice([0.0, 0.4, 0.7, 0.9])),
        bands=int(rng.integers(2, 5)),
        palette=int(rng.integers(12, 33) if look == "pixel" else rng.integers(4, 9)),
        saturation=float(rng.choice([0.0, 0.0, 1.0]) if look in ("pencil", "ink") else rng.uniform(0.85, 1.25)),
        paper=(sheet, sheet - rng.uniform(0.0, 0.04), sheet - rng.uniform(0.02, 0.12)),
        grain=float(rng.uniform(0.2, 0.8)),
        pixels=int(rng.integers(48, 97)),
        pitch=float(rng.uniform(3.0, 5.0)),
    )
