"""Laws of what a stylizer learns from: offsets carry the portrait to its cartoon, in the tones of the person."""

import numpy as np
import pytest
from scipy.ndimage import map_coordinates, zoom

from toonface.stages.stylization.crop import MARGIN
from toonface.stages.stylization.field import STYLES
from toonface.synth.style_pairs import FACE, FLOW_SIZE, draw_example
from toonface.types import FaceRegion

SIZE = 128


@pytest.fixture(scope="module")
def example(renderer):
    return draw_example(renderer, 5, 4, SIZE)


def warped(picture, offset):
    """The slow way: every pixel from where its offset says."""
    fine = [SIZE * zoom(offset[..., k], SIZE // FLOW_SIZE, order=1, grid_mode=True, mode="nearest") for k in (0, 1)]
    rows, columns = np.mgrid[:SIZE, :SIZE].astype(float)
    planes = [
        map_coordinates(picture[..., k].astype(float), [rows + fine[1], columns + fine[0]], order=1, mode="nearest")
        for k in range(3)
    ]
    return np.stack(planes, axis=2)


def test_a_portrait_has_a_cartoon_in_every_style_and_is_the_same_each_time(renderer, example):
    again = draw_example(renderer, 5, 4, SIZE)
    assert len(example.targets) == len(STYLES)
    assert np.array_equal(again.picture, example.picture)
    assert all(np.array_equal(a.picture, b.picture) for a, b in zip(again.targets, example.targets, strict=True))


def test_offsets_bring_the_landmarks_of_the_cartoon_back_to_those_of_the_portrait(example):
    for target in example.targets:
        column, row = np.clip((target.points * FLOW_SIZE).astype(int), 0, FLOW_SIZE - 1).T
        back = target.points + target.offset[row, column]
        inner = np.r_[17:68]
        before = np.linalg.norm(target.points - example.points, axis=1)[inner].mean()
        assert np.linalg.norm(back - example.points, axis=1)[inner].mean() < 0.3 * before


def test_the_warped_portrait_is_nearer_to_the_cartoon_than_the_portrait_is(example):
    for target in example.targets:
        seen = target.face
        still, moved = (
            np.abs(picture.astype(float) - target.picture)[seen].mean()
            for picture in (example.smooth, warped(example.smooth, target.offset))
        )
        assert moved < 0.97 * still


def test_the_skin_of_a_cartoon_has_the_tone_that_it_has_in_the_portrait(example):
    skin = example.picture[example.regions == FaceRegion.SKIN].mean(axis=0)
    for target in example.targets:
        assert np.abs(target.picture[target.face].mean(axis=0) - skin).max() < 25.0


def test_the_face_fills_the_frame_as_the_stage_frames_it(example):
    extent = np.ptp(example.points, axis=0).max()
    assert extent == pytest.approx(1.0 / MARGIN, rel=0.25)
    assert np.abs(example.points.mean(axis=0) - 0.5).max() < 0.15


def test_brows_beards_and_hair_are_not_repainted():
    for region in (FaceRegion.BROW_LEFT, FaceRegion.FACIAL_HAIR, FaceRegion.HAIR, FaceRegion.GLASSES, FaceRegion.OTHER):
        assert not FACE[region]
    assert FACE[FaceRegion.SKIN]


def test_a_size_that_the_field_does_not_divide_is_refused(renderer):
    with pytest.raises(ValueError, match="size is 100, expected a multiple of 64"):
        draw_example(renderer, 5, 0, 100)
