"""Every step from a portrait to its avatar: a picture each, one page with all of them, and how long each took."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float, UInt8
from PIL import Image, ImageDraw

from toonface.geometry.asset import Asset
from toonface.geometry.camera import ScaledOrthographic, project
from toonface.geometry.crop import CropFrame, frame_around, to_crop, to_picture, warp
from toonface.geometry.normals import vertex_normals
from toonface.geometry.rasterize import BACKGROUND, Cutout, Fragments, clear, draw, interpolate
from toonface.io.asset_preview import AssetPainter, Pose, on_backdrop
from toonface.io.atomic import replacing
from toonface.io.images import prepare_folder, write_picture
from toonface.io.sample_files import PALETTE
from toonface.io.sheets import contact_sheet
from toonface.morphable.face_model import FaceModel, Head, Lod, evaluate, pose_head, skin_vertices
from toonface.pipeline.avatars import Avatar
from toonface.stages import landmarks
from toonface.synth.preview import View
from toonface.types import FaceRegion, Picture
from toonface.worn.worn_part import WornPart

SIZE, SHEET_SIZE, COLUMNS, QUALITY = 768, 384, 6, 92
"""Side of a picture and of its copy on the page in pixels, pictures in a row, and quality of the files."""
MARGIN, LIFT = 2.4, 0.12
"""Of what is shown of portraits: the head."""
VIEWS = {"front": 0.0, "three-quarters": 35.0, "profile": 85.0, "back": 180.0}
"""Degrees of yaw."""
POSES = {
    "blink": {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0},
    "smile": {"mouthSmileLeft": 0.8, "mouthSmileRight": 0.8, "cheekSquintLeft": 0.4, "cheekSquintRight": 0.4},
    "jaw-open": {"jawOpen": 0.8},
    "look-aside": {"eyeLookOutLeft": 0.8, "eyeLookInRight": 0.8, "browOuterUpLeft": 0.4, "mouthLeft": 0.4},
    "surprise": {"browInnerUp": 0.9, "eyeWideLeft": 0.8, "eyeWideRight": 0.8, "mouthFunnel": 0.5, "jawOpen": 0.2},
}
GREEN, YELLOW, MAGENTA, BLUE = (60, 255, 90), (255, 220, 40), (255, 60, 200), (70, 150, 255)
CLAY, LIT = np.array([214.0, 200.0, 190.0]), np.array([0.35, 0.45, 0.82])
"""Colour of fitted heads, and the direction in the camera's axes that lights them."""
HAIR_PART = 1
SURE = 128
"""Alpha of hair from which it counts."""


def write_report(
    folder: Path, stem: str, *, avatar: Avatar, asset: Asset, model: FaceModel, seconds: Mapping[str, float]
) -> Path:
    """Write a page `<stem>-steps.jpg`, and into `<stem>-steps` its pictures and `timings.json`; return the page's name.

    Args:
        folder: is there already.
        stem: of the names.
        avatar: from `create_avatar`.
        asset: the same, as it is written.
        model: the face model.
        seconds: stage → how long it took.

    Raises:
        ValueError: the folder cannot be written.
        OSError: a file cannot be written.
    """
    inside, sheet = folder / f"{stem}-steps", folder / f"{stem}-steps.jpg"
    prepare_folder(inside)
    pictures = report_pictures(avatar, asset, model)
    for number, (name, picture) in enumerate(pictures.items(), start=1):
        write_picture(inside / f"{number:02d}-{name}.jpg", picture, quality=QUALITY)
    with replacing(inside / "timings.json") as beside:
        beside.write_text(json.dumps({"seconds": dict(seconds), "notes": list(avatar.notes)}, indent=1) + "\n", "utf-8")
    small = [(name.replace("-", " "), shrunk(picture)) for name, picture in pictures.items()]
    write_picture(sheet, contact_sheet(small, COLUMNS), quality=QUALITY)
    return sheet


