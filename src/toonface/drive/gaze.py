"""Gaze as angles of the eyes and as weights of the eyeLook shapes: one follows from the other."""

from dataclasses import replace

import numpy as np
from jaxtyping import Float

from toonface.morphable.eyes import GAZE_DEGREES, gaze_angles
from toonface.morphable.names import SHAPES
from toonface.stages.gaze import SeenGaze
from toonface.types import Expression

LOOKS = np.array([[SHAPES.index(f"eyeLook{way}{side}") for way in GAZE_DEGREES] for side in ("Left", "Right")])
"""Columns of the eyeLook shapes: left and right eye × up, down, in, out."""
LARGEST = np.radians(list(GAZE_DEGREES.values()))
"""How far an eye turns up, down, in and out at weight 1, radians."""
OUTWARD = np.array([1.0, -1.0])
"""Sign of the yaw of the left and the right eye when they look away from the nose."""
GUESS_RADIANS = 0.12
"""Scale of the error of a gaze that is read from the whole face, as `SeenGaze` has it for each eye. By how far it is
off on rendered performances it would be 0.08; but eyes that are hard to see for one network are for the other too."""
SHUT = 0.5
"""Weight of both eyeBlink shapes from which on nobody can tell where eyes look."""
LIDS = [SHAPES.index("eyeBlinkLeft"), SHAPES.index("eyeBlinkRight")]


def gaze_from_weights(weights: Float[np.ndarray, "*N 64"]) -> Float[np.ndarray, "*N 2 2"]:
    """Return where the eyes look, as `morphable.eyes.gaze_rotations` turns them.

    Args:
        weights: by `names.SHAPES`.

    Returns:
        Left eye, right eye: yaw (positive to the character's left) and pitch (positive upwards), radians.
    """
    up, down, inward, outward = np.moveaxis(weights[..., LOOKS] * LARGEST, -1, 0)
    return np.stack([OUTWARD * (outward - inward), up - down], axis=-1)


def weights_with_gaze(
    weights: Float[np.ndarray, "*N 64"], gaze_radians: Float[np.ndarray, "*N 2 2"]
) -> Float[np.ndarray, "*N 64"]:
    """Return weights whose eyeLook shapes are those of a gaze; eyes turn no farther than weight 1 takes them.

    Args:
        weights: by `names.SHAPES`; their own eyeLook shapes are replaced.
        gaze_radians: as `gaze_from_weights` returns it.
    """
    aside, pitch = OUTWARD * gaze_radians[..., 0], gaze_radians[..., 1]
    turns = np.stack([pitch, -pitch, -aside, aside], axis=-1)
    result = np.array(weights, dtype=np.float64)
    result[..., LOOKS] = np.clip(turns / LARGEST, 0.0, 1.0)
    return result


def gaze_from_rotation(rotation: Float[np.ndarray, "3 3"]) -> Float[np.ndarray, "2"]:
    """Return yaw and pitch of an eye, radians; what it turns about its own axis of view is lost.

    Args:
        rotation: from the eyeball that looks along +z to the head.
    """
    return gaze_angles(rotation[None])[0]


def looking(expression: Expression, seen: SeenGaze, before: Expression | None = None) -> Expression:
    """Return an expression whose eyes look where they are seen to look, both alike, and whose eyeLook shapes say so.

    Each eye counts by how sure it is, and so does the gaze that the expression has already: where hair hangs over eyes
    or glasses are dark, there is nothing better. Under shut lids eyes stay as they were: without that, they swung to
    the middle in every blink, and the correlation of the pitch was 0.80 instead of 0.84 on rendered performances.

    Args:
        expression: of the whole face.
        seen: of the same face's eyes.
        before: what this returned for the picture before, or None.
    """
    if before is not None and expression.weights[LIDS].min() > SHUT:
        gaze = before.gaze_radians
    else:
        certain = 1.0 / np.append(seen.sigma_radians, GUESS_RADIANS) ** 2
        guesses = np.concatenate([seen.gaze_radians, expression.gaze_radians.mean(axis=0, keepdims=True)])
        gaze = np.tile(certain @ guesses / certain.sum(), (2, 1))
    return replace(expression, gaze_radians=gaze, weights=weights_with_gaze(expression.weights, gaze))
