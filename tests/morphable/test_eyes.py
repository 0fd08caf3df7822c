"""Laws of the eyeballs: where they settle, where they look, and lids that stay in front of them."""

import numpy as np
import pytest

from toonface.morphable.eyes import (
    GAZE_DEGREES,
    LARGEST_RETREAT,
    RESTING_RINGS,
    SKIN_GAP,
    Eyeballs,
    gaze_rotation,
    gaze_rotations,
    keep_outside,
    settle_eyeballs,
)
from toonface.morphable.names import SHAPES

FORWARD = np.array([0.0, 0.0, 1.0])
AT_REST = np.tile(np.eye(3), (2, 1, 1))
SIDES = ("Left", "Right")


def weights_of(**shapes):
    weights = np.zeros(len(SHAPES))
    for name, weight in shapes.items():
        weights[SHAPES.index(name)] = weight
    return weights


def gaze_of(shape, side):
    return gaze_rotations(weights_of(**{shape + side: 1.0}))[SIDES.index(side)] @ FORWARD


def settled(model, neutral):
    return settle_eyeballs(neutral, model.lids, AT_REST)


def test_gaze_is_a_rotation_for_every_angle(rng):
    for yaw, pitch in rng.uniform(-1.5, 1.5, size=(20, 2)):
        rotation = gaze_rotation(yaw, pitch)
        np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)
        assert np.linalg.det(rotation) == pytest.approx(1.0)


def test_yaw_and_pitch_can_be_read_off_the_gaze(rng):
    for yaw, pitch in rng.uniform(-1.5, 1.5, size=(20, 2)):
        x, y, z = gaze_rotation(yaw, pitch) @ FORWARD
        assert np.arctan2(x, z) == pytest.approx(yaw)
        assert np.arcsin(y) == pytest.approx(pitch)


def test_gaze_does_not_roll(rng):
    """The eyeball's own right stays level: Listing's law in its simplest form."""
    for yaw, pitch in rng.uniform(-1.0, 1.0, size=(20, 2)):
        assert (gaze_rotation(yaw, pitch) @ [1.0, 0.0, 0.0])[1] == pytest.approx(0.0, abs=1e-12)


def test_without_weights_the_eyes_look_ahead():
    np.testing.assert_array_equal(gaze_rotations(np.zeros(len(SHAPES))), AT_REST)


@pytest.mark.parametrize("side", SIDES)
def test_each_shape_turns_its_eye_the_way_it_says(side):
    outward = 1.0 if side == "Left" else -1.0
    assert gaze_of("eyeLookUp", side)[1] > 0.3
    assert gaze_of("eyeLookDown", side)[1] < -0.3
    assert outward * gaze_of("eyeLookOut", side)[0] > 0.3
    assert outward * gaze_of("eyeLookIn", side)[0] < -0.3


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("direction", GAZE_DEGREES)
def test_weight_1_turns_by_the_stated_angle_and_the_other_eye_stays(side, direction):
    rotations = gaze_rotations(weights_of(**{f"eyeLook{direction}{side}": 1.0}))
    eye = SIDES.index(side)
    angle = np.degrees(np.arccos((rotations[eye] @ FORWARD)[2]))
    assert angle == pytest.approx(GAZE_DEGREES[direction])
    np.testing.assert_array_equal(rotations[1 - eye], np.eye(3))


def test_out_on_one_side_and_in_on_the_other_look_the_same_way():
    both = gaze_rotations(weights_of(eyeLookOutLeft=0.6, eyeLookInRight=0.6))
    np.testing.assert_allclose(both[0], both[1], atol=1e-12)
    cancelled = gaze_rotations(weights_of(eyeLookUpLeft=0.3, eyeLookDownLeft=0.3 * 24 / 27))
    np.testing.assert_allclose(cancelled[0], np.eye(3), atol=1e-12)


def test_eyeballs_move_back_and_never_forward_or_aside(face_model, random_neutrals):
    for neutral in [face_model.mean, *random_neutrals]:
        eyes = settled(face_model, neutral)
        planted = neutral[[-4, -2]]
        np.testing.assert_array_equal(eyes.centres[:, :2], planted[:, :2])
        retreat = planted[:, 2] - eyes.centres[:, 2]
        assert (retreat >= 0.0).all()
        assert (retreat <= LARGEST_RETREAT * eyes.radii + 1e-12).all()


def test_the_radius_is_the_distance_of_the_rim(face_model, random_neutrals):
    for neutral in [face_model.mean, *random_neutrals]:
        expected = np.linalg.norm(neutral[[-3, -1]] - neutral[[-4, -2]], axis=1)
        np.testing.assert_allclose(settled(face_model, neutral).radii, expected, rtol=1e-3)


def test_settled_eyeballs_do_not_touch_the_resting_lids(face_model, random_neutrals):
    for neutral in [face_model.mean, *random_neutrals]:
        eyes = settled(face_model, neutral)
        for grid, centre, radius, planted in zip(
            face_model.lids, eyes.centres, eyes.radii, neutral[[-4, -2]], strict=True
        ):
            if planted[2] - centre[2] < LARGEST_RETREAT * radius - 1e-9:
                lids = neutral[grid.table[RESTING_RINGS]].reshape(-1, 3)
                assert np.linalg.norm(lids - centre, axis=1).min() > SKIN_GAP * radius - 1e-9


def test_where_an_eyeball_settles_does_not_depend_on_how_far_forward_it_was_planted(face_model):
    ends = []
    for forward in (0.0005, 0.001, 0.002):
        planted = face_model.mean.copy()
        planted[-4:, 2] += settled(face_model, face_model.mean).centres[0, 2] - face_model.mean[-4, 2] + forward
        ends.append(settled(face_model, planted).centres)
    np.testing.assert_allclose(ends[1:], [ends[0]] * 2, atol=1e-9)


def test_eyeballs_that_are_clear_stay_where_they_are(face_model):
    deep = face_model.mean.copy()
    deep[-4:, 2] -= 0.01
    np.testing.assert_array_equal(settled(face_model, deep).centres, deep[[-4, -2]])


def test_what_is_outside_stays_and_what_is_inside_comes_to_the_surface(rng):
    eyes = Eyeballs(
        centres=np.array([[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]]), radii=np.array([0.5, 0.25]), rotations=AT_REST
    )
    skin = rng.uniform(-2.0, 2.0, size=(4000, 3))
    lids = (np.arange(0, 2000), np.arange(2000, 3500))
    result = keep_outside(skin, lids, eyes)
    np.testing.assert_array_equal(result[3500:], skin[3500:])
    for lid, centre, radius in zip(lids, eyes.centres, eyes.radii, strict=True):
        before, after = np.linalg.norm(skin[lid] - centre, axis=1), np.linalg.norm(result[lid] - centre, axis=1)
        inside = before < SKIN_GAP * radius
        assert inside.any()
        np.testing.assert_allclose(result[lid][~inside], skin[lid][~inside], atol=1e-12)
        np.testing.assert_allclose(after[inside], SKIN_GAP * radius)
        ways = ((skin[lid] - centre) * (result[lid] - centre)).sum(axis=1) / (before * after)
        np.testing.assert_allclose(ways, 1.0)


def test_a_lid_vertex_in_the_middle_of_the_eyeball_does_no_harm():
    eyes = Eyeballs(centres=np.zeros((2, 3)), radii=np.ones(2), rotations=AT_REST)
    result = keep_outside(np.zeros((1, 3)), (np.array([0]), np.array([0])), eyes)
    assert np.isfinite(result).all()