def report_pictures(avatar: Avatar, asset: Asset, model: FaceModel) -> dict[str, Picture]:
    """Draw what each step made, the head from four sides, and four expressions; name → square picture.

    Args:
        avatar: from `create_avatar`.
        asset: the same, as it is written.
        model: the face model.
    """
    points = avatar.landmarks.points_px
    frame = replace(frame_around(points, MARGIN, LIFT), roll_radians=0.0)
    cartoon, place = warp(avatar.cartoon.picture, frame, SIZE), to_crop(frame, SIZE, points)
    camera = avatar.fine.coarse.camera
    coarse = _drawn(
        model, evaluate(model, avatar.coarse.identity, avatar.coarse.expression), avatar.coarse.camera, frame
    )
    posed = pose_head(model, avatar.fine.neutral, avatar.fine.weights)
    fine, cage = _drawn(model, posed, camera, frame), _drawn(model, posed, camera, frame, lod=1)
    pictures = {
        "portrait": with_square(warp(avatar.portrait, frame, SIZE), _searched(points, frame)),
        "cartoon": cartoon,
        "landmarks": with_dots(cartoon, place),
        "regions": np.array(PALETTE, np.uint8).reshape(-1, 3)[_classes(avatar, frame)],
        "coarse": clay_over(cartoon, *coarse, model.skin.faces[0]),
        "fine": clay_over(cartoon, *fine, model.skin.faces[0]),
        "wireframe": wires_over(cartoon, *cage, model.skin.faces[1]),
        "atlas": shrunk(avatar.textured.skin, SIZE),
        "hair-outline": with_outlines(
            cartoon, _classes(avatar, frame) == FaceRegion.HAIR, _hair_mask(avatar.hair.parts, camera, frame, fine[1])
        ),
    }
    painter = AssetPainter(asset, SIZE)
    for name, yaw in VIEWS.items():
        pictures[name] = on_backdrop(painter.draw(View(yaw_degrees=yaw)))
    for name, weights in POSES.items():
        pictures[name] = on_backdrop(painter.draw(View(), Pose(weights=weights, turns={})))
    return pictures


def shrunk(picture: UInt8[np.ndarray, "H W 3"], size: int = SHEET_SIZE) -> UInt8[np.ndarray, "S S 3"]:
    """Fit a picture into a square.

    Args:
        picture: sRGB.
        size: side in pixels.
    """
    return np.asarray(Image.fromarray(picture).resize((size, size), Image.Resampling.BOX))


def with_dots(picture: UInt8[np.ndarray, "H W 3"], points_px: np.ndarray) -> UInt8[np.ndarray, "H W 3"]:
    """Mark points in a copy of a picture.

    Args:
        picture: sRGB.
        points_px: x and y.
    """
    page = Image.fromarray(picture)
    pen, radius = ImageDraw.Draw(page), max(0.004 * max(picture.shape[:2]), 1.0)
    for x, y in points_px.tolist():
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=GREEN)
    return np.array(page)


def with_square(picture: UInt8[np.ndarray, "H W 3"], corners: Float[np.ndarray, "4 2"]) -> UInt8[np.ndarray, "H W 3"]:
    """Draw the square in which a face was looked at into a copy of a picture.

    Args:
        picture: sRGB.
        corners: x and y in pixels, one after the other.
    """
    page = Image.fromarray(picture)
    ring = [tuple(corner) for corner in [*corners.tolist(), corners[0].tolist()]]
    ImageDraw.Draw(page).line(ring, fill=YELLOW, width=3, joint="curve")
    return np.array(page)


def clay_over(
    picture: Picture, screen: Float[np.ndarray, "V 3"], fragments: Fragments, faces: np.ndarray
) -> UInt8[np.ndarray, "H W 3"]:
    """Lay a head of clay over its picture.

    Args:
        picture: sRGB.
        screen: vertices in pixels, y down, larger is nearer.
        fragments: of the head.
        faces: its triangles.
    """
    normals = vertex_normals(screen * [1.0, -1.0, 1.0], faces)
    normal = interpolate(fragments, 0, faces, normals)
    light = np.clip(0.3 + 0.7 * np.clip(normal @ (LIT / np.linalg.norm(LIT)), 0.0, 1.0), 0.0, 1.0)
    seen = (fragments.part != BACKGROUND)[..., None]
    return np.where(seen, np.round(light[..., None] * CLAY), picture).astype(np.uint8)


