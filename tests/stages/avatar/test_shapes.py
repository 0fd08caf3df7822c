"""The 72 targets of a head."""

import numpy as np

from toonface.morphable.face_model import pose_head, skin_vertices, weights_of
from toonface.morphable.names import ARKIT_SHAPES, EXTRAS, SHAPES, VISEMES
from toonface.stages.avatar.shapes import TARGETS, mixed


def test_the_targets_are_the_52_the_15_and_the_5():
    assert tuple(TARGETS) == (*ARKIT_SHAPES, *VISEMES, *EXTRAS) and len(TARGETS) == 72


def test_a_shape_at_one_is_the_posed_head(face_model, head):
    posed = skin_vertices(face_model, pose_head(face_model, head.neutral, weights_of({"jawOpen": 1.0})))
    moved = head.skin + head.skin_shapes[SHAPES.index("jawOpen")]
    np.testing.assert_allclose(moved, posed, rtol=0, atol=1e-7)


def test_a_target_is_the_sum_of_its_mix(head):
    targets = dict(zip(TARGETS, mixed(head.shapes), strict=True))
    wanted = sum(weight * head.shapes[SHAPES.index(name)] for name, weight in VISEMES["viseme_O"].items())
    np.testing.assert_allclose(targets["viseme_O"], wanted, atol=1e-7)
    assert not targets["viseme_sil"].any()
