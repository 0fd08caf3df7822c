"""How photographs are taken and kept, and how to draw that at random."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

PROCESSES = {"colour": (1.0, 1.0, 1.0), "grey": (1.0, 1.0, 1.0), "sepia": (1.06, 0.98, 0.84)}
"""What becomes of white."""


@dataclass(frozen=True, kw_only=True)
class PhotoSpec:
    """How a photograph is taken and kept. Lengths are in pixels of a picture of 256 rows.

    Raises:
        ValueError: a number is out of range.
    """

    exposure: float = 0.0
    """Stops."""
    temperature: float = 0.0
    """White balance: positive is warmer; 0.1 is a visible cast."""
    tint: float = 0.0
    """White balance: positive is pinker, negative greener."""
    contrast: float = 0.15
    """Of the tone curve: 0 is straight, 1 very hard; negative is faded."""
    saturation: float = 1.0
    vignette: float = 0.1
    """Light lost in the corners, in [0, 1]."""
    defocus: float = 0.0
    """Standard deviation of the blur."""
    motion: float = 0.0
    """Length of the shake."""
    motion_angle: float = 0.0
    """Radians, counter-clockwise from the rows."""
    noise: float = 0.004
    """Standard deviation of the sensor's noise at middle grey, in linear light; 0.01 is a dim room."""
    chroma_noise: float = 0.5
    """Coloured noise as a share of the grey one."""
    sharpening: float = 0.2
    """Strength of the unsharp mask; above 1 the halos are plain to see."""
    resolution: float = 1.0
    """Share of the pixels per row that the picture once had, in (0, 1]."""
    jpeg_quality: int | None = 90
    """1 to 100, None for no compression."""
    process: Literal["colour", "grey", "sepia"] = "colour"

    def __post_init__(self) -> None:
        for name in ("saturation", "vignette", "defocus", "motion", "noise", "chroma_noise", "sharpening"):
            if not getattr(self, name) >= 0.0:
                raise ValueError(f"{name} is {getattr(self, name)}, expected at least 0")
        if not 0.0 < self.resolution <= 1.0:
            raise ValueError(f"resolution is {self.resolution}, expected in (0, 1]")
        if self.jpeg_quality is not None and not 1 <= self.jpeg_quality <= 100:
            raise ValueError(f"jpeg_quality is {self.jpeg_quality}, expected in [1, 100] or None")


def sample_photo(rng: np.random.Generator) -> PhotoSpec:
    """Draw the making of a photograph: decent as a rule, one in six is bad in some way.

    Args:
        rng: randomness.
    """
    bad = rng.random() < 1 / 6
    worse = 2.2 if bad else 1.0
    fault = rng.integers(5) if bad else -1
    process = ("colour", "grey", "sepia")[rng.choice(3, p=[0.94, 0.045, 0.015])]
    return PhotoSpec(
        exposure=float(rng.normal(0.0, 0.22 * worse)),
        temperature=float(np.clip(rng.normal(0.01, 0.04 * worse), -0.2, 0.2)),
        tint=float(np.clip(rng.normal(0.0, 0.012 * worse), -0.08, 0.08)),
        contrast=float(np.clip(rng.normal(0.12, 0.13 * worse), -0.35, 0.8)),
        saturation=float(np.clip(rng.normal(1.0, 0.10 * worse), 0.45, 1.5)),
        vignette=float(rng.uniform(0.0, 0.22 * worse)),
        defocus=float(rng.uniform(1.0, 2.2) if fault == 0 else abs(rng.normal(0.0, 0.4))),
        motion=float(rng.uniform(2.5, 6.0) if fault == 1 else 0.0),
        motion_angle=float(rng.uniform(0.0, np.pi)),
        noise=float(rng.uniform(0.012, 0.03) if fault == 2 else rng.gamma(1.6, 0.0022)),
        chroma_noise=float(rng.uniform(0.2, 0.9)),
        sharpening=float(rng.uniform(0.0, 0.5) * worse),
        resolution=float(rng.uniform(0.3, 0.6) if fault == 3 else 1.0),
        jpeg_quality=int(rng.integers(18, 50))
        if fault == 4
        else int(rng.integers(70, 99))
        if rng.random() < 0.8
        else None,
        process=process,
    )
