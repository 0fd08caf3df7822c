"""Laws of a portrait's colours: planted ones come back, whatever lies beside them."""

import numpy as np
import pytest
from tests.planted_portraits import HAIR_COLOUR, IRIS_COLOUR, SKIN_COLOUR, paint

from toonface.morphable.face_model import pose_head
from toonface.stages.texture.face_colours import find_colours
from toonface.types import FaceRegion, FaceRegions


def colours_of(baker, fine, picture, classes):
    eyes = pose_head(baker.model, fine.neutral, fine.weights).eyes
    return find_colours(picture, FaceRegions(classes=classes), eyes=eyes, camera=fine.coarse.camera)


@pytest.fixture
def front(baker, frontal):
    picture, regions = paint(baker, frontal)
    return picture, regions.classes.copy()


def test_planted_colours_come_back(baker, frontal, front):
    picture, classes = front
    found = colours_of(baker, frontal, picture, classes)
    assert np.abs(255.0 * found.skin - SKIN_COLOUR).max() < 2
    assert np.abs(255.0 * found.hair - HAIR_COLOUR).max() < 2
    assert np.abs(255.0 * found.iris_left - IRIS_COLOUR).max() < 2
    assert np.abs(255.0 * found.iris_right - IRIS_COLOUR).max() < 2
    assert found.brows is None


def test_pupil_and_highlight_are_not_the_iris(baker, frontal, front):
    picture, classes = front
    rng = np.random.default_rng(0)
    eyes = np.argwhere(np.isin(classes, (FaceRegion.EYE_LEFT, FaceRegion.EYE_RIGHT)))
    for colour, share in (((5, 5, 5), 0.2), ((250, 250, 250), 0.2)):
        rows, columns = eyes[rng.random(len(eyes)) < share].T
        picture[rows, columns] = colour
    found = colours_of(baker, frontal, picture, classes)
    assert np.abs(255.0 * found.iris_left - IRIS_COLOUR).max() < 2


def test_an_eye_that_is_not_seen_has_the_other_ones_colour(baker, frontal, front):
    picture, classes = front
    classes[classes == FaceRegion.EYE_LEFT] = FaceRegion.SKIN
    found = colours_of(baker, frontal, picture, classes)
    assert found.iris_left is not None
    assert (found.iris_left == found.iris_right).all()
    classes[classes == FaceRegion.EYE_RIGHT] = FaceRegion.SKIN
    assert colours_of(baker, frontal, picture, classes).iris_left is None


def test_a_brow_has_the_colour_of_its_hairs_and_not_of_the_skin_between(baker, frontal, front):
    picture, classes = front
    rows, columns = np.nonzero(classes == FaceRegion.SKIN)
    classes[rows[:200], columns[:200]] = FaceRegion.BROW_LEFT
    picture[rows[:120], columns[:120]] = (50, 40, 30)
    assert np.abs(255.0 * colours_of(baker, frontal, picture, classes).brows - (50, 40, 30)).max() < 2


def test_a_picture_of_another_size_and_one_without_skin_are_refused(baker, frontal, front):
    picture, classes = front
    with pytest.raises(ValueError, match=r"picture is \(255, 256\), regions \(256, 256\), expected the same"):
        colours_of(baker, frontal, picture[1:], classes)
    with pytest.raises(ValueError, match="no pixel is of the face, expected at least one"):
        colours_of(baker, frontal, picture, np.zeros_like(classes))
