import numpy as np
import pytest

from toonface.synth.picture.set_off import set_off


def head(figure, ground, size=128):
    y, x = np.indices((size, size)) / size - 0.5
    region = (np.hypot(x, y) < 0.3).astype(np.uint8)
    linear = np.where(region[..., None] > 0, np.float32(figure), np.float32(ground))
    return np.ascontiguousarray(np.broadcast_to(linear, (size, size, 3)), np.float32), region


@pytest.mark.parametrize(("level", "sign"), [(0.02, 1), (0.04, 1), (0.6, -1)])
def test_ground_as_bright_as_the_figure_is_pushed_away_from_it(level, sign):
    linear, region = head(level, level)
    done = set_off(linear, region, 0.15)
    rim = np.sqrt(done[64, 20:24, 0]) - np.sqrt(level)
    assert (sign * rim > 0.09).all()


def test_the_figure_and_a_ground_that_differs_are_left_alone():
    linear, region = head(0.03, 0.03)
    done = set_off(linear, region, 0.15)
    np.testing.assert_array_equal(done[region > 0], linear[region > 0])
    clear, region = head(0.03, 0.4)
    np.testing.assert_array_equal(set_off(clear, region, 0.15), clear)


def test_the_halo_fades_away_from_the_head_without_a_step():
    linear, region = head(0.02, 0.02)
    tone = np.sqrt(set_off(linear, region, 0.15)[64, :25, 0])
    assert tone[0] - np.sqrt(0.02) < 0.05 < tone[-2] - np.sqrt(0.02)
    assert np.abs(np.diff(tone[:24])).max() < 0.02


def test_a_picture_without_a_head_or_without_ground_is_left_alone():
    linear, region = head(0.02, 0.02)
    for label in (np.zeros_like(region), np.ones_like(region)):
        np.testing.assert_array_equal(set_off(linear, label, 0.15), linear)


def test_any_size_will_do():
    linear, region = head(0.02, 0.02)
    for size in ((20, 9), (67, 33)):
        done = set_off(linear[: size[0], : size[1]], region[: size[0], : size[1]], 0.15)
        assert np.isfinite(done).all()
