"""Contact sheets of the face model: `toonface models show`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import UInt8

from toonface.geometry.camera import project
from toonface.morphable.face_model import FaceModel, Head, evaluate, pose_head, skin_vertices, weights_of
from toonface.morphable.landmarks import landmarks_3d
from toonface.morphable.names import EXTRAS, FACS_SHAPES, SHAPES, VISEMES, side_of
from toonface.synth.preview import (
    PLAIN,
    SUPERSAMPLE,
    Look,
    Picture,
    Textures,
    View,
    camera_of,
    render_clay,
    render_head,
)

HAIR = ("afro01", "bob01", "bob02", "braid01", "long01", "ponytail01", "short01", "short02", "short03", "short04")
HAIR_COLOURS = {
    "black": (0.07, 0.06, 0.06),
    "brown": (0.24, 0.15, 0.09),
    "blond": (0.72, 0.55, 0.32),
    "red": (0.50, 0.20, 0.09),
    "grey": (0.55, 0.54, 0.52),
    "pink": (0.85, 0.42, 0.58),
}
IRISES = ("blue", "bluegreen", "brown", "brownlight", "deepblue", "green", "grey", "ice", "lightblue")
FACE = View(size=256, centre=(0.0, 0.008, 0.06), half_width=0.092)
TURNED = replace(FACE, yaw_degrees=-38.0)
CARTOON_GAIN = 1.15
"""Cartoon heads on the sheet have coefficients this much larger, and much of the first, which is that of large eyes."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Pictures that belong on one page."""

    name: str
    columns: int
    pictures: tuple[tuple[str, Picture], ...]
    """Label and picture, row by row."""


def face_model_sheets(model: FaceModel, textures: Textures, rng: np.random.Generator) -> Iterator[Sheet]:
    """Draw every sheet, one after the other.

    Args:
        model: the face model.
        textures: of the model.
        rng: draws the random heads.

    Raises:
        ValueError: a picture is missing.
    """
    needed = {part.texture for part in model.parts.values()} | {f"eye_{iris}" for iris in IRISES}
    missing = sorted(needed - textures.keys() - {""})
    if missing:
        raise ValueError(f"the model's folder has no picture {', '.join(missing)}, expected one beside head.npz")
    yield Sheet(name="heads-realistic", columns=6, pictures=tuple(_heads(model, textures, rng, 18, 1.0)))
    yield Sheet(name="heads-cartoon", columns=6, pictures=tuple(_heads(model, textures, rng, 18, CARTOON_GAIN)))
    yield _shape_sheet(model, textures, "shapes-eyes-brows", ("eye", "brow", "cheekSquint", "noseSneer"))
    yield _shape_sheet(model, textures, "shapes-jaw-mouth", ("jaw", "mouth", "tongue", "cheekPuff"))
    yield _shape_sheet(model, textures, "shapes-further", tuple(FACS_SHAPES))
    yield _composition_sheet(model, textures, "visemes", VISEMES)
    yield _composition_sheet(model, textures, "extras", EXTRAS)
    yield Sheet(name="hair", columns=6, pictures=tuple(_hair(model, textures)))
    yield Sheet(name="landmarks", columns=5, pictures=tuple(_landmarks(model, textures)))
    yield Sheet(name="clay", columns=4, pictures=tuple(_clay(model, textures)))


def _heads(
    model: FaceModel, textures: Textures, rng: np.random.Generator, count: int, gain: float
) -> Iterator[tuple[str, Picture]]:
    for number in range(count):
        identity = gain * np.clip(rng.standard_normal(len(model.sigma)), -2.0, 2.0)
        if gain > 1.0:
            grows = model.identity_basis[0, -3, 0] - model.identity_basis[0, -4, 0]
            identity[0] = np.sign(grows) * rng.uniform(0.8, 2.8)
        colour = list(HAIR_COLOURS)[rng.choice(len(HAIR_COLOURS), p=[0.28, 0.32, 0.16, 0.1, 0.1, 0.04])]
        look = Look(
            texture=np.clip(rng.standard_normal(80), -2.0, 2.0),
            hair=HAIR[number % len(HAIR)],
            hair_colour=HAIR_COLOURS[colour],
            brows=f"eyebrow{rng.integers(1, 13):03d}",
            iris=f"eye_{IRISES[rng.integers(len(IRISES))]}",
            iris_scale=1.0 if gain == 1.0 else 1.3,
        )
        smile = rng.uniform(0.0, 0.5)
        mood = {"mouthSmileLeft": smile, "mouthSmileRight": smile, "browInnerUp": rng.uniform(0.0, 0.4)}
        head = evaluate(model, identity, weights_of(mood))
        view = View(size=256, yaw_degrees=float(rng.uniform(-35, 35)), centre=(0.0, 0.0, 0.03), half_width=0.155)
        yield "", render_head(model, head, textures, look, view)


