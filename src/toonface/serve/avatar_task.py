"""What a worker process does: one order in, the story of an avatar out, its files in the order's folder."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from time import perf_counter
from typing import Any

import numpy as np
from PIL import Image

from toonface.evaluate.overlay_sheet import Page
from toonface.io.asset_preview import render_asset
from toonface.io.avatar_files import FileOptions, avatar_asset, write_avatar
from toonface.io.images import read_picture, write_picture
from toonface.io.models import load_models
from toonface.io.viewer_page import write_viewer
from toonface.io.workers import Task
from toonface.pipeline.avatars import Avatar, Models, Step, create_avatar
from toonface.pipeline.faces import FoundFace
from toonface.serve.files import DOWNLOADS
from toonface.serve.job import CANCELLED, UPLOAD, Order
from toonface.serve.stage_pictures import StagePainter
from toonface.serve.warm_up import WarmUp
from toonface.stages.avatar.idle import idle_clip
from toonface.synth.preview import View
from toonface.types import Picture

Tell = Callable[[dict[str, Any]], None]

LONG_SIDE = 2048
"""Pixels to which larger portraits are shrunk: more is not seen in an avatar, and takes long."""
STAGES = ("stylise", "landmarks", "coarse", "fine", "texture", "hair", "rig", "files")
SHARES = (0.02, 0.08, 0.15, 0.23, 0.36, 0.52, 0.70, 0.78)
"""Of the whole time, that has passed when each stage begins; measured, and only for a bar."""
QUALITY = 86
PREVIEW = View(size=640, yaw_degrees=18.0)
SEED = 0
"""Of the idle clip."""


def make_avatar_task() -> Task:
    """Load the models and return the task: an `Order` in, events out, and None when it is done with.

    Until the first order comes, a head is made for nobody (`warm_up`).
    """
    models = load_models()
    warm_up = WarmUp(models)

    def task(order: Order) -> Iterator[dict[str, Any] | None]:
        warm_up.end()
        yield from told(lambda tell: _make(models, order, tell))

    return task


def told(work: Callable[[Tell], None]) -> Iterator[dict[str, Any] | None]:
    """Yield what a function tells while it works; a ValueError becomes the end of the story, as one sentence.

    Args:
        work: given what it tells with.
    """
    events: SimpleQueue[dict[str, Any] | BaseException | None] = SimpleQueue()

    def run() -> None:
        try:
            work(events.put)
            events.put(None)
        except BaseException as error:
            events.put(error)

    Thread(target=run, daemon=True).start()
    while True:
        match events.get():
            case ValueError() as error:
                yield {"kind": "fault", "status": 422, "sentence": sentence_of(error)}
                yield None
                return
            case BaseException() as error:
                raise error
            case event:
                yield event
                if event is None:
                    return


def sentence_of(error: ValueError) -> str:
    """Return what an error says, without the name of the file that the user never saw.

    Args:
        error: of the pipeline, or of reading the upload.
    """
    words = " ".join(str(error).split()).split(" ")
    return " ".join("the upload" if word.endswith(f"/{UPLOAD}") else word for word in words)


def _make(models: Models, order: Order, tell: Tell) -> None:
    start = perf_counter()
    tell({"kind": "stage", "stage": "read", "share": 0.0})
    portrait = _shrunk(read_picture(order.folder / UPLOAD))
    painter = StagePainter(models, portrait)

    def begin(stage: str) -> None:
        if (order.folder / CANCELLED).exists() or not order.folder.exists():
            raise ValueError("this job was cancelled")
        tell({"kind": "stage", "stage": stage, "share": SHARES[STAGES.index(stage)]})

    def made(step: Step) -> None:
        if isinstance(step, FoundFace) and len(step.faces) > 1:
            tell(_faces_event(portrait, step, order.face))
        name, page = painter.draw(step)
        _show(order.folder, name, page, tell)

    avatar = create_avatar(portrait, models, order.style, order.face, begin, made)
    for note in avatar.notes:
        tell({"kind": "note", "text": note})
    begin("files")
    sizes = write_files(order.folder, models, avatar, tell)
    seconds = round(perf_counter() - start, 2)
    tell({"kind": "done", "files": sizes, "seconds": seconds, "style": avatar.cartoon.style})


def write_files(folder: Path, models: Models, avatar: Avatar, tell: Tell) -> dict[str, int]:
    """Write everything that can be downloaded; return its sizes in bytes, by the names in `files.DOWNLOADS`.

    Args:
        folder: of the job.
        models: of the pipeline.
        avatar: what to write.
        tell: told of the preview.
    """
    clips = (idle_clip(np.random.default_rng(SEED)),)
    full = FileOptions(clips=clips)
    asset = avatar_asset(models.model, models.textures, avatar, full)
    _show(folder, "preview", render_asset(asset, PREVIEW), tell)
    write_avatar(folder / "avatar.glb", asset, full)
    write_avatar(folder / "avatar.vrm", asset, replace(full, format="vrm"))
    small = replace(full, compact=True)
    write_avatar(folder / "small.glb", avatar_asset(models.model, models.textures, avatar, small), small)
    write_viewer(folder / "viewer.html", "avatar", (folder / "small.glb").read_bytes())
    return {name: (folder / name).stat().st_size for name in DOWNLOADS}


def _faces_event(portrait: Picture, found: FoundFace, chosen: int) -> dict[str, Any]:
    size = np.tile(portrait.shape[1::-1], 2)
    boxes = [np.round(face.box_px / size, 4).tolist() for face in found.faces]
    return {"kind": "faces", "boxes": boxes, "chosen": chosen}


def _show(folder: Path, name: str, page: Page, tell: Tell) -> None:
    file = f"{name}.jpg"
    write_picture(folder / file, page, quality=QUALITY)
    tell({"kind": "picture", "name": file, "width": page.shape[1], "height": page.shape[0]})


def _shrunk(picture: Picture) -> Page:
    shown = Image.fromarray(picture)
    shown.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    return np.array(shown)
