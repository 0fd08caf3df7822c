"""The face model that the package ships, and random heads of it."""

import jaxtyping
import numpy as np
import pytest

from toonface.io.face_model_file import load_face_model
from toonface.morphable.face_model import neutral_points
from toonface.morphable.names import SHAPES


@pytest.fixture(scope="session")
def face_model():
    """The packaged model. Nobody may change it."""
    return load_face_model()


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def random_neutrals(face_model, rng):
    """Twelve random heads with coefficients in [-2, 2]."""
    identities = np.clip(rng.standard_normal((12, 80)), -2.0, 2.0)
    return [neutral_points(face_model, identity) for identity in identities]


@pytest.fixture
def random_weights(rng):
    """Twelve random expressions: a few shapes at any weight, the last one with all shapes at 1."""
    weights = rng.uniform(size=(12, len(SHAPES))) * (rng.uniform(size=(12, len(SHAPES))) < 0.12)
    weights[-1] = 1.0
    return weights


@pytest.fixture
def as_in_production(monkeypatch):
    """Turn the shape checks of the tests off, so that the package's own validators meet the wrong shapes."""
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
