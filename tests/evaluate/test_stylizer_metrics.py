"""Laws of what is counted of cartoons: what does not matter does not count, and known colours have known numbers."""

import numpy as np
import pytest

from toonface.evaluate.stylizer_metrics import kernel_distance, lab_of, region_colour, shape_difference
from toonface.types import FaceRegion

FACE = np.random.default_rng(0).normal(size=(68, 2))


@pytest.mark.parametrize(("turn", "scale"), [(0.0, 1.0), (0.6, 3.0), (-2.0, 0.2)])
def test_position_size_and_turn_of_a_face_do_not_count(turn, scale):
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    assert shape_difference(scale * FACE @ rotation.T + [5.0, -3.0], FACE) < 1e-9


def test_a_face_that_is_changed_or_mirrored_counts():
    changed = FACE.copy()
    changed[:, 0] *= 1.3
    assert shape_difference(changed, FACE) > 0.05
    assert shape_difference(FACE * [-1.0, 1.0], FACE) > 0.1


@pytest.mark.parametrize(
    ("colour", "lab"),
    [((1.0, 1.0, 1.0), (100.0, 0.0, 0.0)), ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)), ((1.0, 0.0, 0.0), (53.24, 80.09, 67.20)),
     ((0.0, 0.0, 1.0), (32.30, 79.19, -107.86))],
)  # fmt: skip
def test_well_known_colours_have_their_well_known_numbers(colour, lab):
    assert np.allclose(lab_of(np.array(colour)), lab, atol=0.3)


def test_the_colour_of_a_region_is_its_median_and_of_a_few_pixels_unknown():
    picture, classes = np.zeros((20, 20, 3), np.uint8), np.zeros((20, 20), np.uint8)
    classes[:10] = FaceRegion.HAIR
    picture[:8] = 255
    assert np.allclose(region_colour(picture, classes, FaceRegion.HAIR), [100.0, 0.0, 0.0], atol=0.1)
    assert np.isnan(region_colour(picture, classes, FaceRegion.HAT)).all()


def test_samples_of_one_kind_lie_near_and_of_two_kinds_apart():
    rng = np.random.default_rng(0)
    near = np.mean([kernel_distance(rng.normal(size=(40, 6)), rng.normal(size=(50, 6))) for _ in range(20)])
    apart = kernel_distance(rng.normal(size=(40, 6)), 1.0 + rng.normal(size=(50, 6)))
    assert abs(near) < 0.1
    assert apart > 1.0


def test_a_sample_of_one_is_refused():
    with pytest.raises(ValueError, match="samples have 1 and 5 rows"):
        kernel_distance(np.zeros((1, 3)), np.zeros((5, 3)))
