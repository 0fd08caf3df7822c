"""Zones of a head that are magnified by radial maps: the core keeps its proportions, a belt round it is squeezed."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from toonface.geometry.smoothstep import smoothstep
from toonface.morphable.face_model import Points

Sides = tuple[tuple[float, float], tuple[float, float]]
"""Half axes in metres: towards -x and +x, down and up."""
BLEND = 0.2
"""Share of the squeezed belt between core and reach over which squeezing starts and ends."""


@dataclass(frozen=True, kw_only=True)
class Zone:
    """Points that are magnified together."""

    index: Int[np.ndarray, " N"]
    share: Float[np.ndarray, " N"]
    """How much of the magnification each takes: 1 in the core, 0 at the reach."""
    bend: Float[np.ndarray, " N"]
    """Where depths follow the curved face instead of the core's proportions, in [0, 1]."""


def magnified(
    points: Float[np.ndarray, "N 3"], zone: Zone, anchor: Float[np.ndarray, "3"], scale: float
) -> Float[np.ndarray, "N 3"]:
    """Magnify the points of a zone.

    Args:
        points: those of `zone.index`, metres.
        zone: how much each takes part.
        anchor: the point that stays.
        scale: of the core.
    """
    arms = points - anchor
    gain = 1.0 + (scale - 1.0) * zone.share
    arms[:, :2] *= gain[:, None]
    # A face falls off like a parabola beside the eyes: what slides outwards on it falls back with the square.
    arms[:, 2] *= gain * (1.0 + zone.bend * (gain - 1.0))
    return anchor + arms


def find_zone(
    offsets: Points, core: Sides, reach: Sides, fixed: Bool[np.ndarray, " P"], left_out: Bool[np.ndarray, " P"]
) -> Zone:
    """Find the points of a zone.

    Args:
        offsets: of all points from its centre, metres.
        core: ellipse that stays in proportion.
        reach: ellipse beyond which nothing moves.
        fixed: points that belong to the core wherever they lie.
        left_out: points that do not belong to the zone.
    """
    within, out = _ellipse(offsets, core), _ellipse(offsets, reach)
    out = np.where(fixed, 0.0, np.where(left_out, np.inf, out))
    index = np.flatnonzero(out < 1.0)
    out, within = out[index], np.maximum(within[index], 1e-9)
    ratio = np.minimum(out / within, 0.9)  # of the core's radius to the reach's in this direction
    belt = np.clip((out - ratio) / (1.0 - ratio), 0.0, 1.0)
    share = np.where(fixed[index] | (within <= 1.0), 1.0, ratio * (1.0 - _ramp(belt)) / np.maximum(out, 1e-9))
    return Zone(index=index, share=share, bend=np.where(fixed[index], 0.0, smoothstep(0.0, 1.0, 2.0 * belt)))


def _ellipse(offsets: Points, sides: Sides) -> Float[np.ndarray, " P"]:
    """Measure offsets by an ellipse whose half axes differ to each side; depth counts by 6 cm."""
    (left, right), (down, up) = sides
    x, y, z = offsets.T
    return np.sqrt((x / np.where(x < 0.0, left, right)) ** 2 + (y / np.where(y < 0.0, down, up)) ** 2 + (z / 0.06) ** 2)


def _ramp(x: Float[np.ndarray, " N"]) -> Float[np.ndarray, " N"]:
    """Rise from 0 to 1 with a slope as even as smooth ends allow: an even squeeze folds last."""
    y = np.minimum(x, 1.0 - x)
    rise = np.where(y < BLEND, y**2 / (2.0 * BLEND), y - BLEND / 2.0) / (1.0 - BLEND)
    return np.where(x < 0.5, rise, 1.0 - rise)
