"""The colours of hair in a picture: a robust middle without the light, and how far it varies."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from scipy.ndimage import binary_erosion

from toonface.morphable.spherical_harmonics import shade
from toonface.types import Picture
from toonface.worn.surface import RGB

EDGE_PX, LEAST_PIXELS = 3, 200
"""Pixels of the border that are left out, as long as so many remain."""
HAIR_Y = 0.3
"""Hair that is seen looks upwards by more than this: the y of its normals."""
LEAST_LIGHT, MOST_LIGHT = 0.5, 1.6
"""Range of a light that is believed; the fit of the light is rough."""
MATT = (0.30, 0.46)
"""Quantiles of brightness between which pixels show the hair's own colour: the middle is brightened by highlights."""
DIRECTIONS = 300
ENDS = 0.3
"""Share of the hair, by height in the picture, that counts as roots and as tips."""


@dataclass(frozen=True, kw_only=True)
class HairTones:
    """Colours of hair, sRGB in [0, 1]."""

    albedo: RGB
    """Of the hair itself, without the light."""
    shown: RGB
    """The same under the light of the face, as the texture of the skin shows it."""
    spread: float
    """Half the difference of brightness between light and dark strands (10 % and 90 %), as a share of the middle."""
    tip: float
    """Brightness of the lower ends over that of the upper part, in [0.6, 1.5]."""


def measure_tones(picture: Picture, hair: Bool[np.ndarray, "H W"], light: Float[np.ndarray, "9"]) -> HairTones:
    """Measure the hair of a picture.

    Args:
        picture: sRGB.
        hair: where it is; at least one pixel.
        light: δ of the fitted head. Where it is zero or absurd, its effect is bounded.

    Raises:
        ValueError: no pixel is hair.
    """
    if not hair.any():
        raise ValueError("no pixel is hair, expected at least one")
    inner = binary_erosion(hair, iterations=EDGE_PX)
    chosen = inner if np.count_nonzero(inner) >= LEAST_PIXELS else hair
    pixels = picture[chosen].astype(np.float64) / 255.0
    above, ahead = _lights(light)
    bright = pixels.mean(axis=1)
    low, dull, clear, high = np.quantile(bright, (0.1, *MATT, 0.9))
    middle = np.median(pixels[(bright >= dull) & (bright <= clear)], axis=0)
    rows = np.nonzero(chosen)[0]
    upper, lower = np.quantile(rows, (ENDS, 1.0 - ENDS))
    tip = np.median(bright[rows >= lower]) / max(float(np.median(bright[rows <= upper])), 1e-3)
    return HairTones(
        albedo=_colour(middle / above),
        shown=_colour(middle * np.clip(ahead / above, 0.7, 1.1)),
        spread=float(np.clip(0.5 * (high - low) / max(float(bright.mean()), 0.05), 0.05, 0.6)),
        tip=float(np.clip(tip, 0.6, 1.5)),
    )


def _lights(light: Float[np.ndarray, "9"]) -> tuple[float, float]:
    """Light on hair that is seen, and on the face; each the mean over its directions."""
    # Directions of a sphere's front, evenly spread (Fibonacci).
    z = (np.arange(DIRECTIONS) + 0.5) / DIRECTIONS
    turn, flat = np.arange(DIRECTIONS) * 2.39996, np.sqrt(1.0 - z * z)
    normals = np.stack([flat * np.cos(turn), flat * np.sin(turn), z], axis=1)
    got = shade(np.ones((DIRECTIONS, 3)), normals, light)[:, 0]
    hair, face = got[normals[:, 1] > HAIR_Y].mean(), got[(np.abs(normals[:, 1]) < 0.5) & (z > 0.5)].mean()
    return float(np.clip(hair, LEAST_LIGHT, MOST_LIGHT)), float(np.clip(face, LEAST_LIGHT, MOST_LIGHT))


def _colour(values: Float[np.ndarray, "3"]) -> RGB:
    red, green, blue = np.clip(values, 0.02, 0.97)
    return float(red), float(green), float(blue)
