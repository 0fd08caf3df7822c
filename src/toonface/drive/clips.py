"""Clips: what a face does over time, at other times, as an animation of an asset and back.

`geometry.asset.AssetClip` is what is exported: any names of targets and joints. A `Clip` is what drives: the 64
weights in their order, and a gaze that every sink can use.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from toonface.drive.gaze import weights_with_gaze
from toonface.drive.quaternions import check_unit_quaternions, slerp
from toonface.geometry.asset import AssetClip
from toonface.morphable.names import EXTRAS, SHAPES, VISEMES

HEAD = "Head"
"""The joint that turns the head, from `stages/avatar/skeleton.py`."""
STILL = 1e-9
"""A shape that never weighs more is left out of an asset's clip."""


@dataclass(frozen=True, kw_only=True)
class Clip:
    """What a face does over time; between two times everything goes evenly.

    Raises:
        ValueError: there is no time, times do not rise, numbers of rows differ, weights leave [0, 1], or a quaternion
            has not length 1.
    """

    name: str
    times: Float[np.ndarray, " N"]
    """Seconds, rising. The other arrays have as many rows; `_N`, because it is checked here and not by the tests."""
    weights: Float[np.ndarray, "_N 64"]
    """In [0, 1], by `names.SHAPES`."""
    head: Float[np.ndarray, "_N 4"] | None = None
    """Rotation of the head from its rest: unit quaternions x, y, z, w. None leaves it to others."""
    gaze_radians: Float[np.ndarray, "_N 2 2"] | None = None
    """Left eye, right eye: yaw (positive to the left) and pitch (positive upwards). None: eyes follow eyeLook."""

    def __post_init__(self) -> None:
        count = len(self.times)
        if count < 1:
            raise ValueError(f"clip {self.name!r} has {count} times, expected at least 1")
        for label in ("times", "weights", "head", "gaze_radians"):
            rows = getattr(self, label)
            if rows is not None and len(rows) != count:
                raise ValueError(f"{label} of clip {self.name!r} has {len(rows)} rows, expected {count}")
            if rows is not None and not np.isfinite(rows).all():
                raise ValueError(f"{label} of clip {self.name!r} has numbers that are not finite, expected none")
        steps = np.diff(self.times)
        if count > 1 and not steps.min() > 0.0:
            raise ValueError(f"times of clip {self.name!r} go on by {steps.min():g} s, expected more than 0")
        if self.weights.min() < 0.0 or self.weights.max() > 1.0:
            extent = f"[{self.weights.min():g}, {self.weights.max():g}]"
            raise ValueError(f"weights of clip {self.name!r} are in {extent}, expected [0, 1]")
        if self.head is not None:
            check_unit_quaternions(f"head of clip {self.name!r}", self.head)

    @property
    def seconds(self) -> float:
        """From the first time to the last."""
        return float(self.times[-1] - self.times[0])


def resample(clip: Clip, times: Float[np.ndarray, " M"]) -> Clip:
    """Return a clip at other times: straight lines for weights and gaze, even turns for the head.

    Args:
        clip: before its first time it is as there, and after its last likewise.
        times: seconds, rising.
    """
    last = len(clip.times) - 1
    after = np.clip(np.searchsorted(clip.times, times, side="right"), min(1, last), last)
    before = np.maximum(after - 1, 0)
    step = np.where(after > before, clip.times[after] - clip.times[before], 1.0)
    shares = np.clip((times - clip.times[before]) / step, 0.0, 1.0)

    def along(rows: np.ndarray) -> np.ndarray:
        t = shares.reshape(-1, *[1] * (rows.ndim - 1))
        return (1.0 - t) * rows[before] + t * rows[after]

    return Clip(
        name=clip.name,
        times=np.asarray(times, dtype=np.float64),
        weights=np.clip(along(clip.weights), 0.0, 1.0),
        head=None if clip.head is None else slerp(clip.head[before], clip.head[after], shares),
        gaze_radians=None if clip.gaze_radians is None else along(clip.gaze_radians),
    )


def resample_evenly(clip: Clip, frames_per_second: float) -> Clip:
    """Return a clip at even times that begins at its first and ends at or just before its last.

    Args:
        clip: at any times.
        frames_per_second: above 0.

    Raises:
        ValueError: the number is not above 0.
    """
    if not (np.isfinite(frames_per_second) and frames_per_second > 0.0):
        raise ValueError(f"frames per second are {frames_per_second}, expected a finite number above 0")
    # A clip that was made at this rate keeps its last frame, whatever the rounding of its times.
    frames = int(np.floor(clip.seconds * frames_per_second + 1e-6)) + 1
    return resample(clip, clip.times[0] + np.arange(frames) / frames_per_second)


def to_asset_clip(clip: Clip) -> AssetClip:
    """Return a clip as it is exported: the shapes that move, and the turns of the head's joint.

    The gaze becomes the weights of eyeLook, which carry lids along; joints of the eyes are not turned, because an
    eyeball that hangs on its joint and has eyeLook among its targets would turn twice.

    Args:
        clip: at any times.
    """
    weights = clip.weights if clip.gaze_radians is None else weights_with_gaze(clip.weights, clip.gaze_radians)
    moving = np.flatnonzero(weights.max(axis=0) > STILL)
    return AssetClip(
        name=clip.name,
        times=clip.times.astype(np.float32),
        shapes=tuple(SHAPES[column] for column in moving),
        weights=weights[:, moving].astype(np.float32),
        rotations={} if clip.head is None else {HEAD: clip.head.astype(np.float32)},
    )


def from_asset_clip(clip: AssetClip) -> Clip:
    """Return an exported clip as one that drives; visemes and extras become the shapes that they are made of.

    Args:
        clip: turns of joints other than the head's are left out.

    Raises:
        ValueError: a shape is unknown, or the clip breaks a rule of `Clip`.
    """
    mixtures = {shape: {shape: 1.0} for shape in SHAPES} | VISEMES | EXTRAS
    unknown = [shape for shape in clip.shapes if shape not in mixtures]
    if unknown:
        raise ValueError(f"clip {clip.name!r} moves {unknown}, expected names of shapes, visemes and extras")
    mixing = np.zeros((len(clip.shapes), len(SHAPES)))
    for row, shape in enumerate(clip.shapes):
        for part, weight in mixtures[shape].items():
            mixing[row, SHAPES.index(part)] = weight
    head = clip.rotations.get(HEAD)
    return Clip(
        name=clip.name,
        times=clip.times.astype(np.float64),
        weights=np.clip(clip.weights @ mixing, 0.0, 1.0),
        head=None if head is None else head.astype(np.float64),
    )
