"""Crops say what they show, mirrored or turned; rare shapes come more often; a run learns, saves itself and goes on."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from toonface.geometry.rotation import axis_angle_to_matrix
from toonface.io.sample_cache import CachedSample, SampleCache
from toonface.morphable.coarse_fit import EXPRESSION, POSE
from toonface.morphable.eyes import GAZE_DEGREES, gaze_rotations
from toonface.morphable.names import SHAPES
from toonface.nets.expression_net import Truth
from toonface.stages.expression import LIFT, MARGIN, SIZE
from toonface.train import expression
from toonface.train.augment import Jitter, Placement, place_crop
from toonface.train.expression import Config, Crops, main
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
from toonface.train.real_points import RealPoints
from toonface.train.run import Run
from toonface.types import FaceRegion

SIDE = 160
CONFIG = Config(samples=Path("samples"), out=Path("run"))


class TinyCache(SampleCache):
    """Stands for the cached samples: a few faces of noise, in both styles."""

    def __init__(self, samples):
        self.samples, self.styles = samples, ("photo", "toon")

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, index):
        return self.samples[index]


def face(rng):
    """68 points that stand upright: a circle, with eyes, nose and mouth where they belong."""
    angle = np.linspace(0.0, np.pi, 17)
    points = np.full((68, 2), 80.0) + rng.normal(0.0, 1.0, (68, 2))
    points[:17] += 40.0 * np.stack([-np.cos(angle), np.sin(angle)], axis=1)
    points[36:42] += np.array([[-25, -15], [-22, -18], [-16, -18], [-12, -15], [-16, -13], [-22, -13]])
    points[42:48] += np.array([[12, -15], [16, -18], [22, -18], [25, -15], [22, -13], [16, -13]])
    points[48], points[54] = points[48] + [-12.0, 20.0], points[54] + [12.0, 20.0]
    return points.astype(np.float32)


@pytest.fixture
def rng():
    return np.random.default_rng(1)


@pytest.fixture
def sample(rng):
    coefficients = np.zeros(239, np.float32)
    coefficients[EXPRESSION], coefficients[POSE] = rng.uniform(0.0, 1.0, 64), [0.2, 0.4, 0.1, 0.0, 0.0, 6.0]
    parsing = np.full((SIDE, SIDE), FaceRegion.SKIN, np.uint8)
    parsing[62:68, 55:68], parsing[62:68, 92:105] = FaceRegion.EYE_RIGHT, FaceRegion.EYE_LEFT
    return CachedSample(
        picture=rng.integers(0, 256, (SIDE, SIDE, 3), np.uint8),
        parsing=parsing,
        landmarks_px=face(rng),
        visible=np.ones(68, bool),
        coefficients=coefficients,
        gaze=np.array([[0.3, 0.1], [0.2, -0.1]], np.float32),
        style="photo",
    )


@pytest.fixture
def cache(sample):
    return TinyCache([sample] * 120)


@pytest.fixture
def portrait(sample):
    points = sample.landmarks_px.astype(np.float64)
    partly = points.copy()
    partly[:8] = np.nan
    return RealPoints(picture=sample.picture, points_px=partly, completed_px=points)


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


def test_samples_come_as_often_as_their_chances_say(cache, rng):
    told = [replace(cache[0], gaze=np.full((2, 2), 0.01 * k, np.float32)) for k in range(4)]
    crops = Crops(cache=TinyCache(told), ends=np.cumsum([0.1, 0.0, 0.6, 0.3]), real=[], config=CONFIG)
    gazes = np.array([abs(Truth(*crops(rng)[1:]).gaze[0]) for _ in range(300)])
    shares = [np.isclose(gazes, 0.01 * k).mean() for k in range(4)]
    np.testing.assert_allclose(shares, [0.1, 0.0, 0.6, 0.3], atol=0.09)
    assert shares[1] == 0.0


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


class CountedRun(Run):
    """Its minutes are steps."""

    @property
    def progress(self):
        return self.step / self.minutes


def test_a_run_learns_saves_itself_and_goes_on(cache, tmp_path, monkeypatch):
    monkeypatch.setattr(expression, "unpack_shards", lambda folder: cache)
    monkeypatch.setattr(expression, "read_real_points", lambda data, cache, *, validation: [])
    monkeypatch.setattr(expression, "Run", CountedRun)
    config = replace(CONFIG, out=tmp_path, data=tmp_path, minutes=2.0, batch=4, log_every=1, save_minutes=0.0)
    told = []
    main(config, told.append)
    main(replace(config, minutes=3.0), told.append)
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert told[0] == told[3] == "120 renders, 0 real portraits, on cpu"
    assert [line["step"] for line in lines] == [1, 1, 2, 2, 3, 3]
    assert {"loss", "weights", "gaze", "rotation", "points"} <= lines[0].keys()
    assert {"weights", "correlation", "gaze_degrees", "rotation_degrees"} <= lines[1].keys()


def test_validation_tells_how_far_an_oracle_of_nothing_is(cache, portrait):
    class Nothing(torch.nn.Module):
        def forward(self, picture):
            return tuple(torch.zeros(len(picture), count) for count in (64, 4, 3))

    figures = expression.validate(Nothing(), cache, [portrait], torch.device("cpu"))
    assert figures["weights"] == pytest.approx(cache[0].coefficients[EXPRESSION][:52].mean(), rel=1e-4)
    assert figures["correlation"] == 0.0
    assert figures["gaze_degrees"] == pytest.approx(
        np.degrees(0.5 * (np.hypot(0.3, 0.1) + np.hypot(0.2, 0.1))), rel=1e-3
    )
    assert 15.0 < figures["rotation_degrees"] < 35.0
    assert figures["seen_in_neutral"] == 0.0
