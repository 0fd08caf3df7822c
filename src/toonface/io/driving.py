"""Drive a head while its source goes on: moments come in, sinks take them, somebody is told how it goes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from time import perf_counter

from toonface.drive.clips import Clip
from toonface.drive.stream import FaceMoment, clip_of_moments
from toonface.drive.vmc import VMC_DEFAULTS, VmcOptions, vmc_messages, vmc_packets
from toonface.geometry.asset import Asset
from toonface.io.datagrams import DatagramSender

Sink = Callable[[FaceMoment], None]
MOST_RECORDED = 1_000_000
"""Moments that are kept: nine hours at 30 in a second, half a gigabyte."""


class VmcSink:
    """Sends moments to a program that speaks VMC, until it is closed.

    Args:
        port: in [1, 65535].
        host: name or address of the machine.
        options: names and bones.

    Raises:
        ValueError: the port is none, or the host is not found.
    """

    def __init__(self, port: int, host: str, options: VmcOptions = VMC_DEFAULTS) -> None:
        self._sender, self._options = DatagramSender(port, host), options

    def __call__(self, moment: FaceMoment) -> None:
        """Send one moment.

        Raises:
            OSError: the network is down.
        """
        messages = vmc_messages(moment.expression, time_seconds=moment.time, options=self._options)
        for data in vmc_packets(messages):
            self._sender.send(data)

    def close(self) -> None:
        """Stop sending; a second call does nothing."""
        self._sender.close()

    def __enter__(self) -> "VmcSink":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Recorder:
    """Keeps moments; those that are not later than that before are left out."""

    def __init__(self) -> None:
        self.moments: list[FaceMoment] = []

    def __call__(self, moment: FaceMoment) -> None:
        """Keep one moment, up to `MOST_RECORDED`."""
        later = not self.moments or moment.time > self.moments[-1].time
        if later and len(self.moments) < MOST_RECORDED:
            self.moments.append(moment)

    def clip(self, name: str) -> Clip:
        """Return what was kept, beginning at 0 seconds.

        Args:
            name: of the clip.

        Raises:
            ValueError: nothing was kept.
        """
        return clip_of_moments(name, self.moments)


@dataclass
class Tally:
    """What has happened so far."""

    moments: int = 0
    silences: int = 0
    """How often there was no face, or the source said nothing."""
    last: FaceMoment | None = None
    """None while there is no face."""
    seconds: float = 0.0
    """Since the first moment."""

    @property
    def moments_per_second(self) -> float:
        """Over the whole time."""
        return self.moments / self.seconds if self.seconds > 0.0 else 0.0


def drive(
    stream: Iterable[FaceMoment | None],
    sinks: Sequence[Sink],
    tell: Callable[[Tally], None] = lambda tally: None,
    *,
    seconds: float | None = None,
) -> Tally:
    """Give moments to sinks as they come, until the stream ends, the time is over, or Ctrl-C.

    Args:
        stream: of moments and silences.
        sinks: each takes every moment.
        tell: called after every moment and silence.
        seconds: since the first moment or silence, of this machine's clock; None for no end.

    Returns:
        What has happened; Ctrl-C is an ordinary end.
    """
    tally, start, first = Tally(), perf_counter(), None
    try:
        for moment in stream:
            now = perf_counter()
            tally.last = moment
            if moment is None:
                tally.silences += 1
            else:
                first = now if first is None else first
                tally.moments, tally.seconds = tally.moments + 1, now - first
                for sink in sinks:
                    sink(moment)
            tell(tally)
            if seconds is not None and now - start >= seconds:
                break
    except KeyboardInterrupt:
        pass
    return tally


def head_bone(asset: Asset) -> VmcOptions:
    """Return options that send the head's turn to a receiver that shows this avatar; eyes go as values.

    Args:
        asset: of the avatar; without a joint `Head` no bone is sent.
    """
    for joint in asset.joints:
        if joint.name == "Head":
            above = asset.joints[joint.parent].position if joint.parent >= 0 else (0.0, 0.0, 0.0)
            x, y, z = (float(own - other) for own, other in zip(joint.position, above, strict=True))
            return VmcOptions(bones={"Head": (x, y, z)})
    return VMC_DEFAULTS
