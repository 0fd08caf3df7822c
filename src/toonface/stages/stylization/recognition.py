"""Tell whether a portrait is a cartoon already."""

import numpy as np

from toonface.geometry.crop import network_input, warp
from toonface.stages.stylization.crop import stylizer_frame
from toonface.types import Landmarks, Network, Picture, take_output

SIZE = 128
"""Side of what the network looks at, pixels."""
THRESHOLD = 0.5
"""Probability from which a portrait counts as drawn."""


def drawn_probability(network: Network, picture: Picture, landmarks: Landmarks) -> float:
    """Return how probable it is that a face is drawn and not photographed, in [0, 1].

    Args:
        network: `cartoon`.
        picture: sRGB.
        landmarks: of the face.

    Raises:
        ValueError: the network returned something else than one number.
    """
    outputs = network(network_input(warp(picture, stylizer_frame(landmarks), SIZE)))
    return float(1.0 / (1.0 + np.exp(-take_output(outputs, "drawn", (1, 1))[0, 0])))
