"""Laws of stray lines: found beside glasses, hair and on the neck, and nowhere else."""

import numpy as np
import pytest

from toonface.stages.texture.stray_lines import collars, is_one_of, islands, lashes, stray_lines
from toonface.types import FaceRegion

SCALE = 1000.0
SKIN, DARK = (200, 150, 120), (40, 30, 30)


@pytest.fixture
def field():
    """Skin with a thin dark line down the middle."""
    picture = np.broadcast_to(np.array(SKIN, np.uint8), (80, 80, 3)).copy()
    picture[:, 40:42] = DARK
    return picture, np.full((80, 80), FaceRegion.SKIN, np.uint8)


def test_a_line_on_the_bare_face_is_kept(field):
    assert not stray_lines(*field, SCALE).any()


def test_a_line_beside_glasses_hair_or_on_the_neck_is_found(field):
    picture, classes = field
    for region, where in (
        (FaceRegion.GLASSES, np.s_[36:38, 30:60]),
        (FaceRegion.HAIR, np.s_[:, 44:60]),
        (FaceRegion.NECK, np.s_[:]),
    ):
        marked = classes.copy()
        marked[where] = region
        lines = stray_lines(picture, marked, SCALE)
        assert lines[38, 40:42].all()
        assert not lines[:, :30].any()


def test_a_brow_stays_beside_glasses_unless_it_is_brighter_than_the_skin(field):
    picture, classes = field
    classes[:, 40:42] = FaceRegion.BROW_LEFT
    classes[36:38, 46:70] = FaceRegion.GLASSES
    assert not stray_lines(picture, classes, SCALE).any()
    picture[:, 40:42] = (250, 220, 40)
    assert stray_lines(picture, classes, SCALE)[37, 40:42].all()


def test_a_slow_change_of_light_is_no_line(field):
    picture, classes = field
    picture[:] = np.linspace(100, 200, 80).astype(np.uint8)[:, None, None]
    classes[:] = FaceRegion.NECK
    assert not stray_lines(picture, classes, SCALE)[6:-6, 6:-6].any()


def test_tips_of_hair_on_the_neck_are_found_by_their_colour(field):
    """A patch much wider than the window, in the hair's colour, which the parser calls neck."""
    picture, classes = field
    picture[:] = SKIN
    classes[40:], classes[:6] = FaceRegion.NECK, FaceRegion.HAIR
    picture[:6] = picture[60:, :30] = (220, 200, 40)
    lines = stray_lines(picture, classes, SCALE)
    assert lines[61:, :29].all()
    assert not lines[10:40].any()
    assert not lines[60:, 45:].any()


def test_a_shirt_that_is_called_neck_is_found_and_a_shadow_on_the_neck_is_not(field):
    picture, classes = field
    picture[:] = SKIN
    classes[30:] = FaceRegion.NECK
    picture[30:50] = 0.5 * np.array(SKIN)
    picture[50:] = (240, 240, 240)
    found = collars(picture, classes)
    assert not found[:46].any()
    assert found[54:].all()


def test_without_a_face_no_collar_is_known(field):
    picture, classes = field
    assert not collars(picture, np.full_like(classes, FaceRegion.NECK)).any()


def test_skin_amid_hair_is_an_island_and_an_ear_is_not():
    classes = np.full((30, 30), FaceRegion.HAIR, np.uint8)
    classes[10:, :20] = FaceRegion.SKIN
    classes[2:5, 4:8] = FaceRegion.SKIN
    classes[12:20, 24:28] = FaceRegion.EAR_LEFT
    found = islands(classes)
    assert found[2:5, 4:8].all()
    assert found.sum() == 12
    assert not islands(np.zeros((4, 4), np.uint8)).any()


def test_a_picture_without_skin_has_no_lines():
    nothing = np.zeros((5, 5), np.uint8)
    assert not stray_lines(np.zeros((5, 5, 3), np.uint8), nothing, SCALE).any()


def test_lashes_are_what_lies_beside_an_eye():
    classes = np.full((30, 30), FaceRegion.SKIN, np.uint8)
    classes[10:14, 10:20] = FaceRegion.EYE_RIGHT
    found = lashes(classes, SCALE)
    assert found[8:16, 8:22].all()
    assert found.sum() < 18 * 12
    assert not lashes(np.zeros((4, 4), np.uint8), SCALE).any()


def test_a_table_says_what_a_search_says():
    classes = np.arange(19, dtype=np.uint8).reshape(1, 19)
    chosen = (FaceRegion.EYE_LEFT, FaceRegion.OTHER)
    assert (is_one_of(classes, chosen) == np.isin(classes, chosen)).all()
