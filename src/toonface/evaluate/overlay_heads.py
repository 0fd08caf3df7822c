"""Show what the networks say about a face as a head of clay: the fitted one over the picture, or the expression."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image, ImageDraw, ImageFont

from toonface.evaluate.overlay_sheet import Page, Sheet
from toonface.geometry.camera import ScaledOrthographic, project
from toonface.geometry.normals import vertex_normals
from toonface.geometry.rasterize import clear, draw, interpolate
from toonface.geometry.smoothstep import smoothstep
from toonface.morphable.coarse_fit import CoarseFit
from toonface.morphable.eyeball import LIMBUS
from toonface.morphable.face_model import FaceModel, Head, evaluate, part_vertices, skin_vertices
from toonface.morphable.names import IDENTITY_COUNT, SHAPES
from toonface.types import Expression, Faces, Picture, Vertices

OPACITY = 0.8
"""Of a fitted head."""
CLAY, WHITE, IRIS = (0.86, 0.80, 0.74), (0.97, 0.97, 0.96), (0.16, 0.22, 0.32)
"""sRGB of the head, of its eyeballs, and of their irises."""
MOUTH_PARTS = {"teeth_upper": (0.95, 0.94, 0.90), "teeth_lower": (0.95, 0.94, 0.90), "tongue": (0.80, 0.45, 0.44)}
BUST_FADE = 0.07
"""Metres above the lower edge of the bust over which the head becomes opaque."""
LIGHTS = (((0.45, 0.55, 0.70), 0.85, 0.25), ((-0.85, 0.10, 0.50), 0.22, 0.3))
"""Direction in the camera's axes, strength and wrap."""
AMBIENT, EDGE = 0.22, 0.35
"""Light from everywhere, and how much darker the head becomes where it turns away."""

BACKDROP, TRACK, BAR, INK = (38, 41, 47), (58, 62, 70), (255, 190, 80), (235, 238, 242)
HEAD_SPAN = 0.25
"""Metres that the smaller side of the panel beside the picture shows."""
HEAD_CENTRE = (0.0, 0.01, 0.04)
BARS, LEAST_WEIGHT = 8, 0.05
"""How many weights are shown at most, and how small they may be."""


@dataclass(frozen=True, kw_only=True)
class _Surface:
    vertices: Vertices
    faces: Faces
    colours: Float[np.ndarray, "_ 3"]
    """One colour, or one per vertex."""
    opacity: Float[np.ndarray, " V"]


def draw_fit(picture: Picture, fit: CoarseFit, model: FaceModel) -> Page:
    """Draw the fitted head in translucent clay over the picture, beside the picture itself.

    Args:
        picture: sRGB.
        fit: of a face in it.
        model: the face model that the coefficients belong to.
    """
    shown = np.asarray(Sheet.of(picture).picture.convert("RGB"))
    head = evaluate(model, fit.identity.astype(np.float64), fit.expression.astype(np.float64))
    scale = np.array([shown.shape[1] / picture.shape[1], shown.shape[0] / picture.shape[0]])
    light, cover = _clay(_surfaces(model, head), fit.camera, scale, shown.shape[:2])
    page = shown * (1.0 - OPACITY * cover) + 255.0 * OPACITY * light
    return np.concatenate([shown, _bytes(page)], axis=1)


