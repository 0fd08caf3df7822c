"""Laws of teeth and tongue: they follow the lower lip, keep their form, and stay behind the skin of the chin."""

import numpy as np
import pytest

from toonface.morphable.mouth_parts import BEHIND, EYE_POINTS, LARGEST_PUSH, MouthParts
from toonface.morphable.names import SHAPES

JAW_OPEN, SMILE = SHAPES.index("jawOpen"), SHAPES.index("mouthSmileLeft")


@pytest.fixture(scope="module")
def parts(face_model):
    return MouthParts(face_model)


@pytest.fixture
def skin_offsets(face_model):
    return face_model.expression_basis[:, : face_model.skin.count].astype(np.float64)


@pytest.fixture
def neutral(face_model):
    return face_model.mean.astype(np.float64)


def test_the_template_s_skin_gives_the_template_s_teeth_and_tongue(face_model, parts, skin_offsets):
    expected = face_model.expression_basis[:, face_model.skin.count : -EYE_POINTS]
    np.testing.assert_allclose(parts.follow(np.eye(3), skin_offsets), expected, atol=1e-9)


def test_a_larger_mouth_moves_them_further(parts, skin_offsets):
    np.testing.assert_allclose(
        parts.follow(1.4 * np.eye(3), 1.4 * skin_offsets), 1.4 * parts.follow(np.eye(3), skin_offsets), atol=1e-12
    )


def test_a_jaw_that_goes_further_takes_lower_teeth_and_tongue_along_and_leaves_the_upper_ones(parts, skin_offsets):
    further = skin_offsets.copy()
    more = np.array([0.001, -0.004, 0.002])
    further[JAW_OPEN, parts.lips] += more
    changed = parts.follow(np.eye(3), further) - parts.follow(np.eye(3), skin_offsets)
    np.testing.assert_allclose(changed[JAW_OPEN, parts.jaw], np.tile(parts.share[JAW_OPEN] * more, (len(parts.jaw), 1)))
    assert 0.8 < parts.share[JAW_OPEN] <= 1.0
    changed[JAW_OPEN, parts.jaw] = 0.0
    assert not changed.any()


def test_lips_that_move_by_themselves_leave_the_jaw_alone(parts, skin_offsets):
    smiling = skin_offsets.copy()
    smiling[SMILE, parts.lips] += 0.003
    assert np.array_equal(parts.follow(np.eye(3), smiling)[SMILE], parts.follow(np.eye(3), skin_offsets)[SMILE])


def test_teeth_that_are_behind_the_skin_stay_where_they_are(parts, face_model, neutral):
    hidden, by = parts.hide_at_rest(neutral)
    offsets = face_model.expression_basis.astype(np.float64)
    kept = offsets.copy()
    assert by == 0.0 and np.array_equal(hidden, neutral)
    assert parts.hide_in_shapes(neutral, offsets) == 0.0 and np.array_equal(offsets, kept)


@pytest.mark.parametrize("forward", [0.012, 0.015])
def test_teeth_outside_the_skin_are_moved_behind_it_together(parts, neutral, forward):
    count = parts.count
    neutral[count:-EYE_POINTS, 2] += forward
    assert parts.outside(neutral)[0].max() > 0.0
    hidden, by = parts.hide_at_rest(neutral)
    assert parts.outside(hidden)[0].max() < -0.9 * BEHIND
    moved = (hidden - neutral)[count:-EYE_POINTS]
    assert np.ptp(moved, axis=0).max() < 1e-12 and by == pytest.approx(np.linalg.norm(moved[0]))
    assert np.array_equal(hidden[:count], neutral[:count])


def test_a_jaw_that_takes_teeth_through_the_skin_is_held_back(parts, face_model, neutral):
    offsets = face_model.expression_basis.astype(np.float64)
    offsets[JAW_OPEN, parts.count + parts.jaw, 2] += 0.012
    assert parts.outside(neutral + offsets[JAW_OPEN])[0].max() > 0.0
    assert 0.0 < parts.hide_in_shapes(neutral, offsets) < LARGEST_PUSH
    assert parts.outside(neutral + offsets[JAW_OPEN])[0].max() < -0.9 * BEHIND


def test_nothing_is_moved_without_end(parts, neutral):
    neutral[parts.count : -EYE_POINTS, 2] += 0.060
    assert parts.hide_at_rest(neutral)[1] == pytest.approx(LARGEST_PUSH)
