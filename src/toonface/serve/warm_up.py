"""A head that nobody asked for: it is made while nobody waits, so that code is compiled when somebody does."""

import logging
from importlib.resources import files
from pathlib import Path
from threading import Event, Thread

from toonface.io.asset_preview import render_asset
from toonface.io.avatar_files import avatar_asset
from toonface.io.images import read_picture
from toonface.pipeline.avatars import Models, Step, create_avatar
from toonface.serve.stage_pictures import StagePainter
from toonface.stages.stylization.stylize import StylizeOptions
from toonface.synth.preview import View

LOG = logging.getLogger(__name__)
PORTRAIT = "astronaut.jpg"
"""Of the package's demo."""
VIEW = View(size=160)


class WarmUp:
    """Takes the package's own portrait through every stage, in a thread; nothing is written or kept.

    On a new installation that compiles what numba keeps on disk from then on; later it takes a few seconds.

    Args:
        models: of the pipeline.
    """

    def __init__(self, models: Models) -> None:
        self._models, self._enough = models, Event()
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop at the next stage, and wait for that: what is being compiled is needed anyway."""
        self._enough.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            make_for_nobody(self._models, self._enough)
        except EnoughError:
            LOG.debug("a portrait came before the warm-up was over")
        except Exception:  # whoever comes with a portrait is told what is wrong
            LOG.exception("the warm-up broke down")


class EnoughError(Exception):
    """A portrait has come."""


def make_for_nobody(models: Models, enough: Event) -> None:
    """Make a head, with the pictures of its steps.

    Args:
        models: of the pipeline.
        enough: once it is set, the next stage is not begun.

    Raises:
        EnoughError: it was set.
    """

    def begin(stage: str) -> None:
        if enough.is_set():
            raise EnoughError(stage)

    def made(step: Step) -> None:
        painter.draw(step)

    portrait = read_picture(Path(str(files("toonface") / "data" / "demo" / PORTRAIT)))
    painter = StagePainter(models, portrait)
    avatar = create_avatar(portrait, models, StylizeOptions(), 0, begin, made)
    begin("files")
    render_asset(avatar_asset(models.model, models.textures, avatar), VIEW)
