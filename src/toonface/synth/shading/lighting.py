"""Lights of a scene: a key light with shadows, a fill, a rim light, and the sky above a ground."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Float32

from toonface.geometry.camera import ScaledOrthographic
from toonface.geometry.rasterize import clear, draw

SHADOW_SIZE = 224
"""Side of the shadow map, pixels."""
SHADOW_REACH = 0.19
"""Metres from its middle that the shadow map covers."""
SHADOW_CENTRE = np.array([0.0, 0.05, 0.03])
"""Of the shadow map, in head axes."""
SHADOW_BIAS = 0.0035
"""Metres by which a point must lie behind what the light sees to be in its shadow."""
KINDS = {"soft": 0.26, "window": 0.22, "hard": 0.14, "overcast": 0.1, "rembrandt": 0.1, "coloured": 0.1, "stage": 0.08}
"""Share of each kind of light."""


@dataclass(frozen=True, kw_only=True)
class LightSpec:
    """Light in camera axes, so that it does not turn with the head. Colours are linear and may exceed 1."""

    kind: str
    key_direction: tuple[float, float, float]
    """Towards the key light; any length."""
    key: tuple[float, float, float]
    fill_direction: tuple[float, float, float]
    fill: tuple[float, float, float]
    rim_direction: tuple[float, float, float]
    rim: tuple[float, float, float]
    sky: tuple[float, float, float]
    ground: tuple[float, float, float]
    softness: float
    """0 for a hard shadow's edge, 1 for a very soft one."""
    exposure: float
    """Mean light that reaches the face; 1 shows skin in its own colour."""


class Lights(NamedTuple):
    """Lights as the shaders read them, in camera axes."""

    directions: Float32[np.ndarray, "3 3"]
    """Unit; key, fill, rim."""
    halves: Float32[np.ndarray, "3 3"]
    """Unit, half way between each light and the viewer."""
    colours: Float32[np.ndarray, "3 3"]
    sky: Float32[np.ndarray, "3"]
    ground: Float32[np.ndarray, "3"]
    shadow: Float32[np.ndarray, "M M"]
    """Depth seen from the key light, metres."""
    to_shadow: Float32[np.ndarray, "3 4"]
    """(x px, y px, depth px, 1) of the picture → column, row and depth in the shadow map."""
    radius: float
    """Of the blur at the edge of the shadow, pixels of the map."""


def sample_light(rng: np.random.Generator) -> LightSpec:
    """Draw a light, from soft to hard, warm to cold, now and then coloured.

    Args:
        rng: randomness.
    """
    kind = str(rng.choice(list(KINDS), p=np.array(list(KINDS.values())) / sum(KINDS.values())))
    side = rng.choice([-1.0, 1.0])
    yaw, pitch = side * rng.uniform(0.0, 0.9), rng.uniform(0.1, 0.8)
    softness, ambient, fill, rim = rng.uniform(0.4, 1.0), rng.uniform(0.35, 0.6), rng.uniform(0.15, 0.4), 0.25
    key, warm = _white(rng.uniform(-0.14, 0.2)), _white(rng.uniform(-0.1, 0.1))
    if kind == "window":
        yaw, softness = side * rng.uniform(0.7, 1.3), 1.0
        ambient, fill = rng.uniform(0.25, 0.45), rng.uniform(0.05, 0.2)
    elif kind == "hard":
        softness, ambient, fill = rng.uniform(0.0, 0.15), rng.uniform(0.3, 0.5), rng.uniform(0.05, 0.2)
    elif kind == "overcast":
        pitch, softness, ambient, fill = rng.uniform(0.9, 1.3), 1.0, rng.uniform(0.7, 0.95), 0.1
    elif kind == "rembrandt":
        yaw, pitch, ambient = side * rng.uniform(0.7, 0.95), rng.uniform(0.6, 0.8), rng.uniform(0.2, 0.3)
        fill, softness = rng.uniform(0.05, 0.12), rng.uniform(0.2, 0.5)
    elif kind == "coloured":
        key, warm, ambient, rim = _hue(rng, 0.35), _hue(rng, 0.5), rng.uniform(0.3, 0.5), 0.6
    elif kind == "stage":
        rim, key = rng.uniform(0.7, 1.4), _hue(rng, 0.2)
        softness, ambient = rng.uniform(0.1, 0.5), rng.uniform(0.3, 0.4)
    sky = ambient * warm * rng.uniform(0.95, 1.05, 3)
    return LightSpec(
        kind=kind,
        key_direction=_direction(yaw, pitch),
        key=_triple((1.0 - ambient) * 1.3 * key),
        fill_direction=_direction(-np.sign(yaw or 1.0) * rng.uniform(0.6, 1.2), rng.uniform(-0.1, 0.4)),
        fill=_triple(fill * _white(rng.uniform(-0.2, 0.1))),
        rim_direction=_direction(side * rng.choice([-1.0, 1.0]) * rng.uniform(2.0, 2.6), rng.uniform(0.2, 0.8)),
        rim=_triple(rim * (_hue(rng, 0.5) if kind in ("coloured", "stage") else _white(rng.uniform(-0.2, 0.2)))),
        sky=_triple(sky),
        ground=_triple(sky * rng.uniform(0.4, 0.75) * np.array([1.06, 1.0, 0.94])),
        softness=float(softness),
        exposure=float(np.clip(rng.normal(0.93, 0.11), 0.68, 1.25)),
    )


