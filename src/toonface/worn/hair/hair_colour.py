"""Colours of hair: natural ones as age and complexion make them likely, and dyes."""

import numpy as np

from toonface.worn.surface import RGB

NATURAL: dict[str, RGB] = {
    "black": (0.105, 0.085, 0.080),
    "dark brown": (0.190, 0.130, 0.100),
    "brown": (0.300, 0.200, 0.135),
    "light brown": (0.440, 0.315, 0.205),
    "dark blond": (0.560, 0.430, 0.275),
    "blond": (0.735, 0.585, 0.370),
    "platinum": (0.860, 0.780, 0.630),
    "auburn": (0.385, 0.165, 0.095),
    "red": (0.620, 0.280, 0.115),
}
"""sRGB of lit hair. Black hair shows brown in the light, so it is not pure black."""

DYES: tuple[RGB, ...] = (
    (0.900, 0.380, 0.600),
    (0.960, 0.660, 0.760),
    (0.160, 0.320, 0.720),
    (0.420, 0.680, 0.860),
    (0.130, 0.520, 0.380),
    (0.560, 0.800, 0.560),
    (0.440, 0.220, 0.620),
    (0.720, 0.600, 0.860),
    (0.780, 0.100, 0.120),
    (0.950, 0.500, 0.240),
    (0.130, 0.560, 0.600),
    (0.840, 0.830, 0.860),
)
"""Pinks, blues, greens, purples, bright red, orange, teal and silver."""

FAIR = np.array([0.10, 0.20, 0.20, 0.14, 0.10, 0.10, 0.04, 0.05, 0.07])
"""Shares of `NATURAL` on the fairest skin; on the darkest nearly all hair is black."""
DARK = np.array([0.80, 0.15, 0.03, 0.007, 0.003, 0.003, 0.003, 0.003, 0.001])
GREY: RGB = (0.640, 0.630, 0.620)
WHITE: RGB = (0.880, 0.870, 0.850)
DYED_SHARE = 0.12
GREYING_AGE, GREYING_SPREAD = 52.0, 9.0
"""Years: at which half of the people have gone half grey, and how much that differs."""


def sample_hair_colour(rng: np.random.Generator, age: float, tone: float) -> RGB:
    """Draw a hair colour in sRGB, each channel in [0.05, 0.95].

    Args:
        rng: source of randomness.
        age: years, in [0, 120]; hair greys around 52.
        tone: darkness of the skin, 0 fair to 1 dark.

    Raises:
        ValueError: age or tone out of range.
    """
    if not 0.0 <= age <= 120.0:
        raise ValueError(f"age is {age}, expected in [0, 120]")
    if not 0.0 <= tone <= 1.0:
        raise ValueError(f"tone is {tone}, expected in [0, 1]")
    dyed = rng.random() < (DYED_SHARE if age >= 10.0 else 0.02)
    if dyed:
        colour = np.array(DYES[rng.integers(len(DYES))])
    else:
        shares = (1.0 - tone) * FAIR + tone * DARK
        name = list(NATURAL)[rng.choice(len(shares), p=shares / shares.sum())]
        colour = _greyed(np.array(NATURAL[name]), _greyness(rng, age), rng)
    shift = rng.normal(0.0, 0.012, 3) + rng.normal(0.0, 0.025)
    red, green, blue = np.clip(colour * (1.0 + 2.0 * shift) + 0.2 * shift, 0.05, 0.95)
    return float(red), float(green), float(blue)


def sample_beard_colour(rng: np.random.Generator, hair: RGB) -> RGB:
    """Draw the colour of a beard: near the hair's, often redder, darker or greyer; natural where the hair is dyed.

    Args:
        rng: source of randomness.
        hair: sRGB in [0, 1].
    """
    colour = np.array(hair)
    # Natural hair goes from red over green to blue downwards, and is not twice as red as green.
    if colour[1] > 1.02 * colour[0] or colour[2] > 1.04 * colour[1] or colour[0] > 2.4 * colour[1]:
        colour = np.array(NATURAL["dark brown"])
    redder, darker, greyer = 0.10 * rng.random(), rng.uniform(0.78, 1.05), max(0.0, rng.normal(-0.05, 0.2))
    colour = colour * darker * np.array([1.0 + redder, 1.0, 1.0 - redder])
    red, green, blue = np.clip(_greyed(colour, min(greyer, 0.6), rng), 0.05, 0.95)
    return float(red), float(green), float(blue)


def _greyness(rng: np.random.Generator, age: float) -> float:
    onset = rng.normal(GREYING_AGE, GREYING_SPREAD)
    return float(np.clip(0.5 + (age - onset) / 24.0, 0.0, 1.0)) if age > 28.0 else 0.0


def _greyed(colour: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Mix with grey hairs; fully grey hair is anything between grey and white."""
    white = rng.random()
    target = (1.0 - white) * np.array(GREY) + white * np.array(WHITE)
    return (1.0 - share) * colour + share * target
