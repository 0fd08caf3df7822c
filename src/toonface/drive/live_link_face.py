"""What Live Link Face says about a face: 52 weights and nine angles, in packets and in recordings."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from toonface.drive.gaze import gaze_from_weights, weights_with_gaze
from toonface.drive.quaternions import quaternions_of_angles, quaternions_to_matrices
from toonface.geometry.rotation import Rotation
from toonface.morphable.names import ARKIT_SHAPES, SHAPES
from toonface.types import Expression

ANGLES = ("Yaw", "Pitch", "Roll")
VALUES = (*ARKIT_SHAPES, *(f"{part}{angle}" for part in ("Head", "LeftEye", "RightEye") for angle in ANGLES))
"""The 61 values in the order of the packets."""


@dataclass(frozen=True, kw_only=True)
class LiveLinkFace:
    """What the face does, as it was sent: nothing is clipped or turned."""

    weights: Float[np.ndarray, " 52"]
    """By `names.ARKIT_SHAPES`."""
    head: Float[np.ndarray, " 3"]
    """Yaw, pitch, roll; see `LiveLinkOptions`."""
    eyes: Float[np.ndarray, "2 3"]
    """The same of the left and the right eye."""


@dataclass(frozen=True, kw_only=True)
class LiveLinkOptions:
    """How the angles of the head are meant. No source that we found states it, so that it can be set."""

    radians_per_unit: float = 1.0
    """1 for radians, as receivers take them; π for half turns, which Unreal's own plugin wrote in 2019."""
    signs: tuple[float, float, float] = (1.0, 1.0, -1.0)
    """Factors of yaw, pitch and roll that give those of `docs/conventions.md`."""


LIVE_LINK_DEFAULTS = LiveLinkOptions()


def expression_of(face: LiveLinkFace, options: LiveLinkOptions = LIVE_LINK_DEFAULTS) -> Expression:
    """Return the face as a head is driven by it; the gaze is that of the eyeLook shapes, which say the same.

    Args:
        face: as it was sent; its weights are clipped to [0, 1].
        options: what its angles mean.
    """
    weights = shape_weights(face.weights)
    rotation = quaternions_to_matrices(head_quaternions(face.head[None], options))[0]
    return Expression(weights=weights, gaze_radians=gaze_from_weights(weights), rotation=rotation)


def shape_weights(weights: Float[np.ndarray, "*N 52"]) -> Float[np.ndarray, "*N 64"]:
    """Return weights by `names.SHAPES`, clipped to [0, 1]; the further 12 are 0.

    Args:
        weights: by `names.ARKIT_SHAPES`, as they were sent.
    """
    result = np.zeros((*weights.shape[:-1], len(SHAPES)))
    result[..., : len(ARKIT_SHAPES)] = np.clip(weights, 0.0, 1.0)
    return result


def head_quaternions(
    angles: Float[np.ndarray, "N 3"], options: LiveLinkOptions = LIVE_LINK_DEFAULTS
) -> Float[np.ndarray, "N 4"]:
    """Return the rotations of the head as unit quaternions x, y, z, w.

    Args:
        angles: yaw, pitch, roll, as they were sent.
        options: what they mean.
    """
    return quaternions_of_angles(angles * options.radians_per_unit * np.array(options.signs))


def face_of_expression(expression: Expression, options: LiveLinkOptions = LIVE_LINK_DEFAULTS) -> LiveLinkFace:
    """Return a face as it is sent; the 12 shapes beyond ARKit's are lost.

    Args:
        expression: its gaze goes to the eyeLook shapes and, with pitch positive downwards as the head's, to the eyes.
        options: what the angles mean to the receiver.
    """
    per_radian = np.array(options.signs) / options.radians_per_unit
    yaw, pitch = expression.gaze_radians.T
    return LiveLinkFace(
        weights=weights_with_gaze(expression.weights, expression.gaze_radians)[: len(ARKIT_SHAPES)],
        head=_angles(expression.rotation) * per_radian,
        eyes=np.stack([yaw, -pitch, np.zeros(2)], axis=1) * per_radian,
    )


def face_of_values(values: Float[np.ndarray, " 61"]) -> LiveLinkFace:
    """Sort the 61 values.

    Args:
        values: by `VALUES`.

    Raises:
        ValueError: a value is not finite.
    """
    wrong = np.flatnonzero(~np.isfinite(values))
    if wrong.size:
        raise ValueError(f"{VALUES[wrong[0]]} is {values[wrong[0]]}, expected a finite number")
    return LiveLinkFace(weights=values[:52], head=values[52:55], eyes=values[55:].reshape(2, 3))


def values_of_face(face: LiveLinkFace) -> Float[np.ndarray, " 61"]:
    """Return the 61 values by `VALUES`.

    Args:
        face: to be sent.
    """
    return np.concatenate([face.weights, face.head, face.eyes.ravel()])


def _angles(rotation: Rotation) -> Float[np.ndarray, "3"]:
    """Yaw, pitch, roll of `R_roll @ R_pitch @ R_yaw`, radians; at a pitch of 90 degrees one of many."""
    r = rotation
    pitch = np.arcsin(np.clip(r[2, 1], -1.0, 1.0))
    return np.array([np.arctan2(-r[2, 0], r[2, 2]), pitch, np.arctan2(-r[0, 1], r[1, 1])])