def wires_over(
    picture: Picture, screen: Float[np.ndarray, "V 3"], fragments: Fragments, faces: np.ndarray
) -> UInt8[np.ndarray, "H W 3"]:
    """Draw the edges of a head that are seen over its picture.

    Args:
        picture: sRGB.
        screen: vertices in pixels, y down, larger is nearer.
        fragments: of the head.
        faces: its triangles.
    """
    seen = faces[np.unique(fragments.face[fragments.part != BACKGROUND])]
    edges = np.unique(np.sort(np.concatenate([seen[:, [0, 1]], seen[:, [1, 2]], seen[:, [2, 0]]]), axis=1), axis=0)
    page = Image.fromarray(picture)
    pen = ImageDraw.Draw(page)
    for (x0, y0), (x1, y1) in screen[edges][..., :2].tolist():
        pen.line((x0, y0, x1, y1), fill=BLUE)
    return np.array(page)


def with_outlines(
    picture: Picture, wanted: Bool[np.ndarray, "H W"], found: Bool[np.ndarray, "H W"]
) -> UInt8[np.ndarray, "H W 3"]:
    """Draw the outline of the hair that is seen in yellow, and that of the hair that was fitted in magenta.

    Args:
        picture: sRGB.
        wanted: where hair is seen.
        found: where the fitted hair is.
    """
    marked = picture.copy()
    for mask, colour in ((wanted, YELLOW), (found, MAGENTA)):
        marked[_outline(mask)] = colour
    return marked


def _hair_mask(
    parts: Sequence[WornPart], camera: ScaledOrthographic, frame: CropFrame, head: Fragments
) -> Bool[np.ndarray, "S S"]:
    """Tell where fitted hair covers a crop, before the head or beside it."""
    fragments = replace(head, part=head.part.copy(), depth=head.depth.copy())
    for part in parts:
        alpha = np.ascontiguousarray(part.picture[..., 3])
        cutout = Cutout(uv=part.mesh.uv, uv_faces=part.mesh.uv_faces, alpha=alpha, threshold=SURE)
        draw(fragments, _on_crop(part.mesh.vertices, camera, frame), part.mesh.faces, part=HAIR_PART, cutout=cutout)
    return fragments.part == HAIR_PART


def _drawn(
    model: FaceModel, head: Head, camera: ScaledOrthographic, frame: CropFrame, lod: Lod = 0
) -> tuple[Float[np.ndarray, "V 3"], Fragments]:
    screen, fragments = _on_crop(skin_vertices(model, head, lod), camera, frame), clear(SIZE, SIZE)
    draw(fragments, screen, model.skin.faces[lod], cull=True)
    return screen, fragments


def _on_crop(vertices: np.ndarray, camera: ScaledOrthographic, frame: CropFrame) -> Float[np.ndarray, "V 3"]:
    seen = project(camera, vertices)
    return np.concatenate([to_crop(frame, SIZE, seen[:, :2]), seen[:, 2:] * (SIZE / frame.side_px)], axis=1)


def _searched(points: Float[np.ndarray, "68 2"], frame: CropFrame) -> Float[np.ndarray, "4 2"]:
    """Corners, in the crop, of the square that the network of landmarks looked at."""
    searched = frame_around(points, landmarks.MARGIN, landmarks.LIFT)
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    return to_crop(frame, SIZE, to_picture(searched, 1, corners))


def _classes(avatar: Avatar, frame: CropFrame) -> UInt8[np.ndarray, "S S"]:
    columns, rows = np.meshgrid(np.arange(SIZE) + 0.5, np.arange(SIZE) + 0.5)
    places = np.floor(to_picture(frame, SIZE, np.stack([columns, rows], axis=-1))).astype(int)
    classes = avatar.regions.classes
    height, width = classes.shape
    x, y = places[..., 0], places[..., 1]
    inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
    return np.where(inside, classes[y.clip(0, height - 1), x.clip(0, width - 1)], 0).astype(np.uint8)


def _outline(mask: Bool[np.ndarray, "H W"]) -> Bool[np.ndarray, "H W"]:
    """Two pixels on either side of the edge."""
    grown, shrunken = mask.copy(), mask.copy()
    for axis in (0, 1):
        for step in (-1, 1):
            grown |= np.roll(mask, step, axis)
            shrunken &= np.roll(mask, step, axis)
    return grown & ~shrunken
