"""The error of a tracked performance per shape over time: as curves beside the truth, and as a heat map."""

import numpy as np
from jaxtyping import UInt8

from toonface.evaluate.curves import Curve, curve_page
from toonface.evaluate.heat_map import heat_page
from toonface.evaluate.live_metrics import Tracked, correlation, delay_frames, live_figures
from toonface.evaluate.performance import FPS
from toonface.morphable.names import SHAPES, mirror_name, side_of

Page = UInt8[np.ndarray, "PH PW 3"]

COLUMNS = 6
"""Panels in a row: three shapes with both their sides."""
LEAST_CORRELATION = 0.5
"""From which on a delay is told: what does not follow is not late."""


def performed_shapes(tracked: Tracked) -> list[str]:
    """Return the shapes that are performed: those of two sides first, always both, left before right.

    Args:
        tracked: one performance.
    """
    moving = {SHAPES[column] for column in np.flatnonzero(tracked.moving)}
    pairs = [(name, mirror_name(name)) for name in SHAPES if side_of(name) == "left"]
    sided = [name for pair in pairs if moving & set(pair) for name in pair]
    return [*sided, *(name for name in SHAPES if name in moving.difference(sided))]


def shape_curve(tracked: Tracked, shape: str) -> Curve:
    """Return one shape over time, with its mean error, correlation and delay in pictures.

    Args:
        tracked: one performance.
        shape: of `SHAPES`.
    """
    true, found = (rows[:, SHAPES.index(shape)] for rows in (tracked.true_weights, tracked.weights))
    fit = correlation(true, found)
    late = f", delay {delay_frames(true, found):.1f}" if fit >= LEAST_CORRELATION else ""
    note = f"error {np.abs(found - true).mean():.3f}, correlation {fit:.2f}{late}"
    return Curve(name=shape, note=note, times=tracked.times, true=true, found=found)


def draw_curves(tracked: Tracked, title: str) -> Page:
    """Draw every shape that is performed, one panel each.

    Args:
        tracked: one performance, in which at least one shape moves.
        title: of the page.
    """
    figures = live_figures([tracked])
    subtitle = (
        f"mean error of all {len(SHAPES)} shapes {figures['mae']:.3f}; of these {figures['performed.mae']:.3f}, "
        f"correlation {figures['performed.correlation']:.2f}, median delay {figures['delay_frames']:.1f}; "
        f"delays in pictures of {1000.0 / FPS:.0f} ms"
    )
    curves = [shape_curve(tracked, shape) for shape in performed_shapes(tracked)]
    return curve_page(curves, COLUMNS, title=title, subtitle=subtitle)


def draw_errors(tracked: Tracked, title: str) -> Page:
    """Draw the absolute errors of all shapes over time, those that are performed first.

    Args:
        tracked: one performance.
        title: of the page.
    """
    performed = performed_shapes(tracked)
    names = [*performed, *(name for name in SHAPES if name not in performed)]
    errors = np.abs(tracked.weights - tracked.true_weights)[:, [SHAPES.index(name) for name in names]]
    return heat_page(names, errors.T, tracked.times, title=title, bold=[name in performed for name in names])
