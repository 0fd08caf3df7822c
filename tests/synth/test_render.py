"""Laws of rendered portraits: pictures agree with their labels, pairs share a scene, and numbers decide everything."""

import numpy as np
import pytest

from toonface.geometry.camera import camera_from_pose, project
from toonface.geometry.rotation import matrix_to_axis_angle
from toonface.morphable.face_model import evaluate, skin_vertices
from toonface.morphable.landmarks import CONTOUR, landmarks_3d
from toonface.morphable.names import SHAPES
from toonface.synth.framing import rotation_of
from toonface.synth.people.expressions import gaze_of
from toonface.types import FaceRegion

SIZE = 128
COUNT = 24
EYES = (FaceRegion.EYE_LEFT, FaceRegion.EYE_RIGHT)
LIPS = (FaceRegion.LIP_UPPER, FaceRegion.LIP_LOWER, FaceRegion.INNER_MOUTH)


@pytest.fixture(scope="module")
def pairs(renderer):
    return [renderer.sample(11, index, ("photo", "toon"), SIZE) for index in range(COUNT)]


def face_size(labels):
    """Distance of the outer corners of the eyes, pixels, as seen from the front."""
    return 0.095 * np.exp(labels.pose[5])


def distances_to(labels, regions, points):
    """Pixels from each point to the nearest pixel of some regions."""
    rows, columns = np.nonzero(np.isin(labels.parsing, regions))
    centres = np.stack([columns, rows], axis=1) + 0.5
    return np.linalg.norm(labels.landmarks_px[points][:, None] - centres[None], axis=2).min(axis=1)


def test_a_number_gives_the_same_bytes_again_and_another_number_others(renderer):
    first, again, other = (renderer.sample(3, index, ("photo", "toon"), 64) for index in (5, 5, 6))
    for style in ("photo", "toon"):
        assert first[style].picture.tobytes() == again[style].picture.tobytes()
        for name, value in vars(first[style].labels).items():
            if isinstance(value, np.ndarray):
                assert value.tobytes() == getattr(again[style].labels, name).tobytes(), name
            else:
                assert value == getattr(again[style].labels, name), name
        assert first[style].picture.tobytes() != other[style].picture.tobytes()


def test_one_style_alone_is_that_of_the_pair(renderer):
    both = renderer.sample(3, 5, ("photo", "toon"), 64)
    for style in ("photo", "toon"):
        assert renderer.sample(3, 5, (style,), 64)[style].picture.tobytes() == both[style].picture.tobytes()


def test_a_pair_shares_everything_but_the_style(pairs):
    for pair in pairs:
        photo, toon = pair["photo"].labels, pair["toon"].labels
        for name in ("pose", "expression", "texture", "gaze", "hair_colour"):
            np.testing.assert_array_equal(getattr(photo, name), getattr(toon, name))
        assert photo.hair_style == toon.hair_style


def test_the_coefficients_of_a_photo_draw_its_landmarks_again(pairs, face_model):
    """The labels alone, without the scene, give the points in the picture."""
    for pair in pairs:
        labels = pair["photo"].labels
        camera = camera_from_pose(labels.pose.astype(float), SIZE, SIZE)
        head = evaluate(face_model, labels.identity.astype(float), labels.expression.astype(float))
        points = landmarks_3d(skin_vertices(face_model, head), face_model.landmarks, camera.rotation)
        np.testing.assert_allclose(project(camera, points)[:, :2], labels.landmarks_px, atol=0.02)


def test_the_coefficients_of_a_toon_are_close_to_it(pairs, face_model):
    """A cartoon leaves the span of the model; the nearest head of the model is still the same face."""
    errors = []
    for pair in pairs:
        labels = pair["toon"].labels
        camera = camera_from_pose(labels.pose.astype(float), SIZE, SIZE)
        head = evaluate(face_model, labels.identity.astype(float), labels.expression.astype(float))
        points = landmarks_3d(skin_vertices(face_model, head), face_model.landmarks, camera.rotation)
        away = np.linalg.norm(project(camera, points)[:, :2] - labels.landmarks_px, axis=1)
        errors.append(away[CONTOUR.stop :].mean() / face_size(labels))
    assert np.median(errors) < 0.05
    assert max(errors) < 0.2


@pytest.mark.parametrize("style", ["photo", "toon"])
def test_landmarks_lie_on_their_features(pairs, style):
    eyes, lips = [], []
    for pair in pairs:
        labels = pair[style].labels
        for region, points in zip(EYES, (range(42, 48), range(36, 42)), strict=True):
            seen = [p for p in points if labels.visible[p]]
            if seen and (labels.parsing == region).sum() > 12:
                eyes += list(distances_to(labels, (region,), seen) / face_size(labels))
        seen = [p for p in range(48, 68) if labels.visible[p]]
        if seen and np.isin(labels.parsing, LIPS).sum() > 12:
            lips += list(distances_to(labels, LIPS, seen) / face_size(labels))
    # A pixel is 0.03 of a face here. Part of an eye may be under a fringe, and a cartoon's lash line is thick.
    for away in (eyes, lips):
        assert np.median(away) < 0.04
        assert np.quantile(away, 0.9) < 0.08


