"""Laws of expressions and gazes: all shapes are seen, opposed ones never act together, gaze and its inverse agree."""

import numpy as np
import pytest

from toonface.geometry.rotation import rotation_about_axis_radians
from toonface.morphable.eyes import gaze_rotations
from toonface.morphable.names import SHAPES
from toonface.synth.people.expressions import (
    ANTAGONISTS,
    PROTOTYPES,
    gaze_of,
    prototype_weights,
    random_expression,
    sample_expression,
    sample_gaze,
    wide_expression,
    with_gaze,
)


@pytest.fixture(scope="module")
def many():
    rng = np.random.default_rng(0)
    return np.array([random_expression(rng) for _ in range(3000)])


def weight(many, name):
    return many[:, SHAPES.index(name)]


def test_weights_are_shares(many):
    assert many.shape == (3000, 64)
    assert many.min() == 0.0
    assert 0.9 < many.max() <= 1.0


def test_at_most_eight_shapes_act_and_mostly_some_do(many):
    active = (many > 0.0).sum(axis=1)
    assert active.max() <= 8
    assert np.median(active) >= 3


def test_every_shape_is_drawn(many):
    assert (many > 0.0).any(axis=0).all()


@pytest.mark.parametrize("side", ["Left", "Right"])
@pytest.mark.parametrize("pair", ANTAGONISTS, ids="-".join)
def test_opposed_shapes_never_act_together(many, pair, side):
    first, second = (weight(many, name.replace("*", side)) for name in pair)
    assert not ((first > 0.0) & (second > 0.0)).any()
    assert (first > 0.0).any() and (second > 0.0).any()


def test_lips_close_only_over_an_open_jaw(many):
    closed, opened = weight(many, "mouthClose"), weight(many, "jawOpen")
    assert (closed <= opened).all()
    assert (closed > 0.0).any()


class Fixed(np.random.Generator):
    """Draws given shapes at given weights."""

    def __init__(self, weights):
        super().__init__(np.random.PCG64(0))
        self.weights = weights

    def choice(self, *_, **__):
        return np.array([SHAPES.index(name) for name in self.weights])

    def integers(self, *_):
        return len(self.weights)

    def uniform(self, *_, **__):
        return np.array(list(self.weights.values()))


def test_of_two_opposed_shapes_the_stronger_stays():
    drawn = {"mouthSmileLeft": 0.4, "mouthFrownLeft": 0.6, "mouthFrownRight": 0.3, "mouthClose": 0.8, "jawOpen": 0.5}
    weights = dict(zip(SHAPES, random_expression(Fixed(drawn)), strict=True))
    expected = {"mouthFrownLeft": 0.6, "mouthFrownRight": 0.3, "mouthClose": 0.5, "jawOpen": 0.5}
    assert {name: value for name, value in weights.items() if value} == expected


