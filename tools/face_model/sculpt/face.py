"""Brows, nose, cheeks and neck."""

import numpy as np

from tools.face_model.sculpt.clay import Clay, Offsets
from tools.face_model.sculpt.eyes import lid_motion


def face_shapes(clay: Clay) -> dict[str, Offsets]:
    """Sculpt the shapes of brows, nose, cheeks and neck; of a pair only the left."""

    def unit(name: str) -> Offsets:
        return clay.units[name] * clay.skin[:, None]

    inner = unit("eyebrows-left-inner-up")
    sneer = clay.smooth(1.15 * unit("nose-left-elevation"), rounds=2) + _wing_lift(clay) + lid_motion(clay, "noseSneer")
    return {
        "browDownLeft": 1.35 * unit("eyebrows-left-down"),
        "browInnerUp": 1.45 * (inner + clay.mirrored(inner)),
        "browOuterUpLeft": 1.4 * unit("eyebrows-left-extern-up"),
        "cheekPuff": clay.sealed(_puff(clay, 0.0125) + _seal_puff(clay)),
        "cheekSquintLeft": _cheek_raise(clay) + lid_motion(clay, "cheekSquint"),
        "noseSneerLeft": sneer,
        "nostrilDilateLeft": clay.smooth(1.4 * unit("nose-left-dilatation"), rounds=2),
        "nostrilCompressLeft": clay.left(1.0 * clay.symmetric(unit("nose-compression")), width=0.006),
        "neckTighten": 0.8 * clay.symmetric(unit("neck-platysma")) * _below_mouth(clay),
        "cheekSuck": _puff(clay, -0.0075),
    }


def _puff(clay: Clay, height: float) -> Offsets:
    """Cheeks blown out (or sucked in) along their outward direction, metres at the middle."""
    cheek = clay.blob((0.046, -0.031, 0.088), (0.041, 0.040, 0.056))[:, None]
    left = cheek * height * np.array([0.78, 0.0, 0.62])
    return left + clay.mirrored(left)


def _seal_puff(clay: Clay) -> Offsets:
    """Air also lifts the skin above and below the lips."""
    above = clay.blob((0.0, -0.017, 0.131), (0.040, 0.016, 0.03))[:, None]
    below = clay.blob((0.0, -0.047, 0.125), (0.036, 0.018, 0.03))[:, None]
    corners = clay.blob((0.022, -0.030, 0.12), (0.016, 0.016, 0.03))[:, None] * np.array([-0.0016, 0.0, 0.0014])
    return 0.0020 * (above + below) * [0.0, 0.0, 1.0] + corners + clay.mirrored(corners)


def _cheek_raise(clay: Clay) -> Offsets:
    """AU 6: the cheek rises and swells under the eye; crow's feet gather at the outer corner."""
    apple = clay.blob((0.040, 0.006, 0.112), (0.034, 0.030, 0.04))[:, None]
    outer = clay.blob((0.054, 0.030, 0.098), (0.018, 0.018, 0.03))[:, None]
    raised = apple * np.array([-0.0004, 0.0050, 0.0022]) + outer * np.array([-0.0010, 0.0006, 0.0])
    return raised * clay.off_lids()


def _wing_lift(clay: Clay) -> Offsets:
    """AU 9: nose wing and upper lip rise together, the side of the nose gathers, the brow's inner end sinks."""
    wing = clay.blob((0.015, -0.004, 0.128), (0.018, 0.018, 0.028))[:, None]
    lip = clay.blob((0.013, -0.020, 0.130), (0.015, 0.012, 0.02))[:, None]
    side = clay.blob((0.013, 0.016, 0.124), (0.010, 0.016, 0.02))[:, None]
    brow = clay.blob((0.012, 0.052, 0.127), (0.014, 0.014, 0.02))[:, None]
    lifted = wing * [0.0006, 0.0024, 0.0] + lip * [0.0002, 0.0020, 0.0004]
    return (lifted + side * [0.0, 0.0012, 0.0014] + brow * [-0.0010, -0.0024, 0.0006]) * clay.off_lids()


def _below_mouth(clay: Clay) -> np.ndarray:
    return np.clip((-0.045 + clay.shift[1] - clay.points[:, 1:2]) / 0.02, 0.0, 1.0)
