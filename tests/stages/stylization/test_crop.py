"""Laws of the stylizer's frame: it stands upright with the face and holds all of it."""

import numpy as np
import pytest

from toonface.geometry.crop import to_crop
from toonface.stages.stylization.crop import stylizer_frame
from toonface.types import Landmarks

FACE = np.random.default_rng(3).uniform(-1.0, 1.0, (68, 2))


@pytest.mark.parametrize("turn", [0.0, 0.4, -0.7])
def test_a_face_lies_the_same_in_its_frame_however_it_is_turned_moved_and_enlarged(turn):
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    places = []
    for points in (FACE, 70.0 * FACE @ rotation.T + [200.0, 300.0]):
        frame = stylizer_frame(Landmarks(points_px=points, sigma_px=np.ones(68)))
        places.append(to_crop(frame, 1, points))
    assert np.allclose(places[0], places[1], atol=1e-9)
    assert places[0].min() > 0.15
    assert places[0].max() < 0.85