def test_the_same_seed_gives_the_same_expressions():
    first, second = (random_expression(np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert (random_expression(np.random.default_rng(8)) != first).any()


@pytest.fixture(scope="module")
def made():
    rng = np.random.default_rng(1)
    return np.array([sample_expression(rng) for _ in range(4000)])


def test_expressions_that_people_make_are_shares_and_show_every_shape(made):
    assert made.min() == 0.0
    assert 0.9 < made.max() <= 1.0
    assert (made > 0.2).any(axis=0).all()


def test_about_a_quarter_is_neutral_or_nearly(made):
    assert 0.18 < (made.max(axis=1) < 0.3).mean() < 0.32


def test_smiles_are_common_and_both_sides_differ_a_little(made):
    left, right = (weight(made, f"mouthSmile{side}") for side in ("Left", "Right"))
    smiling = (left > 0.3) & (right > 0.3)
    assert 0.2 < smiling.mean() < 0.6
    uneven = (left - right)[smiling]
    assert 0.02 < np.abs(uneven).mean() < 0.2
    assert abs(uneven.mean()) < 0.01


def test_eyes_wink_on_either_side(made):
    left, right = (weight(made, f"eyeBlink{side}") for side in ("Left", "Right"))
    assert ((left > 0.6) & (right < 0.1)).sum() > 10
    assert ((right > 0.6) & (left < 0.1)).sum() > 10


@pytest.mark.parametrize("pair", ANTAGONISTS, ids="-".join)
def test_opposed_shapes_never_act_together_in_what_people_make(made, pair):
    for side in ("Left", "Right"):
        first, second = (weight(made, name.replace("*", side)) for name in pair)
        assert not ((first > 0.0) & (second > 0.0)).any()


@pytest.mark.parametrize("name", list(PROTOTYPES))
def test_prototypes_are_shares_of_shapes_that_one_face_can_make(name):
    weights = prototype_weights(PROTOTYPES[name])
    assert weights.max() <= 1.0
    assert weights.min() >= 0.0
    for pair in ANTAGONISTS:
        for side in ("Left", "Right"):
            first, second = (weights[SHAPES.index(shape.replace("*", side))] for shape in pair)
            assert min(first, second) == 0.0, pair


def test_a_star_stands_for_both_sides():
    weights = prototype_weights({"mouthSmile*": 0.5, "jawOpen": 0.25})
    named = {name: weight for name, weight in zip(SHAPES, weights, strict=True) if weight}
    assert named == {"mouthSmileLeft": 0.5, "mouthSmileRight": 0.5, "jawOpen": 0.25}


def test_the_same_seed_makes_the_same_expression_and_gaze():
    draws = []
    for _ in range(2):
        rng = np.random.default_rng(7)
        draws.append((sample_expression(rng), sample_gaze(rng, 0.2, 0.1)))
    np.testing.assert_array_equal(draws[0][0], draws[1][0])
    assert draws[0][1] == draws[1][1]


@pytest.mark.parametrize(("yaw", "pitch"), [(0.0, 0.0), (0.3, 0.2), (-0.4, -0.35), (0.1, -0.2), (-0.2, 0.4)])
def test_a_gaze_is_read_back_and_turns_both_eyeballs(made, yaw, pitch):
    looking = with_gaze(made[0], yaw, pitch)
    np.testing.assert_allclose(gaze_of(looking), (yaw, pitch), atol=1e-12)
    direction = [np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)]
    for rotation in gaze_rotations(looking):
        np.testing.assert_allclose(rotation @ [0.0, 0.0, 1.0], direction, atol=1e-12)


def test_a_gaze_beyond_the_reach_stops_there():
    looking = with_gaze(np.zeros(64), 1.0, -1.0)
    np.testing.assert_allclose(np.degrees(gaze_of(looking)), (30.0, -27.0))
    assert looking.max() <= 1.0


def test_a_gaze_changes_nothing_else_but_lids_that_are_wide_open(made):
    for expression in made[:50]:
        changed = {SHAPES[k] for k in np.flatnonzero(with_gaze(expression, 0.2, -0.2) != expression)}
        assert all(name.startswith(("eyeLook", "eyeWide")) for name in changed)
        up = {SHAPES[k] for k in np.flatnonzero(with_gaze(expression, 0.2, 0.2) != expression)}
        assert all(name.startswith("eyeLook") for name in up)


def test_most_eyes_look_at_the_camera_when_the_head_is_turned():
    rng, yaw, pitch = np.random.default_rng(2), 0.35, -0.2
    camera = []
    for _ in range(500):
        eye_yaw, eye_pitch = sample_gaze(rng, yaw, pitch)
        gaze = gaze_rotations(with_gaze(np.zeros(64), eye_yaw, eye_pitch))[0] @ [0.0, 0.0, 1.0]
        about_y = rotation_about_axis_radians(np.array([0.0, 1.0, 0.0]), yaw)
        about_x = rotation_about_axis_radians(np.array([1.0, 0.0, 0.0]), pitch)
        camera.append((about_x @ about_y @ gaze)[2])
    near = np.degrees(np.arccos(np.clip(camera, -1.0, 1.0))) < 6.0
    assert 0.55 < near.mean() < 0.75


def test_gazes_stay_within_the_reach_of_the_eyes():
    rng = np.random.default_rng(3)
    gazes = np.degrees([sample_gaze(rng, *rng.uniform(-1.0, 1.0, 2)) for _ in range(500)])
    assert np.abs(gazes[:, 0]).max() <= 30.0 + 1e-9
    assert gazes[:, 1].min() >= -27.0 - 1e-9
    assert gazes[:, 1].max() <= 24.0 + 1e-9


def test_wide_expressions_show_every_shape_often_and_closed_lips_over_an_open_jaw():
    rng = np.random.default_rng(0)
    wide = np.array([wide_expression(rng) for _ in range(3000)])
    looks = np.array([name.startswith("eyeLook") for name in SHAPES])
    strong = (wide > 0.3).mean(axis=0)
    assert strong[~looks].min() > 0.015
    assert wide.min() == 0.0
    assert wide.max() <= 1.0
    assert np.all(wide[:, SHAPES.index("mouthClose")] <= wide[:, SHAPES.index("jawOpen")])
