"""`toonface drive`: a webcam, a telephone or another program moves a head while it goes on."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from toonface.cli.console import NetworkFolder, interruptible, tell_step

if TYPE_CHECKING:
    from toonface.drive.stream import FaceStream
    from toonface.io.driving import Sink, Tally

TOLD_EVERY = 0.2
"""Seconds between two changes of the status line."""
SHOWN = 3
"""Shapes in the status line: those that weigh most."""


@dataclass(frozen=True, kw_only=True)
class _Source:
    """Where moments come from."""

    webcam: bool
    camera: int
    livelink: bool
    vmc: bool
    port: int | None
    host: str
    rest: float
    mediapipe: Path | None
    mirror: bool
    folder: Path | None


def drive(  # noqa: PLR0913 - one argument per option
    avatar: Annotated[Path, typer.Argument(metavar="AVATAR", help="A .glb file that this program wrote.")],
    webcam: Annotated[bool, typer.Option("--webcam", help="A camera of this machine; needs OpenCV.")] = False,
    mediapipe: Annotated[
        Path | None,
        typer.Option(metavar="MODEL", help="Read the camera with MediaPipe and this face_landmarker.task instead."),
    ] = None,
    livelink: Annotated[bool, typer.Option("--livelink", help="Live Link Face on a telephone.")] = False,
    vmc: Annotated[bool, typer.Option("--vmc", help="A program that sends the VMC protocol.")] = False,
    camera: Annotated[int, typer.Option(metavar="N", help="Which camera; 0 is the first.")] = 0,
    port: Annotated[int | None, typer.Option(metavar="PORT", help="Where to listen; 11111, for VMC 39539.")] = None,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Of this machine, to listen at; 0.0.0.0 hears the whole network.")
    ] = "127.0.0.1",
    vmc_out: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Send the head's moves there, by the VMC protocol.")
    ] = None,
    record: Annotated[Path | None, typer.Option(metavar="CLIP", help="Write a clip at the end, .json or .csv.")] = None,
    rest: Annotated[
        float, typer.Option(metavar="SECONDS", help="How long a camera looks at the face at rest first; 0: not at all.")
    ] = 1.5,
    seconds: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="End by itself; without, Ctrl-C ends it.")
    ] = None,
    mirror: Annotated[bool, typer.Option("--mirror", help="Left and right change places, as in a mirror.")] = False,
    view: Annotated[bool, typer.Option("--view/--no-view", help="Show the head on a page of this machine.")] = True,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open that page.")] = True,
    folder: NetworkFolder = None,
) -> None:
    """Move a head live: in the browser, and in programs that hear VMC. Exit with 2 on a fault."""
    from toonface.io.driving import Recorder, VmcSink, head_bone
    from toonface.io.driving import drive as drive_head
    from toonface.io.glb import read_glb
    from toonface.io.images import prepare_folder
    from toonface.io.recordings import write_clip

    if [webcam, livelink, vmc].count(True) != 1:
        raise ValueError("expected one of --webcam, --livelink and --vmc")
    if mediapipe is not None and not webcam:
        raise ValueError("--mediapipe reads pictures, expected --webcam beside it")
    if not 0.0 <= rest <= 60.0 or not (seconds is None or seconds > 0.0):
        raise ValueError(f"rest is {rest} and seconds are {seconds}, expected 0 to 60 and more than 0")
    address = None if vmc_out is None else read_address(vmc_out)
    asset = read_glb(avatar)
    if record is not None:
        prepare_folder(record.parent)
    source = _Source(
        webcam=webcam,
        camera=camera,
        livelink=livelink,
        vmc=vmc,
        port=port,
        host=host,
        rest=rest,
        mediapipe=mediapipe,
        mirror=mirror,
        folder=folder,
    )
    recorder = Recorder()
    with interruptible("nothing was recorded"), ExitStack() as open_things:
        sinks: list[Sink] = [] if record is None else [recorder]
        if address is not None:
            sinks.append(open_things.enter_context(VmcSink(address[1], address[0], head_bone(asset))))
        if view:
            sinks.append(_shown(avatar, open_things, browser=browser))
        tally = drive_head(_stream(source, open_things), sinks, Status(), seconds=seconds)
    tell_step("")
    typer.echo(f"{tally.moments} moments in {tally.seconds:.1f} s, {tally.moments_per_second:.1f} per second")
    if record is not None:
        write_clip(record, recorder.clip(record.stem))
        typer.echo(f"{avatar} → {record}")


def _shown(avatar: Path, open_things: ExitStack, *, browser: bool) -> "Sink":
    """Serve a page on which what this sink takes moves the head."""
    import webbrowser

    from toonface.cli.view import page_table
    from toonface.io.live_feed import LiveFeed
    from toonface.io.page_server import PageServer
    from toonface.io.viewer_page import read_avatar_bytes

    feed = LiveFeed()
    server = PageServer(page_table(avatar.name, read_avatar_bytes(avatar), "live"), events={"/live": feed.follow})
    serving = Thread(target=server.serve, daemon=True)
    serving.start()
    for end in (serving.join, server.stop, feed.close):  # called from the last to the first
        open_things.callback(end)
    typer.echo(f"{avatar.name} is shown at {server.address}", err=True)
    if browser:
        webbrowser.open(server.address)
    return feed


class Status:
    """Tells on a terminal, a few times in a second, how it goes."""

    def __init__(self) -> None:
        self._told = -1.0

    def __call__(self, tally: "Tally") -> None:
        """Tell, unless it was told just now.

        Args:
            tally: what has happened so far.
        """
        now = perf_counter()
        if now - self._told >= TOLD_EVERY:
            self._told = now
            tell_step(status_line(tally))


def status_line(tally: "Tally") -> str:
    """Return one line: how many moments, how fast, and what the face does most.

    Args:
        tally: what has happened so far.
    """
    from toonface.morphable.names import SHAPES

    if tally.last is None:
        return "no face, or nothing heard; Ctrl-C ends"
    weights = tally.last.expression.weights
    most = sorted(range(len(SHAPES)), key=lambda shape: -weights[shape])[:SHOWN]
    told = "  ".join(f"{SHAPES[shape]} {weights[shape]:.2f}" for shape in most if weights[shape] > 0.0)
    return f"{tally.moments} moments, {tally.moments_per_second:.0f} per second  {told}"


def read_address(text: str) -> tuple[str, int]:
    """Read `HOST:PORT`.

    Args:
        text: as it was typed.

    Raises:
        ValueError: it is of another form.
    """
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal():
        raise ValueError(f"the address is {text!r}, expected HOST:PORT, such as 127.0.0.1:39539")
    return host, int(port)


def _stream(source: _Source, open_things: ExitStack) -> "FaceStream":
    from toonface.drive.stream import mirrored

    stream = _as_it_comes(source, open_things)
    return (moment and mirrored(moment) for moment in stream) if source.mirror else stream


def _as_it_comes(source: _Source, open_things: ExitStack) -> "FaceStream":
    from toonface.drive import live_link
    from toonface.drive.vmc import RECEIVER_PORT
    from toonface.io.datagrams import DatagramReceiver
    from toonface.io.face_streams import live_link_stream, vmc_stream

    if source.webcam:
        return _camera(source, open_things)
    usual = live_link.PORT if source.livelink else RECEIVER_PORT
    port = usual if source.port is None else source.port
    receiver = open_things.enter_context(DatagramReceiver(port, source.host))
    typer.echo(f"listening at {source.host}:{receiver.port}; Ctrl-C ends", err=True)
    return live_link_stream(receiver) if source.livelink else vmc_stream(receiver)


def _camera(source: _Source, open_things: ExitStack) -> "FaceStream":
    from toonface.drive.steadying import NO_REST, first_rest, steady
    from toonface.drive.tracking import NEEDED
    from toonface.io.face_streams import camera_stream
    from toonface.io.mediapipe_faces import MediapipeFaces, mediapipe_stream
    from toonface.io.networks import load_network
    from toonface.io.video_frames import Webcam

    faces = None if source.mediapipe is None else open_things.enter_context(MediapipeFaces(source.mediapipe))
    networks = {needed: load_network(needed, source.folder) for needed in NEEDED}
    camera = open_things.enter_context(Webcam(source.camera))
    frames = camera.frames()
    stream = camera_stream(networks, frames) if faces is None else mediapipe_stream(faces, networks, frames)
    if source.rest > 0.0:
        typer.echo(f"look ahead with your face at rest for {source.rest:g} s", err=True)
    return steady(stream, first_rest(stream, source.rest) if source.rest > 0.0 else NO_REST)
