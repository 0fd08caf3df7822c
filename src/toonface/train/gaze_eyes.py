"""Eyes cut out of renders, as the gaze network learns from them: right ones as left ones."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float32, UInt8

from toonface.geometry.crop import warp, warp_affine
from toonface.geometry.rotation import axis_angle_to_matrix
from toonface.io.sample_cache import CachedSample, SampleCache
from toonface.morphable.coarse_fit import POSE
from toonface.morphable.eyes import GAZE_DEGREES, gaze_rotation
from toonface.stages.gaze import CORNERS, MIRROR, SIZE, eye_frames, head_in_crop
from toonface.types import FaceRegion

SEEN_EYE = 0.03
"""Pixels of an eye by which it counts as seen, in squares over its width; a wide open one has 0.3."""
LABELS = (FaceRegion.EYE_LEFT, FaceRegion.EYE_RIGHT)
CAMERA_RADIANS = 0.08
"""Who looks past the camera by less looks at it."""
ROOM = 1.5
WIDE = round(ROOM * SIZE)
"""Pixels of an eye with room around it."""


@dataclass(frozen=True, kw_only=True)
class Straying:
    """How far crops of eyes stray; standard deviations, in sides of the crop where a length."""

    shift: float = 0.04
    zoom: float = 0.07
    """Of the logarithm of the side."""
    roll_radians: float = 0.05
    stretch: float = 0.04
    """Of the logarithm of width over height."""


STRAYING = Straying()


@dataclass(frozen=True, kw_only=True)
class Eyes:
    """All eyes of some samples, cut out once with room around them, as left ones: N samples have 2N."""

    wide: UInt8[np.ndarray, "E W W 3"]
    """`ROOM` times as wide as a crop, at the crop's resolution."""
    gaze: Float32[np.ndarray, "E 2"]
    """Yaw and pitch, radians."""
    head: Float32[np.ndarray, "E 2"]
    """Likewise."""
    seen: Bool[np.ndarray, " E"]
    """Whether an eye is open and in the picture, and no hair or dark glass covers it."""
    at_camera: Bool[np.ndarray, " E"]
    drawn: Bool[np.ndarray, " E"]


def cut_eyes(cache: SampleCache, numbers: range) -> Eyes:
    """Cut the eyes out of some samples.

    Args:
        cache: renders.
        numbers: which of them.
    """
    samples = [cache[number] for number in numbers]
    frames = [eye_frames(sample.landmarks_px.astype(np.float64)) for sample in samples]
    wide = [
        warp(sample.picture, replace(frame, side_px=ROOM * frame.side_px), WIDE)[:, :: 1 - 2 * eye]
        for sample, both in zip(samples, frames, strict=True)
        for eye, frame in enumerate(both)
    ]
    rotations = [axis_angle_to_matrix(sample.coefficients[POSE][:3].astype(np.float64)) for sample in samples]
    heads = [head_in_crop(turn, both[0].roll_radians) for turn, both in zip(rotations, frames, strict=True)]
    return Eyes(
        wide=np.stack(wide),
        gaze=np.concatenate([sample.gaze * MIRROR for sample in samples]).astype(np.float32),
        head=np.concatenate([head * MIRROR for head in heads]).astype(np.float32),
        seen=np.array([sees(sample, eye) for sample in samples for eye in (0, 1)]),
        at_camera=np.repeat([looks_at_camera(sample) for sample in samples], 2),
        drawn=np.repeat([sample.style == "toon" for sample in samples], 2),
    )


def looks_at_camera(sample: CachedSample) -> bool:
    """Return whether a face looks at the camera, or past it by no more than its eyes cannot turn.

    Args:
        sample: a render.
    """
    rotation = axis_angle_to_matrix(sample.coefficients[POSE][:3].astype(np.float64))
    look = rotation @ gaze_rotation(*sample.gaze.mean(axis=0).astype(float))[:, 2]
    turned, past = np.arccos(np.clip([rotation[2, 2], look[2]], -1.0, 1.0))
    return bool(past < CAMERA_RADIANS + max(turned - np.radians(GAZE_DEGREES["In"]), 0.0))


def sees(sample: CachedSample, eye: int) -> bool:
    """Return whether an eye is open and in the picture, and no hair or dark glass covers it.

    Args:
        sample: a render.
        eye: 0 is the left one, 1 the right one.
    """
    inner, outer = sample.landmarks_px[list(CORNERS[eye])]
    width = outer - inner
    return bool(np.count_nonzero(sample.parsing == LABELS[eye]) > SEEN_EYE * (width @ width))


def stray(rng: np.random.Generator, wide: UInt8[np.ndarray, "W W 3"], straying: Straying) -> UInt8[np.ndarray, "S S 3"]:
    """Cut a crop out of a wide one, about as exactly as landmarks say where an eye is.

    Args:
        rng: randomness.
        wide: of `Eyes`.
        straying: how far the crop strays.
    """
    roll, zoom = rng.normal(0.0, straying.roll_radians), np.exp(rng.normal(0.0, straying.zoom))
    stretch = np.exp(rng.normal(0.0, straying.stretch))
    turn = np.array([[np.cos(roll), np.sin(roll)], [-np.sin(roll), np.cos(roll)]])
    axes = zoom * np.array([[stretch], [1.0]]) * turn
    centre = 0.5 * WIDE + SIZE * rng.normal(0.0, straying.shift, 2)
    return warp_affine(wide, centre - 0.5 * SIZE * axes.sum(axis=0), axes, SIZE)