def draw_expression(picture: Picture, expression: Expression, model: FaceModel) -> Page:
    """Draw the mean head with a face's expression, gaze and turn, and its largest weights, beside the picture.

    Args:
        picture: sRGB.
        expression: of a face in it.
        model: the face model that wears it.
    """
    shown = np.asarray(Sheet.of(picture).picture.convert("RGB"))
    size = max(shown.shape[0], 360)
    head = evaluate(model, np.zeros(IDENTITY_COUNT), expression.weights.astype(np.float64))
    shift = -(expression.rotation @ np.array(HEAD_CENTRE))[:2]
    camera = ScaledOrthographic(
        rotation=expression.rotation, translation=shift, scale=size / HEAD_SPAN, width=size, height=size
    )
    light, cover = _clay(_surfaces(model, head), camera, np.ones(2), (size, size))
    panel = _bytes(np.array(BACKDROP) * (1.0 - cover) + 255.0 * light)
    page = Image.new("RGB", (shown.shape[1] + size + size // 2, size), BACKDROP)
    page.paste(Image.fromarray(shown), (0, (size - shown.shape[0]) // 2))
    page.paste(Image.fromarray(panel), (shown.shape[1], 0))
    page.paste(_bars(expression, size), (shown.shape[1] + size, 0))
    return np.asarray(page)


def _surfaces(model: FaceModel, head: Head) -> list[_Surface]:
    skin = skin_vertices(model, head)
    lowest = float(skin[:, 1].min())
    fade = smoothstep(lowest, lowest + BUST_FADE, skin[:, 1])
    surfaces = [_Surface(vertices=skin, faces=model.skin.faces[0], colours=np.array([CLAY]), opacity=fade)]
    ball = model.eyeball.vertices()
    eye = np.where(model.eyeball.polar[:, None] < LIMBUS + 1e-6, IRIS, WHITE)
    placed = [
        (centre + radius * ball @ rotation.T, model.eyeball.faces, eye)
        for centre, radius, rotation in zip(head.eyes.centres, head.eyes.radii, head.eyes.rotations, strict=True)
    ]
    placed += [
        (part_vertices(model, head, name), model.parts[name].faces, np.array([colour]))
        for name, colour in MOUTH_PARTS.items()
    ]
    return surfaces + [
        _Surface(vertices=vertices, faces=faces, colours=colours, opacity=np.ones(len(vertices)))
        for vertices, faces, colours in placed
    ]


def _clay(
    surfaces: list[_Surface], camera: ScaledOrthographic, scale: Float[np.ndarray, "2"], size: tuple[int, ...]
) -> tuple[Float[np.ndarray, "H W 3"], Float[np.ndarray, "H W 1"]]:
    """Draw surfaces: sRGB times opacity, and opacity.

    Args:
        surfaces: of a head.
        camera: of the picture.
        scale: shown pixels per pixel of the camera's picture, in x and y.
        size: height and width of what is shown.
    """
    height, width = size
    fragments = clear(2 * height, 2 * width)
    fine = np.zeros((2 * height, 2 * width, 4), np.float32)
    for number, surface in enumerate(surfaces):
        screen = project(camera, surface.vertices) * [2.0 * scale[0], 2.0 * scale[1], 1.0]
        draw(fragments, screen, surface.faces, part=number)
    for number, surface in enumerate(surfaces):
        normals = vertex_normals(surface.vertices, surface.faces) @ camera.rotation.T
        colours = np.clip(surface.colours * _light(normals)[:, None], 0.0, 1.0) * surface.opacity[:, None]
        fine += interpolate(
            fragments, number, surface.faces, np.concatenate([colours, surface.opacity[:, None]], axis=1)
        )
    page = fine.reshape(height, 2, width, 2, 4).mean(axis=(1, 3)).astype(np.float64)
    return page[..., :3], page[..., 3:]


def _light(normals: Float[np.ndarray, "V 3"]) -> Float[np.ndarray, " V"]:
    """Light a matt surface: a key from the upper right, a fill from the left, darker where it turns away."""
    total = np.full(len(normals), AMBIENT)
    for direction, strength, wrap in LIGHTS:
        towards = np.array(direction) / np.linalg.norm(direction)
        total += strength * np.clip((normals @ towards + wrap) / (1.0 + wrap), 0.0, 1.0)
    return total * (1.0 - EDGE * (1.0 - np.clip(normals[:, 2], 0.0, 1.0)) ** 2)


def _bars(expression: Expression, size: int) -> Image.Image:
    """List the largest weights and the gaze on a panel half as wide as it is high."""
    page = Image.new("RGB", (size // 2, size), BACKDROP)
    pen, pad = ImageDraw.Draw(page), size // 24
    font, step = ImageFont.load_default(size / 32), (size - 2 * pad) / (BARS + 2)
    order = [int(i) for i in np.argsort(-expression.weights)[:BARS] if expression.weights[i] >= LEAST_WEIGHT]
    right, y = size // 2 - pad, float(pad)
    for number in order:
        weight, bottom = float(expression.weights[number]), y + 0.72 * step
        pen.text((0, y), SHAPES[number], fill=INK, font=font)
        pen.text((right, y), f"{weight:.2f}", fill=INK, font=font, anchor="ra")
        pen.rectangle((0, bottom - size / 80, right, bottom), fill=TRACK)
        pen.rectangle((0, bottom - size / 80, right * min(weight, 1.0), bottom), fill=BAR)
        y += step
    if not order:
        pen.text((0, y), "neutral", fill=INK, font=font)
    for side, (yaw, pitch), up in zip(("left", "right"), np.degrees(expression.gaze_radians), (1.3, 0.0), strict=True):
        across, along = "left" if yaw > 0.0 else "right", "up" if pitch > 0.0 else "down"
        line = f"{side} eye  {abs(yaw):.0f}° {across}, {abs(pitch):.0f}° {along}"
        pen.text((0, size - pad - up * size / 32), line, fill=INK, font=font, anchor="lb")
    return page


def _bytes(page: Float[np.ndarray, "H W 3"]) -> UInt8[np.ndarray, "H W 3"]:
    return np.clip(page + 0.5, 0.0, 255.0).astype(np.uint8)
