"""Laws of the fine fit: planted points are met, what fits stays as it is, and the rest of the head follows."""

from dataclasses import replace

import numpy as np
import pytest
from tests.planted_heads import plant, seen_landmarks

from toonface.geometry.camera import camera_from_pose, pose_of
from toonface.io.face_model_file import load_face_model
from toonface.morphable.face_model import neutral_points, pose_head, skin_vertices
from toonface.morphable.lids import FIRST_RING, MARGIN_RING
from toonface.morphable.names import SHAPES
from toonface.stages.fine import ALWAYS_POSED, EYES, FINE_DEFAULTS, FineDeformer, fit_fine, posed_part
from toonface.types import Landmarks

FEATURES = slice(17, 68)


@pytest.fixture(scope="module")
def deformer():
    """One to which every weight is a pose: planted neutral heads have none."""
    return FineDeformer(load_face_model(), replace(FINE_DEFAULTS, neutral_up_to=-1.0, posed_from=0.0))


@pytest.fixture
def planted(deformer):
    return plant(deformer.model, np.random.default_rng(1))


@pytest.fixture
def bent(deformer):
    """A head beyond the span of the bases; its fit is the one of the head before it was bent."""
    return plant(deformer.model, np.random.default_rng(1), bend=0.002)


def reached(deformer, fine):
    return seen_landmarks(deformer.model, fine.neutral, fine.weights, fine.coarse.camera)


def test_a_head_that_fits_stays_as_it_is(deformer, planted):
    fine = fit_fine(deformer, planted.fit, planted.landmarks)
    assert np.abs(fine.neutral - planted.neutral).max() < 2e-4
    assert fine.notes == ()


def test_planted_points_are_met(deformer, bent):
    before = seen_landmarks(
        deformer.model,
        neutral_points(deformer.model, bent.fit.identity).astype(float),
        bent.fit.expression,
        bent.fit.camera,
    )
    fine = fit_fine(deformer, bent.fit, bent.landmarks)
    errors = [
        np.linalg.norm(points - bent.landmarks.points_px, axis=1)[FEATURES]
        for points in (before, reached(deformer, fine))
    ]
    assert errors[0].mean() > 1.0
    assert errors[1].mean() < 0.03 * errors[0].mean()


def test_the_expression_is_taken_off(deformer, bent):
    """The neutral head is that of the same points without the expression, not the one that makes the face."""
    fine = fit_fine(deformer, bent.fit, bent.landmarks)
    np.testing.assert_array_equal(fine.weights, bent.fit.expression)
    truth, start = bent.neutral, neutral_points(deformer.model, bent.fit.identity)
    count = deformer.model.skin.count
    rows = deformer.rows.matrix[17:68]
    apart = [np.linalg.norm((rows @ (one - truth)[:count])[:, :2], axis=1).mean() for one in (start, fine.neutral)]
    assert apart[1] < 0.4 * apart[0]


