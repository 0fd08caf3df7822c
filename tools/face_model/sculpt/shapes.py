"""All 64 shapes in the order of the model."""

import numpy as np
from jaxtyping import Float

from tools.face_model.sculpt.clay import Clay, Offsets, smoothstep
from tools.face_model.sculpt.eyes import eye_shapes
from tools.face_model.sculpt.face import face_shapes
from tools.face_model.sculpt.jaw import find_jaw, jaw_shapes
from tools.face_model.sculpt.mouth import PARTS_LIPS, mouth_shapes
from tools.face_model.sculpt.tongue import tongue_out
from toonface.morphable.names import SHAPES, mirror_name, side_of

CORNER_RADIUS = 0.0075
"""Metres round the corners of the mouth in which offsets are evened out: the cage's points crowd there."""
MIDDLE = 0.0115
"""Metres beyond the middle at which a left shape ends; sealing the lips leaves a few micrometres there."""
CORNER_RADII = {"mouthClose": 0.016} | dict.fromkeys(
    ("jawLeft", "jawRight", "jawForward", "mouthLeft", "mouthRight", "sharpLipPullLeft"),
    0.010,
)
"""The same for shapes that move the corners against their surroundings."""
LIDS_ONLY = ("eyeBlinkLeft", "eyeWideLeft", "eyeLookUpLeft", "eyeLookDownLeft", "eyeLookInLeft", "eyeLookOutLeft")


def calm_corners(clay: Clay, offsets: Offsets, radius: float) -> Offsets:
    """Even out offsets where the cage is so fine at the corners of the mouth that unequal ones would fold it.

    Args:
        clay: the template head.
        offsets: of a shape.
        radius: metres round each corner; there the offsets become harmonic, in the middle wholly so.
    """
    corners = clay.points[clay.mouth.ring(2)[[0, clay.mouth.corner]]]
    reach = np.linalg.norm(clay.points[:, None] - corners[None], axis=2).min(axis=1)
    near = np.flatnonzero((reach < radius) & clay.skin)
    keep = smoothstep(reach[near] / radius)[:, None]
    result = offsets.copy()
    result[near] = keep * offsets[near] + (1.0 - keep) * clay.harmonic(offsets, near)
    return result


def sculpt_shapes(clay: Clay) -> Float[np.ndarray, "64 P 3"]:
    """Sculpt the left and the whole shapes and mirror the right ones.

    Args:
        clay: the template head and its tools.
    """
    jaw = find_jaw(clay)
    shapes = {**eye_shapes(clay), **jaw_shapes(clay, jaw), **mouth_shapes(clay), **face_shapes(clay)}
    shapes["tongueOut"] = tongue_out(clay, jaw)
    for name in shapes.keys() - set(LIDS_ONLY):
        shapes[name] = calm_corners(clay, shapes[name], CORNER_RADII.get(name, CORNER_RADIUS))
    for name in shapes.keys() - PARTS_LIPS:
        shapes[name] = clay.resealed(shapes[name])
    shapes["mouthClose"] = clay.resealed(shapes["jawOpen"] + shapes["mouthClose"]) - shapes["jawOpen"]
    shapes["mouthClose"][~clay.skin] = 0.0
    for name in shapes:
        if side_of(name) == "left":
            shapes[name][clay.points[:, 0] < -MIDDLE] = 0.0
    for name in SHAPES:
        if name not in shapes:
            shapes[name] = clay.mirrored(shapes[mirror_name(name)])
        elif side_of(name) == "both" and mirror_name(name) == name:
            shapes[name] = clay.symmetric(shapes[name])
    return np.array([shapes[name] for name in SHAPES])
