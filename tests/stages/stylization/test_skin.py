"""Laws of smoothing skin: pores go, wrinkles, beards and eyes stay."""

import numpy as np
import pytest

from toonface.stages.stylization.skin import smooth_skin
from toonface.types import FaceRegion

SIZE, FACE_PX = 200, 160.0


def a_face(rng):
    picture = np.full((SIZE, SIZE, 3), [0.8, 0.6, 0.5], np.float32)
    return (picture + 0.02 * rng.normal(size=picture.shape)).astype(np.float32)


def test_pores_go_and_a_wrinkle_stays():
    picture = a_face(np.random.default_rng(0))
    picture[100:103] -= np.float32(0.3)
    classes = np.full((SIZE, SIZE), FaceRegion.SKIN, np.uint8)
    smooth = smooth_skin(picture, classes, FACE_PX)
    assert smooth[20:80, 20:-20].std(axis=(0, 1)).max() < 0.35 * picture[20:80, 20:-20].std(axis=(0, 1)).min()
    depth = [shown[90:98, 50:-50].mean() - shown[101, 50:-50].mean() for shown in (picture, smooth)]
    assert depth[1] > 0.7 * depth[0]


@pytest.mark.parametrize("region", [FaceRegion.FACIAL_HAIR, FaceRegion.EYE_LEFT, FaceRegion.HAIR, FaceRegion.LIP_UPPER])
def test_what_is_no_skin_stays_as_it_is(region):
    picture = a_face(np.random.default_rng(1))
    classes = np.full((SIZE, SIZE), FaceRegion.SKIN, np.uint8)
    classes[80:120, 80:120] = region
    smooth = smooth_skin(picture, classes, FACE_PX)
    # A window at a corner of the square sees more skin than not.
    assert np.array_equal(smooth[82:118, 82:118], picture[82:118, 82:118])
    assert np.abs(smooth - picture)[80:120, 80:120].max() < 0.01


def test_a_face_without_size_is_refused():
    with pytest.raises(ValueError, match=r"face_px is 0\.0, expected more than 0"):
        smooth_skin(np.zeros((4, 4, 3), np.float32), np.zeros((4, 4), np.uint8), 0.0)
