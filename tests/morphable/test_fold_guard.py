"""Laws of the guard: it says what `flipped_triangles` says of the visible triangles, and nothing of a head at rest."""

import numpy as np
import pytest

from toonface.geometry.flips import flipped_triangles, triangle_rings
from toonface.morphable.face_model import shape_offsets, subdivide
from toonface.morphable.fold_guard import FoldGuard


@pytest.fixture(scope="session")
def guard(face_model):
    return FoldGuard(face_model)


@pytest.fixture(scope="session")
def rest(face_model):
    return subdivide(face_model, face_model.mean[: face_model.skin.count])


def test_a_head_at_rest_has_no_folds(guard, rest):
    assert not guard.folded(rest, guard.upright(rest)).any()
    assert 0 < guard.visible.sum() < len(guard.visible)


def test_folds_are_the_visible_flipped_triangles(face_model, guard, rest):
    offsets = shape_offsets(face_model, face_model.mean, "mouthClose")[: face_model.skin.count]
    moved = rest + 3.0 * subdivide(face_model, offsets)
    faces = face_model.skin.faces[0]
    expected = flipped_triangles(rest, moved, faces, triangle_rings(faces, len(rest))) & guard.visible
    assert expected.any()
    np.testing.assert_array_equal(guard.folded(moved, guard.upright(rest)), expected)
