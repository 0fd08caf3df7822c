"""Laws of the coarse stage: in the picture, the face lies where the crop showed it, and is lit as it was there."""

import numpy as np
import pytest

from toonface.geometry.camera import camera_from_pose, pose_of, project
from toonface.geometry.crop import CropFrame, to_picture
from toonface.geometry.rotation import matrix_to_axis_angle
from toonface.morphable.eyes import GAZE_DEGREES
from toonface.morphable.names import SHAPES
from toonface.morphable.spherical_harmonics import sh_basis
from toonface.stages.coarse import SIZE, UPWARDS_DEGREES, camera_in_picture, fit_coarse, turn_light

POSE = np.array([0.2, -0.5, 0.1, 0.012, -0.02, np.log(900.0)])
FRAMES = [CropFrame(centre_px=(400.0, 210.0), side_px=333.0, roll_radians=roll) for roll in (0.0, 0.6, -1.3, 2.9)]


@pytest.fixture
def rng():
    return np.random.default_rng(8)


@pytest.fixture
def coefficients(rng):
    return np.concatenate([rng.normal(size=80), rng.uniform(size=64), rng.normal(size=89), POSE]).astype(np.float32)


@pytest.mark.parametrize("frame", FRAMES)
def test_points_are_projected_to_where_the_crop_showed_them(rng, frame):
    head = rng.normal(0.0, 0.1, (20, 3))
    in_crop = camera_from_pose(POSE, SIZE, SIZE)
    in_picture = camera_in_picture(in_crop, frame, width=640, height=480)
    shown = project(in_crop, head)
    found = project(in_picture, head)
    np.testing.assert_allclose(found[:, :2], to_picture(frame, SIZE, shown[:, :2]), atol=1e-6)
    np.testing.assert_allclose(found[:, 2], shown[:, 2] * frame.side_px / SIZE, atol=1e-6)
    assert (in_picture.width, in_picture.height) == (640, 480)


def test_the_camera_of_the_whole_picture_as_its_own_crop_is_the_same():
    camera = camera_from_pose(POSE, SIZE, SIZE)
    frame = CropFrame(centre_px=(0.5 * SIZE, 0.5 * SIZE), side_px=float(SIZE), roll_radians=0.0)
    np.testing.assert_allclose(pose_of(camera_in_picture(camera, frame, width=SIZE, height=SIZE)), POSE, atol=1e-12)


@pytest.mark.parametrize("frame", FRAMES)
def test_the_face_is_lit_as_it_was_in_the_crop(rng, coefficients, frame):
    """The normals turn with the camera's axes, and the light with them: the shading of every normal stays."""
    picture = np.zeros((480, 640, 3), np.uint8)
    fit = fit_coarse(lambda _: {"coefficients": coefficients[None]}, picture, frame)
    normals = rng.normal(size=(30, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    in_crop = normals @ camera_from_pose(coefficients[233:].astype(float), SIZE, SIZE).rotation.T
    before = sh_basis(in_crop) @ coefficients[224:233]
    np.testing.assert_allclose(sh_basis(normals @ fit.camera.rotation.T) @ fit.light, before, atol=1e-6)


def test_turning_a_light_back_is_the_identity(rng):
    light = rng.normal(size=9)
    np.testing.assert_allclose(turn_light(turn_light(light, 0.7), -0.7), light, atol=1e-12)


def test_the_coefficients_are_the_networks(coefficients):
    inputs = []

    def network(picture):
        inputs.append(picture)
        return {"coefficients": coefficients[None]}

    fit = fit_coarse(network, np.zeros((480, 640, 3), np.uint8), FRAMES[1])
    assert inputs[0].shape == (1, 3, SIZE, SIZE)
    np.testing.assert_allclose(fit.identity, coefficients[:80], rtol=1e-6)
    np.testing.assert_allclose(fit.expression, coefficients[80:144], rtol=1e-6)
    np.testing.assert_allclose(fit.texture, coefficients[144:224], rtol=1e-6)


def test_weights_are_brought_into_their_range(coefficients):
    coefficients[80:144] = np.linspace(-0.5, 1.5, 64)
    fit = fit_coarse(lambda _: {"coefficients": coefficients[None]}, np.zeros((48, 64, 3), np.uint8), FRAMES[0])
    assert (fit.expression.min(), fit.expression.max()) == (0.0, 1.0)


def test_a_photograph_is_levelled_about_the_heads_own_axis(coefficients):
    coefficients[80:144] = 0.0
    coefficients[80 + SHAPES.index("eyeLookDownLeft")] = 0.6
    as_drawn, levelled = (
        fit_coarse(
            lambda _: {"coefficients": coefficients[None]},
            np.zeros((48, 64, 3), np.uint8),
            FRAMES[1],
            photograph=is_one,
        )
        for is_one in (False, True)
    )
    turn = matrix_to_axis_angle(as_drawn.camera.rotation.T @ levelled.camera.rotation)
    np.testing.assert_allclose(np.degrees(turn), [UPWARDS_DEGREES, 0.0, 0.0], atol=1e-6)
    assert levelled.expression.min() == 0.0
    lowered = as_drawn.expression - levelled.expression
    assert np.flatnonzero(lowered) == [SHAPES.index("eyeLookDownLeft")]
    np.testing.assert_allclose(lowered.max() * GAZE_DEGREES["Down"], UPWARDS_DEGREES, rtol=1e-6)


def test_other_outputs_are_refused():
    with pytest.raises(ValueError, match=r"'coefficients' has shape \(1, 200\), expected \(1, 239\)"):
        fit_coarse(lambda _: {"coefficients": np.zeros((1, 200))}, np.zeros((9, 9, 3), np.uint8), FRAMES[0])
