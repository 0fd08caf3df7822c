"""What hair a person wears, and how to draw one at random."""

from dataclasses import dataclass

import numpy as np

from toonface.worn.hair.hair_colour import sample_hair_colour
from toonface.worn.surface import RGB

CARDS = (
    "afro01", "bob01", "bob02", "braid01", "long01", "ponytail01", "short01", "short02", "short03", "short04",
)  # fmt: skip
"""Styles that are meshes of the face model."""
CROPS = (
    "buzz", "crew", "fade", "tight_curls", "curls", "flat_top", "mohawk", "slick_back", "bun", "horseshoe",
)  # fmt: skip
"""Styles that are grown from the skin as shells."""
STYLES = (*CARDS, *CROPS, "bald")
"""All styles; the label "hair style" counts in this order."""
HAIRLINES = ("round", "straight", "peak", "receding")

_MALE = (2.0, 0.2, 0.2, 0.1, 1.2, 0.8, 9.0, 8.0, 5.0, 7.0, 9.0, 11.0, 10.0, 5.0, 5.0, 2.5, 1.2, 6.0, 1.0, 0.0, 2.0)
_FEMALE = (3.0, 11.0, 11.0, 9.0, 20.0, 14.0, 2.0, 3.0, 6.0, 3.0, 1.0, 0.6, 0.5, 3.0, 4.0, 0.2, 0.5, 2.5, 10.0, 0.0, 0.4)
_CURLY = {"afro01": 2.6, "tight_curls": 2.6, "curls": 1.2, "flat_top": 2.0, "buzz": 2.0, "fade": 1.5, "braid01": 1.5}
_STRAIGHT_ON_DARK = 0.8
_CHILD = {"horseshoe": 0.0, "bald": 0.0, "mohawk": 0.3, "flat_top": 0.4, "slick_back": 0.4, "buzz": 0.5}


@dataclass(frozen=True, kw_only=True)
class HairSpec:
    """Hair of one person.

    Raises:
        ValueError: an unknown style or hairline, or a number out of its range.
    """

    style: str
    colour: RGB
    """sRGB in [0, 1]."""
    mirrored: bool = False
    volume: float = 0.0
    """In [-1, 1]: flat to full; 0 is the style as it was made."""
    length: float = 1.0
    """In [0.3, 1.4], of hair that hangs."""
    waves: float = 0.0
    """In [0, 1]: straight to wavy."""
    fringe: float = 0.8
    """In [0, 1]: how far hair is swept out of the face."""
    hairline: str = "round"
    recession: float = 0.0
    """In [0, 1]: how far the hairline has moved up; 1 is deep bays above the temples."""
    thinning: float = 0.0
    """In [0, 1]: share of hairs lost."""
    seed: int = 0
    """Of locks, curls and irregular edges."""

    def __post_init__(self) -> None:
        if self.style not in STYLES:
            raise ValueError(f"hair style is {self.style!r}, expected one of {STYLES}")
        if self.hairline not in HAIRLINES:
            raise ValueError(f"hairline is {self.hairline!r}, expected one of {HAIRLINES}")
        limits = {"volume": (-1.0, 1.0), "length": (0.3, 1.4)}
        for name in ("volume", "length", "waves", "fringe", "recession", "thinning"):
            low, high = limits.get(name, (0.0, 1.0))
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValueError(f"{name} is {value}, expected in [{low}, {high}]")


def style_weights(age: float, femininity: float, tone: float) -> np.ndarray:
    """Return the probability of each of `STYLES`, all above zero for adults of some age and femininity.

    Args:
        age: years, in [0, 120].
        femininity: 0 masculine to 1 feminine.
        tone: darkness of the skin, 0 fair to 1 dark.
    """
    weights = (1.0 - femininity) * np.array(_MALE) + femininity * np.array(_FEMALE)
    curly = np.array([_CURLY.get(name, _STRAIGHT_ON_DARK) for name in STYLES])
    weights *= (1.0 - tone) + tone * curly
    if age < 13.0:
        weights *= [_CHILD.get(name, 1.0) for name in STYLES]
    else:
        loss = (1.0 - femininity) * np.clip((age - 25.0) / 45.0, 0.0, 1.0) ** 1.5
        weights[STYLES.index("horseshoe")] += 22.0 * loss
        weights[STYLES.index("bald")] += 14.0 * loss
    return weights / weights.sum()


def sample_hair(rng: np.random.Generator, age: float, femininity: float, tone: float) -> HairSpec:
    """Draw the hair of a person.

    Args:
        rng: source of randomness.
        age: years, in [0, 120].
        femininity: 0 masculine to 1 feminine.
        tone: darkness of the skin, 0 fair to 1 dark.

    Raises:
        ValueError: age, femininity or tone out of range.
    """
    if not 0.0 <= femininity <= 1.0:
        raise ValueError(f"femininity is {femininity}, expected in [0, 1]")
    colour = sample_hair_colour(rng, age, tone)
    style = STYLES[rng.choice(len(STYLES), p=style_weights(age, femininity, tone))]
    loss = (1.0 - 0.8 * femininity) * float(np.clip((age - 22.0) / 50.0, 0.0, 1.0))
    return HairSpec(
        style=style,
        colour=colour,
        mirrored=bool(rng.random() < 0.5),
        volume=float(np.clip(rng.normal(0.1, 0.4), -1.0, 1.0)),
        length=float(np.clip(rng.normal(0.9, 0.25), 0.4, 1.3)),
        waves=float(rng.beta(0.7, 1.3)),
        fringe=float(np.clip(rng.normal(0.85, 0.2), 0.3, 1.0)),
        hairline=HAIRLINES[rng.choice(3, p=(0.5, 0.3, 0.2))],
        recession=float(np.clip(rng.normal(0.9 * loss, 0.3 * loss + 0.05), 0.0, 1.0)) if age > 18.0 else 0.0,
        thinning=float(0.5 * loss * rng.random()),
        seed=int(rng.integers(2**31)),
    )
