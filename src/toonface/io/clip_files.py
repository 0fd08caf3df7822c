"""Clips in the files that show them: an animation in an avatar's GLB, a drawn WebP."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from toonface.drive.clips import Clip, resample_evenly, to_asset_clip
from toonface.geometry.asset import AssetClip
from toonface.io.asset_preview import BACKDROP, RGB
from toonface.io.atomic import replacing
from toonface.io.glb import read_glb
from toonface.io.moving_pictures import clip_moments, draw_moments, write_animation
from toonface.stages.gltf.append import append_clip

DRAWN_FPS = 25.0
"""Pictures per second of a drawing."""
DRAWN_SIDE = 400
"""Pixels."""


def write_animated_glb(avatar: Path, clip: Clip, out: Path) -> None:
    """Write an avatar with a clip more; everything else in its file stays as it is.

    Args:
        avatar: a GLB file whose targets have the names of shapes.
        clip: one of the same name is replaced.
        out: may be the avatar's own file; the file is whole or not there at all.

    Raises:
        ValueError: the avatar is missing or damaged, or has nothing that the clip moves.
        OSError: the file cannot be written.
    """
    try:
        data = append_clip(avatar.read_bytes(), to_asset_clip(clip))
    except OSError as error:
        raise ValueError(f"cannot read {avatar} ({error.strerror})") from None
    except ValueError as error:
        raise ValueError(f"{avatar}: {error}") from None
    with replacing(out) as beside:
        beside.write_bytes(data)


def write_drawn_clip(
    avatar: Path,
    clip: Clip,
    out: Path,
    *,
    size: int = DRAWN_SIDE,
    backdrop: RGB | None = BACKDROP,
    progress: Callable[[int, int], None] = lambda number, count: None,
) -> None:
    """Draw an avatar while it does what a clip says, seen from the front.

    Args:
        avatar: a GLB file that this program wrote.
        clip: at any times.
        out: `.webp`.
        size: side in pixels.
        backdrop: sRGB, or None for pictures with alpha.
        progress: told the number of each picture and how many there are.

    Raises:
        ValueError: the avatar is missing, damaged, or not ours.
        OSError: the file cannot be written.
    """
    asset = read_glb(avatar)
    known = {target.name for mesh in asset.meshes for target in mesh.targets}
    even = to_asset_clip(resample_evenly(clip, DRAWN_FPS))
    milliseconds = round(1000.0 / DRAWN_FPS)
    moments = clip_moments(keep_known(even, known, {joint.name for joint in asset.joints}), frame_ms=milliseconds)
    drawn = draw_moments(
        asset, moments, size, backdrop=backdrop, progress=lambda number: progress(number, len(moments))
    )
    write_animation(out, drawn, milliseconds)


def keep_known(clip: AssetClip, shapes: set[str], joints: set[str]) -> AssetClip:
    """Return a clip without what an asset has not.

    Args:
        clip: of any avatar.
        shapes: names of the asset's targets.
        joints: names of its joints.
    """
    columns = [column for column, shape in enumerate(clip.shapes) if shape in shapes]
    return AssetClip(
        name=clip.name,
        times=clip.times,
        shapes=tuple(clip.shapes[column] for column in columns),
        weights=np.ascontiguousarray(clip.weights[:, columns]),
        rotations={name: turns for name, turns in clip.rotations.items() if name in joints},
    )
