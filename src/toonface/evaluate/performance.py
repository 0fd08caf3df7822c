"""A performance whose truth is known: what a rendered face does for some seconds, picture by picture."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from toonface.drive.clips import Clip
from toonface.drive.gaze import gaze_from_weights
from toonface.drive.quaternions import quaternions_of_angles
from toonface.morphable.names import SHAPES
from toonface.synth.framing import Frame
from toonface.synth.people.expressions import prototype_weights, with_gaze
from toonface.synth.render import Renderer
from toonface.synth.scene import SceneSpec
from toonface.types import Picture

FPS = 30.0
SECONDS = 4.0
REST_SECONDS = 0.5
"""At first the face is at rest and looks ahead."""
LID_SECONDS = np.array([0.0, 0.08, 0.13, 0.33])
"""Of a blink: open, shut, shut, open."""
MOVES: tuple[tuple[dict[str, float], tuple[float, float], int], ...] = (
    ({"jawOpen": 0.7}, (0.12, 0.3), 5),
    ({"mouthFunnel": 0.6}, (0.15, 0.3), 2),
    ({"mouthPucker": 0.7}, (0.2, 0.4), 1),
    ({"mouthSmile*": 0.8, "cheekSquint*": 0.4}, (0.5, 1.1), 1),
    ({"mouthFrown*": 0.5}, (0.4, 0.7), 1),
    ({"browInnerUp": 0.7, "browOuterUp*": 0.6}, (0.3, 0.7), 1),
    ({"browDown*": 0.7}, (0.3, 0.6), 1),
    ({"noseSneer*": 0.6}, (0.25, 0.5), 1),
    ({"mouthLeft": 0.6}, (0.3, 0.5), 1),
)
"""Shapes at the top of a move, the least and the most seconds that it takes from beginning to end, and how often."""
BLINKS, GLANCES = 2, 4
GLANCE_SECONDS = 0.06
FARTHEST_GLANCE = np.radians([22.0, 14.0])
"""Yaw and pitch."""
FARTHEST_TURN = np.radians([25.0, 12.0, 8.0])
"""Yaw, pitch and roll of the head."""
SWAY_SECONDS = (1.6, 3.2)
"""Of one swing of the head."""
SHARE, LOWERED = 0.5, -0.04
"""Of the box around the face in the picture, and how far its middle lies above the picture's."""
STEP_ASIDE = 0.03
"""How far the face moves in the picture, in shares of its side."""


@dataclass(frozen=True, kw_only=True)
class Performance:
    """What a face does."""

    clip: Clip
    """Weights with the gaze in them, the gaze, and the head."""
    angles: Float[np.ndarray, "N 3"]
    """Yaw, pitch and roll of the head, radians: the same as the clip's quaternions."""


def act(rng: np.random.Generator, seconds: float = SECONDS) -> Performance:
    """Make up a performance: blinks, talk, smiles and frowns, brows, glances, turns of the head.

    Args:
        rng: decides what happens when.
        seconds: length, more than `REST_SECONDS` and a second.

    Raises:
        ValueError: it is too short.
    """
    if not seconds > REST_SECONDS + 1.0:
        raise ValueError(f"the performance takes {seconds} s, expected more than {REST_SECONDS + 1.0}")
    times = np.arange(round(seconds * FPS)) / FPS
    weights = np.zeros((len(times), len(SHAPES)))
    for mix, (least, most), count in MOVES:
        for _ in range(count):
            length = rng.uniform(least, most)
            start = rng.uniform(REST_SECONDS, seconds - length)
            bump = np.sin(np.pi * np.clip((times - start) / length, 0.0, 1.0)) ** 2
            weights = np.maximum(weights, rng.uniform(0.7, 1.0) * bump[:, None] * prototype_weights(mix))
    lids = [SHAPES.index(f"eyeBlink{side}") for side in ("Left", "Right")]
    for start in REST_SECONDS + rng.uniform(0.0, seconds - REST_SECONDS - LID_SECONDS[-1], BLINKS):
        shut = np.interp(times, start + LID_SECONDS, [0.0, 1.0, 1.0, 0.0])
        weights[:, lids] = np.maximum(weights[:, lids], shut[:, None])
    yaw, pitch = _glances(rng, times, seconds)
    weights = np.stack([with_gaze(row, *look) for row, *look in zip(weights, yaw, pitch, strict=True)])
    angles = np.stack([_sway(rng, times, most) for most in FARTHEST_TURN], axis=1)
    clip = Clip(
        name="performance",
        times=times,
        weights=np.clip(weights, 0.0, 1.0),
        head=quaternions_of_angles(angles),
        gaze_radians=gaze_from_weights(weights),
    )
    return Performance(clip=clip, angles=angles)


def _glances(rng: np.random.Generator, times: Float[np.ndarray, " N"], seconds: float) -> Float[np.ndarray, "2 N"]:
    starts = REST_SECONDS + (np.arange(GLANCES) + rng.uniform(0.1, 0.7, GLANCES)) * (seconds - REST_SECONDS) / GLANCES
    places = np.concatenate([np.zeros((1, 2)), rng.uniform(-1.0, 1.0, (GLANCES, 2)) * FARTHEST_GLANCE])
    keys = np.stack([starts, starts + GLANCE_SECONDS], axis=1).ravel()
    values = np.stack([places[:-1], places[1:]], axis=1).reshape(-1, 2)
    return np.stack([np.interp(times, keys, values[:, axis]) for axis in range(2)])


def _sway(rng: np.random.Generator, times: Float[np.ndarray, " N"], most: float) -> Float[np.ndarray, " N"]:
    """A swing that begins after the rest, from 0 and at no speed."""
    since = np.maximum(times - REST_SECONDS, 0.0)
    turn = rng.choice([-1.0, 1.0]) * rng.uniform(0.6, 1.0) * most
    return turn * np.sin(np.pi * since / rng.uniform(*SWAY_SECONDS)) * np.minimum(since / 0.4, 1.0)


def perform(renderer: Renderer, scene: SceneSpec, performance: Performance, size: int) -> Iterator[Picture]:
    """Draw a performance as a camera would take it.

    Args:
        renderer: of the face model.
        scene: who performs, in which light; pose, expression and noise are the performance's.
        performance: of `act`.
        size: side of the pictures in pixels.
    """
    for number, (weights, angles) in enumerate(zip(performance.clip.weights, performance.angles, strict=True)):
        yaw, pitch, roll = (float(angle) for angle in angles)
        frame = Frame(
            yaw=yaw,
            pitch=pitch,
            roll=roll,
            share=SHARE,
            shift=(STEP_ASIDE * yaw / float(FARTHEST_TURN[0]), LOWERED - STEP_ASIDE * pitch / float(FARTHEST_TURN[1])),
        )
        moment = replace(scene, weights=weights, frame=frame, finish_seed=scene.finish_seed + number)
        yield renderer.render(moment, "photo", size).picture
