"""Laws of the preview: the camera frames the head, textures are read between pixels, pictures do not change."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toonface.geometry.camera import project
from toonface.io.face_model_file import load_face_model
from toonface.io.images import load_textures
from toonface.morphable.face_model import evaluate, skin_vertices
from toonface.morphable.names import SHAPES
from toonface.synth.preview import (
    BACKDROP,
    PLAIN,
    SUPERSAMPLE,
    Look,
    View,
    camera_of,
    render_clay,
    render_head,
    sample_bilinear,
)

SMALL = View(size=64)
BACKDROP_PIXEL = np.round(255.0 * BACKDROP)


@pytest.fixture(scope="module")
def model():
    return load_face_model()


@pytest.fixture(scope="module")
def textures():
    return load_textures()


@pytest.fixture(scope="module")
def head(model):
    return evaluate(model, np.zeros(80), np.zeros(len(SHAPES)))


@pytest.fixture(scope="module")
def portrait(model, head, textures):
    return render_head(model, head, textures, PLAIN, SMALL)


def drawn(picture):
    return (np.abs(picture - BACKDROP_PIXEL) > 2).any(axis=2)


def grid_of(height, width):
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([(x + 0.5) / width, (y + 0.5) / height], axis=2).reshape(-1, 2)


def explicit_sample(picture, place):
    height, width = picture.shape[:2]
    x, y = place[0] * width - 0.5, place[1] * height - 0.5
    total = 0.0
    for row in range(height):
        for column in range(width):
            # A tent round each pixel centre, beyond the border round the nearest one.
            across = max(0.0, 1.0 - abs(min(max(x, 0.0), width - 1.0) - column))
            down = max(0.0, 1.0 - abs(min(max(y, 0.0), height - 1.0) - row))
            total = total + across * down * picture[row, column] / 255.0
    return total


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 5, 1), (4, 1, 4), (6, 7, 3)])
def test_at_pixel_centres_a_sample_is_the_pixel(shape):
    picture = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    samples = sample_bilinear(picture, grid_of(*shape[:2]))
    np.testing.assert_allclose(samples, picture.reshape(-1, shape[2]) / 255.0, atol=1e-9)


@settings(deadline=None)
@given(st.floats(-0.5, 1.5), st.floats(-0.5, 1.5))
def test_between_pixels_it_is_the_sum_of_tents(x, y):
    picture = np.random.default_rng(1).integers(0, 256, (4, 5, 2)).astype(np.uint8)
    (sample,) = sample_bilinear(picture, np.array([[x, y]]))
    np.testing.assert_allclose(sample, explicit_sample(picture, (x, y)), atol=1e-9)


def test_half_way_between_two_pixels_is_their_mean():
    picture = np.array([[[0], [200]]], np.uint8)
    np.testing.assert_allclose(sample_bilinear(picture, np.array([[0.5, 0.5]])), 100 / 255)


def test_one_colour_stays_that_colour_everywhere():
    picture = np.full((3, 4, 3), 77, np.uint8)
    places = np.random.default_rng(2).uniform(-1.0, 2.0, (50, 2))
    np.testing.assert_allclose(sample_bilinear(picture, places), 77 / 255)


def test_the_whole_head_is_framed(model, head):
    skin = skin_vertices(model, head)
    for yaw, pitch in ((0.0, 0.0), (50.0, 0.0), (-50.0, 20.0)):
        camera = camera_of(skin, View(size=100, yaw_degrees=yaw, pitch_degrees=pitch))
        assert camera.width == camera.height == 100 * SUPERSAMPLE
        places = project(camera, skin)[:, :2] / camera.width
        assert places.min() >= 0.0
        assert places.max() <= 1.0
        assert np.ptp(places, axis=0).max() > 0.9


@pytest.mark.parametrize("yaw", [0.0, 35.0, -80.0])
def test_a_centre_is_in_the_middle_and_the_half_width_at_the_edge(model, head, yaw):
    centre = (0.03, 0.04, 0.07)
    camera = camera_of(
        skin_vertices(model, head), View(size=50, yaw_degrees=yaw, pitch_degrees=10.0, centre=centre, half_width=0.02)
    )
    middle = project(camera, np.array([centre]))[0, :2]
    np.testing.assert_allclose(middle, 50 * SUPERSAMPLE / 2)
    assert camera.scale * 0.02 == pytest.approx(50 * SUPERSAMPLE / 2)


def test_turning_to_the_left_moves_the_nose_to_the_right_of_the_picture(model, head):
    skin = skin_vertices(model, head)
    nose = skin[:, 2].argmax()
    left, right = (project(camera_of(skin, View(size=50, yaw_degrees=yaw)), skin)[nose, 0] for yaw in (40.0, -40.0))
    assert left > 50 * SUPERSAMPLE / 2 > right


def test_a_head_fills_the_middle_of_a_picture_of_the_right_size(portrait):
    assert portrait.shape == (64, 64, 3)
    assert portrait.dtype == np.uint8
    mask = drawn(portrait)
    assert 0.25 < mask.mean() < 0.95
    assert mask[24:40, 24:40].all()
    for corner in (portrait[0, 0], portrait[0, -1]):
        np.testing.assert_allclose(corner, BACKDROP_PIXEL, atol=1)


def test_the_same_head_gives_the_same_picture(model, head, textures, portrait):
    np.testing.assert_array_equal(render_head(model, head, textures, PLAIN, SMALL), portrait)


def test_both_profiles_have_the_same_outline(model, head, textures):
    left, right = (
        drawn(render_head(model, head, textures, PLAIN, View(size=64, yaw_degrees=yaw))) for yaw in (60.0, -60.0)
    )
    assert (left != right[:, ::-1]).mean() < 0.01


def test_hair_covers_more_of_the_picture_and_takes_its_colour(model, head, textures, portrait):
    name = next(name for name, part in model.parts.items() if part.follows == "identity")
    red, blue = (
        render_head(model, head, textures, Look(texture=np.zeros(80), hair=name, hair_colour=colour), SMALL)
        for colour in ((0.8, 0.1, 0.1), (0.1, 0.1, 0.8))
    )
    assert drawn(red).sum() > drawn(portrait).sum()
    changed = (np.abs(red.astype(int) - blue) > 20).any(axis=2)
    assert changed.sum() > 100
    assert red[changed][:, 0].mean() > blue[changed][:, 0].mean()


def test_a_different_skin_iris_or_expression_shows(model, head, textures, portrait):
    dark = Look(texture=2.0 * np.eye(80)[0])
    eyes = Look(texture=np.zeros(80), iris="eye_ice", iris_scale=1.5)
    surprised = evaluate(model, np.zeros(80), np.eye(len(SHAPES))[SHAPES.index("jawOpen")])
    for other in (
        render_head(model, head, textures, dark, SMALL),
        render_head(model, head, textures, eyes, SMALL),
        render_head(model, surprised, textures, PLAIN, SMALL),
    ):
        assert (other != portrait).any()


def test_clay_is_grey_and_has_the_outline_of_the_head(model, head, textures, portrait):
    clay = render_clay(model, head, textures, SMALL)
    assert clay.shape == portrait.shape
    assert (drawn(clay) != drawn(portrait)).mean() < 0.02
    forehead = clay[20, 32].astype(int)
    assert np.ptp(forehead) < 60
    assert forehead.min() > 60


def test_every_hair_and_brow_can_be_drawn(model, head, textures):
    hairs = [name for name, part in model.parts.items() if part.follows == "identity"]
    brows = [name for name in model.parts if name.startswith("eyebrow")]
    assert hairs
    assert brows
    for number in range(max(len(hairs), len(brows))):
        look = Look(texture=np.zeros(80), hair=hairs[number % len(hairs)], brows=brows[number % len(brows)])
        assert drawn(render_head(model, head, textures, look, View(size=24))).any()
