"""Laws of a plain backdrop: the person stays, the ground is one colour, the outline is soft."""

import numpy as np

from toonface.stages.stylization.backdrop import PLAIN, plain_backdrop
from toonface.types import FaceRegion, FaceRegions


def test_the_ground_becomes_plain_and_the_person_stays():
    picture = np.random.default_rng(0).integers(0, 256, (120, 100, 3)).astype(np.uint8)
    classes = np.zeros((120, 100), np.uint8)
    classes[30:90, 30:70] = FaceRegion.SKIN
    drawn = plain_backdrop(picture, FaceRegions(classes=classes))
    assert np.array_equal(drawn[40:80, 40:60], picture[40:80, 40:60])
    assert np.abs(drawn[:20].astype(float) - PLAIN).max() <= 1.0


def test_none_of_the_old_ground_shines_through_at_the_outline():
    picture = np.zeros((100, 100, 3), np.uint8)
    picture[..., 1] = 255
    classes = np.zeros((100, 100), np.uint8)
    classes[:, 50:], picture[:, 50:] = FaceRegion.HAIR, [200, 0, 0]
    drawn = plain_backdrop(picture, FaceRegions(classes=classes)).astype(int)
    assert (drawn[..., 1] <= drawn[..., 0] + 40).all()
