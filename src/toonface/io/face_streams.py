"""Sources of what a face does: our networks over pictures, a telephone, another program."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from time import perf_counter

from toonface.drive.live_link import decode_live_link
from toonface.drive.live_link_face import LIVE_LINK_DEFAULTS, LiveLinkOptions
from toonface.drive.live_link_face import expression_of as live_link_expression
from toonface.drive.osc import decode_osc
from toonface.drive.stream import FaceMoment, FaceStream
from toonface.drive.tracking import NEEDED, TRACK_START, track
from toonface.drive.vmc import VMC_START, VmcState, expression_of, receive_vmc
from toonface.io.datagrams import DatagramReceiver
from toonface.io.video_frames import Frame
from toonface.types import Expression, Network

PATIENCE = 0.5
"""Seconds after which a source that hears nothing says so."""
Clock = Callable[[], float]


def camera_stream(networks: Mapping[str, Network], frames: Iterable[Frame]) -> FaceStream:
    """Yield what a face does in pictures; None for a picture without one.

    Args:
        networks: all of `drive.tracking.NEEDED`, by name.
        frames: with rising times; one that is not later than that before is left out.

    Raises:
        ValueError: a network is missing.
    """
    return (moment_at(frame, found) for frame, found in followed(networks, frames))


def followed(networks: Mapping[str, Network], frames: Iterable[Frame]) -> Iterator[tuple[Frame, Expression | None]]:
    """Follow a face, and return each picture with what its face does; None where there is none.

    Args:
        networks: all of `drive.tracking.NEEDED`, by name.
        frames: with rising times; one that is not later than that before is left out.

    Raises:
        ValueError: a network is missing.
    """
    missing = [name for name in NEEDED if name not in networks]
    if missing:
        raise ValueError(f"following a face needs the networks {', '.join(missing)}, which are not there")
    return _followed(networks, frames)


def _followed(networks: Mapping[str, Network], frames: Iterable[Frame]) -> Iterator[tuple[Frame, Expression | None]]:
    state, last = TRACK_START, None
    for frame in frames:
        if last is not None and frame.time <= last:
            continue
        last = frame.time
        state = track(state, networks, frame.picture)
        yield frame, state.expression


def moment_at(frame: Frame, expression: Expression | None) -> FaceMoment | None:
    """Return what is done at a picture's time; None where nothing is seen.

    Args:
        frame: the picture.
        expression: what its face does.
    """
    return None if expression is None else FaceMoment(time=frame.time, expression=expression)


def live_link_stream(
    receiver: DatagramReceiver, options: LiveLinkOptions = LIVE_LINK_DEFAULTS, clock: Clock = perf_counter
) -> FaceStream:
    """Yield what a telephone with Live Link Face sees, without end; None where it is silent or sees no face.

    Times are those at which packets came. Bytes that are no such packet are passed over.

    Args:
        receiver: listens at the port that the telephone sends to.
        options: what its angles mean.
        clock: seconds; rises.
    """
    while True:
        data = receiver.receive(PATIENCE)
        try:
            packet = None if data is None else decode_live_link(data)
        except ValueError:
            continue
        if packet is None or packet.face is None:
            yield None
        else:
            yield FaceMoment(time=clock(), expression=live_link_expression(packet.face, options))


def vmc_stream(receiver: DatagramReceiver, clock: Clock = perf_counter) -> FaceStream:
    """Yield what a program that speaks VMC says, without end: a moment whenever it has ended a batch of values.

    Times are those at which packets came. Bytes that are no OSC, and messages that are malformed, are passed over.

    Args:
        receiver: listens at the port that the program sends to.
        clock: seconds; rises.
    """
    state = VMC_START
    while True:
        data = receiver.receive(PATIENCE)
        if data is None:
            yield None
            continue
        before = state
        state = _heard(state, data)
        if state.values is not before.values:
            yield FaceMoment(time=clock(), expression=expression_of(state))


def _heard(state: VmcState, data: bytes) -> VmcState:
    try:
        return receive_vmc(state, decode_osc(data))
    except ValueError:
        return state
