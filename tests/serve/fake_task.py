"""A worker whose portraits take no time; what it does is said by the picture's colour."""

import os
import time

import numpy as np
from PIL import Image

from toonface.serve.job import CANCELLED, UPLOAD

RED, GREEN, BLUE, GREY = (200, 0, 0), (0, 200, 0), (0, 0, 200), (128, 128, 128)
"""Dies, takes for ever, shows no face, has a fault of its own. Any other colour becomes an avatar."""


def make_fake_task():
    return answer


def make_nothing():
    raise ValueError("no models here")


def answer(order):
    colour = np.asarray(Image.open(order.folder / UPLOAD).convert("RGB"))[0, 0].astype(int)

    def is_about(other):
        return np.abs(colour - other).max() < 12

    yield {"kind": "stage", "stage": "stylise", "share": 0.1}
    if is_about(RED):
        os._exit(3)
    while is_about(GREEN):
        if (order.folder / CANCELLED).exists():
            yield {"kind": "fault", "status": 422, "sentence": "this job was cancelled"}
            yield None
            return
        time.sleep(0.05)
    if is_about(BLUE):
        yield {"kind": "fault", "status": 422, "sentence": "no face found, expected at least one"}
        yield None
        return
    if is_about(GREY):
        raise KeyError("a bug")
    (order.folder / "portrait.jpg").write_bytes(b"a picture")
    yield {"kind": "picture", "name": "portrait.jpg", "width": 1, "height": 1}
    (order.folder / "avatar.glb").write_bytes(bytes(10_000))
    yield {"kind": "done", "files": {"avatar.glb": 10_000}, "seconds": 0.1, "style": order.style.style}
    yield None
