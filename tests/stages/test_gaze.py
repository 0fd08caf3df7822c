"""Laws of reading eyes: cut out upright, a right one is a mirrored left one, turns count as they are said."""

import numpy as np
import pytest
from tests.noise_faces import SIDE, face

from toonface.geometry.crop import to_crop
from toonface.geometry.rotation import axis_angle_to_matrix
from toonface.stages.gaze import CORNERS, SIZE, eye_frames, head_in_crop, read_gaze
from toonface.types import MIRRORED_LANDMARKS

POINTS = face(np.random.default_rng(0)).astype(float)
PICTURE = np.random.default_rng(1).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
MIRROR = np.diag([-1.0, 1.0, 1.0])


def looking_at_colours(picture):
    """Made up numbers that depend on every eye's picture."""
    rows = picture.mean(axis=(1, 3)) - picture.mean(axis=(1, 2, 3))[:, None]
    columns = picture.mean(axis=(1, 2)) - picture.mean(axis=(1, 2, 3))[:, None]
    half = SIZE // 2
    gaze = np.stack([columns[:, :half].sum(1), rows[:, :half].sum(1)], axis=1)
    slope = np.stack([gaze[:, 0], rows[:, 0], columns[:, 0], gaze[:, 1]], axis=1)
    return {"gaze": gaze, "sigma": 1.0 + gaze[:, :1] ** 2, "slope": slope}


def saying(gaze, slope):
    zeros = np.zeros((2, 1))
    answer = {"gaze": zeros + gaze, "sigma": zeros + 0.1, "slope": zeros + slope}
    return lambda picture: answer


@pytest.mark.parametrize("eye", [0, 1])
def test_the_corners_of_an_eye_lie_level_about_the_middle_of_its_crop(eye):
    roll = np.array([[np.cos(0.5), -np.sin(0.5)], [np.sin(0.5), np.cos(0.5)]])
    upright, turned = (
        to_crop(eye_frames(points)[eye], SIZE, points[list(CORNERS[eye])]) for points in (POINTS, POINTS @ roll.T)
    )
    np.testing.assert_allclose(upright.mean(axis=0), [SIZE / 2, SIZE / 2], atol=1e-9)
    np.testing.assert_allclose(np.diff(turned, axis=0)[0], np.diff(upright, axis=0)[0], atol=0.5)


def test_a_mirrored_face_looks_to_the_other_side():
    points = (POINTS * [-1.0, 1.0] + [SIDE, 0.0])[MIRRORED_LANDMARKS]
    rotation = axis_angle_to_matrix(np.array([0.2, 0.3, 0.1]))
    seen = read_gaze(looking_at_colours, PICTURE, POINTS, rotation)
    mirrored = read_gaze(looking_at_colours, np.ascontiguousarray(PICTURE[:, ::-1]), points, MIRROR @ rotation @ MIRROR)
    # Colours are interpolated in steps of a 1,024th of a pixel.
    np.testing.assert_allclose(mirrored.gaze_radians, seen.gaze_radians[::-1] * [-1.0, 1.0], atol=0.03)
    np.testing.assert_allclose(mirrored.sigma_radians, seen.sigma_radians[::-1], atol=0.05)


def test_turns_of_the_head_count_by_their_slopes_mirrored_for_the_right_eye():
    rotation = axis_angle_to_matrix(np.array([0.0, 0.2, 0.0]))  # to the left
    upright = POINTS.copy()
    upright[36:42, 1] = upright[42:48, 1] = upright[36:48, 1].mean()
    upright[48], upright[54] = [68.0, 100.0], [92.0, 100.0]
    upright[[36, 37, 38, 39, 40, 41], 0] = 160.0 - upright[[45, 44, 43, 42, 47, 46], 0]
    seen = read_gaze(saying([0.0, 0.0], [0.5, 0.0, 0.25, 0.0]), PICTURE, upright, rotation)
    np.testing.assert_allclose(seen.gaze_radians, [[0.1, 0.05], [0.1, -0.05]], atol=1e-6)


def test_a_head_is_turned_in_its_upright_crop_as_without_roll():
    without = axis_angle_to_matrix(np.array([0.0, 0.3, 0.0]))
    rolled = axis_angle_to_matrix(np.array([0.0, 0.0, -0.4])) @ without  # clockwise in the picture
    np.testing.assert_allclose(head_in_crop(without, 0.0), [0.3, 0.0], atol=1e-12)
    np.testing.assert_allclose(head_in_crop(rolled, 0.4), [0.3, 0.0], atol=1e-12)


def test_other_outputs_are_refused():
    with pytest.raises(ValueError, match=r"'slope' has shape \(2, 2\), expected \(2, 4\)"):
        read_gaze(saying([0.0, 0.0], [0.0, 0.0]), PICTURE, POINTS, np.eye(3))
