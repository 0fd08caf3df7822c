import math
from dataclasses import replace

import numpy as np
import pytest

from toonface.evaluate import face_model_checks
from toonface.evaluate.face_model_checks import (
    Bench,
    Check,
    check_model,
    enlarge_eyes,
    lid_gap,
    lip_gap,
    rigid_residual,
)
from toonface.geometry.rotation import axis_angle_to_matrix
from toonface.morphable import eyes
from toonface.morphable import face_model as face_model_module
from toonface.morphable.face_model import shape_offsets
from toonface.morphable.lids import FIRST_RING, MARGIN_RING
from toonface.morphable.names import SHAPES
from toonface.morphable.regions import SkinRegion

FLIP_X = np.array([-1.0, 1.0, 1.0])
CROWN = np.array([0.03, 0.14, 0.03])
"""Near a place on the left of the scalp, far from lids, lips and landmarks."""


def planted(model, shapes, points, offset):
    """The model with an offset added to points of some shapes."""
    basis = model.expression_basis.copy()
    for shape in shapes:
        basis[SHAPES.index(shape), points] += offset
    return replace(model, expression_basis=basis)


def scaled(model, factor, *shapes):
    basis = model.expression_basis.copy()
    basis[[SHAPES.index(shape) for shape in shapes]] *= factor
    return replace(model, expression_basis=basis)


def nearest(model, place):
    return int(np.argmin(np.linalg.norm(model.mean[: model.skin.count] - place, axis=1)))


def both_sides(model, point):
    return np.array([point, model.skin.mirror[point]])


def part_points(model, name):
    return np.unique(model.parts[name].matrix.indices)


def across(model, point, share):
    """A way along the skin from a point towards a neighbour; past it at a share above 1."""
    quad = model.skin.faces[1][(model.skin.faces[1] == point).any(axis=1)][0]
    other = quad[(list(quad).index(point) + 1) % 3]
    return share * (model.mean[other] - model.mean[point])


def sunken(model, shapes):
    """The model with shapes that push the lids 8 mm backwards."""
    for grid in model.lids:
        model = planted(model, shapes, grid.table[2 : MARGIN_RING - FIRST_RING + 4].ravel(), [0.0, 0.0, -0.008])
    return model


@pytest.fixture
def missed(rng, monkeypatch):
    """Names of the figures that a model misses; of the sums of two shapes only those of a given pair are tried."""

    def run(model, pair=("cheekPuff", "cheekSuck")):
        chosen = [SHAPES.index(shape) for shape in pair]
        monkeypatch.setattr(face_model_checks, "combinations", lambda fine, _: [tuple(fine[k] for k in chosen)])
        return {check.name for check in check_model(model, rng, 1) if not check.passed}

    return run


def test_the_shipped_model_is_inside_every_limit(face_model, rng):
    told = []
    checks = list(check_model(face_model, rng, 25, told.append))
    assert not [check for check in checks if not check.passed]
    names = [check.name for check in checks]
    assert len(set(names)) == len(names)
    assert all(math.isfinite(check.value) for check in checks)
    assert set(SHAPES) <= {name.split(".")[0] for name in names}
    assert told[: len(SHAPES)] == list(SHAPES)


@pytest.mark.parametrize(
    ("value", "at_least", "passed"),
    [
        (1.0, False, True),
        (1.1, False, False),
        (1.0, True, True),
        (0.9, True, False),
        (math.nan, False, False),
        (math.nan, True, False),
    ],
)
def test_a_figure_passes_up_to_its_limit_and_a_missing_number_never(value, at_least, passed):
    assert Check(name="a.b", value=value, limit=1.0, at_least=at_least).passed is passed


def test_lids_that_stop_half_way_are_found(face_model, missed):
    assert missed(scaled(face_model, 0.5, "eyeBlinkLeft", "eyeBlinkRight")) == {
        "eyeBlinkLeft.gap_share",
        "eyeBlinkLeft.gap_enlarged_eyes_share",
        "eyeBlinkRight.gap_share",
        "eyeBlinkRight.gap_enlarged_eyes_share",
        "random.blink_gap_share",
    }


