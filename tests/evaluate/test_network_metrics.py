"""Metrics of the networks: the truth has no error, and a planted error is measured."""

import numpy as np
import pytest

from toonface.evaluate.network_metrics import (
    PARTS,
    align_similarity,
    box_around,
    box_overlap,
    confusion_matrix,
    correlations,
    face_vertices,
    gaze_error_degrees,
    intersection_over_union,
    landmark_error,
    vertex_error_mm,
)
from toonface.geometry.rotation import axis_angle_to_matrix
from toonface.morphable.eyes import gaze_rotation
from toonface.morphable.face_model import neutral_points


@pytest.fixture
def face(rng):
    """68 points whose outer eye corners are 50 px apart."""
    points = 200.0 * rng.random((68, 2))
    points[36], points[45] = (40.0, 70.0), (80.0, 100.0)
    return points


def test_every_landmark_belongs_to_one_part():
    assert sorted(sum(PARTS.values(), ())) == list(range(68))


def test_the_truth_has_no_landmark_error(face):
    assert landmark_error(face, face) == 0.0


def test_a_planted_shift_is_the_landmark_error(face):
    assert landmark_error(face + np.array([3.0, 4.0]), face) == pytest.approx(5.0 / 50.0)


@pytest.mark.parametrize("part", PARTS)
def test_a_shifted_part_is_the_error_of_this_part_alone(face, part):
    moved = face.copy()
    moved[list(PARTS[part])] += [0.0, 10.0]
    errors = {name: landmark_error(moved, face, name) for name in PARTS}
    assert errors == pytest.approx(dict.fromkeys(PARTS, 0.0) | {part: 0.2})
    assert landmark_error(moved, face) == pytest.approx(0.2 * len(PARTS[part]) / 68)


def test_points_that_are_not_given_do_not_count(face):
    truth, moved = face.copy(), face + np.array([0.0, 5.0])
    truth[:17], moved[:17] = np.nan, 1e6
    assert landmark_error(moved, truth) == pytest.approx(0.1)
    assert np.isnan(landmark_error(moved, truth, "contour"))


def test_a_face_without_eye_corners_has_no_unit(face):
    face[36] = np.nan
    with pytest.raises(ValueError, match="expected two given points apart"):
        landmark_error(face, face)


def test_the_confusion_matrix_counts_what_a_loop_counts(rng):
    found, truth = rng.integers(0, 5, (2, 7, 9)).astype(np.uint8)
    counted = np.zeros((5, 5), int)
    for a, b in zip(truth.ravel(), found.ravel(), strict=True):
        counted[a, b] += 1
    assert (confusion_matrix(found, truth, 5) == counted).all()


def test_an_unknown_class_is_refused():
    classes = np.full((2, 2), 5, np.uint8)
    with pytest.raises(ValueError, match="expected all below 5"):
        confusion_matrix(classes, classes, 5)


def test_the_truth_overlaps_wholly_and_classes_that_do_not_occur_have_no_value(rng):
    truth = rng.choice([0, 2, 3], (8, 8)).astype(np.uint8)
    overlap = intersection_over_union(confusion_matrix(truth, truth, 5))
    np.testing.assert_array_equal(overlap, [1.0, np.nan, 1.0, 1.0, np.nan])


def test_a_shifted_square_has_the_overlap_of_two_squares():
    truth, found = np.zeros((2, 12, 12), np.uint8)
    truth[2:8, 2:8], found[2:8, 4:10] = 1, 1
    assert intersection_over_union(confusion_matrix(found, truth, 2))[1] == pytest.approx(24.0 / 48.0)


def test_overlap_over_pictures_is_that_of_one_large_picture(rng):
    found, truth = rng.integers(0, 3, (2, 6, 10)).astype(np.uint8)
    halves = confusion_matrix(found[:3], truth[:3], 3) + confusion_matrix(found[3:], truth[3:], 3)
    whole = intersection_over_union(confusion_matrix(found, truth, 3))
    np.testing.assert_array_equal(intersection_over_union(halves), whole)


def test_boxes_overlap_by_common_over_joint_area():
    box = box_around(np.array([[1.0, 5.0], [3.0, 1.0], [2.0, 2.0]]))
    np.testing.assert_array_equal(box, [1.0, 1.0, 3.0, 5.0])
    assert box_overlap(box, box) == 1.0
    assert box_overlap(box, box + np.array([1.0, 0.0, 1.0, 0.0])) == pytest.approx(1.0 / 3.0)
    assert box_overlap(box, box + 10.0) == 0.0
    assert box_overlap(np.zeros(4), np.zeros(4)) == 0.0