@pytest.mark.parametrize("style", ["photo", "toon"])
def test_left_and_right_are_the_characters(pairs, style):
    for pair in pairs:
        labels = pair[style].labels
        if abs(matrix_to_axis_angle(camera_from_pose(labels.pose.astype(float), 8, 8).rotation)[1]) > 0.6:
            continue
        columns = [np.nonzero(labels.parsing == region)[1] for region in EYES]
        if min(len(c) for c in columns) > 5:
            assert columns[0].mean() > columns[1].mean(), "the character's left eye is on the right in the picture"


def test_parsing_edges_lie_on_colour_edges(pairs):
    """The edges of the regions find more contrast where they are than when they are shifted by a pixel or two."""
    gains = {}
    for pair in pairs:
        sample = pair["photo"]
        light = sample.picture.astype(float).mean(axis=2)
        slope = np.abs(np.diff(light, axis=1, prepend=light[:, :1]))
        regions = sample.labels.parsing.astype(int)
        edge = (np.diff(regions, axis=1, prepend=regions[:, :1]) != 0) & (
            (regions == 0) | (np.roll(regions, 1, axis=1) == 0)
        )
        edge[:, :4], edge[:, -4:] = False, False
        for shift in (-2, -1, 0, 1, 2):
            gains.setdefault(shift, []).append(np.roll(slope, -shift, axis=1)[edge].mean())
    means = {shift: np.nanmean(values) for shift, values in gains.items()}
    assert max(means, key=means.get) == 0, means


def test_normals_are_unit_and_face_the_viewer_and_the_background_has_none(pairs):
    for pair in pairs[:6]:
        labels = pair["photo"].labels
        ground = np.isnan(labels.depth)
        assert not labels.normals[ground].any()
        np.testing.assert_allclose(np.linalg.norm(labels.normals[~ground], axis=1), 1.0, atol=1e-3)
        assert (labels.normals[~ground][:, 2] > 0.0).mean() > 0.95
        assert (labels.parsing[ground] == FaceRegion.BACKGROUND).all()


def test_depth_is_that_of_the_landmarks(pairs, face_model):
    for pair in pairs[:6]:
        labels = pair["photo"].labels
        camera = camera_from_pose(labels.pose.astype(float), SIZE, SIZE)
        head = evaluate(face_model, labels.identity.astype(float), labels.expression.astype(float))
        points = landmarks_3d(skin_vertices(face_model, head), face_model.landmarks, camera.rotation)
        depth = project(camera, points)[:, 2] / camera.scale
        for point in (30, 33, 51):
            if labels.visible[point]:
                x, y = labels.landmarks_px[point].astype(int)
                assert labels.depth[y, x] == pytest.approx(depth[point], abs=0.01)


def test_the_pose_label_is_the_frames(renderer):
    scene = renderer.scene(3, 5)
    pose = renderer.labelled(scene, "photo", 64).labels.pose.astype(float)
    np.testing.assert_allclose(camera_from_pose(pose, 64, 64).rotation, rotation_of(scene.frame), atol=1e-6)


def test_pictures_are_neither_black_nor_white_and_faces_stand_out(pairs):
    for pair in pairs:
        for sample in pair.values():
            face = np.isin(sample.labels.parsing, (FaceRegion.SKIN, FaceRegion.NOSE))
            assert 15 < sample.picture[face].mean() < 250
            assert sample.picture.std() > 8


def test_glances_are_mixed_scenes_whose_eyes_look_anywhere_whatever_the_head_does(renderer):
    mixed, glances = (
        [renderer.with_expressions(kind).scene(3, index) for index in range(60)] for kind in ("mixed", "glances")
    )
    for before, after in zip(mixed[:6], glances[:6], strict=True):
        same = [not name.startswith(("eyeLook", "eyeWide")) for name in SHAPES]  # wide lids give way to looking down
        np.testing.assert_array_equal(before.weights[same], after.weights[same])
        assert before.frame == after.frame
    heads = np.array([(scene.frame.yaw, scene.frame.pitch) for scene in glances])
    looks = np.array([gaze_of(scene.weights) for scene in glances])
    for axis in range(2):
        assert abs(np.corrcoef(heads[:, axis], looks[:, axis])[0, 1]) < 0.35
    assert np.degrees(looks).std(axis=0).min() > 12.0


def test_mixed_scenes_are_usual_and_wide_in_turn(renderer):
    usual, wide, mixed = (renderer.with_expressions(kind) for kind in ("usual", "wide", "mixed"))
    for index in range(4):
        expected = (wide if index % 2 else usual).scene(3, index)
        np.testing.assert_array_equal(mixed.scene(3, index).weights, expected.weights)