def test_one_lid_that_closes_less_than_the_other_is_found(face_model, missed):
    assert {"eyeBlinkLeft.mirror_um", "eyeBlinkRight.mirror_um", "eyeBlinkLeft.gap_share"} <= missed(
        scaled(face_model, 0.9, "eyeBlinkLeft")
    )


def test_a_left_shape_that_moves_the_right_half_is_found(face_model, missed):
    left, right = both_sides(face_model, nearest(face_model, CROWN))
    spoiled = planted(face_model, ["browDownLeft"], right, [2e-6, 0.0, 0.0])
    spoiled = planted(spoiled, ["browDownRight"], left, [-2e-6, 0.0, 0.0])
    assert missed(spoiled) == {"browDownLeft.other_half_um", "browDownRight.other_half_um"}


def test_a_shape_that_is_not_its_mirror_image_is_found(face_model, missed):
    spoiled = planted(face_model, ["cheekPuff"], nearest(face_model, CROWN), [0.0, 2e-6, 0.0])
    assert missed(spoiled) == {"cheekPuff.mirror_um"}


def test_a_shape_without_effect_is_found(face_model, missed):
    assert missed(scaled(face_model, 0.0, "neckTighten")) == {"neckTighten.largest_mm"}


def test_a_shape_that_folds_the_skin_is_found(face_model, missed):
    point = nearest(face_model, CROWN)
    way = across(face_model, point, 2.0)
    spoiled = planted(face_model, ["cheekPuff"], both_sides(face_model, point), np.array([way, way * FLIP_X]))
    assert missed(spoiled) == {"cheekPuff.flipped"}


def test_two_shapes_that_fold_the_skin_only_together_are_found(face_model, missed):
    skin, used = face_model.skin, set()
    fold = np.zeros((skin.count, 3))
    for point in np.flatnonzero((skin.region == SkinRegion.SCALP) & (face_model.mean[: skin.count, 0] > 0.02)):
        ring = set(skin.faces[1][(skin.faces[1] == point).any(axis=1)].ravel().tolist())
        if not ring & used and len(used) < 400:
            used |= ring
            way = across(face_model, point, 0.9)
            fold[both_sides(face_model, point)] = way, way * FLIP_X
    model = planted(face_model, ["cheekPuff", "cheekSuck"], slice(0, skin.count), fold)
    assert missed(model, ("cheekPuff", "cheekSuck")) == {"pairs.flipped_share"}
    assert missed(model, ("cheekPuff", "neckTighten")) == set()


def test_lids_that_sink_into_the_eye_are_found(face_model, missed):
    model = sunken(face_model, ["neckTighten"])
    found = missed(model)
    assert "neckTighten.lid_inside_eye_mm" in found
    assert found <= {"neckTighten.lid_inside_eye_mm", "neckTighten.flipped", "random.clean_share"}


def test_eyes_in_the_way_of_a_blink_are_found(face_model, missed):
    found = missed(sunken(face_model, ["eyeBlinkLeft", "eyeBlinkRight"]))
    assert {"eyeBlinkLeft.lid_inside_enlarged_eye_mm", "eyeBlinkRight.lid_inside_enlarged_eye_mm"} <= found


def test_lids_of_random_heads_inside_the_eye_are_found(face_model, missed, monkeypatch):
    model = sunken(face_model, ["neckTighten"])
    weights = np.eye(len(SHAPES))[SHAPES.index("neckTighten")]
    monkeypatch.setattr(face_model_checks, "random_expression", lambda _: weights)
    assert "random.lid_inside_eye_mm" not in missed(model)
    monkeypatch.setattr(face_model_module, "keep_outside", lambda skin, *_: skin)
    assert "random.lid_inside_eye_mm" in missed(model)


