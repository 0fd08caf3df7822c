"""Lids: blink, squint, wide, and the lids that a gaze carries. The eyeballs turn at run time."""

import numpy as np

from tools.face_model.sculpt.clay import Clay, Offsets, lid_grid
from toonface.morphable.lids import FIRST_RING, LID_MOTIONS, RING_SHARES, lid_offsets

GAZE_DRIFT = 0.0007
"""Sideways drift of the lids towards the gaze, metres: the cornea's bulge pushes them."""


def eye_shapes(clay: Clay) -> dict[str, Offsets]:
    """Sculpt the left eye's shapes."""
    squint = clay.units["eye-left-slit"]
    wide = clay.units["eye-left-opened-up"]
    around = clay.off_lids()
    apple = clay.blob((0.036, 0.012, 0.115), (0.030, 0.020, 0.03))[:, None]
    return {
        "eyeBlinkLeft": lid_motion(clay, "eyeBlink") + 0.0012 * apple * [0.0, 1.0, 0.2] * around,
        "eyeSquintLeft": lid_motion(clay, "eyeSquint") + around * (0.65 * squint + 0.0016 * apple * [0.0, 1.0, 0.4]),
        "eyeWideLeft": lid_motion(clay, "eyeWide") + around * 0.6 * wide,
        "eyeLookUpLeft": lid_motion(clay, "eyeLookUp"),
        "eyeLookDownLeft": lid_motion(clay, "eyeLookDown"),
        "eyeLookInLeft": _drift(clay, -GAZE_DRIFT),
        "eyeLookOutLeft": _drift(clay, GAZE_DRIFT),
    }


def lid_motion(clay: Clay, name: str) -> Offsets:
    """Turn the left lids as the run time does on this head."""
    grid = lid_grid(clay.eye)
    centre, rim = clay.points[clay.parts["eyes"]][:2]
    offsets = clay.nothing()
    offsets[grid.table] = lid_offsets(clay.points[clay.skin], centre, rim[0] - centre[0], grid, LID_MOTIONS[name])
    return offsets


def _drift(clay: Clay, distance: float) -> Offsets:
    offsets = clay.nothing()
    for number, share in enumerate(RING_SHARES):
        ring = FIRST_RING + number
        offsets[clay.eye.ring(ring), 0] = distance * share * np.clip((ring - 1.0) / 2.0, 0.0, 1.0)
    return offsets