def test_alignment_undoes_any_similarity(rng):
    target = rng.normal(size=(20, 3))
    source = 0.3 * target @ axis_angle_to_matrix(np.array([0.4, -1.1, 2.0])).T + [5.0, -2.0, 1.0]
    np.testing.assert_allclose(align_similarity(source, target), target, atol=1e-12)


def test_alignment_never_mirrors(rng):
    target = rng.normal(size=(20, 3))
    aligned = align_similarity(target * [-1.0, 1.0, 1.0], target)
    assert np.linalg.norm(aligned - target, axis=1).mean() > 0.1


def test_alignment_is_the_best_of_many(rng):
    source, target = rng.normal(size=(2, 15, 3))
    best = ((align_similarity(source, target) - target) ** 2).sum()
    aligned = align_similarity(source, target)
    for _ in range(50):
        turned = aligned @ axis_angle_to_matrix(0.05 * rng.normal(size=3)).T * (1.0 + 0.05 * rng.normal())
        assert ((turned + 0.05 * rng.normal(size=3) - target) ** 2).sum() >= best


def test_points_in_one_place_cannot_be_aligned():
    with pytest.raises(ValueError, match="expected points apart"):
        align_similarity(np.ones((4, 3)), np.eye(4)[:, :3])


def test_a_head_that_is_moved_turned_and_enlarged_has_no_vertex_error(face_model, rng):
    truth = neutral_points(face_model, rng.normal(size=80))
    moved = 1.3 * truth @ axis_angle_to_matrix(np.array([0.1, 0.3, -0.2])).T + 0.05
    assert vertex_error_mm(face_model, moved, truth) == pytest.approx(0.0, abs=1e-9)


def test_a_planted_bump_is_the_vertex_error(face_model):
    chosen = face_vertices(face_model)
    truth = face_model.mean
    moved = truth.copy()
    # All points of the cage that reach the face move, every second one the other way: nothing to align away.
    rng = np.random.default_rng(0)
    bumps = 0.001 * rng.choice([-1.0, 1.0], len(truth))
    moved[:, 2] += bumps
    smooth = (face_model.skin.subdivision.matrix @ bumps[: face_model.skin.count])[chosen]
    expected = 1000.0 * np.abs(smooth).mean()
    assert vertex_error_mm(face_model, moved, truth) == pytest.approx(expected, rel=0.05)


def test_what_is_behind_the_face_does_not_count(face_model):
    moved = face_model.mean.copy()
    chosen = face_vertices(face_model)
    # Points of the cage that no chosen vertex depends on.
    reached = np.unique(face_model.skin.subdivision.matrix[np.flatnonzero(chosen)].nonzero()[1])
    away = np.setdiff1d(np.arange(len(moved)), reached)
    moved[away] += 0.1
    assert len(away) > 1000
    assert vertex_error_mm(face_model, moved, face_model.mean) == pytest.approx(0.0, abs=1e-9)


def test_correlation_is_that_of_numpy_and_undefined_for_constants(rng):
    found, truth = rng.normal(size=(2, 30, 4))
    truth[:, 1], found[:, 2], truth[:, 3] = 0.25, 0.5, 3.0 * found[:, 3] - 1.0
    got = correlations(found, truth)
    assert got[0] == pytest.approx(np.corrcoef(found[:, 0], truth[:, 0])[0, 1])
    assert np.isnan(got[1]) and np.isnan(got[2])
    assert got[3] == pytest.approx(1.0)


def test_nothing_has_no_correlation():
    assert np.isnan(correlations(np.zeros((0, 3)), np.zeros((0, 3)))).all()


def test_a_planted_turn_of_the_gaze_is_the_gaze_error():
    truth = np.array([[0.2, 0.1], [-0.1, 0.3]])
    found = truth + np.array([[0.0, 0.05], [0.0, -0.1]])
    np.testing.assert_allclose(gaze_error_degrees(found, truth), np.degrees([0.05, 0.1]), atol=1e-9)
    np.testing.assert_allclose(gaze_error_degrees(truth, truth), 0.0, atol=1e-9)


def test_gaze_errors_are_angles_between_directions(rng):
    found, truth = rng.uniform(-0.5, 0.5, (2, 2, 2))
    cosines = [gaze_rotation(*a)[:, 2] @ gaze_rotation(*b)[:, 2] for a, b in zip(found, truth, strict=True)]
    np.testing.assert_allclose(gaze_error_degrees(found, truth), np.degrees(np.arccos(cosines)), atol=1e-6)
