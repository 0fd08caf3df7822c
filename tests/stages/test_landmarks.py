"""Laws of landmarks: planted points are found again, in pixels of the picture, also in the mirror."""

import numpy as np
import pytest

from toonface.geometry.crop import CropFrame, to_crop
from toonface.stages.landmarks import SIZE, find_landmarks, unmirror
from toonface.types import MIRRORED_LANDMARKS

FRAME = CropFrame(centre_px=(150.0, 130.0), side_px=160.0, roll_radians=0.5)


@pytest.fixture
def rng():
    return np.random.default_rng(3)


@pytest.fixture
def planted(rng):
    return rng.uniform(90.0, 200.0, (68, 2))


class Planted:
    """A network that knows the answer for a crop, and the mirrored one for its mirror image."""

    def __init__(self, points, sigma, error=0.0):
        self.points, self.sigma, self.error, self.inputs = points, sigma, error, []

    def __call__(self, picture):
        self.inputs.append(picture)
        rows = [(to_crop(FRAME, SIZE, self.points) + self.error, self.sigma)]
        if len(picture) == 2:
            x, y = to_crop(FRAME, SIZE, self.points)[MIRRORED_LANDMARKS].T
            rows.append((np.stack([SIZE - x, y], axis=1) + self.error, self.sigma[MIRRORED_LANDMARKS]))
        points, sigma = zip(*rows, strict=True)
        return {"points": np.stack(points).astype(np.float32), "sigma": np.stack(sigma).astype(np.float32)}


@pytest.mark.parametrize("mirrored", [False, True])
def test_planted_points_come_back_in_the_picture(planted, rng, mirrored):
    sigma = rng.uniform(1.0, 3.0, 68)
    network = Planted(planted, sigma)
    found = find_landmarks(network, rng.integers(0, 256, (260, 300, 3)).astype(np.uint8), FRAME, mirrored=mirrored)
    np.testing.assert_allclose(found.points_px, planted, atol=1e-4)
    np.testing.assert_allclose(found.sigma_px, sigma * 160.0 / SIZE, rtol=1e-6)
    assert network.inputs[0].shape == (1 + mirrored, 3, SIZE, SIZE)


def test_the_second_picture_is_the_first_in_the_mirror(planted, rng):
    network = Planted(planted, np.ones(68))
    find_landmarks(network, rng.integers(0, 256, (260, 300, 3)).astype(np.uint8), FRAME, mirrored=True)
    first, second = network.inputs[0]
    np.testing.assert_array_equal(second, first[:, :, ::-1])


def test_an_error_to_one_side_cancels_in_the_mirror(planted, rng):
    picture = rng.integers(0, 256, (260, 300, 3)).astype(np.uint8)
    network = Planted(planted, np.ones(68), error=np.array([4.0, 0.0]))
    np.testing.assert_allclose(find_landmarks(network, picture, FRAME, mirrored=True).points_px, planted, atol=1e-4)
    assert np.abs(find_landmarks(network, picture, FRAME).points_px - planted).max() > 1.0


def test_mirroring_points_twice_is_the_identity(planted):
    np.testing.assert_allclose(unmirror(unmirror(planted)), planted)
    np.testing.assert_array_equal(MIRRORED_LANDMARKS[MIRRORED_LANDMARKS], np.arange(68))


@pytest.mark.parametrize(("point", "image"), [(0, 16), (8, 8), (17, 26), (30, 30), (36, 45), (37, 44), (41, 46)])
@pytest.mark.parametrize(("lips", "lips_image"), [(48, 54), (49, 53), (57, 57), (55, 59), (60, 64), (61, 63), (67, 65)])
def test_the_mirror_image_of_a_point_is_its_counterpart(point, image, lips, lips_image):
    assert (MIRRORED_LANDMARKS[point], MIRRORED_LANDMARKS[image]) == (image, point)
    assert (MIRRORED_LANDMARKS[lips], MIRRORED_LANDMARKS[lips_image]) == (lips_image, lips)


@pytest.mark.parametrize(
    ("outputs", "message"),
    [
        ({"points": np.ones((1, 68, 2))}, r"returned \['points'\], expected 'sigma'"),
        ({"points": np.ones((1, 67, 2)), "sigma": np.ones((1, 68))}, r"'points' has shape \(1, 67, 2\), expected"),
        ({"points": np.full((1, 68, 2), np.nan), "sigma": np.ones((1, 68))}, "'points' has values that are not finite"),
    ],
)
def test_other_outputs_are_refused(outputs, message):
    with pytest.raises(ValueError, match=message):
        find_landmarks(lambda picture: outputs, np.zeros((9, 9, 3), np.uint8), FRAME)
