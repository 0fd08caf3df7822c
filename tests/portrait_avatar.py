"""One rendered portrait and the avatar that the shipped networks make of it: made once, for all tests of files."""

from functools import lru_cache

from toonface.io.face_model_file import load_face_model
from toonface.io.images import load_textures
from toonface.io.models import load_models
from toonface.pipeline.avatars import create_avatar
from toonface.synth.render import Renderer

SEED, NUMBER, SIZE = 31, 6, 384


@lru_cache(maxsize=1)
def models():
    """Everything that is loaded once."""
    return load_models()


@lru_cache(maxsize=1)
def portrait():
    """A render that stands for a photograph."""
    renderer = Renderer(load_face_model(), load_textures())
    return renderer.sample(SEED, NUMBER, ("photo",), SIZE)["photo"].picture


@lru_cache(maxsize=1)
def avatar_and_stages():
    """The avatar of that portrait, and the stages that were told."""
    stages = []
    return create_avatar(portrait(), models(), progress=stages.append), tuple(stages)
