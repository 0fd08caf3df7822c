"""Fit the coefficients of the face model to a face."""

from dataclasses import replace

import numpy as np
from jaxtyping import Float

from toonface.geometry.camera import ScaledOrthographic
from toonface.geometry.crop import CropFrame, network_input, warp
from toonface.geometry.rotation import rotation_about_axis_radians
from toonface.morphable.coarse_fit import COEFFICIENT_COUNT, CoarseFit, fit_from_coefficients
from toonface.morphable.eyes import GAZE_DEGREES
from toonface.morphable.names import SHAPES
from toonface.types import Network, Picture, take_output

MARGIN = 1.6
"""Side of the crop in larger sides of the box around the 68 points."""
LIFT = 0.08
"""How far the crop's centre lies above the box's, in larger sides."""
SIZE = 224
"""Side of the crop in its own pixels."""

UPWARDS_DEGREES = 5.5
"""How far the network sees people look up who do not: 51 portraits taken at eye level (Face Research Lab London Set)
are at -5.6 degrees as they are, at -5.1 and -4.7 in two styles, with a spread of 4.7, and look down by 5.9."""
DOWN = [SHAPES.index("eyeLookDownLeft"), SHAPES.index("eyeLookDownRight")]
ACROSS = np.array([1.0, 0.0, 0.0])
VIEW = np.array([0.0, 0.0, 1.0])
TURNED_TOGETHER = ((3, 1, 1), (7, 5, 1), (8, 4, 2))
"""Spherical harmonics about the viewing axis: those that go with cos(mφ) and with sin(mφ), and m."""


def fit_coarse(network: Network, picture: Picture, frame: CropFrame, *, photograph: bool = False) -> CoarseFit:
    """Fit the face in a frame; camera and light are those of the whole picture.

    Args:
        network: `coarse`.
        picture: sRGB.
        frame: around the face, with this module's margin and lift.
        photograph: whether the picture shows, or was drawn after, a person; then the answer is levelled.

    Raises:
        ValueError: the network returned something else than 239 coefficients.
    """
    outputs = network(network_input(warp(picture, frame, SIZE)))
    fit = fit_from_coefficients(take_output(outputs, "coefficients", (1, COEFFICIENT_COUNT))[0], SIZE, SIZE)
    height, width = picture.shape[:2]
    fit = replace(
        fit,
        camera=camera_in_picture(fit.camera, frame, width=width, height=height),
        light=turn_light(fit.light, -frame.roll_radians),
    )
    return level_photograph(fit) if photograph else fit


def level_photograph(fit: CoarseFit) -> CoarseFit:
    """Take off the upward turn, and the downward look, that the network sees in all people.

    Features of the model's mean head lie lower than people's do, so that a level face fits it when it looks up. A
    neutral head that is turned back from there looks stern: corners of the mouth lie behind its middle, and sink.

    Args:
        fit: of a person.
    """
    weights = fit.expression.copy()
    weights[DOWN] = np.maximum(weights[DOWN] - UPWARDS_DEGREES / GAZE_DEGREES["Down"], 0.0)
    level = rotation_about_axis_radians(ACROSS, np.radians(UPWARDS_DEGREES))
    return replace(fit, camera=replace(fit.camera, rotation=fit.camera.rotation @ level), expression=weights)


def camera_in_picture(camera: ScaledOrthographic, frame: CropFrame, *, width: int, height: int) -> ScaledOrthographic:
    """Bring the camera of a square crop into the picture: every point is projected to where the crop showed it.

    Args:
        camera: of the crop.
        frame: of the crop.
        width: of the picture, pixels.
        height: of the picture, pixels.
    """
    scale = camera.scale * frame.side_px / camera.width
    # The crop's axes are turned clockwise in the picture, where y is down: a negative angle about the viewing axis.
    turn = rotation_about_axis_radians(VIEW, -frame.roll_radians)
    offset = np.array([frame.centre_px[0] - 0.5 * width, 0.5 * height - frame.centre_px[1]])
    return ScaledOrthographic(
        rotation=turn @ camera.rotation,
        translation=turn[:2, :2] @ camera.translation + offset / scale,
        scale=scale,
        width=width,
        height=height,
    )


def turn_light(light: Float[np.ndarray, " 9"], angle_radians: float) -> Float[np.ndarray, " 9"]:
    """Turn a light about the viewing axis.

    Args:
        light: spherical harmonics as in `docs/conventions.md`.
        angle_radians: counter-clockwise as one sees it.
    """
    turned = light.copy()
    for with_cosine, with_sine, m in TURNED_TOGETHER:
        cosine, sine = np.cos(m * angle_radians), np.sin(m * angle_radians)
        turned[with_cosine] = cosine * light[with_cosine] - sine * light[with_sine]
        turned[with_sine] = sine * light[with_cosine] + cosine * light[with_sine]
    return turned
