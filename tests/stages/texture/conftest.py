"""One baker, one head seen from its right side and one from the front, and their pictures."""

import numpy as np
import pytest
from tests.planted_heads import plant
from tests.planted_portraits import paint

from toonface.io.face_model_file import load_face_model
from toonface.morphable.fine_fit import FineFit
from toonface.stages.texture.skin_baker import SkinBaker


@pytest.fixture(scope="session")
def baker():
    return SkinBaker(load_face_model(), 384)


def seen_from(baker, yaw):
    head = plant(baker.model, np.random.default_rng(1), yaw=yaw)
    return FineFit(coarse=head.fit, neutral=head.neutral, weights=head.fit.expression, notes=())


@pytest.fixture(scope="session")
def fine(baker):
    return seen_from(baker, 0.6)


@pytest.fixture(scope="session")
def frontal(baker):
    return seen_from(baker, 0.0)


@pytest.fixture(scope="session")
def portrait(baker, fine):
    return paint(baker, fine)