def test_lids_that_do_not_follow_the_gaze_are_found(face_model, missed):
    basis = face_model.expression_basis.copy()
    for side in ("Left", "Right"):
        pair = [SHAPES.index(f"eyeLook{direction}{side}") for direction in ("Up", "Down")]
        basis[pair] = basis[pair[::-1]]
    found = missed(replace(face_model, expression_basis=basis))
    expected = {f"eyeLook{way}{side}.lid_follows_mm" for way in ("Up", "Down") for side in ("Left", "Right")}
    assert expected <= found
    assert {name for name in found if name.endswith(("follows_mm", "gaze_deg"))} == expected


def test_eyes_that_look_the_wrong_way_are_found(face_model, missed, monkeypatch):
    turned = ("Up", "In")
    for way in turned:
        monkeypatch.setitem(eyes.GAZE_DEGREES, way, -eyes.GAZE_DEGREES[way])
    assert missed(face_model) == {f"eyeLook{way}{side}.gaze_deg" for way in turned for side in ("Left", "Right")}


def test_lips_that_stay_open_are_found(face_model, missed):
    assert missed(scaled(face_model, 0.0, "mouthClose")) == {"mouthClose.sealed_gap_mm", "mouthClose.largest_mm"}


def test_a_mouth_that_opens_too_little_is_found(face_model, missed):
    assert missed(scaled(face_model, 0.3, "jawOpen", "mouthClose")) == {
        "jawOpen.opening_mm",
        "jawOpen.lower_teeth_mm",
        "jawOpen.lower_teeth_bend_mm",
    }


def test_a_shape_that_parts_the_lips_is_found(face_model, missed):
    lower = np.unique(np.append(face_model.lips.lower, face_model.skin.mirror[face_model.lips.lower]))
    spoiled = planted(face_model, ["cheekPuff"], lower, [0.0, -0.0005, 0.0])
    assert missed(spoiled) - {"cheekPuff.flipped"} == {"cheekPuff.lips_gap_mm"}


def test_upper_teeth_that_move_with_the_jaw_are_found(face_model, missed):
    spoiled = planted(face_model, ["jawOpen"], part_points(face_model, "teeth_upper"), [0.0, 2e-6, 0.0])
    assert missed(spoiled) == {"jawOpen.upper_teeth_um"}


def test_lower_teeth_that_bend_are_found(face_model, missed):
    points = part_points(face_model, "teeth_lower")
    x = face_model.mean[points, 0]
    bend = np.stack([np.zeros_like(x), 0.001 * (x / np.abs(x).max()) ** 2, np.zeros_like(x)], axis=1)
    assert missed(planted(face_model, ["jawOpen"], points, bend)) == {"jawOpen.lower_teeth_bend_mm"}


def test_a_tongue_that_stays_in_the_mouth_is_found(face_model, missed):
    basis = face_model.expression_basis.copy()
    basis[SHAPES.index("tongueOut"), part_points(face_model, "tongue")] = 0.0
    found = missed(replace(face_model, expression_basis=basis))
    assert found - {"tongueOut.largest_mm"} == {"tongueOut.beyond_lips_mm"}


def test_a_basis_that_is_not_orthonormal_is_found(face_model, missed):
    basis = face_model.identity_basis.copy()
    basis[3] *= 1.01
    assert missed(replace(face_model, identity_basis=basis)) == {"identity.orthonormal_error"}


def test_lost_variance_is_found(face_model, missed):
    assert missed(replace(face_model, variance_kept=0.5)) == {"identity.variance_kept"}


def test_a_crooked_mean_head_is_found(face_model, missed):
    mean = face_model.mean.copy()
    mean[nearest(face_model, CROWN)] += [0.0, 2e-6, 0.0]
    assert missed(replace(face_model, mean=mean)) == {"mean.mirror_um"}


def test_identities_that_fold_the_skin_are_found(face_model, missed, rng):
    basis = face_model.identity_basis.copy()
    basis[:] += rng.normal(0.0, 0.002, basis.shape).astype(basis.dtype)
    assert {"random.clean_share", "identity.orthonormal_error"} <= missed(replace(face_model, identity_basis=basis))


