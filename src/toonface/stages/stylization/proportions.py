"""How a style moves the landmarks of a face: thirteen plain rules, and how far each style follows each of them.

This is the stylizer without learning. It also tells the learnt one, on real portraits, where landmarks have to go.
"""

from typing import TypeAlias

import numpy as np
from jaxtyping import Float

Points: TypeAlias = Float[np.ndarray, "68 2"]

EYES = (slice(36, 42), slice(42, 48))
BROWS = (slice(17, 22), slice(22, 27))
NOSE, MOUTH = slice(27, 36), slice(48, 68)
RULES = (
    "eye_width", "eye_height", "eyes_apart", "eyes_rise", "brow_width", "brows_rise",
    "nose_width", "nose_length", "nose_rise", "mouth_size", "mouth_rise", "jaw_narrows", "chin_rises",
)  # fmt: skip
"""What one unit of each rule does, in this order: enlarges, moves by the distance between the eyes, or halves."""
PROPORTIONS: dict[str, tuple[float, ...]] = {
    "soft": (0.272, 0.339, 0.035, -0.012, 0.156, 0.050, -0.140, -0.041, -0.027, -0.030, 0.020, 0.017, 0.065),
    "bold": (0.526, 0.678, 0.077, -0.023, 0.297, 0.089, -0.251, -0.069, -0.046, -0.003, 0.032, 0.027, 0.121),
    "anime": (0.710, 1.170, 0.129, -0.024, 0.388, 0.109, -0.385, -0.109, -0.069, -0.189, 0.056, 0.097, 0.179),
}
"""Style → how far it follows each rule. Least squares over 3,000 rendered scenes (`tools/fit_proportions.py`)."""


def rule_offsets(points: Points) -> Float[np.ndarray, "13 68 2"]:
    """Return by how much one unit of each rule moves each landmark of an upright face.

    Args:
        points: x to the right and y downwards, in any unit; the offsets are in the same.
    """
    centres = [points[eye].mean(axis=0) for eye in EYES]
    middle = 0.5 * (centres[0] + centres[1])
    apart = float(np.linalg.norm(centres[1] - centres[0]))
    rules = np.zeros((len(RULES), 68, 2))
    for eye, brow, centre in zip(EYES, BROWS, centres, strict=True):
        rules[0, eye, 0] = points[eye, 0] - centre[0]
        rules[1, eye, 1] = points[eye, 1] - centre[1]
        for part in (eye, brow):
            rules[2, part, 0] = centre[0] - middle[0]
        rules[3, eye, 1] = -apart
        rules[4, brow, 0] = points[brow, 0] - points[brow, 0].mean()
        rules[5, brow, 1] = -apart
    base = points[31:36].mean(axis=0)
    rules[6, NOSE, 0] = points[NOSE, 0] - base[0]
    rules[7, NOSE, 1] = points[NOSE, 1] - points[27, 1]
    mouth = points[MOUTH].mean(axis=0)
    rules[8, NOSE, 1] = -apart
    rules[9, MOUTH] = points[MOUTH] - mouth
    rules[10, MOUTH, 1] = -apart
    # The contour from ear to ear: nothing at the ears, all of it at the chin.
    share = np.sin(np.linspace(0.0, np.pi, 17))
    rules[11, :17, 0] = -share * (points[:17, 0] - points[8, 0])
    rules[12, :17, 1] = -(share**3) * apart
    return rules


def styled_points(points: Points, style: str, strength: float = 1.0) -> Points:
    """Return where a style puts the landmarks of an upright face.

    Args:
        points: x to the right and y downwards, in any unit.
        style: one of `PROPORTIONS`.
        strength: 0 leaves them, 1 is the whole style.
    """
    return points + strength * np.einsum("k,kpc->pc", PROPORTIONS[style], rule_offsets(points))