def _direction(yaw: float, pitch: float) -> tuple[float, float, float]:
    return _triple(np.array([np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)]))


def _white(warmth: float) -> Float[np.ndarray, "3"]:
    return np.array([1.0 + warmth, 1.0, 1.0 - 1.1 * warmth])


def _hue(rng: np.random.Generator, saturation: float) -> Float[np.ndarray, "3"]:
    wave = np.cos(2.0 * np.pi * (rng.uniform() - np.array([0.0, 1.0, 2.0]) / 3.0))
    return 1.0 + saturation * wave


def _triple(values: np.ndarray) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])


def lights_of(
    spec: LightSpec,
    casters: Sequence[tuple[np.ndarray, np.ndarray]],
    face_normals: Float[np.ndarray, "N 3"],
    camera: ScaledOrthographic,
) -> Lights:
    """Make the lights of a picture: expose the face, and draw what throws shadows as the key light sees it.

    Args:
        spec: the light.
        casters: vertices (V, 3) in head axes and triangles (F, 3) of what throws shadows.
        face_normals: in camera axes, of the part of the face that the exposure is measured on.
        camera: of the picture.
    """
    directions = np.array([spec.key_direction, spec.fill_direction, spec.rim_direction])
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    colours = np.array([spec.key, spec.fill, spec.rim])
    facing = np.clip(face_normals @ directions.T, 0.0, 1.0)
    up = 0.5 + 0.5 * face_normals[:, 1:2]
    light = facing @ colours + up * np.array(spec.sky) + (1.0 - up) * np.array(spec.ground)
    gain = spec.exposure / max(float(light.mean()), 1e-3)
    shadow, to_shadow = _shadow_map(directions[0], casters, camera)
    halves = directions + np.array([0.0, 0.0, 1.0])
    halves /= np.maximum(np.linalg.norm(halves, axis=1, keepdims=True), 1e-3)
    return Lights(
        directions=directions.astype(np.float32),
        halves=halves.astype(np.float32),
        colours=(gain * colours).astype(np.float32),
        sky=(gain * np.array(spec.sky)).astype(np.float32),
        ground=(gain * np.array(spec.ground)).astype(np.float32),
        shadow=shadow,
        to_shadow=to_shadow,
        radius=0.6 + 5.0 * spec.softness,
    )


def _shadow_map(
    towards: Float[np.ndarray, "3"], casters: Sequence[tuple[np.ndarray, np.ndarray]], camera: ScaledOrthographic
) -> tuple[Float32[np.ndarray, "M M"], Float32[np.ndarray, "3 4"]]:
    side = np.cross([0.0, 1.0, 0.0], towards)
    side = side / max(float(np.linalg.norm(side)), 1e-6)
    axes = np.stack([side, np.cross(towards, side), towards])
    scale = 0.5 * SHADOW_SIZE / SHADOW_REACH
    # Camera axes → map: columns and rows in pixels, depth in metres.
    place = np.diag([scale, -scale, 1.0]) @ axes
    shift = np.array([0.5 * SHADOW_SIZE, 0.5 * SHADOW_SIZE, 0.0]) - place @ (camera.rotation @ SHADOW_CENTRE)
    fragments = clear(SHADOW_SIZE, SHADOW_SIZE)
    for vertices, faces in casters:
        draw(fragments, vertices @ (place @ camera.rotation).T + shift, faces)
    # Picture → camera axes, the inverse of `project`.
    lift = np.diag([1.0, -1.0, 1.0]) / camera.scale
    origin = np.array([-0.5 * camera.width, 0.5 * camera.height, 0.0]) / camera.scale
    origin[:2] -= camera.translation
    matrix = np.concatenate([place @ lift, (place @ origin + shift)[:, None]], axis=1)
    return fragments.depth, matrix.astype(np.float32)
