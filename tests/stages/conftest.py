"""The model and a renderer, made once per process where a test asks for them."""

import pytest

from toonface.io.face_model_file import load_face_model
from toonface.io.images import load_textures


@pytest.fixture(scope="session")
def renderer():
    from toonface.synth.render import Renderer

    return Renderer(load_face_model(), load_textures())
