"""Laws of crops: there and back is the identity, frames follow their points, and pixels come from where they should."""

import numpy as np
import pytest

from toonface.geometry.crop import (
    CropFrame,
    five_points,
    frame_around,
    frame_around_box,
    network_input,
    resample,
    roll_of,
    to_crop,
    to_picture,
    warp,
    warp_affine,
    warp_labels,
)

FACE = np.array([[-30.0, -20.0], [30.0, -20.0], [0.0, 10.0], [-20.0, 35.0], [20.0, 35.0]])
"""Right eye, left eye, nose tip, right and left corner of the mouth, x right and y down."""
ROLLS = [0.0, 0.4, -1.2, 1.57, 3.0]


@pytest.fixture
def rng():
    return np.random.default_rng(4)


@pytest.fixture
def points(rng):
    """68 points of an upright face: scattered, but eyes, nose and mouth in their places."""
    scattered = rng.uniform(-50.0, 50.0, (68, 2))
    for i, place in zip((slice(36, 42), slice(42, 48), slice(30, 31), slice(48, 49), slice(54, 55)), FACE, strict=True):
        scattered[i] += place - scattered[i].mean(axis=0)
    return scattered


def similarity(angle, scale, shift):
    """A map of points that turns them clockwise in a picture."""
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return lambda points: scale * points @ turn.T + shift


def smooth(points):
    """A picture's three colours in [0, 1] at any place, smooth enough for 8 bits and bilinear interpolation."""
    x, y = 0.02 * points[..., 0], 0.02 * points[..., 1]
    return np.stack([0.5 + 0.5 * np.sin(x + 0.3), 0.5 + 0.5 * np.cos(y), 0.5 + 0.5 * np.sin(x - y)], axis=-1)


def centres(height, width):
    return np.stack(np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5), axis=-1)


def drawn(height, width, place=smooth):
    return np.rint(255.0 * place(centres(height, width))).astype(np.uint8)


def test_to_the_picture_and_back_is_the_identity(rng):
    frame = CropFrame(centre_px=(310.0, 95.5), side_px=77.0, roll_radians=0.8)
    inside = rng.uniform(0.0, 256.0, (5, 2))
    np.testing.assert_allclose(to_crop(frame, 256, to_picture(frame, 256, inside)), inside, atol=1e-10)
    np.testing.assert_allclose(to_picture(frame, 256, to_crop(frame, 256, inside)), inside, atol=1e-10)


def test_a_crops_middle_is_its_centre_and_its_x_axis_is_turned_clockwise():
    frame = CropFrame(centre_px=(10.0, 20.0), side_px=8.0, roll_radians=0.5 * np.pi)
    np.testing.assert_allclose(to_picture(frame, 64, np.array([[32.0, 32.0], [64.0, 32.0]])), [[10, 20], [10, 24]])


def test_an_upright_crop_of_the_whole_picture_is_the_picture(rng):
    picture = rng.integers(0, 256, (32, 32, 3)).astype(np.uint8)
    frame = CropFrame(centre_px=(16.0, 16.0), side_px=32.0, roll_radians=0.0)
    np.testing.assert_array_equal(warp(picture, frame, 32), picture)


@pytest.mark.parametrize("roll", ROLLS)
def test_the_roll_of_a_turned_face_is_its_turn(roll):
    assert roll_of(similarity(roll, 1.7, [40.0, -3.0])(FACE)) == pytest.approx(roll)


def test_the_roll_of_a_profile_is_that_of_the_line_down_the_face():
    profile = similarity(0.3, 1.0, 0.0)(FACE * [0.0, 1.0])
    assert roll_of(profile) == pytest.approx(0.3)


def test_five_points_are_eye_centres_nose_and_mouth_corners(points):
    np.testing.assert_allclose(five_points(points), FACE, atol=1e-12)


@pytest.mark.parametrize("roll", ROLLS)
def test_a_frame_follows_its_points(points, roll):
    """Turned, scaled and shifted points have the turned, scaled and shifted frame."""
    move = similarity(roll, 2.5, np.array([300.0, 80.0]))
    before, after = frame_around(points, 1.5, 0.1), frame_around(move(points), 1.5, 0.1)
    assert after.side_px == pytest.approx(2.5 * before.side_px)
    assert np.cos(after.roll_radians - before.roll_radians - roll) == pytest.approx(1.0)
    np.testing.assert_allclose(after.centre_px, move(np.array(before.centre_px)))
    np.testing.assert_allclose(to_crop(after, 64, move(points)), to_crop(before, 64, points), atol=1e-9)


