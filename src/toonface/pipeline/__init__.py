"""Where stages meet. `pipeline.avatars` is imported by itself: it brings all that makes heads."""

from toonface.pipeline.faces import FoundFace as FoundFace
from toonface.pipeline.faces import find_face as find_face
from toonface.pipeline.faces import look_twice as look_twice
from toonface.pipeline.faces import parse_found as parse_found
from toonface.pipeline.faces import stylize_by_gan as stylize_by_gan
from toonface.pipeline.faces import stylize_portrait as stylize_portrait
