import numpy as np
import pytest

from toonface.geometry.crop import to_crop
from toonface.stages.stylization.ffhq import ffhq_frame


def face():
    points = np.random.default_rng(0).normal(0.0, 3.0, (68, 2))
    points[36:42], points[42:48] = [40.0, 50.0], [60.0, 50.0]
    points[48], points[54] = [42.0, 70.0], [58.0, 70.0]
    return points


def test_the_frame_of_an_upright_face_has_the_numbers_of_the_paper():
    frame = ffhq_frame(face())
    assert frame.side_px == pytest.approx(2.0 * max(2.0 * 20.0, 1.8 * 20.0))
    assert frame.centre_px == pytest.approx((50.0, 52.0))
    assert frame.roll_radians == pytest.approx(0.0)


def test_the_crop_of_a_moved_turned_and_enlarged_face_is_the_same():
    points, angle = face(), 0.4
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = 3.0 * points @ turn.T + [100.0, -20.0]
    np.testing.assert_allclose(
        to_crop(ffhq_frame(moved), 64, moved), to_crop(ffhq_frame(points), 64, points), atol=1e-9
    )


def test_points_in_one_place_are_refused():
    with pytest.raises(ValueError, match="side_px is 0"):
        ffhq_frame(np.ones((68, 2)))
