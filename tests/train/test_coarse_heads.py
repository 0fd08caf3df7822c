"""Heads of the losses are those of the face model."""

import numpy as np
import pytest
import torch

from toonface.geometry.camera import camera_from_pose, project
from toonface.io.face_model_file import load_face_model
from toonface.morphable.coarse_fit import EXPRESSION, IDENTITY, POSE, TEXTURE
from toonface.morphable.face_model import albedo, evaluate, skin_vertices
from toonface.morphable.landmarks import landmarks_3d
from toonface.morphable.regions import SkinRegion
from toonface.stages.coarse import SIZE
from toonface.train.coarse_heads import Heads


@pytest.fixture(scope="module")
def face_model():
    return load_face_model()


@pytest.fixture(scope="module")
def numbers():
    drawn = np.random.default_rng(0).standard_normal((2, 239))
    drawn[:, EXPRESSION] = np.clip(drawn[:, EXPRESSION], 0.0, 0.5)
    drawn[:, POSE] = [[0.2, -0.3, 0.1, 0.01, -0.02, 6.9], [0.0, 0.5, 0.0, 0.0, 0.01, 6.8]]
    return drawn


def test_heads_agree_with_numpy(face_model, numbers):
    fit = Heads(face_model)(torch.from_numpy(numbers).float())
    for b, row in enumerate(numbers):
        head = evaluate(face_model, row[IDENTITY], row[EXPRESSION])
        camera = camera_from_pose(row[POSE], SIZE, SIZE)
        points = landmarks_3d(skin_vertices(face_model, head), face_model.landmarks, camera.rotation)
        np.testing.assert_allclose(fit.landmarks_px[b], project(camera, points)[:, :2], atol=0.02)
        outer = face_model.skin.region <= SkinRegion.NECK
        cage = head.points[: face_model.skin.count]
        np.testing.assert_allclose(fit.neutral[b], head.neutral[: face_model.skin.count][outer], atol=1e-6)
        front = face_model.skin.region == SkinRegion.FACE
        np.testing.assert_allclose(fit.face[b], head.neutral[: face_model.skin.count][front], atol=1e-6)
        np.testing.assert_allclose(fit.surface_px[b], project(camera, cage[outer][::3])[:, :2], atol=0.02)
        np.testing.assert_allclose(fit.skin[b], cage, atol=2e-6)
        np.testing.assert_allclose(fit.albedo[b], albedo(face_model, row[TEXTURE])[: len(cage)], atol=1e-5)


def test_weights_beyond_their_range_show_as_its_ends(face_model, numbers):
    heads, beyond = Heads(face_model), torch.from_numpy(numbers).float()
    beyond[:, EXPRESSION] = 3.0 * beyond[:, EXPRESSION] - 0.5
    clamped = beyond.clone()
    clamped[:, EXPRESSION] = beyond[:, EXPRESSION].clamp(0.0, 1.0)
    torch.testing.assert_close(heads(beyond).skin, heads(clamped).skin)
    torch.testing.assert_close(heads(beyond).coefficients.expression, beyond[:, EXPRESSION])


def test_a_checkpoint_of_heads_is_empty(face_model):
    assert not Heads(face_model).state_dict()