def _front_and_turned(model: FaceModel, textures: Textures, mix: Mapping[str, float]) -> Picture:
    head = pose_head(model, model.mean, weights_of(mix))
    views = [render_head(model, head, textures, PLAIN, view) for view in (FACE, TURNED)]
    return np.concatenate(views, axis=1)


def _shape_sheet(model: FaceModel, textures: Textures, name: str, prefixes: tuple[str, ...]) -> Sheet:
    further = prefixes == tuple(FACS_SHAPES)
    chosen = [s for s in SHAPES if s.startswith(prefixes) and side_of(s) != "right" and (s in FACS_SHAPES) == further]
    pictures = [("neutral", _front_and_turned(model, textures, {}))]
    pictures += [(shape, _front_and_turned(model, textures, {shape: 1.0})) for shape in chosen]
    return Sheet(name=name, columns=4, pictures=tuple(pictures))


def _composition_sheet(
    model: FaceModel, textures: Textures, name: str, table: Mapping[str, Mapping[str, float]]
) -> Sheet:
    pictures = [(label, _front_and_turned(model, textures, mix)) for label, mix in table.items()]
    return Sheet(name=name, columns=4 if len(pictures) > 6 else 3, pictures=tuple(pictures))


def _hair(model: FaceModel, textures: Textures) -> Iterator[tuple[str, Picture]]:
    head = pose_head(model, model.mean, np.zeros(len(SHAPES)))
    for name, colour in zip(HAIR, (*HAIR_COLOURS, *HAIR_COLOURS), strict=False):
        look = replace(PLAIN, hair=name, hair_colour=HAIR_COLOURS[colour])
        for yaw in (0.0, -50.0, 180.0):
            view = View(size=256, yaw_degrees=yaw, centre=(0.0, 0.0, 0.02), half_width=0.165)
            yield f"{name} {colour}", render_head(model, head, textures, look, view)


def _landmarks(model: FaceModel, textures: Textures) -> Iterator[tuple[str, Picture]]:
    smile = weights_of({"mouthSmileLeft": 0.8, "mouthSmileRight": 0.8, "jawOpen": 0.25})
    for label, weights in (("neutral", np.zeros(len(SHAPES))), ("smile", smile)):
        head = pose_head(model, model.mean, weights)
        for yaw in (-60.0, -30.0, 0.0, 30.0, 60.0):
            view = View(size=320, yaw_degrees=yaw, centre=(0.0, 0.005, 0.04), half_width=0.1)
            yield (
                f"{label} {yaw:+.0f}",
                draw_landmarks(model, head, render_head(model, head, textures, PLAIN, view), view),
            )


def draw_landmarks(model: FaceModel, head: Head, picture: Picture, view: View) -> Picture:
    """Mark the 68 points on a rendered head: contour yellow, the rest green.

    Args:
        model: the face model.
        head: that was rendered.
        picture: of it.
        view: of the picture.
    """
    skin = skin_vertices(model, head)
    camera = camera_of(skin, view)
    points = project(camera, landmarks_3d(skin, model.landmarks, camera.rotation))[:, :2] / SUPERSAMPLE
    marked = picture.copy()
    for number, (x, y) in enumerate(points):
        row, column = int(y), int(x)
        colour = (255, 220, 0) if number < 17 else (40, 255, 60)
        marked[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2] = colour
    return marked


def _clay(model: FaceModel, textures: Textures) -> Iterator[tuple[str, UInt8[np.ndarray, "H W 3"]]]:
    mixes = {
        "neutral": {},
        "smile": {"mouthSmileLeft": 1.0, "mouthSmileRight": 1.0, "cheekSquintLeft": 0.6, "cheekSquintRight": 0.6},
        "surprise": {
            "jawOpen": 0.7,
            "browInnerUp": 1.0,
            "browOuterUpLeft": 1.0,
            "browOuterUpRight": 1.0,
            "eyeWideLeft": 0.8,
            "eyeWideRight": 0.8,
        },
        "anger": {
            "browDownLeft": 1.0,
            "browDownRight": 1.0,
            "noseSneerLeft": 0.7,
            "noseSneerRight": 0.7,
            "mouthUpperUpLeft": 0.4,
            "mouthUpperUpRight": 0.4,
            "eyeSquintLeft": 0.5,
            "eyeSquintRight": 0.5,
        },
        "sadness": {"browInnerUp": 1.0, "mouthFrownLeft": 0.9, "mouthFrownRight": 0.9, "mouthShrugLower": 0.5},
        "wink": {"eyeBlinkLeft": 1.0, "mouthSmileLeft": 0.8, "cheekSquintLeft": 0.7},
        "kiss": {"mouthPucker": 1.0, "eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0},
        "tongue": {"jawOpen": 0.5, "tongueOut": 1.0, "eyeSquintLeft": 0.5, "eyeSquintRight": 0.5},
    }
    for label, mix in mixes.items():
        head = pose_head(model, model.mean, weights_of(mix))
        for view in (replace(FACE, size=320), replace(TURNED, size=320)):
            yield label, render_clay(model, head, textures, view)
