"""Heads to dress: the mean one and two random ones."""

import numpy as np
import pytest

from toonface.morphable.face_model import evaluate
from toonface.worn.surface import sit


@pytest.fixture(scope="session")
def model(face_model):
    return face_model


@pytest.fixture(scope="module", params=[0, 1, 2])
def sitter(model, request):
    identity = np.random.default_rng(request.param).normal(size=80) * (0.0, 0.8, 1.2)[request.param]
    return sit(model, evaluate(model, identity, np.zeros(64)))