@pytest.mark.parametrize("roll", ROLLS)
def test_points_in_their_frame_stand_upright_with_the_margin(points, roll):
    frame = frame_around(similarity(roll, 0.7, 5.0)(points), 1.6, 0.08)
    seen = to_crop(frame, 1, similarity(roll, 0.7, 5.0)(points))
    low, high = seen.min(axis=0), seen.max(axis=0)
    assert (high - low).max() == pytest.approx(1.0 / 1.6)
    np.testing.assert_allclose(0.5 * (low + high), [0.5, 0.5 + 0.08 / 1.6])
    assert roll_of(five_points(seen)) == pytest.approx(0.0, abs=1e-9)


def test_the_frame_of_a_box_is_that_of_an_upright_faces_points(points):
    points[[0, 1]] = [[-60.0, -70.0], [60.0, 70.0]]  # the box, which the inner points do not widen
    box = np.array([*points.min(axis=0), *points.max(axis=0)])
    from_box, from_points = frame_around_box(box, FACE, 1.5, 0.1), frame_around(points, 1.5, 0.1)
    assert from_box.side_px == pytest.approx(from_points.side_px)
    np.testing.assert_allclose(from_box.centre_px, from_points.centre_px)


def test_the_lift_of_a_boxs_frame_is_along_the_face():
    """A face that lies on its side, chin to the picture's left: above its brow is the picture's right."""
    lying = similarity(0.5 * np.pi, 1.0, 0.0)(FACE)
    frame = frame_around_box(np.array([-50.0, -50.0, 50.0, 50.0]), lying, 1.5, 0.1)
    np.testing.assert_allclose(frame.centre_px, [10.0, 0.0], atol=1e-9)


def test_the_frame_of_a_single_point_is_a_pixel():
    assert frame_around(np.full((68, 2), 7.0), 1.5).side_px == 1.0


@pytest.mark.parametrize("roll", ROLLS)
@pytest.mark.parametrize("side", [40.0, 90.0, 200.0])
def test_a_crop_shows_what_lies_under_it(roll, side):
    """Of a smooth picture, at any turn, enlarged or made smaller: every pixel is the formula at its place."""
    frame = CropFrame(centre_px=(150.0, 160.0), side_px=side, roll_radians=roll)
    crop = warp(drawn(320, 300), frame, 64)
    expected = 255.0 * smooth(to_picture(frame, 64, centres(64, 64).reshape(-1, 2))).reshape(64, 64, 3)
    assert np.abs(crop - expected).max() < 1.7
    assert np.abs((crop - expected).mean()) < 0.15


@pytest.mark.parametrize("side", [320.0, 700.0, 1280.0])
def test_a_crop_of_a_much_finer_picture_shows_what_lies_under_it(side):
    """Halved once or several times: colours must not drift, nor places shift."""
    scale = side / 64.0
    picture = drawn(1600, 1601, lambda points: smooth(points / scale))
    frame = CropFrame(centre_px=(800.0, 798.0), side_px=side, roll_radians=0.2)
    expected = 255.0 * smooth(to_picture(frame, 64, centres(64, 64).reshape(-1, 2)) / scale).reshape(64, 64, 3)
    difference = warp(picture, frame, 64) - expected
    assert np.abs(difference).max() < 2.5
    assert np.abs(difference.mean()) < 0.15


@pytest.mark.parametrize("step", [2, 4, 8])
def test_making_a_picture_smaller_averages_its_blocks(rng, step):
    picture = rng.integers(0, 256, (16 * step, 16 * step, 3)).astype(np.uint8)
    small = resample(picture, np.zeros(2), step * np.eye(2), (16, 16))
    blocks = picture.reshape(16, step, 16, step, 3).mean(axis=(1, 3))
    # Two taps lie on the block's quarters, where their neighbours outside the block take no part.
    np.testing.assert_allclose(small, blocks, atol=1.5)


@pytest.mark.parametrize("step", [3.0, 5.5, 20.0])
def test_fine_noise_becomes_grey_instead_of_other_noise(rng, step):
    picture = rng.integers(0, 256, (640, 640, 3)).astype(np.uint8)
    small = resample(picture, np.zeros(2), step * np.eye(2), (30, 30))
    assert small.std() < 1.6 * 74.0 / step  # 74: of the noise; that of the mean of step² pixels


def test_only_the_window_counts(rng):
    """Cutting off the rest of a large picture changes nothing, but for where the blocks begin."""
    picture = drawn(900, 1000)
    frame = CropFrame(centre_px=(512.0, 412.0), side_px=300.0, roll_radians=0.4)
    other = rng.integers(0, 256, picture.shape).astype(np.uint8)
    other[150:700, 250:800] = picture[150:700, 250:800]
    np.testing.assert_array_equal(warp(other, frame, 32), warp(picture, frame, 32))


