"""Lids under gaze and blink together: plain sums of their shapes, as engines make them, stay before the eyeball."""

from itertools import product

import numpy as np
from jaxtyping import Float, Int

from toonface.morphable.eyes import SKIN_GAP
from toonface.morphable.names import SHAPES

GAZES = (("Up",), ("Down",), ("In",), ("Out",), ("Up", "In"), ("Up", "Out"), ("Down", "In"), ("Down", "Out"))
"""Directions of the eyeLook shapes that are tried, alone and two at once."""
STEPS = (0.25, 0.5, 0.75, 1.0)
"""Weights of gaze and blink that are tried with each other."""
ROUNDS = 2
"""What one sum pushes may have to be pushed again for another."""


def clear_sums(
    lids: Int[np.ndarray, " L"],
    side: str,
    head: tuple[Float[np.ndarray, "V 3"], Float[np.ndarray, "64 V 3"]],
    ball: tuple[Float[np.ndarray, "3"], float],
) -> float:
    """Push the lids of gaze and blink outwards, in place, until no sum of them enters the eyeball.

    Returns the largest push, metres.

    Args:
        lids: vertices of both lids of one eye.
        side: Left or Right.
        head: LOD0 at rest, and its shapes, which are changed.
        ball: centre and radius of the eyeball, metres.
    """
    (skin, shapes), (centre, radius) = head, ball
    rest, blink = skin[lids] - centre, shapes[SHAPES.index(f"eyeBlink{side}")]
    largest = 0.0
    for _ in range(ROUNDS):
        for gaze in GAZES:
            looks = [shapes[SHAPES.index(f"eyeLook{direction}{side}")] for direction in gaze]
            together = np.sum([look[lids] for look in looks], axis=0)
            for turned, shut in product(STEPS, STEPS):
                place = rest + turned * together + shut * blink[lids]
                reach = np.sqrt(np.einsum("lc,lc->l", place, place))[:, None]
                if reach.min() >= SKIN_GAP * radius:
                    continue
                short = np.maximum(SKIN_GAP * radius - reach, 0.0)
                step = short * place / np.maximum(reach, 1e-9) / (len(looks) * turned**2 + shut**2)
                for look in looks:
                    look[lids] += turned * step
                together += len(looks) * turned * step
                blink[lids] += shut * step
                largest = max(largest, float(short.max()))
    return largest


def deepest_sum(
    lids: Int[np.ndarray, " L"],
    side: str,
    head: tuple[Float[np.ndarray, "V 3"], Float[np.ndarray, "64 V 3"]],
    ball: tuple[Float[np.ndarray, "3"], float],
) -> float:
    """Return how deep a lid vertex is in the eyeball at most, over all these sums and each shape alone, metres.

    Args:
        lids: as above.
        side: as above.
        head: as above; not changed.
        ball: as above.
    """
    (skin, shapes), (centre, radius) = head, ball
    rest, blink = skin[lids] - centre, shapes[SHAPES.index(f"eyeBlink{side}"), lids]
    deepest = 0.0
    for gaze in GAZES:
        together = sum(shapes[SHAPES.index(f"eyeLook{direction}{side}"), lids] for direction in gaze)
        for turned, shut in product((0.0, *STEPS), (0.0, *STEPS)):
            reach = np.linalg.norm(rest + turned * together + shut * blink, axis=1).min()
            deepest = max(deepest, float(radius - reach))
    return deepest
