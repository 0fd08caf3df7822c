"""Random expressions that one face can make."""

import numpy as np
from jaxtyping import Float

from toonface.morphable.names import SHAPES

ANTAGONISTS = (
    ("mouthLeft", "mouthRight"),
    ("jawLeft", "jawRight"),
    ("cheekPuff", "cheekSuck"),
    ("eyeLookUp*", "eyeLookDown*"),
    ("eyeLookIn*", "eyeLookOut*"),
    ("eyeWide*", "eyeBlink*"),
    ("eyeWide*", "eyeSquint*"),
    ("eyeWide*", "eyeLookDown*"),
    ("mouthSmile*", "mouthFrown*"),
    ("sharpLipPull*", "mouthFrown*"),
    ("mouthSmile*", "mouthPucker"),
    ("mouthStretch*", "mouthPucker"),
    ("mouthSmile*", "mouthFunnel"),
    ("mouthStretch*", "mouthFunnel"),
    ("mouthFunnel", "mouthRollUpper"),
    ("mouthFunnel", "mouthRollLower"),
    ("mouthPucker", "mouthRollUpper"),
    ("mouthPucker", "mouthRollLower"),
    ("mouthUpperUp*", "mouthRollUpper"),
    ("mouthLowerDown*", "mouthRollLower"),
    ("mouthFunnel", "mouthPress*"),
    ("mouthUpperUp*", "mouthPress*"),
    ("mouthLowerDown*", "mouthPress*"),
    ("sharpLipPull*", "mouthPucker"),
    ("sharpLipPull*", "mouthFunnel"),
    ("tongueOut", "mouthShrugLower"),
    ("tongueOut", "mouthPress*"),
    ("tongueOut", "lipTighten"),
    ("tongueOut", "mouthClose"),
)
"""Shapes of opposed muscles, or of lips that cannot be both open and pressed; * is one side."""


def random_expression(rng: np.random.Generator) -> Float[np.ndarray, "64"]:
    """Draw an expression of up to eight shapes with weights in [0, 1].

    Of two that one face cannot make together the stronger stays, and lips close only over an open jaw.

    Args:
        rng: randomness.
    """
    weights = np.zeros(len(SHAPES))
    chosen = rng.choice(len(SHAPES), size=rng.integers(3, 9), replace=False)
    weights[chosen] = rng.uniform(0.0, 1.0, size=len(chosen))
    for first, second in ANTAGONISTS:
        for side in ("Left", "Right"):
            pair = [SHAPES.index(name.replace("*", side)) for name in (first, second)]
            weights[min(pair, key=lambda shape: weights[shape])] = 0.0
    closing, opening = SHAPES.index("mouthClose"), SHAPES.index("jawOpen")
    weights[closing] = min(weights[closing], weights[opening])
    return weights
