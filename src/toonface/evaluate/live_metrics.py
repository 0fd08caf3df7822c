"""How close a tracked performance is to what was performed: errors over time, and how late they come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from toonface.drive.quaternions import quaternions_to_matrices
from toonface.drive.stream import FaceMoment
from toonface.evaluate.performance import FPS, Performance
from toonface.morphable.names import SHAPES

MOVES_FROM = 0.05
"""Standard deviation over time from which on a shape counts as one that is performed."""
LATEST = 9
"""Pictures by which a tracked shape is looked for before and after the performed one."""


@dataclass(frozen=True, kw_only=True)
class Tracked:
    """One performance and what was made of it, at the pictures in which a face was found."""

    times: Float[np.ndarray, " N"]
    """Seconds, of those pictures."""
    true_weights: Float[np.ndarray, "N 64"]
    weights: Float[np.ndarray, "N 64"]
    gaze_degrees: Float[np.ndarray, " N"]
    """Mean error of both eyes."""
    head_degrees: Float[np.ndarray, " N"]
    """Angle between the head's true turn and the tracked one."""

    @property
    def moving(self) -> Bool[np.ndarray, " 64"]:
        """Shapes that are performed."""
        return self.true_weights.std(axis=0) >= MOVES_FROM


def compare(performance: Performance, stream: Sequence[FaceMoment | None], *, from_rest: bool) -> Tracked:
    """Lay a tracked stream beside the truth.

    Args:
        performance: what was done.
        stream: one moment per picture.
        from_rest: whether the stream is counted from rest, so that the truth has to be as well; at the first picture
            everything is at rest.

    Raises:
        ValueError: there is another number of moments, or none with a face.
    """
    clip = performance.clip
    if len(stream) != len(clip.times):
        raise ValueError(f"there are {len(stream)} moments, expected {len(clip.times)}")
    pairs = [(number, moment.expression) for number, moment in enumerate(stream) if moment is not None]
    if not pairs:
        raise ValueError("no face was found in the performance, expected one")
    kept = np.array([number for number, _ in pairs])
    assert clip.head is not None and clip.gaze_radians is not None  # as `act` makes it
    turns = quaternions_to_matrices(clip.head)
    if from_rest:
        turns = turns[0].T @ turns
    rotations = np.stack([found.rotation for _, found in pairs])
    cosines = 0.5 * (np.einsum("nij,nij->n", rotations, turns[kept]) - 1.0)
    gaze = np.stack([found.gaze_radians for _, found in pairs]) - clip.gaze_radians[kept]
    return Tracked(
        times=clip.times[kept],
        true_weights=clip.weights[kept],
        weights=np.stack([found.weights for _, found in pairs]).astype(np.float64),
        gaze_degrees=np.degrees(np.linalg.norm(gaze, axis=2).mean(axis=1)),
        head_degrees=np.degrees(np.arccos(np.clip(cosines, -1.0, 1.0))),
    )


def live_figures(tracked: Sequence[Tracked]) -> dict[str, float]:
    """Return the figures of some performances: means over all pictures, and over shapes that are performed.

    `delay_frames` is the median over shapes of by how many pictures the tracked curve fits the performed one best;
    `idle.mae` is what shapes do that nobody performs, `rest.jitter` how much they tremble from picture to picture.

    Args:
        tracked: at least one.
    """
    performed = [(one.true_weights[:, k], one.weights[:, k]) for one in tracked for k in np.flatnonzero(one.moving)]
    delays = [delay_frames(true, found) for true, found in performed]
    idle = np.concatenate(
        [one.weights[:, ~one.moving] - one.true_weights[:, ~one.moving] for one in tracked], axis=None
    )
    jitter = [np.abs(np.diff(one.weights[:, ~one.moving], axis=0)).mean() for one in tracked]
    return {
        "mae": float(np.mean([np.abs(one.weights - one.true_weights).mean() for one in tracked])),
        "performed.mae": float(np.mean([np.abs(found - true).mean() for true, found in performed])),
        "performed.correlation": float(np.mean([correlation(true, found) for true, found in performed])),
        "idle.mae": float(np.abs(idle).mean()),
        "idle.jitter": float(np.mean(jitter)),
        "delay_frames": float(np.median(delays)),
        "delay_ms": float(1000.0 / FPS * np.median(delays)),
        "gaze_degrees": float(np.concatenate([one.gaze_degrees for one in tracked]).mean()),
        "head_degrees": float(np.concatenate([one.head_degrees for one in tracked]).mean()),
    }


def shape_figures(tracked: Sequence[Tracked]) -> Mapping[str, dict[str, float]]:
    """Return the mean error, the correlation and the delay of each shape that is performed in one of them.

    Args:
        tracked: at least one.
    """
    figures = {}
    for k, shape in enumerate(SHAPES):
        pairs = [(one.true_weights[:, k], one.weights[:, k]) for one in tracked if one.moving[k]]
        if pairs:
            figures[shape] = {
                "mae": float(np.mean([np.abs(found - true).mean() for true, found in pairs])),
                "correlation": float(np.mean([correlation(true, found) for true, found in pairs])),
                "delay_frames": float(np.mean([delay_frames(true, found) for true, found in pairs])),
            }
    return figures


def correlation(true: Float[np.ndarray, " N"], found: Float[np.ndarray, " N"]) -> float:
    """Return Pearson's correlation; 0 where one of both does not move.

    Args:
        true: over time.
        found: likewise.
    """
    a, b = true - true.mean(), found - found.mean()
    size = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / size if size > 1e-9 else 0.0


def delay_frames(true: Float[np.ndarray, " N"], found: Float[np.ndarray, " N"]) -> float:
    """Return by how many pictures a curve comes late: where its correlation with the truth is largest.

    Between two pictures a parabola through the three largest values says where.

    Args:
        true: over time.
        found: likewise; negative delays are early.
    """
    lags = np.arange(-LATEST, LATEST + 1)
    count = len(true)
    fits = np.array(
        [correlation(true[max(-k, 0) : count - max(k, 0)], found[max(k, 0) : count + min(k, 0)]) for k in lags]
    )
    best = int(fits.argmax())
    if best in (0, len(lags) - 1):
        return float(lags[best])
    before, top, after = fits[best - 1 : best + 2]
    bend = before - 2.0 * top + after
    return float(lags[best] + (0.5 * (before - after) / bend if bend < -1e-12 else 0.0))
