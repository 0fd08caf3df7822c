"""The face model that the package ships."""

import numpy as np
import pytest

from toonface.io.face_model_file import load_face_model


@pytest.fixture(scope="session")
def face_model():
    """The packaged model. Nobody may change it."""
    return load_face_model()


@pytest.fixture
def rng():
    return np.random.default_rng(0)
