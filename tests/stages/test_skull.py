"""Laws of the skull: what sticks out is brought in, what is inside stays, and the face never moves."""

from dataclasses import replace

import numpy as np
import pytest
from tests.planted_heads import fine_of

from toonface.geometry.camera import project
from toonface.geometry.rasterize import clear, draw
from toonface.io.face_model_file import load_face_model
from toonface.morphable.face_model import pose_head, skin_vertices
from toonface.morphable.regions import SkinRegion
from toonface.stages.skull import SkullFitter, fit_skull
from toonface.types import FaceRegion, FaceRegions


@pytest.fixture(scope="module")
def fitter():
    return SkullFitter(load_face_model())


def seen(model, fine):
    camera = fine.coarse.camera
    fragments = clear(camera.height, camera.width)
    skin = skin_vertices(model, pose_head(model, fine.neutral, fine.weights))
    draw(fragments, project(camera, skin), model.skin.faces[0], cull=True)
    return fragments.face >= 0


@pytest.fixture(scope="module")
def small(fitter):
    """The mean head without hair, as it is parsed."""
    fine = fine_of(fitter.model.mean)
    classes = np.where(seen(fitter.model, fine), FaceRegion.SKIN, FaceRegion.BACKGROUND)
    return fine, FaceRegions(classes=classes.astype(np.uint8))


@pytest.fixture(scope="module")
def tall(fitter):
    """The same with a skull that is 25 mm higher."""
    neutral = fitter.model.mean.astype(float)
    neutral[:, 1] += 0.025 * fitter.share
    return fine_of(neutral)


def test_a_skull_inside_the_outline_stays(fitter, small):
    fine, regions = small
    assert fit_skull(fitter, regions, fine) is fine


def test_a_skull_that_sticks_out_is_brought_in(fitter, small, tall):
    outside = ~small[1].classes.astype(bool)
    fitted = fit_skull(fitter, small[1], tall)
    before, after = (np.count_nonzero(seen(fitter.model, fine) & outside) for fine in (tall, fitted))
    assert after < 0.15 * before
    assert "skull" in fitted.notes[-1]


def test_the_face_does_not_move(fitter, small, tall):
    moved = np.linalg.norm(fit_skull(fitter, small[1], tall).neutral - tall.neutral, axis=1)
    skin = fitter.model.skin
    front = (skin.region == SkinRegion.FACE) & (fitter.model.mean[: skin.count, 1] < 0.07)
    front &= fitter.model.mean[: skin.count, 2] > 0.06
    assert moved[: skin.count][front].max() < 1e-4
    assert moved[skin.count :].max() == 0.0


def test_hair_needs_room(fitter, small):
    """Where the outline is hair, the skull lies some millimetres inside."""
    fine, regions = small
    classes = regions.classes.copy()
    rows = np.nonzero(classes)[0]
    classes[: rows.min() + 40][classes[: rows.min() + 40] > 0] = FaceRegion.HAIR
    fitted = fit_skull(fitter, FaceRegions(classes=classes), fine)
    top = [np.nonzero(seen(fitter.model, head).any(axis=1))[0].min() for head in (fine, fitted)]
    assert top[1] - top[0] >= 2


def test_regions_of_another_size_are_refused(fitter, small):
    with pytest.raises(ValueError, match="expected the camera's"):
        fit_skull(fitter, replace(small[1], classes=small[1].classes[1:]), small[0])
