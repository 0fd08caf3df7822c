"""`toonface evaluate --suite live`: rendered performances, through our networks, beside what was performed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from toonface.drive.steadying import NO_REST, Rest, likely_rest, rest_of, steady
from toonface.drive.stream import FaceMoment, seen_moments
from toonface.evaluate.live_metrics import Tracked, compare, live_figures, shape_figures
from toonface.evaluate.performance import REST_SECONDS, Performance, act, perform
from toonface.io.face_streams import camera_stream
from toonface.io.video_frames import Frame
from toonface.synth.render import Renderer
from toonface.types import Network, Picture

SEED = 971_005
"""Of the performances; no network is trained on it, nor on any performance."""
PERFORMERS = 3
"""The first scenes of that seed, not chosen."""
SIZE = 320
"""Side of the pictures, pixels."""
KINDS = ("raw", "smoothed", "guessed", "calibrated")
"""As the networks say it; smoothed; taken from a rest that is guessed, and from that of the first half second, and
smoothed."""


@dataclass(frozen=True, kw_only=True)
class SeenPerformance:
    """A performance, its pictures, and what was made of it."""

    performance: Performance
    pictures: list[Picture]
    calibrated: list[FaceMoment | None]
    """From rest, and smoothed: as it drives a head."""


def measure_live(
    networks: Mapping[str, Network],
    renderer: Renderer,
    progress: Callable[[str], None] = lambda what: None,
    see: Callable[[SeenPerformance], None] | None = None,
    performers: int = PERFORMERS,
) -> dict[str, float]:
    """Measure every kind of `KINDS`, and each shape that is performed.

    Args:
        networks: all of `drive.tracking.NEEDED`, by name.
        renderer: of the package's own face model.
        progress: told what is being worked on.
        see: shown each performance.
        performers: how many, at least 1.

    Raises:
        ValueError: there are no performers, a network is missing, or no face is found in a performance.
    """
    if performers < 1:
        raise ValueError(f"performers is {performers}, expected at least 1")
    tracked: dict[str, list[Tracked]] = {kind: [] for kind in KINDS}
    lost = count = 0
    for number in range(performers):
        performance = act(np.random.default_rng((SEED, number)))
        pictures = []
        for picture in perform(renderer, renderer.scene(SEED, number), performance, SIZE):
            pictures.append(picture)
            progress(f"performer {number + 1} of {performers}, picture {len(pictures)}")
        stream = follow(networks, performance, pictures)
        lost, count = lost + stream.count(None), count + len(stream)
        taken = {kind: _taken(stream, kind) for kind in KINDS}
        for kind, moments in taken.items():
            tracked[kind].append(compare(performance, moments, from_rest=kind == "calibrated"))
        if see is not None:
            see(SeenPerformance(performance=performance, pictures=pictures, calibrated=taken["calibrated"]))
    figures = {f"live.{kind}.{name}": value for kind in KINDS for name, value in live_figures(tracked[kind]).items()}
    for kind in ("raw", "calibrated"):
        for shape, values in shape_figures(tracked[kind]).items():
            figures |= {f"live.{kind}.{shape}.{name}": value for name, value in values.items()}
    return {"live.lost": lost / count, **figures}


def follow(
    networks: Mapping[str, Network], performance: Performance, pictures: list[Picture]
) -> list[FaceMoment | None]:
    """Track a performance.

    Args:
        networks: as for `measure_live`.
        performance: says when each picture was taken.
        pictures: of it.
    """
    frames = [
        Frame(time=float(time), picture=picture) for time, picture in zip(performance.clip.times, pictures, strict=True)
    ]
    return list(camera_stream(networks, frames))


def _taken(stream: list[FaceMoment | None], kind: str) -> list[FaceMoment | None]:
    if kind == "raw":
        return list(steady(stream, NO_REST, None))
    return list(steady(stream, _rest(seen_moments(stream), kind)))


def _rest(seen: list[FaceMoment], kind: str) -> Rest:
    match kind:
        case "guessed":
            return likely_rest(seen)
        case "calibrated":
            return rest_of([moment for moment in seen if moment.time < REST_SECONDS])
    return NO_REST
