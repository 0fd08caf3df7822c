"""A stand-in for the package MediaPipe with the calls that are made: it says what the test puts into `found`."""

import sys
from types import ModuleType, SimpleNamespace

import numpy as np

from toonface.drive.mediapipe_shapes import NAMES


def face(**given):
    """What the package returns for a picture with a face."""
    scores = {"_neutral": 0.0} | dict.fromkeys(NAMES, 0.0) | given
    categories = [SimpleNamespace(category_name=name, score=score) for name, score in scores.items()]
    return SimpleNamespace(face_blendshapes=[categories], facial_transformation_matrixes=[np.eye(4, dtype=np.float32)])


NO_FACE = SimpleNamespace(face_blendshapes=[], facial_transformation_matrixes=[])


class Landmarker:
    """Answers with what is next in `found`, and keeps how it was asked."""

    def __init__(self, found):
        self.found, self.options, self.images, self.times_ms, self.closed = iter(found), None, [], [], False

    def create_from_options(self, options):
        with open(options.base_options.model_asset_path, "rb") as file:  # noqa: PTH123 - the package takes a string
            if file.read(4) != b"task":
                raise RuntimeError("Unable to open zip archive.")
        self.options = options
        return self

    def detect_for_video(self, image, timestamp_ms):
        if self.times_ms and timestamp_ms <= self.times_ms[-1]:
            raise ValueError("Input timestamp must be monotonically increasing.")
        self.images.append(image)
        self.times_ms.append(timestamp_ms)
        return next(self.found)

    def close(self):
        self.closed = True


def install(monkeypatch, *found):
    """Put the stand-in where imports find it, for one test."""
    landmarker = Landmarker(found)
    mediapipe, vision = ModuleType("mediapipe"), ModuleType("mediapipe.tasks.python.vision")
    python, tasks = ModuleType("mediapipe.tasks.python"), ModuleType("mediapipe.tasks")
    vision.FaceLandmarker, vision.FaceLandmarkerOptions = landmarker, SimpleNamespace
    vision.RunningMode = SimpleNamespace(VIDEO="VIDEO")
    python.vision, tasks.python, tasks.BaseOptions = vision, python, SimpleNamespace
    mediapipe.tasks, mediapipe.Image, mediapipe.ImageFormat = tasks, SimpleNamespace, SimpleNamespace(SRGB="SRGB")
    for module in (mediapipe, tasks, python, vision):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    return landmarker
