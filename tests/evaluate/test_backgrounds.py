"""Pictures without a face: always the same, of every kind, and nothing of a face is clipped."""

import numpy as np
import pytest
from tests.fake_renderer import fake_sample

from toonface.evaluate.backgrounds import HARMLESS, SIDES, TURNS, clip_faceless, faceless_pictures
from toonface.types import FaceRegion

SIZE = 96
FACE = (255, 0, 255)


def portrait(number, face_rows=60):
    """A face on top, of one colour that nothing else has, and cloth below."""
    rng = np.random.default_rng(number)
    parsing = np.full((SIZE, SIZE), FaceRegion.CLOTH, np.uint8)
    parsing[:face_rows] = [region for region in FaceRegion if region not in HARMLESS][number % 14]
    sample = fake_sample(rng, SIZE, parsing=parsing)
    sample.picture[:] = 40 + 20 * (number % 3)
    sample.picture[:face_rows] = FACE
    return sample


@pytest.fixture(scope="module")
def pictures():
    return list(faceless_pictures(portrait, 3 * len(TURNS)))


def test_the_pictures_are_the_same_every_time_and_fewer_are_the_first(pictures):
    again = list(faceless_pictures(portrait, len(TURNS)))
    assert all(np.array_equal(a, b) for a, b in zip(again, pictures[: len(again)], strict=True))


def test_no_two_pictures_are_alike_and_their_sizes_differ(pictures):
    assert len({picture.tobytes() for picture in pictures}) == len(pictures)
    longs = [max(picture.shape[:2]) for picture in pictures]
    assert len(set(longs)) > 10 and min(longs) >= SIDES[0] // 2 and max(longs) <= SIDES[1]
    assert any(picture.shape[0] != picture.shape[1] for picture in pictures)


def test_nothing_of_a_face_is_clipped(rng):
    for number in range(20):
        clipping = clip_faceless(portrait(number), rng)
        assert clipping is not None
        assert not (clipping == np.array(FACE) / 255.0).all(axis=2).any()


def test_a_portrait_that_is_all_face_or_all_background_gives_nothing(rng):
    assert clip_faceless(portrait(0, face_rows=SIZE), rng) is None
    empty = fake_sample(rng, SIZE, parsing=np.zeros((SIZE, SIZE), np.uint8))
    assert clip_faceless(empty, rng) is None


def test_portraits_that_give_nothing_are_passed_over():
    asked = []

    def every_other(number):
        asked.append(number)
        return portrait(number, face_rows=SIZE if number % 2 else 60)

    count = len(TURNS)
    assert len(list(faceless_pictures(every_other, count))) == count
    assert asked == [0, 1, 2]
