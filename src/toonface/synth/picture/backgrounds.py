"""What is behind the head: studios, rooms, streets, landscapes and patterns, all made up here.

Most of them are out of focus, so they are drawn at half the size or less and enlarged.
"""

import colorsys
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
from jaxtyping import Float32

from toonface.synth.picture.background_painters import COLOURS, PAINTERS
from toonface.synth.picture.filters import gaussian_blur, resize
from toonface.worn.surface import GAMMA, RGB

BackgroundKind: TypeAlias = Literal[
    "plain", "gradient", "studio", "bokeh", "room", "landscape", "city", "bricks", "tiles", "wood", "wallpaper",
    "foliage", "shapes", "curtain", "rays", "dots",
]  # fmt: skip
KINDS: tuple[BackgroundKind, ...] = get_args(BackgroundKind)
PHOTO_SHARES = (0.10, 0.09, 0.14, 0.13, 0.14, 0.09, 0.06, 0.03, 0.03, 0.03, 0.04, 0.07, 0.02, 0.03, 0.0, 0.0)
TOON_SHARES = (0.12, 0.13, 0.10, 0.09, 0.12, 0.10, 0.06, 0.03, 0.02, 0.02, 0.04, 0.05, 0.04, 0.03, 0.03, 0.02)
LARGEST_CANVAS = 192
"""Rows that are drawn at most."""


@dataclass(frozen=True, kw_only=True)
class BackgroundSpec:
    """One background; the same at any size.

    Raises:
        ValueError: the kind is unknown, the number of colours is wrong, or blur or seed is negative.
    """

    kind: BackgroundKind
    colours: tuple[RGB, RGB, RGB, RGB, RGB]
    """sRGB; what each stands for depends on the kind."""
    blur: float = 0.02
    """Standard deviation of the defocus, as a share of the side."""
    light: float = 1.0
    """Factor on the linear light."""
    seed: int = 0
    """Of everything random in it."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind is {self.kind!r}, expected one of {', '.join(KINDS)}")
        if len(self.colours) != COLOURS:
            raise ValueError(f"colours has {len(self.colours)} entries, expected {COLOURS}")
        if not (self.blur >= 0.0 and self.light >= 0.0 and self.seed >= 0):
            raise ValueError(f"blur is {self.blur}, light {self.light}, seed {self.seed}, expected all at least 0")


def sample_background(rng: np.random.Generator, *, toon: bool = False) -> BackgroundSpec:
    """Draw a background, mostly in quiet natural colours.

    Args:
        rng: randomness.
        toon: whether it may also be one of drawn comics, sharper and more colourful.
    """
    kind = KINDS[rng.choice(len(KINDS), p=TOON_SHARES if toon else PHOTO_SHARES)]
    garish = rng.random() < (0.10 if toon else 0.03)
    richness = rng.uniform(0.75, 1.0) if garish else rng.uniform(0.05, 0.5 if toon else 0.36)
    # Rooms and walls are rarely green or violet: most hues lie between orange and blue's two sides.
    hue = rng.random() if garish or rng.random() < 0.25 else rng.choice([0.07, 0.10, 0.57]) + rng.normal(0.0, 0.035)
    colours = []
    for i in range(COLOURS):
        shift = rng.normal(0.0, 0.04) if rng.random() < 0.75 else rng.uniform(0.3, 0.7)
        value = np.clip(rng.uniform(0.25, 0.92), 0.0, 1.0) if i else rng.uniform(0.35, 0.95)
        colours.append(colorsys.hsv_to_rgb((hue + shift) % 1.0, float(richness * rng.uniform(0.5, 1.0)), float(value)))
    sharp = rng.random() < (0.45 if toon else 0.15)
    return BackgroundSpec(
        kind=kind,
        colours=tuple(colours),
        blur=float(rng.uniform(0.0, 0.006) if sharp else rng.uniform(0.008, 0.04)),
        light=float(np.exp(rng.normal(-0.1, 0.3))),
        seed=int(rng.integers(2**31)),
    )


def background(spec: BackgroundSpec, size: int) -> Float32[np.ndarray, "H W 3"]:
    """Draw a background in linear light; lamps are brighter than 1.

    Args:
        spec: what to draw.
        size: rows and columns, at least 1.

    Raises:
        ValueError: the size is below 1.
    """
    if size < 1:
        raise ValueError(f"size is {size}, expected at least 1")
    side = int(np.clip(size // 2, 32, LARGEST_CANVAS))
    colours = (np.array(spec.colours) ** GAMMA).astype(np.float32)
    canvas = PAINTERS[spec.kind](np.random.default_rng(spec.seed), side, colours)
    drawn = spec.kind in ("rays", "dots", "plain", "gradient", "studio")
    soft = gaussian_blur(canvas, (0.0 if drawn else spec.blur) * side)
    return resize(soft, size, size) * np.float32(spec.light)
