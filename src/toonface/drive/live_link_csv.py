"""Recordings of Live Link Face as CSV text: columns are found by name, because their order is not that of the packets.

The app writes `Timecode,BlendShapeCount,EyeBlinkLeft,…`, with JawRight before JawLeft and MouthRight before MouthLeft,
and timecodes `HH:MM:SS:FF.sss`: frames and thousandths of a frame. A row of a frame without a face has 0 as its count.
"""

import csv
import math
import re
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from toonface.drive.clips import Clip
from toonface.drive.expression_names import pascal_case
from toonface.drive.gaze import gaze_from_weights
from toonface.drive.live_link_face import (
    LIVE_LINK_DEFAULTS,
    VALUES,
    LiveLinkOptions,
    face_of_expression,
    face_of_values,
    head_quaternions,
    shape_weights,
    values_of_face,
)
from toonface.drive.quaternions import quaternions_to_matrices
from toonface.morphable.names import ARKIT_SHAPES
from toonface.types import Expression

TIMECODE, COUNT = "Timecode", "BlendShapeCount"
SWAPPED = {"jawLeft": "jawRight", "jawRight": "jawLeft", "mouthLeft": "mouthRight", "mouthRight": "mouthLeft"}
WRITTEN = tuple(SWAPPED.get(name, name) for name in VALUES)
"""The 61 values in the order of the file."""
HEAD_COLUMNS = slice(len(ARKIT_SHAPES), len(ARKIT_SHAPES) + 3)
"""Where in `VALUES` the head's angles are."""
DAY_SECONDS = 86400
APP_FRAMES_PER_SECOND = 60.0
PATTERN = re.compile(r"(\d{1,4}):(\d{1,2}):(\d{1,2})[:;](\d{1,4})(?:\.(\d{1,9}))?", re.ASCII)
"""Hours, minutes, seconds, frames and a fraction of a frame; drop-frame timecodes have a semicolon."""


@dataclass(frozen=True, kw_only=True)
class LiveLinkTake:
    """A recording, as it was written: nothing is clipped or turned.

    Raises:
        ValueError: there is no row, or numbers of rows differ.
    """

    times: Float[np.ndarray, " N"]
    """Seconds of the timecode's clock, rising; past midnight they go on."""
    values: Float[np.ndarray, "_N 61"]
    """By `live_link_face.VALUES`."""

    def __post_init__(self) -> None:
        if not 0 < len(self.times) == len(self.values):
            rows = f"{len(self.times)} times and {len(self.values)} rows of values"
            raise ValueError(f"the take has {rows}, expected the same number above 0")


def read_live_link_csv(text: str, frames_per_second: float = APP_FRAMES_PER_SECOND) -> LiveLinkTake:
    """Read a recording. Case of the first letter, spaces and further columns do not matter; missing angles are 0.

    Args:
        text: of the file.
        frames_per_second: of its timecodes, which the file does not say.

    Raises:
        ValueError: there is no header, a column of a shape or the timecodes is missing, there is no row with a face,
            a cell is no finite number, or times do not rise.
    """
    _check_rate(frames_per_second)
    try:
        rows = [row for row in csv.reader(text.removeprefix("\ufeff").splitlines(), skipinitialspace=True) if row]
    except csv.Error as error:
        raise ValueError(f"the text {text[:40]!r} is no CSV ({error}), expected a recording") from None
    columns = _columns(rows[0] if rows else [])
    body = [(number, row) for number, row in enumerate(rows[1:], start=2) if _has_face(row, columns)]
    if not body:
        raise ValueError(f"the recording has {len(rows)} rows and none with a face, expected a header and faces")
    times = np.array([_seconds(_cell(row, columns[TIMECODE], number), frames_per_second) for number, row in body])
    # A clock that jumps back by hours has passed midnight.
    times += DAY_SECONDS * np.cumsum(np.diff(times, prepend=times[0]) < -0.5 * DAY_SECONDS)
    if len(times) > 1 and not np.diff(times).min() > 0.0:
        back = body[int(np.argmin(np.diff(times))) + 1][0]
        raise ValueError(f"the time of row {back} is not after the one before, expected it to be")
    values = [
        [_number(row, columns[name], number) if name in columns else 0.0 for name in VALUES] for number, row in body
    ]
    return LiveLinkTake(times=times, values=np.array(values))


