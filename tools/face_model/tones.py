"""The line of human skin tones, in a perceptual colour space (OKLab, Ottosson 2020)."""

import numpy as np
from jaxtyping import Float

TONES = ("#2a1811", "#3f261a", "#5d3a28", "#80533a", "#a4714f", "#c59270", "#dcb092", "#ecc7ae", "#f6d8c4")
"""Evenly spaced on the line, from the darkest (Fitzpatrick VI) to the fairest (I); sRGB."""
_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def tone(place: Float[np.ndarray, " N"], *, chroma: float = 1.0, hue: float = 0.0) -> Float[np.ndarray, "N 3"]:
    """Find the colour at a place on the line of skin tones.

    Args:
        place: 0 is the darkest, 1 the fairest.
        chroma: factor on the colourfulness.
        hue: radians, positive is yellower, negative redder.

    Returns:
        sRGB in [0, 1].
    """
    stored = np.array([[int(code[at : at + 2], 16) for at in (1, 3, 5)] for code in TONES]) / 255.0
    anchors = srgb_to_oklab(stored)
    knots = np.linspace(0.0, 1.0, len(TONES))
    lightness, a, b = (np.interp(place, knots, anchors[:, channel]) for channel in range(3))
    turned = [np.cos(hue) * a - np.sin(hue) * b, np.sin(hue) * a + np.cos(hue) * b]
    return np.clip(oklab_to_srgb(np.stack([lightness, chroma * turned[0], chroma * turned[1]], axis=1)), 0.0, 1.0)


def srgb_to_oklab(colours: Float[np.ndarray, "N 3"]) -> Float[np.ndarray, "N 3"]:
    """Convert sRGB in [0, 1] to OKLab.

    Args:
        colours: values as stored in pictures.
    """
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    return np.cbrt(linear @ _TO_CONES.T) @ _TO_LAB.T


def oklab_to_srgb(lab: Float[np.ndarray, "N 3"]) -> Float[np.ndarray, "N 3"]:
    """Convert OKLab to sRGB; colours outside of the gamut leave [0, 1].

    Args:
        lab: lightness, red against green, yellow against blue.
    """
    linear = (lab @ np.linalg.inv(_TO_LAB).T) ** 3 @ np.linalg.inv(_TO_CONES).T
    bright = 1.055 * np.maximum(linear, 0.0031308) ** (1 / 2.4) - 0.055
    return np.where(linear <= 0.0031308, 12.92 * linear, bright)
