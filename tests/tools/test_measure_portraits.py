"""The measuring tool finds planted disagreement between a picture and its labels."""

import numpy as np
import pytest
from tools.measure_portraits import Measured, measure_edges, measure_points, summary

from toonface.synth.labels import Labels, Sample
from toonface.types import FaceRegion

SIZE = 64


def sample(shift=0, away=0.0):
    """A bright nose on dark ground; its picture shifted sideways, its landmarks moved up."""
    parsing = np.zeros((SIZE, SIZE), np.uint8)
    parsing[20:44, 24:40] = FaceRegion.NOSE
    light = np.roll(np.where(parsing > 0, 200, 40), shift, axis=1).astype(np.uint8)
    points = np.zeros((68, 2), np.float32)
    points[27:36] = [32.0, 20.5 - away]
    points[[36, 45]] = [[12.0, 20.0], [52.0, 20.0]]
    labels = Labels(
        landmarks_px=points,
        visible=np.ones(68, bool),
        identity=np.zeros(80, np.float32),
        expression=np.zeros(64, np.float32),
        texture=np.zeros(80, np.float32),
        light=np.zeros(9, np.float32),
        pose=np.array([0, 0, 0, 0, 0, 5.0], np.float32),
        gaze=np.zeros((2, 2), np.float32),
        parsing=parsing,
        depth=None,
        normals=None,
        albedo=None,
        hair_style="bald",
        hair_colour=np.zeros(3, np.float32),
        facts={},
    )
    return Sample(picture=np.repeat(light[..., None], 3, axis=2), labels=labels)


@pytest.mark.parametrize("shift", [-2, -1, 0, 1, 2])
def test_contrast_is_largest_where_the_edges_of_the_picture_are(shift):
    measured = Measured()
    measure_edges(sample(shift), measured.contrast)
    means = {place: np.mean(values) for place, values in measured.contrast.items()}
    assert max(means, key=lambda place: means[place]) == shift


@pytest.mark.parametrize("away", [0.0, 4.0, 8.0])
def test_landmarks_off_their_feature_are_found_by_their_distance(away):
    measured = Measured()
    measure_points(sample(away=away), "photo", measured.distances)
    # The corners of the eyes are 40 pixels apart; the nearest pixel's centre is half a pixel aside.
    expected = np.hypot(away, 0.5) / 40.0
    assert np.mean(measured.distances["photo.nose"]) == pytest.approx(expected, abs=0.005)
    measured.times["photo"].append(1.0)
    measured.times["toon"].append(1.0)
    measured.times["pair"].append(2.0)
    for values in measured.contrast.values():
        values.append(1.0)
    assert summary(measured)["landmarks.photo.nose.mean"] == pytest.approx(expected, abs=0.005)
