"""What the expression network is taught of a crop is what the crop shows, and rare shapes count more."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from toonface.geometry.rotation import axis_angle_to_matrix
from toonface.morphable.eyes import GAZE_DEGREES, gaze_rotations
from toonface.morphable.names import SHAPES
from toonface.nets.expression_net import Truth
from toonface.stages.expression import LIFT, MARGIN, SIZE
from toonface.train.augment import Jitter, Placement, place_crop
from toonface.train.expression import Config, Crops
from toonface.train.expression_labels import (
    IS_LOOK,
    MIRRORED_SHAPES,
    chances,
    looks_from_gaze,
    rotation_in_crop,
    sees_an_eye,
    shape_balance,
    truth_of,
)
from toonface.types import FaceRegion

CONFIG = Config(samples=Path("samples"), out=Path("run"))


def placement(turn_radians=0.0, mirrored=False, side=100.0):
    """A square crop of the middle of the picture, its x axis turned clockwise as one sees it."""
    cosine, sine = np.cos(turn_radians), np.sin(turn_radians)
    axes = side / SIZE * np.array([[cosine, sine], [-sine, cosine]])
    axes[0] *= -1.0 if mirrored else 1.0
    return Placement(corner_px=80.0 - 0.5 * SIZE * axes.sum(axis=0), axes_px=axes, mirrored=mirrored, size=SIZE)


def in_picture(head_point, axis_angle):
    """Where the camera shows a point of the head: x to the right, y down."""
    return 80.0 + (axis_angle_to_matrix(axis_angle) @ head_point)[:2] * [30.0, -30.0]


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("turn", [-0.7, 0.0, 0.3])
def test_a_head_turned_as_the_crop_says_is_seen_as_the_crop_shows_it(rng, turn, mirrored):
    axis_angle, place = np.array([0.3, -0.5, 0.2]), placement(turn, mirrored, side=float(SIZE))
    head = rng.normal(size=(5, 3))
    shown = place.points(np.array([in_picture(point, axis_angle) for point in head])) + 80.0 - 0.5 * SIZE
    turned = rotation_in_crop(axis_angle, place)
    sides = np.array([-1.0 if mirrored else 1.0, 1.0, 1.0])  # what was on the left is on the right of the mirrored head
    np.testing.assert_allclose(shown, [in_picture(sides * point, turned) for point in head], atol=1e-6)


def test_stretch_turns_no_head():
    place = replace(placement(), axes_px=np.array([[1.2, 0.0], [0.0, 0.8]]))
    np.testing.assert_allclose(rotation_in_crop(np.array([0.3, -0.5, 0.2]), place), [0.3, -0.5, 0.2])


def test_mirroring_twice_changes_no_shape_and_once_swaps_sides_and_directions():
    np.testing.assert_array_equal(MIRRORED_SHAPES[MIRRORED_SHAPES], np.arange(64))
    for name, partner in (("eyeBlinkLeft", "eyeBlinkRight"), ("jawLeft", "jawRight"), ("mouthLeft", "mouthRight")):
        assert MIRRORED_SHAPES[SHAPES.index(name)] == SHAPES.index(partner)
    assert MIRRORED_SHAPES[SHAPES.index("jawOpen")] == SHAPES.index("jawOpen")


def test_a_mirrored_crop_has_mirrored_labels(sample):
    plain, mirrored = (Truth(*truth_of(sample, placement(mirrored=flag))) for flag in (False, True))
    left, right = SHAPES.index("mouthSmileLeft"), SHAPES.index("mouthSmileRight")
    assert (mirrored.weights[left], mirrored.weights[right]) == (plain.weights[right], plain.weights[left])
    np.testing.assert_allclose(plain.gaze, [0.3, 0.1, 0.2, -0.1])
    np.testing.assert_allclose(mirrored.gaze, [-0.2, -0.1, -0.3, 0.1])
    np.testing.assert_allclose(mirrored.rotation, plain.rotation * [1.0, -1.0, -1.0], atol=1e-6)
    np.testing.assert_allclose(mirrored.points[36], [1.0, 0.0] + plain.points[45] * [-1.0, 1.0], atol=1e-6)


def test_gaze_becomes_the_eye_look_weights_that_turn_the_eyes_so():
    weights = np.zeros(64)
    for name, weight in (("OutLeft", 0.6), ("InRight", 0.4), ("UpLeft", 0.3), ("DownRight", 0.8)):
        weights[SHAPES.index(f"eyeLook{name}")] = weight
    x, y, z = gaze_rotations(weights)[:, :, 2].T
    gaze = np.stack([np.arctan2(x, z), np.arcsin(y)], axis=1).flatten()
    found = np.clip(gaze @ looks_from_gaze().numpy(), 0.0, 1.0)
    np.testing.assert_allclose(found, weights, atol=1e-6)
    assert set(GAZE_DEGREES) == {"Up", "Down", "In", "Out"}


def test_an_eye_is_seen_unless_both_are_closed_or_covered(sample):
    assert sees_an_eye(sample)
    for region in (FaceRegion.EYE_LEFT, FaceRegion.EYE_RIGHT):
        wink = np.where(sample.parsing == region, np.uint8(FaceRegion.SKIN), sample.parsing)
        assert sees_an_eye(replace(sample, parsing=wink))
    assert not sees_an_eye(replace(sample, parsing=np.full_like(sample.parsing, FaceRegion.GLASSES)))


def test_a_gaze_that_is_not_seen_hardly_counts(sample):
    closed = replace(sample, parsing=np.zeros_like(sample.parsing))
    assert Truth(*truth_of(sample, placement())).known.tolist() == [1.0, 1.0, 1.0]
    assert Truth(*truth_of(closed, placement())).known[1] == pytest.approx(0.1)


@pytest.fixture
def drawn(rng):
    """Weights of 1000 scenes: smiles in half of them, a tongue in ten."""
    weights = np.zeros((1000, 64), np.float32)
    weights[:500, SHAPES.index("mouthSmileLeft")] = 0.8
    weights[:10, SHAPES.index("tongueOut")] = 0.9
    weights[:, SHAPES.index("eyeLookUpLeft")] = rng.uniform(0.0, 1.0, 1000)
    return weights


def test_scenes_with_a_rare_shape_are_drawn_three_times_as_often(drawn):
    share = chances(drawn)
    assert share.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(share[:10], 3.0 * share[10])
    np.testing.assert_allclose(share[10:], share[10])


def test_rare_shapes_count_more_and_those_that_follow_the_gaze_not_at_all(drawn):
    balance = shape_balance(drawn)
    assert balance[SHAPES.index("tongueOut")] > 2.0 * balance[SHAPES.index("mouthSmileLeft")] > 0.0
    assert not balance[IS_LOOK].any()
    assert (balance[~IS_LOOK] > 0.0).all()


def test_a_real_portrait_is_a_neutral_face_with_some_points(cache, portrait, rng):
    crops = Crops(cache=cache, ends=np.ones(120), real=[portrait], config=replace(CONFIG, real_share=1.0))
    for _ in range(4):
        crop, *labels = crops(rng)
        truth = Truth(*labels)
        assert crop.shape == (SIZE, SIZE, 3)
        assert not truth.weights.any()
        assert 0.0 < truth.known[0] < 1.0
        assert not truth.known[1:].any()
        assert truth.points_known.sum() == 60.0
        assert np.isfinite(truth.points).all()


def test_points_lie_where_the_crop_shows_them(sample, rng):
    still = Jitter(shift=0.0, zoom=0.0, roll_radians=0.0, stretch=0.0, shear=0.0, mirror=False)
    place = place_crop(rng, sample.landmarks_px, margin=MARGIN, lift=LIFT, size=SIZE, jitter=still)
    points = Truth(*truth_of(sample, place)).points
    low, high = points.min(axis=0), points.max(axis=0)
    assert (high - low).max() == pytest.approx(1.0 / MARGIN, rel=1e-3)
    np.testing.assert_allclose(0.5 * (low + high), 0.5, atol=1e-3)
