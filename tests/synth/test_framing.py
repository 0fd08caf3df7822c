"""Laws of framing: the landmarks fill the share of the picture that the frame says, in the pose that it says."""

import numpy as np
import pytest

from toonface.geometry.camera import frame_head, project
from toonface.synth.framing import LARGEST_YAW, Frame, camera_for, rotation_of, sample_frame

FRAME = Frame(yaw=0.4, pitch=-0.2, roll=0.1, share=0.5, shift=(0.05, -0.1))


@pytest.mark.parametrize("size", [64, 256])
def test_the_box_of_the_landmarks_has_the_size_and_place_that_were_asked_for(rng, size):
    points = rng.normal(size=(68, 3)) * 0.04 + [0.0, 0.03, 0.08]
    place = project(camera_for(FRAME, points, size), points)[:, :2]
    low, high = place.min(axis=0), place.max(axis=0)
    assert (high - low).max() == pytest.approx(0.5 * size)
    np.testing.assert_allclose(0.5 * (low + high), [size * (0.5 + 0.05), size * (0.5 + 0.1)])


def test_angles_are_those_of_frame_head(rng):
    expected = frame_head(rng.normal(size=(9, 3)), 64, yaw=0.4, pitch=-0.2, roll=0.1).rotation
    np.testing.assert_allclose(rotation_of(FRAME), expected, atol=1e-12)


def test_frames_reach_to_sixty_degrees_and_are_mostly_frontal():
    frames = [sample_frame(np.random.default_rng(seed)) for seed in range(600)]
    yaw = np.degrees([frame.yaw for frame in frames])
    assert np.abs(yaw).max() <= np.degrees(LARGEST_YAW) + 1e-9
    assert np.abs(yaw).max() > 55.0
    assert 0.4 < (np.abs(yaw) < 20.0).mean() < 0.75
    assert 0.3 < (yaw > 0).mean() < 0.7
    assert min(frame.share for frame in frames) > 0.3
    assert max(frame.share for frame in frames) < 0.8


def test_a_share_of_nothing_is_refused():
    with pytest.raises(ValueError, match="share is 0"):
        Frame(yaw=0.0, pitch=0.0, roll=0.0, share=0.0, shift=(0.0, 0.0))
