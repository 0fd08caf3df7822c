"""Laws of the eyes that are learnt from: as the stage cuts them out, right ones in a mirror, and who looks at us."""

import numpy as np
import pytest
from tests.noise_faces import TinyCache, looking_at, sample_of

from toonface.stages.gaze import SIZE, read_gaze
from toonface.train.gaze_eyes import WIDE, Straying, cut_eyes, looks_at_camera, sees, stray
from toonface.types import FaceRegion

STILL = Straying(shift=0.0, zoom=0.0, roll_radians=0.0, stretch=0.0)


def test_a_crop_that_does_not_stray_is_what_the_stage_shows_the_network(rng):
    sample, shown = sample_of(rng), []

    def network(picture):
        shown.append(picture)
        return {name: np.zeros((2, n)) for name, n in (("gaze", 2), ("sigma", 1), ("slope", 4))}

    read_gaze(network, sample.picture, sample.landmarks_px.astype(float), np.eye(3))
    crops = [stray(rng, wide, STILL) for wide in cut_eyes(TinyCache([sample]), range(1)).wide]
    # The noise is coarser than a crop's pixels; it is interpolated in the same places, rounded twice.
    np.testing.assert_allclose(255.0 * np.moveaxis(shown[0], 1, 3), np.stack(crops), atol=1.01)


def test_labels_of_a_right_eye_are_those_of_a_left_one_in_a_mirror(rng):
    eyes = cut_eyes(TinyCache([looking_at(sample_of(rng), 0.2, 0.1, (0.3, -0.2))]), range(1))
    np.testing.assert_allclose(eyes.gaze, [[0.3, -0.2], [-0.3, -0.2]], atol=1e-6)
    np.testing.assert_allclose(eyes.head[0], eyes.head[1] * [-1.0, 1.0], atol=1e-6)
    assert eyes.head[0] == pytest.approx([0.2, 0.1], abs=0.05)  # the noise face stands nearly upright


def test_an_eye_is_seen_unless_little_of_it_is(rng):
    sample = sample_of(rng)
    assert sees(sample, 0) and sees(sample, 1)
    sample.parsing[sample.parsing == FaceRegion.EYE_LEFT] = FaceRegion.GLASSES
    assert not sees(sample, 0) and sees(sample, 1)


@pytest.mark.parametrize(
    ("yaw", "pitch", "look", "expected"),
    [
        (0.0, 0.0, (0.0, 0.0), True),
        (0.4, 0.0, (-0.4, 0.0), True),
        (0.0, 0.3, (0.0, -0.3), True),
        (0.0, 0.3, (0.0, 0.0), False),
        (0.0, 0.0, (0.2, 0.0), False),
        (0.9, 0.0, (-0.52, 0.0), True),
        (0.9, 0.0, (0.0, 0.0), False),
    ],
)
def test_who_looks_at_the_camera_as_far_as_eyes_turn(rng, yaw, pitch, look, expected):
    assert looks_at_camera(looking_at(sample_of(rng), yaw, pitch, look)) is expected


def test_crops_stray_about_the_middle_of_the_wide_ones(rng):
    wide = np.zeros((WIDE, WIDE, 3), np.uint8)
    wide[WIDE // 2 - 3 : WIDE // 2 + 3, WIDE // 2 - 3 : WIDE // 2 + 3] = 255
    places = np.array([np.argwhere(stray(rng, wide, Straying())[..., 0] > 128).mean(axis=0) for _ in range(60)])
    np.testing.assert_allclose(places.mean(axis=0), 0.5 * SIZE - 0.5, atol=1.0)
    assert 0.5 < places.std() < 4.0
