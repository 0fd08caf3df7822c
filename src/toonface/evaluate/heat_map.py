"""A heat map: rows of numbers over time, the larger the darker."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image, ImageDraw, ImageFont

from toonface.evaluate.curves import FAINT, INK, PAPER

Page = UInt8[np.ndarray, "PH PW 3"]

STOPS = np.array([(252, 252, 250), (253, 219, 176), (240, 130, 80), (170, 30, 60), (60, 5, 50)], dtype=np.float64)
"""Colours of even steps from 0 to `MOST`: pale to dark also where only greys are seen."""
MOST = 0.5
"""Numbers from here on have the last colour."""
CELL = (8, 15)
"""Width and height of one number, pixels."""
LEFT, TOP, BOTTOM, RIGHT = 190, 64, 30, 70
"""What is free around the numbers, pixels: names left, title above, seconds below, each row's mean at the right."""
SCALE = (200, 12)
"""Width and height of the bar that explains the colours, pixels."""


def heat_colours(values: Float[np.ndarray, "*N"], most: float = MOST) -> UInt8[np.ndarray, "*N 3"]:
    """Return the colours of numbers.

    Args:
        values: at least 0.
        most: from here on all are the darkest, above 0.
    """
    place = np.clip(values / most, 0.0, 1.0) * (len(STOPS) - 1)
    colours = [np.interp(place, np.arange(len(STOPS)), STOPS[:, channel]) for channel in range(3)]
    return np.stack(colours, axis=-1).round().astype(np.uint8)


def heat_page(
    names: Sequence[str],
    values: Float[np.ndarray, "K N"],
    times: Float[np.ndarray, " N"],
    *,
    title: str,
    bold: Sequence[bool],
) -> Page:
    """Draw one row for each name, with its mean, and one column for each time.

    Args:
        names: of the rows, from above.
        values: at least 0.
        times: seconds, rising; columns stand side by side whatever their distance.
        title: of the page.
        bold: the names that are written darker than the others.

    Raises:
        ValueError: there are no values, or another number of names.
    """
    if not values.size or len(names) != len(values) or len(bold) != len(values):
        raise ValueError(f"{len(names)} names and {len(bold)} marks for values of {values.shape}, expected as many")
    (wide, high), (rows, columns) = CELL, values.shape
    page = Image.new("RGB", (LEFT + wide * columns + RIGHT, TOP + high * rows + BOTTOM), PAPER)
    cells = np.repeat(np.repeat(heat_colours(values), high, axis=0), wide, axis=1)
    page.paste(Image.fromarray(cells), (LEFT, TOP))
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(11)
    pen.text((24, 16), title, fill=INK, font=ImageFont.load_default(20))
    for row, (name, mean) in enumerate(zip(names, values.mean(axis=1), strict=True)):
        paint, y = INK if bold[row] else FAINT, TOP + high * (row + 0.5)
        pen.text((LEFT - 8, y), name, fill=paint, font=font, anchor="rm")
        pen.text((LEFT + wide * columns + 8, y), f"{mean:.3f}", fill=paint, font=font, anchor="lm")
    _seconds(pen, times, TOP + high * rows)
    _scale(page, LEFT + wide * columns)
    return np.asarray(page)


def _seconds(pen: ImageDraw.ImageDraw, times: np.ndarray, floor: int) -> None:
    font = ImageFont.load_default(11)
    for second in range(int(np.ceil(times[0])), int(times[-1]) + 1):
        x = LEFT + CELL[0] * (int(np.searchsorted(times, second)) + 0.5)
        pen.line((x, floor, x, floor + 5), fill=FAINT)
        pen.text((x, floor + 8), f"{second} s", fill=FAINT, font=font, anchor="ma")


def _scale(page: Image.Image, right: int) -> None:
    (wide, high), pen, font = SCALE, ImageDraw.Draw(page), ImageFont.load_default(11)
    colours = heat_colours(np.linspace(0.0, MOST, wide))
    page.paste(Image.fromarray(np.tile(colours, (high, 1, 1))), (right - wide, 20))
    pen.rectangle((right - wide - 1, 19, right, 20 + high), outline=FAINT)
    pen.text((right - wide, 24 + high), "0", fill=FAINT, font=font, anchor="ma")
    pen.text((right, 24 + high), f"{MOST:g} and more", fill=FAINT, font=font, anchor="ma")
