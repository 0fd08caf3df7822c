"""Laws of the errors: planted distances are measured per part, and a picture's own colours are no error."""

import numpy as np
import pytest
from tests.planted_heads import fine_of, plant

from toonface.evaluate.paper_fits import SIDE_PX, camera_of, head_of, landmark_errors, photometric_error, projected
from toonface.geometry.crop import frame_around
from toonface.morphable.face_model import pose_head
from toonface.morphable.fine_fit import FineFit
from toonface.stages import coarse
from toonface.types import FaceRegion, FaceRegions


@pytest.fixture(scope="module")
def planted(face_model):
    return plant(face_model, np.random.default_rng(0))


@pytest.fixture
def picture():
    return np.random.default_rng(1).integers(0, 256, (256, 256, 3), np.uint8)


def test_planted_distances_are_measured_part_by_part(planted):
    true = planted.landmarks.points_px
    found = true.copy()
    found[36:48] += [3.0, 4.0]
    scale = SIDE_PX / frame_around(true, coarse.MARGIN, coarse.LIFT).side_px
    errors = landmark_errors(found, true)
    assert errors["eyes"] == pytest.approx((5.0 * scale) ** 2)
    assert errors["nose"] == errors["mouth"] == 0.0
    assert errors["total"] == pytest.approx(errors["eyes"])
    assert errors["nme"] == pytest.approx(12 / 68 * 5.0 / np.linalg.norm(true[45] - true[36]))


def test_the_size_of_the_picture_does_not_count(planted):
    true = planted.landmarks.points_px
    found = true + np.sin(np.arange(136.0)).reshape(68, 2)
    once, twice = landmark_errors(found, true), landmark_errors(2.0 * found, 2.0 * true)
    for name, value in once.items():
        assert twice[name] == pytest.approx(value)


def test_a_fit_projects_to_its_own_points(face_model, planted):
    np.testing.assert_allclose(projected(face_model, planted.fit), planted.landmarks.points_px, atol=1e-3)
    fine = FineFit(coarse=planted.fit, neutral=planted.neutral, weights=planted.fit.expression, notes=())
    np.testing.assert_allclose(projected(face_model, fine), planted.landmarks.points_px, atol=1e-3)


def test_coarse_and_fine_fits_are_posed_and_seen_alike(face_model, planted):
    fine = FineFit(coarse=planted.fit, neutral=planted.neutral, weights=planted.fit.expression, notes=())
    assert camera_of(fine) is camera_of(planted.fit)
    expected = pose_head(face_model, planted.neutral, planted.fit.expression)
    for fit in (fine, planted.fit):
        np.testing.assert_allclose(head_of(face_model, fit).points, expected.points, atol=1e-6)


def test_a_face_of_skin_alone_is_its_own_texture(face_model, planted, picture):
    fine = FineFit(coarse=planted.fit, neutral=planted.neutral, weights=planted.fit.expression, notes=())
    skin = FaceRegions(classes=np.full((256, 256), FaceRegion.SKIN, np.uint8))
    assert photometric_error(face_model, fine, picture, skin) == 0.0


def test_background_on_the_face_is_an_error_of_the_texture(face_model, planted, picture):
    fine = FineFit(coarse=planted.fit, neutral=planted.neutral, weights=planted.fit.expression, notes=())
    classes = np.full((256, 256), FaceRegion.BACKGROUND, np.uint8)
    classes[:128] = FaceRegion.SKIN
    assert photometric_error(face_model, fine, picture, FaceRegions(classes=classes)) > 5.0


def test_a_coarse_head_is_compared_by_its_own_colours(face_model, planted, picture):
    skin = FaceRegions(classes=np.full((256, 256), FaceRegion.SKIN, np.uint8))
    black = np.zeros_like(picture)
    assert photometric_error(face_model, planted.fit, black, skin) == pytest.approx(0.0)  # no light: it is drawn black
    assert photometric_error(face_model, planted.fit, picture, skin) == pytest.approx(127.0, abs=6.0)


def test_a_head_beyond_the_picture_has_no_photometric_error(face_model, planted, picture):
    skin = FaceRegions(classes=np.full((4, 4), FaceRegion.SKIN, np.uint8))
    assert np.isnan(photometric_error(face_model, fine_of(planted.neutral + 9.0), picture[:4, :4], skin))
