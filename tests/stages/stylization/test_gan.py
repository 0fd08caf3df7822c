"""Laws of drawing by a generator: strength 0 is the portrait, a mirror shows it, what is far away stays."""

import numpy as np
import pytest
from tests.stages.stylization.test_ffhq import face

from toonface.stages.stylization.ffhq import ffhq_frame
from toonface.stages.stylization.gan import GanOptions, draw_by_gan, put_back
from toonface.types import FaceRegion, FaceRegions, Landmarks

SIZE, SHAPE = 48, (180, 160, 3)
POINTS = 1.5 * face() + [10.0, 15.0]
LANDMARKS = Landmarks(points_px=POINTS, sigma_px=np.ones(68))
ROWS = np.arange(SHAPE[0])[:, None] + np.arange(SHAPE[1])
PICTURE = np.stack([ROWS // 2, 200 - ROWS // 2, 90 + 0 * ROWS], axis=2).astype(np.uint8)
REGIONS = FaceRegions(classes=np.full(SHAPE[:2], FaceRegion.SKIN, np.uint8))


def same(picture):
    return {"cartoon": picture}


def red(picture):
    return {"cartoon": picture * 0.0 + np.array([1.0, 0.0, 0.0], np.float32)[:, None, None]}


def drawn(network, **options):
    return draw_by_gan(network, SIZE, PICTURE, LANDMARKS, REGIONS, GanOptions(**options))


def test_strength_0_is_the_portrait():
    assert np.array_equal(drawn(red, strength=0.0).picture, PICTURE)


def test_a_generator_that_changes_nothing_gives_the_portrait_back_but_for_its_resolution():
    cartoon = drawn(same)
    assert cartoon.style == "gan"
    assert np.abs(cartoon.picture.astype(int) - PICTURE).max() <= 3


def test_the_face_is_the_generators_and_what_is_beyond_its_frame_stays():
    cartoon = drawn(red).picture
    centre = np.array(ffhq_frame(POINTS).centre_px).astype(int)
    assert tuple(cartoon[centre[1], centre[0]]) == (255, 0, 0)
    assert np.array_equal(cartoon[170:, 150:], PICTURE[170:, 150:])


def test_half_strength_lies_halfway():
    whole, half = drawn(red).picture.astype(float), drawn(red, strength=0.5).picture
    assert np.abs(half - 0.5 * (whole + PICTURE)).max() <= 1.0


def test_a_frame_beside_the_picture_changes_nothing():
    frame = ffhq_frame(POINTS + 1000.0)
    assert np.array_equal(put_back(PICTURE, np.zeros((SIZE, SIZE, 3), np.uint8), frame, 1.0), PICTURE)


def test_enlarging_is_noted():
    assert "this generator makes 48 px" in drawn(red).notes[0]
    assert draw_by_gan(red, 512, PICTURE, LANDMARKS, REGIONS).notes == ()


def test_a_plain_background_takes_the_place_of_what_is_no_person():
    nobody = FaceRegions(classes=np.zeros(SHAPE[:2], np.uint8))
    made = draw_by_gan(red, SIZE, PICTURE, LANDMARKS, nobody, GanOptions(background="plain")).picture
    assert made.min() > 200


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match=r"strength is 1\.5"):
        GanOptions(strength=1.5)
    with pytest.raises(ValueError, match="background is 'red'"):
        GanOptions(background="red")
    with pytest.raises(ValueError, match="'cartoon' has shape"):
        drawn(lambda picture: {"cartoon": picture[:, :, 1:]})