def write_live_link_csv(take: LiveLinkTake, frames_per_second: float = APP_FRAMES_PER_SECOND) -> str:
    """Return a recording as the app writes it; times are rounded to thousandths of a frame.

    Args:
        take: within a day.
        frames_per_second: of the timecodes.

    Raises:
        ValueError: a time is outside of [0, 86400) or a value is not finite.
    """
    _check_rate(frames_per_second)
    order = [VALUES.index(name) for name in WRITTEN]
    lines = [",".join([TIMECODE, COUNT, *(pascal_case(name) for name in WRITTEN)])]
    for time, values in zip(take.times, take.values, strict=True):
        face_of_values(values)
        cells = (f"{value:.9g}" for value in values[order])
        lines.append(",".join([_timecode(float(time), frames_per_second), str(len(VALUES)), *cells]))
    return "\n".join(lines) + "\n"


def clip_of_take(take: LiveLinkTake, name: str, options: LiveLinkOptions = LIVE_LINK_DEFAULTS) -> Clip:
    """Return a recording as a clip that begins at 0 seconds; weights are clipped, the gaze is that of eyeLook.

    Args:
        take: at any times.
        name: of the clip.
        options: what the angles mean.
    """
    return Clip(
        name=name,
        times=take.times - take.times[0],
        weights=shape_weights(take.values[:, : len(ARKIT_SHAPES)]),
        head=head_quaternions(take.values[:, HEAD_COLUMNS], options),
    )


def take_of_clip(clip: Clip, options: LiveLinkOptions = LIVE_LINK_DEFAULTS) -> LiveLinkTake:
    """Return a clip as a recording; the 12 shapes beyond ARKit's are lost.

    Args:
        clip: without a head's rotation the angles are 0.
        options: what the angles are to mean.
    """
    turns = np.tile(np.eye(3), (len(clip.times), 1, 1)) if clip.head is None else quaternions_to_matrices(clip.head)
    gaze = gaze_from_weights(clip.weights) if clip.gaze_radians is None else clip.gaze_radians
    faces = [
        face_of_expression(Expression(weights=weights, gaze_radians=looks, rotation=turn), options)
        for weights, looks, turn in zip(clip.weights, gaze, turns, strict=True)
    ]
    return LiveLinkTake(times=clip.times, values=np.array([values_of_face(face) for face in faces]))


def _columns(header: list[str]) -> dict[str, int]:
    """Number of the column of each value, of the timecode and, where there is one, of the count."""
    known = {name.lower(): name for name in (*VALUES, TIMECODE, COUNT)}
    columns = {known[cell.strip().lower()]: n for n, cell in enumerate(header) if cell.strip().lower() in known}
    missing = [name for name in (TIMECODE, *ARKIT_SHAPES) if name not in columns]
    if missing:
        raise ValueError(f"the header {','.join(header)[:60]!r} lacks {missing[:5]}, expected all 52 shapes by name")
    return columns


def _has_face(row: list[str], columns: dict[str, int]) -> bool:
    place = columns.get(COUNT)
    return place is None or place >= len(row) or row[place].strip() != "0"


def _cell(row: list[str], place: int, number: int) -> str:
    if place >= len(row):
        raise ValueError(f"row {number} has {len(row)} cells, expected at least {place + 1}")
    return row[place].strip()


def _number(row: list[str], place: int, number: int) -> float:
    cell = _cell(row, place, number)
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"row {number} has {cell[:40]!r} in column {place + 1}, expected a finite number")
    return value


def _check_rate(frames_per_second: float) -> None:
    if not 1.0 <= frames_per_second <= 1000.0:
        raise ValueError(f"frames per second are {frames_per_second}, expected 1 to 1000")


def _seconds(timecode: str, frames_per_second: float) -> float:
    match = PATTERN.fullmatch(timecode)
    if match is None:
        raise ValueError(f"a timecode is {timecode[:40]!r}, expected one like 01:02:03:04.567")
    hours, minutes, seconds, frames = (int(part) for part in match.groups()[:4])
    if frames >= frames_per_second:
        raise ValueError(f"a timecode is {timecode!r}, expected fewer than {frames_per_second:g} frames per second")
    return hours * 3600 + minutes * 60 + seconds + (frames + float(f"0.{match[5] or 0}")) / frames_per_second


def _timecode(time: float, frames_per_second: float) -> str:
    if not 0.0 <= time < DAY_SECONDS:
        raise ValueError(f"a time is {time} s, expected one in [0, {DAY_SECONDS})")
    second = math.floor(time)
    thousandths = round((time - second) * frames_per_second * 1000)
    # Rounding up may fill the second.
    if thousandths >= frames_per_second * 1000:
        second, thousandths = second + 1, 0
    minute, frame = second // 60, thousandths // 1000
    return f"{minute // 60:02d}:{minute % 60:02d}:{second % 60:02d}:{frame:02d}.{thousandths % 1000:03d}"
