import io

import numpy as np
import pytest
from PIL import Image
from tools.face_model.albedo import principal_components, separate_tone
from tools.face_model.eyeball import eye_picture, eyeball_mesh, picture_place
from tools.face_model.paint import dots, near_line
from tools.face_model.pictures import bilinear, encode_jpeg, encode_webp, resize
from tools.face_model.textures import TINT_MEAN, tintable
from tools.face_model.tones import TONES, oklab_to_srgb, srgb_to_oklab, tone

from toonface.morphable.eyeball import LIMBUS


def test_principal_components_are_orthonormal_and_scaled_by_their_deviation():
    rng = np.random.default_rng(1)
    planted = np.linalg.qr(rng.normal(size=(60, 4)))[0].T
    deviation = np.array([4.0, 2.0, 1.0, 0.5])
    weights = rng.normal(size=(3000, 4))
    weights = np.linalg.qr(weights - weights.mean(axis=0))[0] * np.sqrt(2999.0)
    samples = (weights * deviation) @ planted + 0.3
    found = principal_components(samples.astype(np.float32), 4, rng)
    directions = (found.basis / found.sigma[:, None, None]).reshape(4, -1)
    np.testing.assert_allclose(directions @ directions.T, np.eye(4), atol=1e-9)
    np.testing.assert_allclose(found.sigma, deviation, rtol=1e-4)
    np.testing.assert_allclose(np.abs(directions @ planted.T), np.eye(4), atol=1e-3)
    np.testing.assert_allclose(found.mean, 0.3, atol=1e-4)
    assert found.kept == pytest.approx(1.0, abs=1e-5)


def test_the_same_seed_gives_the_same_components():
    samples = np.random.default_rng(2).normal(size=(80, 30)).astype(np.float32)
    first, second = (principal_components(samples.copy(), 5, np.random.default_rng(3)) for _ in range(2))
    assert (first.basis == second.basis).all()


def test_a_skin_of_one_colour_is_all_tone_and_no_detail():
    natural = np.broadcast_to(tone(np.array([0.25, 0.75]))[:, None], (2, 50, 3))
    details, places = separate_tone(natural, np.zeros(50))
    np.testing.assert_allclose(details, 0.0, atol=1e-12)
    np.testing.assert_allclose(places, [0.25, 0.75])


def test_oklab_is_inverted_and_the_line_of_tones_only_gets_lighter():
    colours = np.random.default_rng(4).uniform(size=(40, 3))
    np.testing.assert_allclose(oklab_to_srgb(srgb_to_oklab(colours)), colours, atol=1e-6)
    assert (np.diff(tone(np.linspace(0.0, 1.0, 50)), axis=0) > 0.0).all()
    assert tone(np.array([1.0]))[0] * 255 == pytest.approx([int(TONES[-1][i : i + 2], 16) for i in (1, 3, 5)], abs=1e-3)


def test_tintable_hair_has_the_promised_mean_whatever_its_dye():
    rng = np.random.default_rng(5)
    strands = rng.uniform(0.5, 1.0, (64, 64, 1)) * np.array([0.4, 0.2, 0.1])
    alpha = np.zeros((64, 64, 1))
    alpha[8:56, 8:56] = 1.0
    for brightness in (0.1, 1.0, 2.0):
        picture = tintable(np.concatenate([strands * brightness, alpha], axis=2), detail_radius=8.0)
        assert np.average(picture[..., 0], weights=picture[..., 1]) == pytest.approx(TINT_MEAN, abs=0.01)
        assert picture[..., 0].min() > 0.1


def test_bilinear_reads_pixel_centres_exactly_and_ramps_between():
    picture = np.arange(12.0).reshape(3, 4, 1)
    columns, rows = np.meshgrid((np.arange(4) + 0.5) / 4, (np.arange(3) + 0.5) / 3)
    np.testing.assert_allclose(bilinear(picture, np.stack([columns.ravel(), rows.ravel()], 1))[:, 0], np.arange(12.0))
    np.testing.assert_allclose(bilinear(picture, np.array([[0.5, 0.5]])), [[5.5]])


def test_encoded_pictures_can_be_read_again():
    grey = np.tile(np.linspace(0.0, 1.0, 32)[:, None, None], (1, 16, 2))
    webp = np.asarray(Image.open(io.BytesIO(encode_webp(grey))))
    assert webp.shape == (32, 16, 4)
    np.testing.assert_allclose(webp[..., 3] / 255.0, grey[..., 1], atol=0.03)
    jpeg = np.asarray(Image.open(io.BytesIO(encode_jpeg(np.full((8, 24, 3), 0.5)))))
    assert jpeg.shape == (8, 24, 3)
    np.testing.assert_allclose(jpeg / 255.0, 0.5, atol=0.01)
    assert resize(np.ones((8, 8, 2)), 2, 4).shape == (2, 4, 2)


def test_paint_falls_off_with_distance_and_dots_stay_where_they_may():
    points = np.stack([np.linspace(-0.05, 0.05, 400), np.zeros(400), np.zeros(400)], axis=1)
    strip = near_line(points, np.array([[-0.01, 0.0, 0.0], [0.01, 0.0, 0.0]]), 0.005)
    assert strip[np.abs(points[:, 0]) < 0.01].min() > 0.95
    assert strip[np.abs(points[:, 0]) > 0.03].max() < 1e-3
    allowed = (points[:, 0] > 0.0).astype(float)
    mask = dots(points, allowed, 10, (0.001, 0.002), np.random.default_rng(6))
    assert mask[allowed == 0.0].max() == 0.0
    assert 0.2 < mask.max() <= 1.0


def test_the_eyeball_is_closed_and_faces_outwards():
    eye = eyeball_mesh()
    vertices = eye.vertices()
    sides = np.concatenate([eye.faces[:, [0, 1]], eye.faces[:, [1, 2]], eye.faces[:, [2, 0]]])
    _, counts = np.unique(np.sort(sides, axis=1), axis=0, return_counts=True)
    assert (counts == 2).all()
    for faces in (eye.faces, eye.cornea_faces):
        a, b, c = (vertices[faces[:, corner]] for corner in range(3))
        assert (np.einsum("fc,fc->f", np.cross(b - a, c - a), a + b + c) > 0.0).all()


def test_the_cornea_bulges_over_the_iris_and_the_iris_lies_behind_the_sphere():
    eye = eyeball_mesh()
    cornea = np.unique(eye.cornea_faces)
    assert 1.04 <= eye.radius[cornea].max() <= 1.06
    ball = np.unique(eye.faces)
    iris = ball[eye.polar[ball] < 0.95 * LIMBUS]
    assert eye.radius[iris].max() < 0.99
    np.testing.assert_allclose(eye.radius[ball[eye.polar[ball] > 1.01 * LIMBUS]], 1.0)


def test_the_limbus_lies_at_a_quarter_of_the_picture():
    place = picture_place(np.array([0.0, LIMBUS]), np.array([0.0, 0.0]))
    np.testing.assert_allclose(place, [[0.5, 0.5], [0.75, 0.5]])


def test_an_eye_picture_has_a_black_pupil_a_coloured_iris_and_a_white_rim():
    grey = np.full((512, 512, 3), 0.5)
    picture = eye_picture(grey, np.array([0.2, 0.4, 0.6]))
    assert picture[128, 128].max() < 0.05
    assert picture[128, 128 + 38, 2] > picture[128, 128 + 38, 0]
    assert picture[128 - 90, 128].min() > 0.8
