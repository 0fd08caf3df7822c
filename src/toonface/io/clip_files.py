"""Clips in the files that show them: an animation in a GLB, written and read back, a VRM Animation, a drawn WebP."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from toonface.drive.clips import HEAD, Clip, from_asset_clip, resample_evenly, to_asset_clip
from toonface.drive.vrm_animations import clip_of_vrm_animation, vrm_animation_of
from toonface.geometry.asset import AssetClip
from toonface.io.asset_preview import BACKDROP, RGB
from toonface.io.atomic import replacing
from toonface.io.glb import read_glb
from toonface.io.moving_pictures import clip_moments, draw_moments, write_animation
from toonface.morphable.names import EXTRAS, SHAPES, VISEMES
from toonface.stages.gltf.append import append_clip
from toonface.stages.gltf.clip_reader import read_clips
from toonface.stages.gltf.layout import split_glb
from toonface.stages.gltf.reader import from_glb
from toonface.stages.gltf.vrm import EXTENSION, to_vrm
from toonface.stages.gltf.vrm_animation import VrmAnimation, to_vrm_animation
from toonface.stages.gltf.vrm_animation_reader import read_vrm_animations
from toonface.stages.gltf.vrm_person import VrmPerson, read_vrm_person

VRM_ANIMATION = ".vrma"
GLB = (".glb", ".vrm", VRM_ANIMATION)
"""What the names of files that hold animations end with."""
Animation = TypeVar("Animation", AssetClip, VrmAnimation)
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


def write_vrm_animation(avatar: Path, clip: Clip, out: Path) -> None:
    """Write a clip as VRM Animation, which plays on VRM avatars; it moves the expressions that the given one has.

    Args:
        avatar: a VRM 1.0 file of any program, or a GLB file of this one, which is taken as the VRM that it would be.
        clip: at any times.
        out: `.vrma`; the file is whole or not there at all.

    Raises:
        ValueError: the avatar is missing, damaged or neither of both, or the clip moves nothing of it.
        OSError: the file cannot be written.
    """
    try:
        person = _person(avatar.read_bytes())
        data = to_vrm_animation(vrm_animation_of(clip, person.custom), person)
    except OSError as error:
        raise ValueError(f"cannot read {avatar} ({error.strerror})") from None
    except ValueError as error:
        raise ValueError(f"{avatar}: {error}") from None
    with replacing(out) as beside:
        beside.write_bytes(data)


def _person(data: bytes) -> VrmPerson:
    document, _ = split_glb(data)
    if EXTENSION not in document.get("extensions", {}):
        document, _ = split_glb(to_vrm(from_glb(data)))
    return read_vrm_person(document)


def names_glb(source: Path) -> bool:
    """Tell whether a name is that of a GLB file, or of an animation in one.

    Args:
        source: `FILE.glb` or `FILE.glb#NAME`.
    """
    return _file_and_name(source)[0].suffix.lower() in GLB


def read_glb_clip(source: Path) -> Clip:
    """Read an animation of a GLB file of any program whose targets have the names of shapes, visemes or extras.

    Targets of other names and joints other than the head's are left out. Eyes follow eyeLook. Of a VRM Animation,
    the expressions are those of shapes and presets, and eyes follow its gaze.

    Args:
        source: `FILE.glb`, whose only animation is taken, or `FILE.glb#NAME`; also `.vrm` and `.vrma`.

    Raises:
        ValueError: the file is missing or damaged, has no such animation or several, or it moves nothing of a face.
    """
    path, name = _file_and_name(source)
    try:
        data = path.read_bytes()
        if path.suffix.lower() == VRM_ANIMATION:
            return clip_of_vrm_animation(_chosen(read_vrm_animations(data), name))
        clip = _chosen(read_clips(data), name)
        known = keep_known(clip, {*SHAPES, *VISEMES, *EXTRAS}, {HEAD})
        if not known.shapes and not known.rotations:
            raise ValueError(f"animation {clip.name!r} moves nothing of a face, expected names such as 'jawOpen'")
        return from_asset_clip(known)
    except OSError as error:
        raise ValueError(f"cannot read {path} ({error.strerror})") from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _file_and_name(source: Path) -> tuple[Path, str | None]:
    file, mark, name = str(source).rpartition("#")
    return (source, None) if not mark or source.exists() else (Path(file), name)


def _chosen(clips: dict[str, Animation], name: str | None) -> Animation:
    known = ", ".join(clips) or "none"
    if name is None:
        if len(clips) != 1:
            raise ValueError(f"it has {len(clips)} animations that may move a face ({known}), expected FILE#NAME")
        return next(iter(clips.values()))
    if name not in clips:
        raise ValueError(f"it has no animation {name!r} that may move a face, expected one of: {known}")
    return clips[name]


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
