"""Laws of diffusion: the face stays, the background takes its colours, and the fast way is the plain one."""

import jaxtyping
import numpy as np
import pytest

from toonface.geometry.diffusion import diffuse, diffuse_plainly


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def picture(rng):
    return rng.integers(0, 256, (23, 31, 3), np.uint8)


@pytest.fixture
def face():
    rows, columns = np.mgrid[:23, :31]
    return (rows - 10) ** 2 + 0.6 * (columns - 17) ** 2 < 40


@pytest.mark.parametrize("share", [0.002, 0.1, 0.5, 1.0])
def test_the_fast_way_gives_the_picture_of_the_plain_one(picture, rng, share):
    face = rng.random(picture.shape[:2]) < share
    face[3, 4] = True
    np.testing.assert_array_equal(diffuse(picture, face), diffuse_plainly(picture, face))


def test_no_pixel_of_the_face_changes(picture, face):
    np.testing.assert_array_equal(diffuse(picture, face)[face], picture[face])


def test_the_old_background_is_gone(picture, face, rng):
    other = np.where(face[..., None], picture, rng.integers(0, 256, picture.shape, np.uint8))
    np.testing.assert_array_equal(diffuse(picture, face), diffuse(other, face))


def test_a_face_of_one_colour_colours_everything(picture, face):
    picture[face] = (200, 150, 120)
    assert (diffuse(picture, face) == (200, 150, 120)).all()


def test_the_background_stays_between_the_colours_of_the_face(picture, face):
    found = diffuse(picture, face)
    for channel in range(3):
        assert found[..., channel].min() >= picture[face][:, channel].min()
        assert found[..., channel].max() <= picture[face][:, channel].max()


def test_a_pixel_beside_the_face_is_the_mean_of_its_neighbours_there():
    picture = np.zeros((3, 3, 3), np.uint8)
    picture[0] = (90, 30, 60)
    picture[0, 2] = (30, 30, 60)
    face = np.zeros((3, 3), bool)
    face[0] = True
    # (1, 0) is queued first and sees two; (1, 1) then sees three of the face and (1, 0).
    assert diffuse(picture, face)[1, 0].tolist() == [90, 30, 60]
    assert diffuse(picture, face)[1, 1].tolist() == [75, 30, 60]


def test_without_a_face_there_is_nothing_to_take(picture):
    for way in (diffuse, diffuse_plainly):
        with pytest.raises(ValueError, match="no pixel is of the face, expected at least one"):
            way(picture, np.zeros(picture.shape[:2], bool))


def test_other_shapes_are_refused(picture, monkeypatch):
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
    with pytest.raises(ValueError, match="expected the same height and width"):
        diffuse(picture, np.ones((2, 2), bool))
