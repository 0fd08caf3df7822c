"""The masks and labels of the skin follow the anatomy, on both sides alike."""

from dataclasses import fields, replace

import numpy as np
import pytest

from toonface.geometry.normals import face_areas
from toonface.morphable.face_model import evaluate, skin_vertices, weights_of
from toonface.morphable.landmarks import landmarks_3d
from toonface.synth.face.skin_labels import lip_depth, skin_labels
from toonface.synth.face.skin_masks import skin_masks
from toonface.types import FaceRegion

SOFT = ("wrinkle_slopes", "spacing", "labels")
"""Fields that are no masks in [0, 1]."""


@pytest.fixture(scope="module")
def masks(face_model):
    return skin_masks(face_model)


@pytest.fixture(scope="module")
def skin(face_model):
    return skin_vertices(face_model, evaluate(face_model, np.zeros(80), np.zeros(64)))


@pytest.fixture(scope="module")
def landmarks(face_model, skin):
    return landmarks_3d(skin, face_model.landmarks)


def centres(face_model, skin, labels, region):
    return skin[face_model.skin.faces[0][labels == region]].mean(axis=1)


def test_masks_are_shares_and_none_is_empty(masks):
    for field in fields(masks):
        if field.name not in SOFT:
            mask = getattr(masks, field.name)
            assert mask.min() >= 0.0, field.name
            assert mask.max() <= 1.0, field.name
            assert mask.max() > 0.8, field.name


def test_masks_are_the_same_on_both_sides(face_model, masks):
    mirror, cage = face_model.skin.mirror, face_model.skin.count
    for field in fields(masks):
        if field.name not in SOFT:
            mask = np.atleast_2d(getattr(masks, field.name))[:, :cage]
            assert np.abs(mask - mask[:, mirror]).max() < 0.05, field.name


def test_every_class_of_the_skin_and_no_other_is_labelled(masks):
    expected = ("SKIN", "NOSE", "EAR_LEFT", "EAR_RIGHT", "NECK", "LIP_UPPER", "LIP_LOWER", "INNER_MOUTH")
    assert set(np.unique(masks.labels)) == {int(FaceRegion[name]) for name in expected}


def test_lips_end_at_the_landmarks_of_their_outline(face_model, masks, skin, landmarks):
    upper = centres(face_model, skin, masks.labels, FaceRegion.LIP_UPPER)
    lower = centres(face_model, skin, masks.labels, FaceRegion.LIP_LOWER)
    assert abs(upper[:, 1].max() - landmarks[[50, 52], 1].max()) < 0.002
    assert abs(lower[:, 1].min() - landmarks[57, 1]) < 0.002
    lips = np.concatenate([upper, lower])
    assert lip_depth(landmarks, lips).min() > -0.003
    assert abs(lips[:, 0].max() - landmarks[54, 0]) < 0.002
    outline = np.flatnonzero(masks.lips > 0.5)
    distance = [np.linalg.norm(skin[outline] - point, axis=1).min() for point in landmarks[48:60]]
    assert max(distance) < 0.0025


def test_upper_lip_rises_and_lower_lip_sinks_when_the_mouth_opens(face_model, masks):
    weights = weights_of({"mouthUpperUpLeft": 1.0, "mouthUpperUpRight": 1.0, "jawOpen": 0.6})
    closed, opened = (skin_vertices(face_model, evaluate(face_model, np.zeros(80), w)) for w in (np.zeros(64), weights))
    for region, direction in ((FaceRegion.LIP_UPPER, 1.0), (FaceRegion.LIP_LOWER, -1.0)):
        chosen = face_model.skin.faces[0][masks.labels == region]
        moved = direction * (opened - closed)[chosen].mean(axis=1)[:, 1]
        inner = np.abs(closed[chosen].mean(axis=1)[:, 0]) < 0.016  # at the corners both lips move down
        assert moved[inner].min() > 0.0


def test_nose_spans_its_landmarks(face_model, masks, skin, landmarks):
    nose = centres(face_model, skin, masks.labels, FaceRegion.NOSE)
    assert nose[:, 1].max() > landmarks[27, 1]
    assert nose[:, 1].max() < landmarks[[21, 22], 1].min()
    assert abs(nose[:, 1].min() - landmarks[31:36, 1].min()) < 0.004
    for point in landmarks[28:36]:
        assert np.linalg.norm(nose - point, axis=1).min() < 0.003


def test_neck_is_below_the_jaw_and_reaches_it(face_model, masks, skin, landmarks):
    neck = centres(face_model, skin, masks.labels, FaceRegion.NECK)
    assert (neck[:, 1] < landmarks[8, 1] + 0.001)[neck[:, 2] > 0.08].all()
    for point in landmarks[6:11]:
        assert np.linalg.norm(neck - point, axis=1).min() < 0.005


def test_ears_stand_off_the_head_and_are_as_large_as_each_other(face_model, masks, skin):
    faces = face_model.skin.faces[0]
    areas = face_areas(skin, faces)
    left, right = (areas[masks.labels == region].sum() for region in (FaceRegion.EAR_LEFT, FaceRegion.EAR_RIGHT))
    assert left == pytest.approx(right, rel=0.02)
    assert 0.002 < left < 0.004, "square metres, front and back"
    assert centres(face_model, skin, masks.labels, FaceRegion.EAR_LEFT)[:, 0].min() > 0.055
    farthest = faces[np.argmax(skin[faces].mean(axis=1)[:, 0] * (skin[faces].mean(axis=1)[:, 1] > 0.0))]
    assert masks.ears[farthest].min() > 0.5


def test_wrinkle_slopes_point_to_the_line(masks, skin):
    mask, slope = masks.wrinkles[2], masks.wrinkle_slopes[2]
    near = np.flatnonzero((mask > 0.2) & (mask < 0.8))
    ahead = 0.0002 * slope[near] / np.linalg.norm(slope[near], axis=1, keepdims=True)
    ridge = skin[mask > 0.9]
    before = np.linalg.norm(skin[near, None] - ridge, axis=2).min(axis=1)
    after = np.linalg.norm((skin[near] + ahead)[:, None] - ridge, axis=2).min(axis=1)
    assert np.mean(after < before) > 0.9


def test_labels_need_triangles_in_pairs(face_model):
    odd = replace(
        face_model,
        skin=replace(face_model.skin, faces=(np.roll(face_model.skin.faces[0], 1, axis=0), face_model.skin.faces[1])),
    )
    with pytest.raises(ValueError, match="pairs"):
        skin_labels(odd)
