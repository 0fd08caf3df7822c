"""What a tracker reports becomes what a head does: taken from rest, and smoothed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from toonface.drive.calibration import LARGEST_NEUTRAL, Calibration, apply_calibration, calibrate_neutral
from toonface.drive.gaze import weights_with_gaze
from toonface.drive.one_euro import OneEuroOptions, OneEuroState, one_euro_step
from toonface.drive.stream import FaceMoment, FaceStream
from toonface.geometry.rotation import Rotation, axis_angle_to_matrix, matrix_to_axis_angle
from toonface.morphable.names import SHAPES
from toonface.types import Expression

QUANTILE = 0.1
"""Of what a shape weighs over a clip: as much is at rest, where no time of rest is known."""

TRACKER_SMOOTHING = OneEuroOptions(least_cutoff_hz=0.5, cutoff_per_speed=8.0, speed_cutoff_hz=4.0)
"""For our networks at 30 pictures per second: a third of the tremble gone, and 4 ms late; see docs/drive.md."""


@dataclass(frozen=True, kw_only=True)
class Rest:
    """What a tracker reports of one person who looks ahead and does nothing."""

    calibration: Calibration
    gaze_radians: Float[np.ndarray, "2 2"]
    rotation: Rotation
    """From the head's axes to the camera's."""


NO_REST = Rest(
    calibration=Calibration(neutral=np.zeros(len(SHAPES))), gaze_radians=np.zeros((2, 2)), rotation=np.eye(3)
)
"""Takes nothing off."""


def rest_of(moments: Sequence[FaceMoment]) -> Rest:
    """Learn what is reported at rest: medians, so that a blink or a glance among them does no harm.

    Args:
        moments: of a face at rest, a second or two.

    Raises:
        ValueError: there is no moment, or the face was not at rest.
    """
    seen = [moment.expression for moment in moments]
    calibration = calibrate_neutral(np.array([one.weights for one in seen]).reshape(-1, len(SHAPES)))
    return Rest(
        calibration=calibration,
        gaze_radians=np.median([one.gaze_radians for one in seen], axis=0),
        rotation=_middle([one.rotation for one in seen]),
    )


def likely_rest(moments: Sequence[FaceMoment]) -> Rest:
    """Guess what is reported at rest, where nobody said when that was: what a shape weighs in a tenth of the time.

    Nothing is taken off gaze and head: who looks aside half the time is not at rest there. A smile that is held all the
    time is lost.

    Args:
        moments: of some seconds in which the face does this and that.

    Raises:
        ValueError: there is no moment.
    """
    if not moments:
        raise ValueError("there are 0 moments of a face, expected at least 1")
    seen = [moment.expression for moment in moments]
    low = np.quantile([one.weights for one in seen], QUANTILE, axis=0)
    return replace(NO_REST, calibration=Calibration(neutral=np.clip(low, 0.0, LARGEST_NEUTRAL)))


def from_rest(rest: Rest, moment: FaceMoment) -> FaceMoment:
    """Return a moment counted from rest: its head turns from the chest, as the head's joint does.

    The eyeLook shapes follow from the gaze. Calibrated by themselves, eyes that are seen too high at rest would look
    down too little: the error of eyeLookDown was 0.075 then, and is 0.047.

    Args:
        rest: of this person and tracker.
        moment: as it was reported.
    """
    seen = moment.expression
    gaze = seen.gaze_radians - rest.gaze_radians
    expression = Expression(
        weights=weights_with_gaze(apply_calibration(rest.calibration, seen.weights.astype(np.float64)), gaze),
        gaze_radians=gaze,
        rotation=rest.rotation.T @ seen.rotation,
    )
    return replace(moment, expression=expression)


def smoothed(
    state: OneEuroState | None, moment: FaceMoment, options: OneEuroOptions
) -> tuple[OneEuroState, FaceMoment]:
    """Take a moment in; weights, gaze and head pass the One-Euro filter together.

    Args:
        state: after the moment before; None for the first, which is taken as it is.
        moment: later than the one before; its head is turned by less than half a turn.
        options: how much is smoothed.

    Returns:
        What to give with the next moment, and the smoothed moment.

    Raises:
        ValueError: the time is not later, or a number is not finite.
    """
    seen, shapes = moment.expression, len(SHAPES)
    values = np.concatenate([seen.weights, seen.gaze_radians.ravel(), matrix_to_axis_angle(seen.rotation)])
    state = one_euro_step(state, values, moment.time, options)
    expression = Expression(
        weights=np.clip(state.values[:shapes], 0.0, 1.0),
        gaze_radians=state.values[shapes : shapes + 4].reshape(2, 2),
        rotation=axis_angle_to_matrix(state.values[shapes + 4 :]),
    )
    return state, replace(moment, expression=expression)


def steady(
    stream: Iterable[FaceMoment | None], rest: Rest = NO_REST, options: OneEuroOptions | None = TRACKER_SMOOTHING
) -> FaceStream:
    """Yield a stream taken from rest and smoothed; after a gap it begins anew, or it would glide from old to new.

    Args:
        stream: as a tracker reports it.
        rest: what is taken off.
        options: how much is smoothed; None for nothing.
    """
    state = None
    for moment in stream:
        if moment is None:
            state = None
            yield None
            continue
        moment = from_rest(rest, moment)
        if options is not None:
            state, moment = smoothed(state, moment, options)
        yield moment


def _middle(rotations: Sequence[Rotation]) -> Rotation:
    """The rotation nearest to the median of their entries, by singular values: one wild frame does not move it."""
    u, _, v = np.linalg.svd(np.median(rotations, axis=0))
    return u @ np.diag([1.0, 1.0, float(np.sign(np.linalg.det(u @ v)))]) @ v


def first_rest(stream: FaceStream, seconds: float) -> Rest:
    """Take the first moments of a stream for the face at rest; the stream goes on behind them.

    Args:
        stream: as a tracker reports it.
        seconds: of a face, gaps not counted; above 0.

    Raises:
        ValueError: the stream ends before, or the face was not at rest.
    """
    moments: list[FaceMoment] = []
    for moment in stream:
        if moment is not None:
            moments.append(moment)
            if moment.time - moments[0].time >= seconds:
                return rest_of(moments)
    raise ValueError(f"{len(moments)} moments of a face were seen, expected {seconds:g} s of them, at rest")
