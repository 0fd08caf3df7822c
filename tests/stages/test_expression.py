"""Laws of the expression stage: planted numbers come back, the head's rotation in the picture's axes."""

import numpy as np
import pytest

from toonface.geometry.camera import ScaledOrthographic, project
from toonface.geometry.crop import CropFrame, to_picture
from toonface.geometry.rotation import axis_angle_to_matrix
from toonface.stages.expression import SIZE, read_expression, read_face

TURN = np.array([0.3, -0.4, 0.2])
PICTURE = np.zeros((240, 320, 3), np.uint8)


def network_saying(weights=None, gaze=(0.1, -0.2, 0.3, 0.4), rotation=TURN):
    weights = np.linspace(0.0, 1.0, 64) if weights is None else weights
    outputs = {"weights": weights, "gaze": np.array(gaze), "rotation": np.array(rotation)}
    return lambda picture: {name: output[None].astype(np.float32) for name, output in outputs.items()}


@pytest.mark.parametrize("roll", [0.0, 0.7, -2.0])
def test_the_head_is_turned_in_the_picture_as_the_crop_showed_it(roll):
    """The head's axes, drawn with the rotation, point in the picture where they pointed in the crop."""
    frame = CropFrame(centre_px=(160.0, 120.0), side_px=float(SIZE), roll_radians=roll)
    found = read_expression(network_saying(), PICTURE, frame).rotation

    def tips(rotation, width, height):
        camera = ScaledOrthographic(rotation=rotation, translation=np.zeros(2), scale=50.0, width=width, height=height)
        return project(camera, np.eye(3))[:, :2]

    shown = to_picture(frame, SIZE, tips(axis_angle_to_matrix(TURN), SIZE, SIZE))
    np.testing.assert_allclose(tips(found, 320, 240), shown, atol=1e-4)


def test_weights_and_gaze_are_the_networks():
    inputs = []
    saying = network_saying()

    def network(picture):
        inputs.append(picture)
        return saying(picture)

    frame = CropFrame(centre_px=(160.0, 120.0), side_px=90.0, roll_radians=0.4)
    found = read_expression(network, PICTURE, frame)
    assert inputs[0].shape == (1, 3, SIZE, SIZE)
    np.testing.assert_allclose(found.weights, np.linspace(0.0, 1.0, 64), atol=1e-6)
    np.testing.assert_allclose(found.gaze_radians, [[0.1, -0.2], [0.3, 0.4]], atol=1e-6)


def test_weights_are_brought_into_their_range():
    frame = CropFrame(centre_px=(160.0, 120.0), side_px=90.0, roll_radians=0.4)
    weights = read_expression(network_saying(np.linspace(-0.5, 1.5, 64)), PICTURE, frame).weights
    assert (weights.min(), weights.max()) == (0.0, 1.0)


def test_points_come_back_to_where_they_lie_in_the_picture():
    frame = CropFrame(centre_px=(160.0, 120.0), side_px=2.0 * SIZE, roll_radians=0.4)
    inside = np.random.default_rng(0).uniform(0.0, SIZE, (68, 2)).astype(np.float32)
    more = {"points": inside[None], "sigma": np.full((1, 68), 1.5, np.float32)}
    found, points = read_face(lambda picture: network_saying()(picture) | more, PICTURE, frame)
    np.testing.assert_allclose(points.points_px, to_picture(frame, SIZE, inside), atol=1e-4)
    np.testing.assert_allclose(points.sigma_px, 3.0)
    same = read_expression(network_saying(), PICTURE, frame)
    np.testing.assert_array_equal(found.rotation, same.rotation)
    with pytest.raises(ValueError, match="expected 'points' among them"):
        read_face(network_saying(), PICTURE, frame)


def test_other_outputs_are_refused():
    frame = CropFrame(centre_px=(160.0, 120.0), side_px=90.0, roll_radians=0.4)
    with pytest.raises(ValueError, match=r"'weights' has shape \(1, 52\), expected \(1, 64\)"):
        read_expression(network_saying(np.zeros(52)), PICTURE, frame)
