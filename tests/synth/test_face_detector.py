"""Photo-style renders pass for photographs: a detector that was trained on photographs finds their faces."""

import cv2
import numpy as np

COUNT = 140
SIZE = 256
LARGEST_YAW = np.radians(20.0)


def face_box(labels):
    """Square about the landmarks from the brows to the chin: x, y, side."""
    low, high = labels.landmarks_px.min(axis=0), labels.landmarks_px.max(axis=0)
    side = float((high - low).max())
    x, y = 0.5 * (low + high) - 0.5 * side
    return x, y, side


def overlap(first, second):
    """Intersection over union of two squares."""
    low = np.maximum(first[:2], second[:2])
    high = np.minimum(np.add(first[:2], first[2]), np.add(second[:2], second[2]))
    shared = np.prod(np.clip(high - low, 0.0, None))
    return shared / (first[2] ** 2 + second[2] ** 2 - shared)


def test_a_detector_of_photographed_faces_finds_nine_in_ten(renderer):
    cv2.setNumThreads(1)
    detector = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")
    frontal = [i for i in range(3 * COUNT) if abs(renderer.scene(5, i).frame.yaw) < LARGEST_YAW][:COUNT]
    assert len(frontal) == COUNT
    found = 0
    for index in frontal:
        sample = renderer.sample(5, index, ("photo",), SIZE)["photo"]
        grey = cv2.equalizeHist(cv2.cvtColor(sample.picture, cv2.COLOR_RGB2GRAY))
        boxes = detector.detectMultiScale(grey, scaleFactor=1.05, minNeighbors=3, minSize=(50, 50))
        found += any(overlap(box[:3].astype(float), face_box(sample.labels)) > 0.3 for box in np.asarray(boxes))
    assert found >= 0.9 * COUNT, f"{found} of {COUNT}"
