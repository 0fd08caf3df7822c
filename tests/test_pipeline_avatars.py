"""Laws of making avatars: every step is kept, stages come in order, heads meet their points, networks are needed."""

import numpy as np
import pytest
from tests.portrait_avatar import avatar_and_stages, models, portrait

from toonface.evaluate.judging import project_landmarks
from toonface.morphable.face_model import pose_head
from toonface.pipeline.avatars import Models, create_avatar

STAGES = ("stylise", "landmarks", "coarse", "fine", "texture", "hair", "rig")


@pytest.fixture(scope="module")
def avatar():
    return avatar_and_stages()[0]


def test_stages_are_told_in_their_order():
    assert avatar_and_stages()[1] == STAGES


def test_every_step_is_kept_and_belongs_to_the_one_before(avatar):
    assert avatar.portrait is portrait()
    assert avatar.cartoon.picture.shape == avatar.portrait.shape
    assert avatar.regions.classes.shape == avatar.portrait.shape[:2]
    assert avatar.textured.fine is avatar.fine
    assert avatar.rigged.fine is avatar.fine
    assert avatar.rigged.skin_shapes.shape[0] == 64


def test_the_head_in_its_own_expression_meets_the_points_that_were_found(avatar):
    fine = avatar.fine
    head = pose_head(models().model, fine.neutral, fine.weights)
    apart = np.linalg.norm(
        project_landmarks(models().model, head, fine.coarse.camera) - avatar.landmarks.points_px, axis=1
    )
    eyes = np.linalg.norm(avatar.landmarks.points_px[45] - avatar.landmarks.points_px[36])
    assert np.median(apart[17:]) < 0.02 * eyes


def test_the_skin_shows_the_person_s_tone(avatar):
    tone = 255.0 * avatar.textured.colours.skin
    atlas = avatar.textured.skin.reshape(-1, 3).astype(float)
    assert (np.abs(atlas - tone).max(axis=1) < 45.0).mean() > 0.1


def test_a_picture_without_a_face_and_a_face_that_is_not_there_are_refused():
    with pytest.raises(ValueError, match="no face found"):
        create_avatar(np.full((200, 200, 3), 128, np.uint8), models())
    with pytest.raises(ValueError, match="face is 3, expected 0 to 0"):
        create_avatar(portrait(), models(), face=3)


def test_missing_networks_are_named():
    with pytest.raises(ValueError, match="needs the networks parser, coarse"):
        Models(models().model, {}, {"detector": lambda picture: {}, "landmarks": lambda picture: {}})
