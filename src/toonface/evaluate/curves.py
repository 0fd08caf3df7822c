"""Curves over time, drawn: what is true, what was found, and the error between both, in a grid of small panels."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image, ImageDraw, ImageFont

Page = UInt8[np.ndarray, "PH PW 3"]
Colour = tuple[int, int, int]

PAPER, INK, FAINT, GRID = (252, 252, 250), (38, 42, 50), (112, 118, 128), (226, 228, 232)
TRUE, FOUND, ERROR = (38, 42, 50), (0, 114, 178), (246, 190, 160)
"""Dark, blue and pale orange: told apart by people who see few colours, too."""
TRUE_WIDTH, FOUND_WIDTH = 3.4, 1.8
"""Pixels: where both are the same, the true line shows on both sides of the found one."""
FINE = 4
"""Lines are drawn at so many times the size and then averaged."""
PANEL = (270, 190)
"""Width and height of a panel, pixels."""
MARGIN = (34.0, 44.0, 12.0, 24.0)
"""Of a panel, left, top, right and bottom: there stand its words and numbers."""
HEAD, EDGE = 76, 16
"""Height of title and subtitle above all panels, and what is free around them, pixels."""
GAP = 1.5
"""Times a usual step: the found line breaks where nothing was found for longer."""


@dataclass(frozen=True, kw_only=True)
class Curve:
    """One quantity over time, between 0 and 1."""

    name: str
    note: str
    """Figures, below the name."""
    times: Float[np.ndarray, " N"]
    """Seconds, rising."""
    true: Float[np.ndarray, "_N"]
    found: Float[np.ndarray, "_N"]


@dataclass(frozen=True, kw_only=True)
class Axes:
    """Where values lie in a panel: time goes right, values go up."""

    box: tuple[float, float, float, float]
    """Left, top, right and bottom, pixels."""
    seconds: tuple[float, float]
    """At the left and at the right edge."""

    def place(self, times: Float[np.ndarray, " N"], values: Float[np.ndarray, " N"]) -> Float[np.ndarray, "N 2"]:
        """Return pixels; what is beyond an edge lies on it.

        Args:
            times: seconds.
            values: 0 at the lower edge, 1 at the upper one.
        """
        left, top, right, bottom = self.box
        first, last = self.seconds
        x = left + (right - left) * np.clip((times - first) / (last - first), 0.0, 1.0)
        return np.stack([x, bottom - (bottom - top) * np.clip(values, 0.0, 1.0)], axis=1)


def axes_of(seconds: tuple[float, float]) -> Axes:
    """Return the axes of a panel.

    Args:
        seconds: at the left and at the right edge, rising.

    Raises:
        ValueError: they do not rise.
    """
    if not seconds[0] < seconds[1]:
        raise ValueError(f"the axis goes from {seconds[0]} s to {seconds[1]} s, expected rising seconds")
    left, top, right, bottom = MARGIN
    return Axes(box=(left, top, PANEL[0] - right, PANEL[1] - bottom), seconds=seconds)


def curve_page(curves: Sequence[Curve], columns: int, *, title: str, subtitle: str = "") -> Page:
    """Draw curves, all over the same time, and say above them which line is what.

    Args:
        curves: at least one.
        columns: panels in a row.
        title: of the page.
        subtitle: in smaller letters below it.

    Raises:
        ValueError: there are no curves, or they take no time.
    """
    if not curves:
        raise ValueError("a page needs at least one curve, got none")
    axes = axes_of((min(float(curve.times[0]) for curve in curves), max(_end(curve.times) for curve in curves)))
    rows = -(-len(curves) // columns)
    page = Image.new("RGB", (2 * EDGE + columns * PANEL[0], HEAD + EDGE + rows * PANEL[1]), PAPER)
    pen = ImageDraw.Draw(page)
    pen.text((EDGE + 8, 16), title, fill=INK, font=ImageFont.load_default(20))
    pen.text((EDGE + 8, 44), subtitle, fill=FAINT, font=ImageFont.load_default(13))
    _legend(pen, page.width - EDGE - MARGIN[2])
    for number, curve in enumerate(curves):
        place = (EDGE + number % columns * PANEL[0], HEAD + number // columns * PANEL[1])
        page.paste(Image.fromarray(draw_panel(curve, axes)), place)
    return np.asarray(page)


def draw_panel(curve: Curve, axes: Axes) -> Page:
    """Draw one curve with its axes, name and note.

    Args:
        curve: what is beyond the axes lies on their edges.
        axes: of `axes_of`.
    """
    panel = Image.new("RGB", PANEL, PAPER)
    _ruler(ImageDraw.Draw(panel), axes)
    large = panel.resize((FINE * PANEL[0], FINE * PANEL[1]), Image.Resampling.NEAREST)
    pen, fine = ImageDraw.Draw(large), Axes(box=_enlarged(axes.box, FINE), seconds=axes.seconds)
    for run in _runs(curve.times):
        _area(pen, fine.place(curve.times[run], np.abs(curve.found - curve.true)[run]), fine.box[3])
    _line(pen, fine.place(curve.times, curve.true), TRUE, TRUE_WIDTH)
    for run in _runs(curve.times):
        _line(pen, fine.place(curve.times[run], curve.found[run]), FOUND, FOUND_WIDTH)
    panel = large.resize(PANEL, Image.Resampling.BOX)
    pen = ImageDraw.Draw(panel)
    _numbers(pen, axes)
    pen.text((axes.box[0], 6), curve.name, fill=INK, font=ImageFont.load_default(14))
    pen.text((axes.box[0], 24), curve.note, fill=FAINT, font=ImageFont.load_default(11))
    return np.asarray(panel)


def seconds_of(axes: Axes) -> list[int]:
    """Return the whole seconds on an axis, at most nine of them, evenly.

    Args:
        axes: of any length.
    """
    first, last = int(np.ceil(axes.seconds[0])), int(np.floor(axes.seconds[1]))
    return list(range(first, last + 1, max((last - first) // 8 + 1, 1)))


def _end(times: np.ndarray) -> float:
    """When the last picture ends, if it lasts as long as the one before."""
    return float(times[-1] + times[-1] - times[-2]) if len(times) > 1 else float(times[-1])


def _runs(times: np.ndarray) -> list[slice]:
    """Stretches of time without a gap."""
    steps = np.diff(times)
    ends = [*(np.flatnonzero(steps > GAP * np.median(steps)) + 1), len(times)] if len(steps) else [len(times)]
    return [slice(int(start), int(end)) for start, end in zip([0, *ends[:-1]], ends, strict=True)]


def _enlarged(box: tuple[float, float, float, float], factor: int) -> tuple[float, float, float, float]:
    left, top, right, bottom = box
    return factor * left, factor * top, factor * right, factor * bottom


def _area(pen: ImageDraw.ImageDraw, places: np.ndarray, floor: float) -> None:
    if len(places) > 1:
        outline = np.concatenate([[[places[0, 0], floor]], places, [[places[-1, 0], floor]]])
        pen.polygon([tuple(place) for place in outline], fill=ERROR)


def _line(pen: ImageDraw.ImageDraw, places: np.ndarray, colour: Colour, width: float) -> None:
    if len(places) > 1:
        pen.line([tuple(place) for place in places], fill=colour, width=round(FINE * width), joint="curve")


def _ruler(pen: ImageDraw.ImageDraw, axes: Axes) -> None:
    left, top, right, bottom = axes.box
    for value in (0.0, 0.5, 1.0):
        y = bottom - value * (bottom - top)
        pen.line((left, y, right, y), fill=GRID)
    for second in seconds_of(axes):
        x = axes.place(np.array([float(second)]), np.zeros(1))[0, 0]
        pen.line((x, top, x, bottom), fill=GRID)


def _numbers(pen: ImageDraw.ImageDraw, axes: Axes) -> None:
    left, top, _, bottom = axes.box
    font = ImageFont.load_default(11)
    for value, words in ((0.0, "0"), (0.5, "0.5"), (1.0, "1")):
        pen.text((left - 5, bottom - value * (bottom - top)), words, fill=FAINT, font=font, anchor="rm")
    for second in seconds_of(axes):
        x = axes.place(np.array([float(second)]), np.zeros(1))[0, 0]
        pen.text((x, bottom + 4), f"{second} s", fill=FAINT, font=font, anchor="ma")


def _legend(pen: ImageDraw.ImageDraw, right: float) -> None:
    font, x, y = ImageFont.load_default(13), right, 28.0
    for words, colour, width in (("error", ERROR, 10.0), ("tracked", FOUND, FOUND_WIDTH), ("performed", TRUE, 3.0)):
        pen.text((x, y), words, fill=INK, font=font, anchor="rm")
        x -= font.getlength(words) + 8
        pen.line((x - 24, y, x, y), fill=colour, width=round(width))
        x -= 24 + 20
