"""Laws of finding a face: the chosen one, looked at twice, or one clear line."""

import numpy as np
import pytest

from toonface.geometry.crop import five_points, frame_around, to_crop
from toonface.pipeline.faces import MOST_TURNED, find_face, turned
from toonface.stages import landmarks
from toonface.types import Landmarks

PICTURE = np.random.default_rng(0).integers(0, 256, (320, 320, 3)).astype(np.uint8)


def face_at(x, y, size):
    """68 points of a face, slightly turned, whose box has these middle and size."""
    points = np.random.default_rng(2).uniform(-0.5, 0.5, (68, 2))
    for i, place in {36: (-0.3, -0.2), 42: (0.3, -0.2), 30: (0.0, 0.1), 48: (-0.2, 0.3), 54: (0.2, 0.3)}.items():
        points[i : i + (6 if i in (36, 42) else 1)] = place
    points = points @ np.array([[np.cos(0.2), np.sin(0.2)], [-np.sin(0.2), np.cos(0.2)]])
    low, high = points.min(axis=0), points.max(axis=0)
    return (points - 0.5 * (low + high)) * size / (high - low).max() + [x, y]


class Scene:
    """Networks that know where the faces of `PICTURE` are; the first look at points is off by a tenth of the face."""

    def __init__(self, *faces):
        self.faces, self.frames, self.calls = faces, [], 0

    def detector(self, picture):
        scale = max(picture.shape[2:]) / 320
        boxes = np.array([[*face.min(axis=0), *face.max(axis=0)] for face in self.faces]).reshape(-1, 4) * scale
        points = np.array([five_points(face) for face in self.faces]).reshape(-1, 5, 2) * scale
        outputs = {"scores": np.linspace(0.9, 0.8, len(boxes)), "boxes": boxes, "points": points}
        return {name: output[None].astype(np.float32) for name, output in outputs.items()}

    def networks(self, chosen):
        def look(picture):
            """The crop itself says where it lies: it is found among those that could have been cut."""
            self.calls += 1
            error = 0.1 * np.ptp(chosen) if self.calls == 1 else 0.0
            frame = self.frames[-1]
            points = to_crop(frame, landmarks.SIZE, chosen + error)
            return {"points": points[None].astype(np.float32), "sigma": np.ones((1, 68), np.float32)}

        return {"detector": self.detector, "landmarks": look}


@pytest.fixture
def watched(monkeypatch):
    """Tell a scene each frame in which landmarks are looked for."""

    def watch(scene):
        original = landmarks.find_landmarks

        def find(network, picture, frame):
            scene.frames.append(frame)
            return original(network, picture, frame)

        monkeypatch.setattr(landmarks, "find_landmarks", find)
        return scene

    return watch


@pytest.mark.parametrize("face", [0, 1])
def test_the_chosen_face_is_found_after_a_second_look(watched, face):
    faces = (face_at(100.0, 120.0, 150.0), face_at(250.0, 250.0, 80.0))
    scene = watched(Scene(*faces[::-1]))
    found = find_face(scene.networks(faces[face]), PICTURE, face)
    np.testing.assert_allclose(found.landmarks.points_px, faces[face], atol=1e-3)
    assert [round(one.width_px) for one in found.faces] == [150, 80]
    assert scene.calls == 2


def test_the_second_crop_is_cut_around_the_points_of_the_first(watched):
    truth = face_at(160.0, 150.0, 120.0)
    scene = watched(Scene(truth))
    found = find_face(scene.networks(truth), PICTURE)
    first = frame_around(truth + 0.1 * np.ptp(truth), landmarks.MARGIN)
    np.testing.assert_allclose(scene.frames[1].centre_px, first.centre_px, atol=1e-3)
    last = frame_around(truth, landmarks.MARGIN)
    np.testing.assert_allclose(found.frame.centre_px, last.centre_px, atol=1e-3)
    assert found.frame.side_px == pytest.approx(last.side_px, rel=1e-5)
    assert found.frame.roll_radians == pytest.approx(last.roll_radians, abs=1e-5)


def test_a_single_large_face_needs_no_note(watched):
    truth = face_at(160.0, 150.0, 120.0)
    assert find_face(watched(Scene(truth)).networks(truth), PICTURE).notes == ()


def test_several_faces_and_small_ones_are_noted(watched):
    truth = face_at(100.0, 100.0, 40.0)
    scene = watched(Scene(truth, face_at(250.0, 250.0, 30.0)))
    several, small = find_face(scene.networks(truth), PICTURE).notes
    assert several.startswith("2 faces found; this is 0")
    assert small.startswith("the face is 40 px large, below 48;")


def test_a_face_that_is_turned_far_is_noted(watched):
    truth = face_at(160.0, 150.0, 120.0)
    assert turned(Landmarks(points_px=truth, sigma_px=np.ones(68))) < MOST_TURNED
    truth[30] += 1.2 * (truth[42] - truth[36])
    (note,) = find_face(watched(Scene(truth)).networks(truth), PICTURE).notes
    assert "turned far to the side" in note


def test_a_picture_without_a_face_is_refused():
    with pytest.raises(ValueError, match=r"^no face found.*choose a picture.*$"):
        find_face(Scene().networks(face_at(0.0, 0.0, 1.0)), PICTURE)


@pytest.mark.parametrize("face", [-1, 2])
def test_a_face_that_is_not_there_is_refused(face):
    scene = Scene(face_at(100.0, 100.0, 90.0), face_at(250.0, 250.0, 80.0))
    with pytest.raises(ValueError, match=rf"^face is {face}, expected 0 to 1: 2 found, 0 is the largest$"):
        find_face(scene.networks(scene.faces[0]), PICTURE, face)
