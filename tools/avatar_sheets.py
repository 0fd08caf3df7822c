"""Draw the avatars of portraits: `python -m tools.avatar_sheets OUT.jpg [--count 12] [PICTURE ...]`.

A row is one portrait: the picture; the coarse and the fine head in clay; the wires of the fine one; the avatar as its
file shows it from the front, from three quarters and in profile; blink, smile and open jaw. Without pictures the rows
are the first toon portraits of the test set, from their pixels alone.
"""

import argparse
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from toonface.evaluate.trials import FixedSets
from toonface.geometry.camera import project
from toonface.geometry.crop import frame_around, warp
from toonface.geometry.rasterize import clear, draw
from toonface.io.asset_preview import render_asset
from toonface.io.avatar_files import FileOptions, avatar_asset
from toonface.io.face_model_file import load_face_model
from toonface.io.images import load_textures, read_picture, write_picture
from toonface.io.networks import list_networks, load_network
from toonface.io.sheets import contact_sheet
from toonface.morphable.face_model import Head, neutral_points, pose_head
from toonface.pipeline.avatars import Avatar, Models, create_avatar
from toonface.synth.preview import View, camera_of, render_clay
from toonface.synth.render import Renderer
from toonface.types import Picture

SIZE = 200
MARGIN, LIFT = 2.2, 0.12
WIRE = 0.05
"""Least weight of a triangle's corners at which a pixel is not on a wire."""
LOOKS = {
    "front": (0.0, {}), "three quarters": (35.0, {}), "profile": (85.0, {}),
    "blink": (0.0, {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0}), "smile": (20.0, {"mouthSmile": 1.0}),
    "jaw open": (-20.0, {"jawOpen": 0.9}),
}  # fmt: skip
"""Degrees of yaw, and weights."""


def row_of(models: Models, name: str, picture: Picture) -> list[tuple[str, Picture]]:
    """Draw one portrait's row."""
    avatar = create_avatar(picture, models)
    fine, coarse = avatar.fine, avatar.coarse
    start = neutral_points(models.model, coarse.identity)
    heads = {
        "coarse": pose_head(models.model, start, coarse.expression),
        "fine": pose_head(models.model, fine.neutral, fine.weights),
    }
    turned = coarse.camera.rotation
    view = View(size=SIZE, yaw_degrees=float(np.degrees(np.arctan2(turned[0, 2], turned[2, 2]))))
    row = [(name, warp(picture, frame_around(avatar.landmarks.points_px, MARGIN, LIFT), SIZE))]
    row += [(label, render_clay(models.model, head, models.textures, view)) for label, head in heads.items()]
    row.append(("wires", wires(models, heads["fine"], view)))
    return row + dressed(models, avatar)


def dressed(models: Models, avatar: Avatar) -> list[tuple[str, Picture]]:
    """Draw the avatar as its file shows it."""
    asset = avatar_asset(models.model, models.textures, avatar, FileOptions())
    return [
        (label, render_asset(asset, View(size=SIZE, yaw_degrees=yaw), weights))
        for label, (yaw, weights) in LOOKS.items()
    ]


def wires(models: Models, head: Head, view: View) -> Picture:
    """Draw the edges of the cage, dark on light."""
    model = models.model
    skin = head.points[: model.skin.count]
    camera = camera_of(skin, view)
    fragments = clear(camera.height, camera.width)
    draw(fragments, project(camera, skin), model.skin.faces[1])
    seen = fragments.part >= 0
    edge = seen & (fragments.barycentric.min(axis=2) < WIRE)
    grey = np.where(edge, 60.0, np.where(seen, 215.0, 140.0))
    step = camera.height // SIZE
    small = grey.reshape(SIZE, step, SIZE, step).mean(axis=(1, 3))
    return np.repeat(small[..., None], 3, axis=2).astype(np.uint8)


def portraits(files: list[Path], models: Models) -> Iterator[tuple[str, Picture]]:
    """Name and show the pictures that are asked for."""
    if files:
        yield from ((path.stem, read_picture(path)) for path in files)
        return
    for trial in FixedSets(Renderer(models.model, models.textures)).held_out():
        if trial.group == "toon":
            yield trial.name, trial.picture


def main() -> None:
    """Draw the sheet that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("pictures", type=Path, nargs="*")
    parser.add_argument("--count", type=int, default=12)
    asked = parser.parse_args()
    networks = {card.name: load_network(card.name) for card in list_networks()}
    models = Models(load_face_model(), load_textures(), networks)
    rows = []
    for name, picture in islice(portraits(asked.pictures, models), asked.count):
        try:
            rows.append(row_of(models, name, picture))
        except ValueError as error:
            print(f"{name}: {error}")
    write_picture(asked.out, contact_sheet([cell for row in rows for cell in row], len(rows[0])), quality=85)


if __name__ == "__main__":
    main()
