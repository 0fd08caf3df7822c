import numpy as np
import pytest
from tools.face_model.sculpt import shapes as module
from tools.face_model.sculpt.shapes import LIDS_ONLY, MIDDLE, calm_corners, sculpt_shapes

from toonface.morphable.names import SHAPES, mirror_name, side_of

FLIP_X = np.array([-1.0, 1.0, 1.0])
SCULPTED = [name for name in SHAPES if not name.endswith("Right")]
RADIUS = 0.006


@pytest.fixture
def corners(clay):
    return clay.points[clay.mouth.ring(2)[[0, clay.mouth.corner]]]


@pytest.fixture
def near(clay, corners):
    """True on skin within the radius of a corner of the mouth."""
    reach = np.linalg.norm(clay.points[:, None] - corners[None], axis=2).min(axis=1)
    return (reach < RADIUS) & clay.skin


def test_a_motion_of_the_whole_is_calm_already(clay, near):
    constant = np.tile([0.001, -0.002, 0.003], (len(clay.points), 1))
    assert near.any()
    np.testing.assert_allclose(calm_corners(clay, constant, RADIUS), constant, atol=1e-12)


def test_only_points_near_a_corner_are_calmed(clay, near, rng):
    offsets = rng.normal(0.0, 0.001, clay.points.shape)
    before = offsets.copy()
    calm = calm_corners(clay, offsets, RADIUS)
    np.testing.assert_array_equal(offsets, before)
    np.testing.assert_array_equal(calm[~near], offsets[~near])
    assert calm[near].std() < offsets[near].std()


def test_a_spike_at_a_corner_disappears(clay, near):
    corner = clay.mouth.ring(2)[0]
    spike = np.zeros_like(clay.points)
    spike[corner] = [0.0, 0.01, 0.0]
    np.testing.assert_allclose(calm_corners(clay, spike, RADIUS), 0.0, atol=1e-12)


@pytest.fixture
def raw(clay, rng, monkeypatch):
    """Sculptors that return made-up shapes; returns these."""
    made = {name: rng.normal(0.0, 0.001, clay.points.shape) for name in SCULPTED if name != "tongueOut"}
    tongue = rng.normal(0.0, 0.001, clay.points.shape)
    parts = np.array_split(np.array(list(made)), 4)
    for name, part in zip(("eye_shapes", "jaw_shapes", "mouth_shapes", "face_shapes"), parts, strict=True):
        monkeypatch.setattr(module, name, lambda *_, part=part: {key: made[key].copy() for key in part})
    monkeypatch.setattr(module, "find_jaw", lambda _: None)
    monkeypatch.setattr(module, "tongue_out", lambda *_: tongue.copy())
    return made | {"tongueOut": tongue}


@pytest.fixture
def sculpted(clay, raw):
    return dict(zip(SHAPES, sculpt_shapes(clay), strict=True))


def test_all_shapes_are_sculpted_in_the_models_order(sculpted, raw, clay):
    assert len(sculpted) == 64
    away = clay.points[:, 0] > 0.25
    for name in LIDS_ONLY:
        np.testing.assert_allclose(sculpted[name][away], raw[name][away])


def test_each_shape_is_the_mirror_image_of_its_partner(sculpted, clay):
    for name in SHAPES:
        np.testing.assert_allclose(clay.mirrored(sculpted[mirror_name(name)]), sculpted[name], atol=1e-12, err_msg=name)


def test_a_shape_of_one_side_ends_in_the_middle(sculpted, clay):
    x = clay.points[:, 0]
    for name in SHAPES:
        if side_of(name) == "left":
            assert not sculpted[name][x < -MIDDLE].any(), name
        if side_of(name) == "right":
            assert not sculpted[name][x > MIDDLE].any(), name


def test_shapes_leave_sealed_lips_sealed(sculpted, clay):
    for name in sorted(set(SCULPTED) - module.PARTS_LIPS - {"mouthClose"}):
        if side_of(name) == "both" and mirror_name(name) == name:
            np.testing.assert_allclose(clay.resealed(sculpted[name]), sculpted[name], atol=1e-9, err_msg=name)


def test_an_open_jaw_with_closed_lips_is_sealed_and_closing_moves_skin_only(sculpted, clay):
    both = sculpted["jawOpen"] + sculpted["mouthClose"]
    np.testing.assert_allclose(clay.resealed(both)[clay.skin], both[clay.skin], atol=1e-9)
    assert not sculpted["mouthClose"][~clay.skin].any()
