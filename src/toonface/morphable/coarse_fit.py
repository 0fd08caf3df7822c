"""The 239 coefficients of a face in a picture, taken apart."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from toonface.geometry.camera import ScaledOrthographic, camera_from_pose

IDENTITY, EXPRESSION, TEXTURE = slice(0, 80), slice(80, 144), slice(144, 224)
LIGHT, POSE = slice(224, 233), slice(233, 239)
COEFFICIENT_COUNT = 239


@dataclass(frozen=True, kw_only=True)
class CoarseFit:
    """A face of the model, its light and its camera."""

    identity: Float[np.ndarray, " 80"]
    """α_id, in standard deviations."""
    expression: Float[np.ndarray, " 64"]
    """α_exp, weights in [0, 1] by `names.SHAPES`."""
    texture: Float[np.ndarray, " 80"]
    """α_tex, in standard deviations."""
    light: Float[np.ndarray, " 9"]
    """δ, in the camera's axes."""
    camera: ScaledOrthographic
    """Of the whole picture."""


def fit_from_coefficients(coefficients: Float[np.ndarray, " 239"], width: int, height: int) -> CoarseFit:
    """Take coefficients apart; weights are brought into [0, 1].

    Args:
        coefficients: identity, expression, texture, light, pose, see `docs/conventions.md`.
        width: of the picture that the pose belongs to, pixels.
        height: of that picture, pixels.

    Raises:
        ValueError: the pose is not finite.
    """
    return CoarseFit(
        identity=coefficients[IDENTITY],
        expression=np.clip(coefficients[EXPRESSION], 0.0, 1.0),
        texture=coefficients[TEXTURE],
        light=coefficients[LIGHT],
        camera=camera_from_pose(coefficients[POSE], width, height),
    )
