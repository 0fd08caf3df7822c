"""Animated pictures that repeat without a jump: a head that turns once, blinks and smiles; and its clips."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from toonface.drive.quaternions import quaternions_to_matrices
from toonface.geometry.asset import Asset, AssetClip
from toonface.io.asset_preview import REST, RGB, AssetPainter, Pose, on_backdrop
from toonface.io.atomic import replacing
from toonface.synth.preview import View

FRAMES, FRAME_MS = 48, 80
QUALITIES = (88, 75, 60, 40)
"""Of the animation: the first that fits into `MOST_BYTES`."""
MOST_BYTES = 2_000_000
BLINK_AT, BLINK_FRAMES = 4.0, 2.6
"""Frame of closed lids, and how many frames before and after they are open."""
SMILE_AT, SMILE_FRAMES = 40.0, 7.5
Moment: TypeAlias = tuple[View, Pose]
"""Where from, and in which pose."""
FRONT, NOTHING = View(), MappingProxyType({})
FRONT_AT_REST: Moment = (FRONT, REST)
SMILE = {"mouthSmileLeft": 0.75, "mouthSmileRight": 0.75, "cheekSquintLeft": 0.45, "cheekSquintRight": 0.45}
BLINK = {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0}


def turntable_weights(frame: int) -> dict[str, float]:
    """Return the expression of one frame: a blink as the head turns away, a smile as it comes back.

    Args:
        frame: in [0, FRAMES); the face looks at the viewer at 0.
    """
    parts = ((BLINK, _bump(frame - BLINK_AT, BLINK_FRAMES)), (SMILE, _bump(frame - SMILE_AT, SMILE_FRAMES)))
    return {name: share * most for shapes, share in parts if share > 0.0 for name, most in shapes.items()}


def turntable(asset: Asset, view: View = FRONT, weights: Mapping[str, float] = NOTHING) -> list[Moment]:
    """Return the moments of a full turn, beginning with the view.

    Args:
        asset: any; shapes that it has not stay still.
        view: of the first frame.
        weights: of targets, throughout.
    """
    known = {target.name for mesh in asset.meshes for target in mesh.targets}
    moments = []
    for frame in range(FRAMES):
        own = {name: weight for name, weight in turntable_weights(frame).items() if name in known}
        seen = replace(view, yaw_degrees=view.yaw_degrees + 360.0 * frame / FRAMES)
        moments.append((seen, Pose(weights={**own, **weights}, turns={})))
    return moments


def draw_moments(
    asset: Asset,
    moments: Sequence[Moment],
    size: int,
    *,
    samples: int = 2,
    backdrop: RGB | None,
    progress: Callable[[int], None] = lambda number: None,
) -> list[UInt8[np.ndarray, "S S _"]]:
    """Draw an asset several times.

    Args:
        asset: the head.
        moments: views and poses.
        size: side in pixels.
        samples: along each side of a pixel.
        backdrop: sRGB, or None for frames with alpha.
        progress: told the number of each moment, from 0, before it is drawn.
    """
    painter, frames = AssetPainter(asset, size, samples), []
    for number, (view, pose) in enumerate(moments):
        progress(number)
        drawing = painter.draw(view, pose)
        frames.append(drawing if backdrop is None else on_backdrop(drawing, backdrop))
    return frames


def clip_moments(
    clip: AssetClip, view: View = FRONT, weights: Mapping[str, float] = NOTHING, frame_ms: int = FRAME_MS
) -> list[Moment]:
    """Return the moments of a clip that frames of one length show; the last is one frame before its end.

    Args:
        clip: with at least one key.
        view: throughout.
        weights: of targets, throughout; they replace the clip's own.
        frame_ms: how long each frame is seen.
    """
    count = max(round(1000.0 * float(clip.times[-1]) / frame_ms), 1)
    moments = []
    for time in 0.001 * frame_ms * np.arange(count):
        own = {name: float(np.interp(time, clip.times, clip.weights[:, n])) for n, name in enumerate(clip.shapes)}
        turns = {}
        for joint, keys in clip.rotations.items():
            between = np.array([np.interp(time, clip.times, keys[:, axis]) for axis in range(4)])
            turns[joint] = quaternions_to_matrices(between[None] / np.linalg.norm(between))[0]
        moments.append((view, Pose(weights={**own, **weights}, turns=turns)))
    return moments


def write_animation(path: Path, frames: Sequence[UInt8[np.ndarray, "H W _"]], frame_ms: int = FRAME_MS) -> None:
    """Write frames as an animated WebP that repeats for ever, of at most 2 MB where quality can reach it.

    Args:
        path: `.webp`; an existing file is replaced.
        frames: at least one, all of one size.
        frame_ms: how long each is seen.

    Raises:
        ValueError: there is no frame.
        OSError: the file cannot be written.
    """
    if not frames:
        raise ValueError("an animation needs at least one frame, got none")
    first, *others = (Image.fromarray(frame) for frame in frames)
    with replacing(path) as beside:
        for quality in QUALITIES:
            first.save(
                beside,
                "WEBP",
                save_all=True,
                append_images=others,
                duration=frame_ms,
                loop=0,
                quality=quality,
                method=4,
                minimize_size=False,
            )
            if beside.stat().st_size <= MOST_BYTES:
                break


def _bump(distance: float, half_width: float) -> float:
    """A smooth rise from 0 to 1 and back; a turn is a circle, so the last frame is beside the first."""
    wrapped = abs((distance + FRAMES / 2) % FRAMES - FRAMES / 2)
    return float(np.cos(0.5 * np.pi * wrapped / half_width) ** 2) if wrapped < half_width else 0.0
