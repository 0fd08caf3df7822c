"""The One-Euro filter (Casiez, Roussel and Vogel, CHI 2012): smooth at rest, quick in motion.

Each value passes a low-pass filter whose cut-off rises with the speed of the value, which is itself low-passed.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float


@dataclass(frozen=True, kw_only=True)
class OneEuroOptions:
    """How much is smoothed.

    Raises:
        ValueError: a number is not finite, a cut-off is not above 0, or the speed's share is below 0.
    """

    least_cutoff_hz: float = 0.5
    """Of a value at rest: lower smooths more and lags more."""
    cutoff_per_speed: float = 2.0
    """Hz per unit of value and second: how much quicker motion is followed; beta in the paper. 0 for never."""
    speed_cutoff_hz: float = 1.0
    """Of the speed."""

    def __post_init__(self) -> None:
        for name, least in (("least_cutoff_hz", 1e-9), ("cutoff_per_speed", 0.0), ("speed_cutoff_hz", 1e-9)):
            value = getattr(self, name)
            # Written so that NaN fails too.
            if not (np.isfinite(value) and value >= least):
                raise ValueError(f"{name} is {value}, expected a finite number of at least {least:g}")


ONE_EURO_DEFAULTS = OneEuroOptions()
"""Chosen for weights and radians at 30 frames per second; see docs/drive.md for what they do."""


@dataclass(frozen=True, kw_only=True)
class OneEuroState:
    """What the filter remembers of the past."""

    time: float
    """Seconds, of the last step."""
    values: Float[np.ndarray, " D"]
    """Smoothed: this is the result of a step."""
    speeds: Float[np.ndarray, " D"]
    """Smoothed, units per second."""


def one_euro_step(
    state: OneEuroState | None,
    values: Float[np.ndarray, " D"],
    time: float,
    options: OneEuroOptions = ONE_EURO_DEFAULTS,
) -> OneEuroState:
    """Take one measurement in; the smoothed one is in the result's `values`.

    Args:
        state: after the step before; None for the first, which is taken as it is.
        values: measured, any units; angles must not jump by whole turns.
        time: seconds, of the measurement, later than the one before.
        options: how much is smoothed.

    Raises:
        ValueError: a number is not finite, the time is not later, or there are more or fewer values than before.
    """
    if not (np.isfinite(values).all() and np.isfinite(time)):
        raise ValueError(f"{values} at {time} s are to be smoothed, expected finite numbers")
    if state is None:
        return OneEuroState(time=time, values=values.astype(np.float64), speeds=np.zeros(len(values)))
    if len(values) != len(state.values):
        raise ValueError(f"there are {len(values)} values, expected {len(state.values)} as before")
    step = time - state.time
    if not step > 0.0:
        raise ValueError(f"the time goes from {state.time} to {time} s, expected a later one")
    speeds = _towards(state.speeds, (values - state.values) / step, options.speed_cutoff_hz, step)
    cutoffs = options.least_cutoff_hz + options.cutoff_per_speed * np.abs(speeds)
    return OneEuroState(time=time, values=_towards(state.values, values, cutoffs, step), speeds=speeds)


def _towards(
    old: Float[np.ndarray, " D"], new: Float[np.ndarray, " D"], cutoff_hz: float | Float[np.ndarray, " D"], step: float
) -> Float[np.ndarray, " D"]:
    """One step of exponential smoothing whose share of the new follows from the cut-off and the time between."""
    turns = 2.0 * np.pi * cutoff_hz * step
    return old + turns / (1.0 + turns) * (new - old)
