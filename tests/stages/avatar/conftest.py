"""The model, one random head with its shapes, and the avatar made of it."""

import numpy as np
import pytest

from toonface.io.avatar_pictures import AvatarWear, PictureOptions, encode_wear
from toonface.io.face_model_file import load_face_model
from toonface.io.images import load_textures
from toonface.morphable.face_model import neutral_points
from toonface.stages.avatar.assemble import make_avatar
from toonface.stages.avatar.shapes import own_shapes


@pytest.fixture(scope="session")
def face_model():
    return load_face_model()


@pytest.fixture(scope="session")
def head(face_model):
    identity = np.clip(np.random.default_rng(5).standard_normal(80), -2.0, 2.0)
    return own_shapes(face_model, neutral_points(face_model, identity))


@pytest.fixture(scope="session")
def look():
    textures = load_textures()
    wear = AvatarWear(
        skin=np.full((16, 16, 3), 180, np.uint8),
        eyes=(textures["eye_brown"], textures["eye_blue"]),
        hair="short04",
        hair_colour=(0.3, 0.2, 0.1),
        brows="eyebrow001",
        brow_colour=(0.2, 0.1, 0.1),
    )
    return encode_wear(wear, textures, PictureOptions(largest=128))


@pytest.fixture(scope="session")
def avatar(face_model, head, look):
    return make_avatar(face_model, head, look)
