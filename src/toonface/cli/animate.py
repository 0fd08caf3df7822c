"""`toonface animate`: a video, a recording or a clip moves a finished head."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toonface.cli.console import SEED, AsJson, NetworkFolder, Quiet, interruptible, tell_fault, tell_json, tell_step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from toonface.drive.clips import Clip
    from toonface.drive.steadying import Rest
    from toonface.drive.stream import FaceMoment, FaceStream
    from toonface.io.video_frames import Frame

WRITTEN = (".glb", ".vrma", ".webp", ".json", ".csv")
SHORTEST_GUESS = 1.0
"""Seconds of a face from which on its rest is guessed."""


def animate(  # noqa: PLR0913 - one argument per option
    avatar: Annotated[
        Path, typer.Argument(metavar="AVATAR", help="A .glb or .vrm that this program wrote; for .vrma any VRM 1.0.")
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", metavar="OUT", help="A .glb with the animation, a .vrma, a drawn .webp, a .json or .csv."
        ),
    ],
    video: Annotated[
        Path | None,
        typer.Option(metavar="VIDEO", help="A face: GIF, WebP, PNG, a folder of pictures, or with PyAV any video."),
    ] = None,
    mediapipe: Annotated[
        Path | None,
        typer.Option(metavar="MODEL", help="Read the video with MediaPipe and this face_landmarker.task instead."),
    ] = None,
    csv: Annotated[Path | None, typer.Option(metavar="CSV", help="A recording of Live Link Face.")] = None,
    clip: Annotated[
        Path | None, typer.Option(metavar="CLIP", help="A saved clip, .json, .vrma or .glb[#NAME].")
    ] = None,
    rest: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS", help="The video's face is at rest so long at first; 0: take nothing off. Else guessed."
        ),
    ] = None,
    smooth: Annotated[bool, typer.Option("--smooth/--no-smooth", help="Smooth what is read from a video.")] = True,
    fps: Annotated[float | None, typer.Option(metavar="N", help="Of a folder of pictures: 30; of a CSV: 60.")] = None,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="Of the animation; the source's name.")] = None,
    size: Annotated[int, typer.Option(metavar="PX", help="Of the square pictures of a .webp.")] = 400,
    as_json: AsJson = False,
    folder: NetworkFolder = None,
    quiet: Quiet = False,
) -> None:
    """Move a finished head as a video, a recording or a clip says. Exit with 2 on a fault."""
    from dataclasses import replace

    from toonface.io.clip_files import names_glb
    from toonface.io.images import prepare_folder

    source = _only_one({"--video": video, "--csv": csv, "--clip": clip})
    _check_out(out)
    if rest is not None and not rest >= 0.0:
        raise ValueError(f"rest is {rest}, expected 0 or more seconds")
    if not avatar.is_file():
        raise ValueError(f"cannot read {avatar} (No such file or directory)")
    if mediapipe is not None and video is None:
        raise ValueError("--mediapipe reads pictures, expected --video beside it")
    prepare_folder(out.parent)
    with interruptible("nothing was written"):
        if video is None:
            found = _of_file(source, fps)
        else:
            found = _of_video(source, fps, folder, rest, smooth=smooth, mediapipe=mediapipe)
        found = replace(found, name=name or (found.name if clip is not None and names_glb(clip) else source.stem))
        _write(avatar, found, out, size)
    tell_step("")
    line = f"{source} → {out}: {len(found.times)} moments in {found.seconds:.2f} s"
    if as_json:
        figures = {"animate.moments": float(len(found.times)), "animate.seconds": found.seconds}
        tell_json("animate", SEED, figures, file=str(out))
    elif not quiet:
        typer.echo(line)


def _only_one(sources: dict[str, Path | None]) -> Path:
    given = [path for path in sources.values() if path is not None]
    if len(given) != 1:
        raise ValueError(f"{len(given)} sources are given, expected one of {', '.join(sources)}")
    return given[0]


def _check_out(out: Path) -> None:
    if out.suffix.lower() == ".vrm":
        raise ValueError(
            f"out is {out}, but VRM files hold no animations; expected {out.stem}.vrma, which plays on them"
        )
    if out.suffix.lower() not in WRITTEN:
        raise ValueError(f"out is {out}, expected a name that ends in {', '.join(WRITTEN)}")


def _of_file(path: Path, fps: float | None) -> "Clip":
    from toonface.io.clip_files import names_glb, read_glb_clip
    from toonface.io.recordings import APP_FRAMES_PER_SECOND, read_clip

    if names_glb(path):
        return read_glb_clip(path)
    return read_clip(path, fps or APP_FRAMES_PER_SECOND)


def _of_video(
    path: Path, fps: float | None, folder: Path | None, rest: float | None, *, smooth: bool, mediapipe: Path | None
) -> "Clip":
    """Read a face, picture by picture, and say in how many there was none."""
    from toonface.drive.steadying import TRACKER_SMOOTHING, steady
    from toonface.drive.stream import clip_of_moments, seen_moments
    from toonface.io.video_frames import FOLDER_FPS, read_frames

    frames = read_frames(path, fps or FOLDER_FPS)
    stream = []
    with ExitStack() as open_things:
        for number, moment in enumerate(_moments(frames, folder, mediapipe, open_things), start=1):
            tell_step(f"picture {number}")
            stream.append(moment)
    seen = seen_moments(stream)
    if not seen:
        raise ValueError(f"{path}: no face found in {len(stream)} pictures, expected one")
    if len(seen) < len(stream):
        tell_fault(f"note: {path}: no face in {len(stream) - len(seen)} of {len(stream)} pictures")
    taken = steady(stream, _rest(seen, rest), TRACKER_SMOOTHING if smooth else None)
    return clip_of_moments(path.stem, seen_moments(taken))


def _moments(
    frames: "Iterator[Frame]", folder: Path | None, mediapipe: Path | None, open_things: ExitStack
) -> "FaceStream":
    from toonface.drive.tracking import NEEDED
    from toonface.io.face_streams import camera_stream
    from toonface.io.mediapipe_faces import MediapipeFaces, mediapipe_stream
    from toonface.io.networks import load_network

    faces = None if mediapipe is None else open_things.enter_context(MediapipeFaces(mediapipe))
    networks = {needed: load_network(needed, folder) for needed in NEEDED}
    return camera_stream(networks, frames) if faces is None else mediapipe_stream(faces, networks, frames)


def _rest(seen: "list[FaceMoment]", seconds: float | None) -> "Rest":
    from toonface.drive.steadying import NO_REST, likely_rest, rest_of

    if seconds is None:
        return likely_rest(seen) if seen[-1].time - seen[0].time >= SHORTEST_GUESS else NO_REST
    if seconds == 0.0:
        return NO_REST
    return rest_of([moment for moment in seen if moment.time - seen[0].time <= seconds])


def _write(avatar: Path, clip: "Clip", out: Path, size: int) -> None:
    from toonface.io.clip_files import write_animated_glb, write_drawn_clip, write_vrm_animation
    from toonface.io.recordings import write_clip

    match out.suffix.lower():
        case ".glb":
            write_animated_glb(avatar, clip, out)
        case ".vrma":
            write_vrm_animation(avatar, clip, out)
        case ".webp":
            write_drawn_clip(
                avatar,
                clip,
                out,
                size=size,
                progress=lambda number, count: tell_step(f"drawing {number + 1} of {count}"),
            )
        case _:
            write_clip(out, clip)