def test_a_turned_picture_gives_the_same_head(deformer, bent):
    angle = 0.5
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    camera = bent.fit.camera
    middle = 0.5 * np.array([camera.width, camera.height])
    points = (bent.landmarks.points_px - middle) @ turn.T + middle
    about = np.eye(3)
    about[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    turned = replace(camera, rotation=about @ camera.rotation, translation=about[:2, :2] @ camera.translation)
    here = fit_fine(deformer, bent.fit, bent.landmarks)
    marks = Landmarks(points_px=points, sigma_px=bent.landmarks.sigma_px)
    there = fit_fine(deformer, replace(bent.fit, camera=turned), marks)
    np.testing.assert_allclose(there.neutral, here.neutral, atol=1e-6)


def test_eyes_grow_with_their_points_and_stay_round(deformer, planted):
    points = planted.landmarks.points_px.copy()
    for eye in EYES:
        points[eye] = points[eye].mean(axis=0) + 1.6 * (points[eye] - points[eye].mean(axis=0))
    fine = fit_fine(deformer, planted.fit, Landmarks(points_px=points, sigma_px=planted.landmarks.sigma_px))
    for centre, rim in ((-4, -3), (-2, -1)):
        radii = [float(head[rim, 0] - head[centre, 0]) for head in (planted.neutral, fine.neutral)]
        assert 1.3 < radii[1] / radii[0] < 1.9
    # The edge of the lids is a smooth loop: no column strays from its neighbours as landmarks alone would pull it.
    for grid in deformer.model.lids:
        moved = (fine.neutral - planted.neutral)[grid.table[MARGIN_RING - FIRST_RING]]
        bends = np.linalg.norm(np.roll(moved, 1, axis=0) - 2.0 * moved + np.roll(moved, -1, axis=0), axis=1)
        assert bends.max() < 0.35 * np.linalg.norm(moved, axis=1).max()


def test_the_back_of_the_head_hardly_moves(deformer, bent):
    fine = fit_fine(deformer, bent.fit, bent.landmarks)
    start = neutral_points(deformer.model, bent.fit.identity)
    moved = np.linalg.norm(fine.neutral - start, axis=1)[: deformer.model.skin.count]
    back = start[: deformer.model.skin.count, 2] < -0.05
    assert moved[back].max() < 0.4 * moved.max()


def test_anchors_that_turn_triangles_over_give_way_and_are_told(deformer, planted):
    points = planted.landmarks.points_px.copy()
    points[33] = points[27]  # the base of the nose above its root
    fine = fit_fine(deformer, planted.fit, Landmarks(points_px=points, sigma_px=planted.landmarks.sigma_px))
    assert len(fine.notes) == 1
    assert "turn" in fine.notes[0]


def test_mouth_points_that_contradict_the_expression_pull_less_and_that_is_told(deformer, planted):
    points = planted.landmarks.points_px.copy()
    lower = [*range(55, 60), *range(65, 68)]
    points[lower, 1] += 0.25 * np.linalg.norm(points[45] - points[36])
    wrong = Landmarks(points_px=points, sigma_px=planted.landmarks.sigma_px)
    plain = FineDeformer(deformer.model, replace(FINE_DEFAULTS, largest_gape=1.0))
    held, free = fit_fine(deformer, planted.fit, wrong), fit_fine(plain, planted.fit, wrong)
    gapes = [
        np.linalg.norm(deformer.lips @ fine.neutral[: deformer.model.skin.count] - deformer.lips_at_rest, axis=1).max()
        for fine in (held, free)
    ]
    assert gapes[1] > 0.006
    assert gapes[0] < 0.6 * gapes[1]
    assert "contradict the expression" in held.notes[0]


def test_the_posed_head_shows_what_was_fitted(deformer, bent):
    fine = fit_fine(deformer, bent.fit, bent.landmarks)
    skin = skin_vertices(deformer.model, pose_head(deformer.model, fine.neutral, fine.weights))
    assert np.isfinite(skin).all()
    assert pose_of(fine.coarse.camera).tolist() == pose_of(bent.fit.camera).tolist()
    assert camera_from_pose(pose_of(fine.coarse.camera), 256, 256).scale == pytest.approx(bent.fit.camera.scale)


def test_points_that_are_no_face_are_refused(deformer, planted):
    points = planted.landmarks.points_px.copy()
    points[5, 0] = np.inf
    with pytest.raises(ValueError, match="1 of 68 points are not finite, expected all to be"):
        fit_fine(deformer, planted.fit, Landmarks(points_px=points, sigma_px=np.ones(68)))


def test_a_faint_smile_is_the_form_of_the_face_and_a_broad_one_a_pose():
    smile = np.zeros(64)
    smile[SHAPES.index("mouthSmileLeft")] = 1.0
    faint, broad = (posed_part(weight * smile) for weight in (FINE_DEFAULTS.neutral_up_to, FINE_DEFAULTS.posed_from))
    assert faint.max() == 0.0
    np.testing.assert_array_equal(broad, FINE_DEFAULTS.posed_from * smile)


def test_a_stronger_expression_never_leaves_less_to_take_off():
    taken = np.array([posed_part(np.full(64, weight)) for weight in np.linspace(0.0, 1.0, 50)])
    assert (np.diff(taken, axis=0) >= 0.0).all()
    assert (taken <= np.linspace(0.0, 1.0, 50)[:, None]).all()


@pytest.mark.parametrize("name", ["jawOpen", "eyeBlinkRight", "eyeLookUpLeft", "mouthUpperUpLeft"])
def test_lids_and_lips_that_part_are_always_a_pose(name):
    assert ALWAYS_POSED[SHAPES.index(name)]
    assert posed_part(np.full(64, 0.02))[SHAPES.index(name)] == 0.02
