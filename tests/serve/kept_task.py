"""A worker that makes nothing: it gives out files that a test has put into a folder, step by step."""

import os
import shutil
from pathlib import Path

from toonface.serve.files import DOWNLOADS

FOLDER = "TOONFACE_TEST_FILES"
"""Environment variable that names the folder; workers inherit it."""
STAGES = {
    "stylise": ("portrait", "cartoon"), "landmarks": ("landmarks", "parsing"), "coarse": ("coarse",), "fine": ("fine",),
    "texture": ("textured",), "hair": ("hair",), "rig": (), "files": ("preview",),
}  # fmt: skip


def make_kept_task():
    folder = Path(os.environ[FOLDER])

    def task(order):
        for number, (stage, names) in enumerate(STAGES.items()):
            yield {"kind": "stage", "stage": stage, "share": number / len(STAGES)}
            for name in names:
                shutil.copy(folder / "step.jpg", order.folder / f"{name}.jpg")
                if name == "portrait":
                    boxes = [[0.2, 0.2, 0.5, 0.6], [0.6, 0.3, 0.8, 0.6]]
                    yield {"kind": "faces", "boxes": boxes, "chosen": order.face}
                yield {"kind": "picture", "name": f"{name}.jpg", "width": 64, "height": 64}
        yield {"kind": "note", "text": f"face {order.face} in style {order.style.style}"}
        there = [name for name in DOWNLOADS if (folder / name).exists()]
        for name in there:
            shutil.copy(folder / name, order.folder / name)
        sizes = {name: (folder / name).stat().st_size for name in there}
        yield {"kind": "done", "files": sizes, "seconds": 1.0, "style": order.style.style}
        yield None

    return task