def test_beyond_the_picture_its_edge_is_repeated(rng):
    picture = rng.integers(0, 256, (6, 5, 3)).astype(np.uint8)
    found = resample(picture, np.array([-3.0, -2.0]), np.eye(2), (11, 12))
    np.testing.assert_array_equal(found, np.pad(picture, ((2, 3), (3, 4), (0, 0)), mode="edge"))


@pytest.mark.parametrize("centre", [(-9e3, 20.0), (1e7, -1e7), (40.0, 5e4)])
@pytest.mark.parametrize("side", [10.0, 4000.0])
def test_a_crop_far_outside_is_the_nearest_edge(centre, side):
    picture = np.full((50, 60, 3), 90, np.uint8)
    crop = warp(picture, CropFrame(centre_px=centre, side_px=side, roll_radians=0.3), 16)
    np.testing.assert_array_equal(crop, np.full((16, 16, 3), 90))


@pytest.mark.parametrize("shape", [(1, 1), (1, 200), (200, 1), (2, 3)])
def test_a_tiny_picture_can_be_cropped(shape):
    picture = np.full((*shape, 3), 90, np.uint8)
    for side in (1.0, 30.0, 900.0):
        frame = CropFrame(centre_px=(0.5 * shape[1], 0.5 * shape[0]), side_px=side, roll_radians=0.3)
        np.testing.assert_array_equal(warp(picture, frame, 16), np.full((16, 16, 3), 90))


def test_a_view_is_cropped_like_its_copy(rng):
    picture = rng.integers(0, 256, (80, 80, 3)).astype(np.uint8)
    frame = CropFrame(centre_px=(40.0, 33.0), side_px=30.0, roll_radians=0.3)
    for view in (picture[:, ::-1], picture[::2], picture.swapaxes(0, 1)):
        np.testing.assert_array_equal(warp(view, frame, 32), warp(view.copy(), frame, 32))


def test_labels_lie_where_the_pixels_do(rng):
    """Classes drawn as colours: away from borders between them, both kinds of crop show the same."""
    labels = rng.integers(0, 4, (12, 10)).astype(np.uint8).repeat(16, axis=0).repeat(16, axis=1)
    axes = np.array([[1.1, 0.4], [-0.4, 1.1]])
    corner = np.array([30.0, 10.0])
    found = warp_labels(labels, corner, axes, 64, 255)
    shown = warp_affine((60 * labels)[..., None].repeat(3, axis=2), corner, axes, 64)[..., 0]
    assert (60 * found.astype(int) == shown).mean() > 0.75
    assert np.isin(found, [0, 1, 2, 3]).all()


def test_labels_beyond_the_picture_are_the_given_one():
    found = warp_labels(np.ones((4, 4), np.uint8), np.array([-2.0, -2.0]), np.eye(2), 8, 255)
    np.testing.assert_array_equal(found, np.pad(np.ones((4, 4), np.uint8), 2, constant_values=255))


def test_a_networks_input_is_colours_first_in_0_to_1(rng):
    pictures = rng.integers(0, 256, (2, 3, 5, 3)).astype(np.uint8)
    tensor = network_input(*pictures)
    assert tensor.flags.c_contiguous
    assert tensor.shape == (2, 3, 3, 5)
    np.testing.assert_allclose(255.0 * tensor[1, 2], pictures[1, :, :, 2], atol=1e-4)


@pytest.mark.parametrize("side", [0.0, -3.0, np.nan, np.inf])
def test_a_frame_without_a_side_is_refused(side):
    with pytest.raises(ValueError, match=r"side_px is .*, expected a positive number"):
        CropFrame(centre_px=(0.0, 0.0), side_px=side, roll_radians=0.0)


@pytest.mark.parametrize(("centre", "roll"), [((np.nan, 0.0), 0.0), ((0.0, 0.0), np.inf)])
def test_a_frame_that_lies_nowhere_is_refused(centre, roll):
    with pytest.raises(ValueError, match="expected finite numbers"):
        CropFrame(centre_px=centre, side_px=1.0, roll_radians=roll)


def test_an_empty_picture_is_refused():
    with pytest.raises(ValueError, match=r"shape \(0, 5, 3\), expected at least one pixel"):
        warp(np.zeros((0, 5, 3), np.uint8), CropFrame(centre_px=(0.0, 0.0), side_px=1.0, roll_radians=0.0), 8)