def test_nothing_flips_where_nothing_moves(face_model):
    bench = Bench.of(face_model)
    assert not bench.flipped(bench.neutral, bench.neutral).any()
    assert 0 < bench.visible.sum() < len(bench.visible)


def test_eyes_enlarged_by_one_are_the_same(face_model):
    np.testing.assert_array_equal(enlarge_eyes(face_model, face_model.mean, 1.0), face_model.mean)


def test_enlarged_eyes_grow_about_their_centres_and_leave_the_rest(face_model):
    mean = face_model.mean
    large = enlarge_eyes(face_model, mean, 1.5)
    np.testing.assert_allclose(large[[-3, -1]] - large[[-4, -2]], 1.5 * (mean[[-3, -1]] - mean[[-4, -2]]))
    np.testing.assert_array_equal(large[[-4, -2]], mean[[-4, -2]])
    edge = face_model.lids[0].table[MARGIN_RING - FIRST_RING]
    growth = np.linalg.norm(large[edge] - large[-4], axis=1) / np.linalg.norm(mean[edge] - mean[-4], axis=1)
    assert (growth > 1.45).all() and (growth < 1.5 + 1e-12).all()
    jaw = mean[: face_model.skin.count, 1] < -0.06
    np.testing.assert_array_equal(large[: face_model.skin.count][jaw], mean[: face_model.skin.count][jaw])


@pytest.mark.parametrize("gap", [lambda m, p: lid_gap(m, p, "Left"), lambda m, p: lid_gap(m, p, "Right"), lip_gap])
def test_gaps_grow_with_the_head_and_ignore_where_it_is(face_model, gap):
    head = face_model.mean + shape_offsets(face_model, face_model.mean, "jawOpen")
    turned = 2.0 * head @ axis_angle_to_matrix(np.array([0.3, -0.2, 0.5])).T + np.array([0.1, 0.2, 0.3])
    assert gap(face_model, head) > 0.005
    assert gap(face_model, turned) == pytest.approx(2.0 * gap(face_model, head))


def test_the_lid_gap_is_how_far_the_upper_lid_is_lifted(face_model):
    grid = face_model.lids[0]
    edge = grid.table[MARGIN_RING - FIRST_RING]
    points = face_model.mean.copy()
    points[edge[grid.side > 0]] = (grid.facing @ points[edge])[grid.side > 0]
    assert lid_gap(face_model, points, "Left") == pytest.approx(0.0, abs=1e-12)
    points[edge[grid.side > 0], 1] += 0.004
    assert lid_gap(face_model, points, "Left") == pytest.approx(0.004)
    assert lid_gap(face_model, points, "Right") == lid_gap(face_model, face_model.mean, "Right")


def test_lips_of_the_mean_head_touch(face_model):
    assert lip_gap(face_model, face_model.mean) < 1e-4


def test_a_rigid_motion_leaves_no_residual(rng):
    points = rng.normal(size=(20, 3))
    moved = points @ axis_angle_to_matrix(rng.normal(size=3)).T + rng.normal(size=3)
    assert rigid_residual(points, moved) == pytest.approx(0.0, abs=1e-12)


def test_a_mirror_image_is_no_rigid_motion(rng):
    points = rng.normal(size=(20, 3))
    assert rigid_residual(points, points * FLIP_X) > 0.1


def test_what_swells_is_off_by_its_growth():
    corners = np.array([[1.0, 1.0, 1.0], [1.0, -1.0, -1.0], [-1.0, 1.0, -1.0], [-1.0, -1.0, 1.0]]) / np.sqrt(3.0)
    turned = 1.05 * corners @ axis_angle_to_matrix(np.array([0.4, 0.1, -0.7])).T + 3.0
    assert rigid_residual(corners, turned) == pytest.approx(0.05)
