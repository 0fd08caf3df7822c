"""What is painted on a face: lipstick, eye shadow, eyeliner and blush."""

from dataclasses import dataclass

import numpy as np

from toonface.worn.surface import RGB

NUDE_LIPS = ((0.72, 0.42, 0.38), (0.78, 0.47, 0.44), (0.66, 0.36, 0.33), (0.80, 0.42, 0.45), (0.62, 0.33, 0.29))
STRONG_LIPS = ((0.74, 0.08, 0.14), (0.62, 0.05, 0.12), (0.48, 0.07, 0.17), (0.82, 0.20, 0.36), (0.86, 0.32, 0.22))
DYED_LIPS = ((0.35, 0.12, 0.45), (0.12, 0.14, 0.34), (0.10, 0.08, 0.09), (0.16, 0.48, 0.50), (0.95, 0.35, 0.65))
EARTHY_SHADOWS = ((0.46, 0.30, 0.22), (0.36, 0.23, 0.19), (0.60, 0.42, 0.34), (0.52, 0.33, 0.34), (0.34, 0.28, 0.27))
STRONG_SHADOWS = ((0.16, 0.14, 0.16), (0.30, 0.16, 0.26), (0.45, 0.30, 0.12), (0.20, 0.20, 0.28), (0.36, 0.14, 0.14))
DYED_SHADOWS = ((0.12, 0.36, 0.58), (0.10, 0.46, 0.40), (0.52, 0.26, 0.66), (0.88, 0.38, 0.56), (0.92, 0.66, 0.18))
BLUSHES = ((0.86, 0.42, 0.40), (0.88, 0.46, 0.48), (0.84, 0.48, 0.36), (0.78, 0.36, 0.36))
STRENGTHS = ("lipstick_strength", "eye_shadow_strength", "eyeliner_strength", "blush_strength")


@dataclass(frozen=True, kw_only=True)
class Makeup:
    """Colours in sRGB, and how strongly each is laid on, from 0 for none to 1.

    Raises:
        ValueError: a strength or a colour is outside [0, 1].
    """

    lipstick: RGB
    lipstick_strength: float
    eye_shadow: RGB
    eye_shadow_strength: float
    eyeliner_strength: float
    """Always black."""
    blush: RGB
    blush_strength: float

    def __post_init__(self) -> None:
        for name in STRENGTHS:
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} is {getattr(self, name)}, expected in [0, 1]")
        for name in ("lipstick", "eye_shadow", "blush"):
            if not all(0.0 <= value <= 1.0 for value in getattr(self, name)):
                raise ValueError(f"{name} is {getattr(self, name)}, expected sRGB in [0, 1]")


NO_MAKEUP = Makeup(
    lipstick=NUDE_LIPS[0],
    lipstick_strength=0.0,
    eye_shadow=EARTHY_SHADOWS[0],
    eye_shadow_strength=0.0,
    eyeliner_strength=0.0,
    blush=BLUSHES[0],
    blush_strength=0.0,
)


@dataclass(frozen=True, kw_only=True)
class _Manner:
    """One way to make up: chance of it, colours, and largest strengths of lips, shadow, liner and blush."""

    chance: float
    lips: tuple[RGB, ...]
    shadows: tuple[RGB, ...]
    strengths: tuple[float, float, float, float]


_MANNERS = (
    _Manner(chance=0.66, lips=NUDE_LIPS, shadows=EARTHY_SHADOWS, strengths=(0.55, 0.35, 0.55, 0.40)),
    _Manner(chance=0.27, lips=STRONG_LIPS, shadows=EARTHY_SHADOWS + STRONG_SHADOWS, strengths=(0.90, 0.65, 0.95, 0.55)),
    _Manner(chance=0.07, lips=DYED_LIPS + STRONG_LIPS, shadows=DYED_SHADOWS, strengths=(0.95, 0.85, 1.00, 0.75)),
)


def sample_makeup(rng: np.random.Generator, femininity: float, age: float) -> Makeup:
    """Draw make-up: mostly none or natural, sometimes strong, rarely in dyed colours.

    Args:
        rng: draws.
        femininity: of the person, in [0, 1].
        age: years; children hardly ever wear any.

    Raises:
        ValueError: the age is negative, or the femininity outside [0, 1].
    """
    if age < 0.0:
        raise ValueError(f"age is {age}, expected years")
    if not 0.0 <= femininity <= 1.0:
        raise ValueError(f"femininity is {femininity}, expected in [0, 1]")
    grown = float(np.clip((age - 12.0) / 6.0, 0.02, 1.0))
    if rng.random() >= grown * (0.015 + 0.62 * femininity**1.5):
        return NO_MAKEUP
    manner = _MANNERS[rng.choice(len(_MANNERS), p=[manner.chance for manner in _MANNERS])]
    worn = rng.random(4) < (0.75, 0.6, 0.75, 0.6)
    lips, shadow, liner, blush = worn * np.array(manner.strengths) * rng.uniform(0.45, 1.0, 4)
    return Makeup(
        lipstick=_varied(rng, manner.lips),
        lipstick_strength=float(lips),
        eye_shadow=_varied(rng, manner.shadows),
        eye_shadow_strength=float(shadow),
        eyeliner_strength=float(liner),
        blush=_varied(rng, BLUSHES),
        blush_strength=float(blush),
    )


def _varied(rng: np.random.Generator, colours: tuple[RGB, ...]) -> RGB:
    colour = np.array(colours[rng.integers(len(colours))]) * rng.uniform(0.85, 1.12) + rng.normal(0.0, 0.02, 3)
    red, green, blue = np.clip(colour, 0.02, 0.98).tolist()
    return red, green, blue
