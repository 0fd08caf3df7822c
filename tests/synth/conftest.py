"""Randomness, and the model and its renderer, which are made once per process."""

import numpy as np
import pytest

from toonface.io.face_model_file import load_face_model
from toonface.io.images import load_textures


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(scope="session")
def face_model():
    return load_face_model()


@pytest.fixture(scope="session")
def renderer(face_model):
    from toonface.synth.render import Renderer

    return Renderer(face_model, load_textures())
