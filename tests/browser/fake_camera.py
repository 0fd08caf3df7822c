"""A video of a rendered person, as Chromium's fake camera reads it."""

from dataclasses import replace

import numpy as np

from toonface.io.face_model_file import load_face_model
from toonface.io.images import load_textures
from toonface.morphable.names import SHAPES
from toonface.synth.render import Renderer

SEED, NUMBER = 31, 6
SIZE, WIDTH = 480, 640
RATE, HELD = 5, 15
"""Pictures a second, and how many of them one expression lasts."""
EXPRESSIONS = ({}, {"jawOpen": 0.9, "browInnerUp": 0.8, "browOuterUpLeft": 0.8, "browOuterUpRight": 0.8})


def write_video(path):
    """Write a y4m file in which a person is at rest and opens the mouth, in turn."""
    renderer = Renderer(load_face_model(), load_textures())
    scene = renderer.scene(SEED, NUMBER)
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{SIZE} F{RATE}:1 Ip A1:1 C420jpeg\n".encode())
        for weights in EXPRESSIONS:
            row = np.array([weights.get(name, 0.0) for name in SHAPES])
            picture = renderer.render(replace(scene, weights=row), "photo", SIZE).picture
            frame = b"FRAME\n" + planes_of(np.pad(picture, ((0, 0), (80, 80), (0, 0)), mode="edge"))
            file.write(HELD * frame)


def planes_of(picture):
    """Luma and halved chroma of a picture, full range."""
    red, green, blue = np.moveaxis(picture.astype(float), 2, 0)
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    planes = (luma, *(half(128.0 + scale * (colour - luma)) for scale, colour in ((0.564, blue), (0.713, red))))
    return b"".join(np.clip(np.rint(plane), 0, 255).astype(np.uint8).tobytes() for plane in planes)


def half(plane):
    rows, columns = plane.shape
    return plane.reshape(rows // 2, 2, columns // 2, 2).mean(axis=(1, 3))
