"""The tracks of a GLB file's animations: keys of any kind of interpolation at any times, turns from a joint's rest."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from toonface.stages.gltf.layout import Json, read_accessor

FINE = 1.0 / 30.0
"""Seconds between the times at which steps and curves are sampled."""
MOST_TIMES = 1_000_000
"""Nine hours at that rate."""


@dataclass(frozen=True, kw_only=True)
class Track:
    """What one channel does: `rows` at `times`, with the slopes before and after where it is curved."""

    times: Float[np.ndarray, " K"]
    rows: Float[np.ndarray, "K C"]
    way: str
    before: Float[np.ndarray, "K C"]
    after: Float[np.ndarray, "K C"]

    def at(self, times: Float[np.ndarray, " M"]) -> Float[np.ndarray, "M C"]:
        """Return the rows at other times; before the first and after the last it rests.

        Args:
            times: seconds, in any order.
        """
        last = len(self.times) - 1
        right = np.clip(np.searchsorted(self.times, times, side="right"), min(1, last), last)
        left = np.maximum(right - 1, 0)
        step = np.where(right > left, self.times[right] - self.times[left], 1.0)[:, None]
        t = np.clip((times - self.times[left])[:, None] / step, 0.0, 1.0)
        if self.way == "STEP":
            return np.where(t < 1.0, self.rows[left], self.rows[right])
        if self.way == "CUBICSPLINE":
            square, cube = t**2, t**3
            ends = (2 * cube - 3 * square + 1) * self.rows[left] + (3 * square - 2 * cube) * self.rows[right]
            slopes = (cube - 2 * square + t) * self.after[left] + (cube - square) * self.before[right]
            return ends + step * slopes
        return (1.0 - t) * self.rows[left] + t * self.rows[right]


class TrackReader:
    """Reads the tracks of one file.

    Args:
        document: the JSON part.
        binary: the numbers.
    """

    def __init__(self, document: Json, binary: bytes) -> None:
        self.document, self.binary, self.nodes = document, binary, document.get("nodes", [])
        self._above = {child: number for number, node in enumerate(self.nodes) for child in node.get("children", ())}

    def track(self, sampler: Json, width: int) -> Track:
        """Read a channel's keys.

        Args:
            sampler: of the animation.
            width: numbers for each time.

        Raises:
            ValueError: times do not rise, or there is another number of numbers.
        """
        times = read_accessor(self.document, self.binary, sampler["input"])[:, 0].astype(np.float64)
        rows = read_accessor(self.document, self.binary, sampler["output"]).astype(np.float64)
        if not (len(times) and np.isfinite(times).all() and (np.diff(times) > 0.0).all()):
            raise ValueError("an animation's times do not rise")
        way = sampler.get("interpolation", "LINEAR")
        parts = 3 if way == "CUBICSPLINE" else 1
        if rows.size != len(times) * parts * width:
            raise ValueError(f"an animation has {rows.size} numbers, expected {len(times) * parts * width}")
        rows = rows.reshape(len(times), parts, width)
        return Track(times=times, rows=rows[:, parts // 2], way=way, before=rows[:, 0], after=rows[:, -1])

    def turns(self, number: int, rows: Float[np.ndarray, "M 4"]) -> Float[np.ndarray, "M 4"]:
        """Return turns from a joint's rest in the file's axes; joints above it that turn as well do not count.

        Args:
            number: of the joint's node.
            rows: its rotations in the axes of the joint above.
        """
        outer, joint = Rotation.identity(), number
        for _ in self.nodes:
            if joint not in self._above:
                break
            joint = self._above[joint]
            outer = _rest(self.nodes[joint]) * outer
        return (
            (outer * Rotation.from_quat(rows) * _rest(self.nodes[number]).inv() * outer.inv())
            .as_quat()
            .astype(np.float32)
        )


def level_signs(track: Track) -> Track:
    """Give quaternions one sign along a track that goes evenly, so that none turns the long way.

    Args:
        track: of rotations.
    """
    if track.way == "CUBICSPLINE":
        return track
    signs = np.cumprod(np.where((track.rows[1:] * track.rows[:-1]).sum(axis=1) < 0.0, -1.0, 1.0))
    rows = track.rows * np.concatenate([[1.0], signs])[:, None]
    return Track(times=track.times, rows=rows, way=track.way, before=rows, after=rows)


def times_of(tracks: list[Track]) -> Float[np.ndarray, " M"]:
    """Return all keys' times, and fine ones where a track does not go evenly.

    Args:
        tracks: at least one.

    Raises:
        ValueError: that would be too many.
    """
    times = np.unique(np.concatenate([track.times for track in tracks]))
    if all(track.way == "LINEAR" for track in tracks):
        return times
    if (times[-1] - times[0]) / FINE > MOST_TIMES:
        raise ValueError(f"an animation lasts {times[-1] - times[0]:g} s, expected at most {MOST_TIMES * FINE:g} s")
    between = np.arange(times[0], times[-1], FINE)
    # A fine time next to a key would be the same once it has 32 bits.
    right = np.clip(np.searchsorted(times, between), 1, len(times) - 1) if len(times) > 1 else np.zeros(0, np.int64)
    apart = np.minimum(np.abs(times[right] - between), np.abs(times[right - 1] - between))
    return np.unique(np.concatenate([times, between[apart > 0.1 * FINE]]))


def _rest(node: Json) -> Rotation:
    if "matrix" in node:
        columns = np.array(node["matrix"], dtype=np.float64).reshape(4, 4)[:3, :3]
        return Rotation.from_matrix((columns / np.linalg.norm(columns, axis=1, keepdims=True)).T)
    return Rotation.from_quat(node.get("rotation", [0.0, 0.0, 0.0, 1.0]))
