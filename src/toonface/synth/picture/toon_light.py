"""Light as cartoons show it: in steps, in two tones, or gently graded."""

from typing import no_type_check

import numpy as np

from toonface.geometry.kernels import inlined, kernel
from toonface.synth.picture.filters import Colour, Labels, Plane, grey_of
from toonface.worn.surface import RGB

GLOSS: RGB = (0.25, 0.245, 0.235)
"""Added to hair in full light."""
HARDNESS, VIVID = 0.10, 0.30
"""Of a film's grade: how much of a smooth step is mixed in, and how far vivid colours are held back."""


def grade_film(picture: Colour, saturation: float) -> Colour:
    """Return a picture with gently deeper shadows, in which colours that are vivid already are held back.

    Args:
        picture: sRGB; the lightest parts keep their form.
        saturation: 1 keeps quiet colours as they are.
    """
    out = np.zeros(picture.shape, np.float32)
    _grade(np.ascontiguousarray(picture).reshape(-1), np.float32(saturation), out.reshape(-1))
    return out


@inlined()
@no_type_check
def _harden(value):  # noqa: ANN001, ANN202 - compiled, types inferred
    step = value * value * (np.float32(3.0) - np.float32(2.0) * value)
    return value + np.float32(HARDNESS) * min(step - value, np.float32(0.05))


@kernel()
@no_type_check
def _grade(picture, saturation, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    for i in range(len(out) // 3):
        r, g, b = _harden(picture[3 * i]), _harden(picture[3 * i + 1]), _harden(picture[3 * i + 2])
        amount = saturation - np.float32(VIVID) * (max(r, g, b) - min(r, g, b))
        grey = (np.float32(1.0) - amount) * grey_of(r, g, b)
        out[3 * i], out[3 * i + 1], out[3 * i + 2] = grey + amount * r, grey + amount * g, grey + amount * b


def light_in_steps(picture: Colour, group: Labels, level: Plane, ends: tuple[float, float], steps: int) -> None:
    """Multiply the figure's colours with light in steps, in place.

    Args:
        picture: without light.
        group: 0 is the ground, which is left alone.
        level: light, 0 in shadow and 1 in light.
        ends: factors at 0 and 1.
        steps: at least 2.
    """
    numbers = np.array([ends[0], (ends[1] - ends[0]) / (steps - 1), steps - 1], np.float32)
    _light_in_steps(level.reshape(-1), group.reshape(-1), numbers, picture.reshape(-1))


@kernel()
@no_type_check
def _light_in_steps(level, group, numbers, picture):  # noqa: ANN001, ANN202 - compiled, types inferred
    zero, one = np.float32(0.0), np.float32(1.0)
    low, span, steps = numbers
    for i in range(len(level)):
        if group[i] > 0:
            scaled = min(max(level[i], zero), one) * steps + np.float32(0.5)
            whole = np.float32(np.int32(scaled))
            tone = whole - one + min((scaled - whole) * np.float32(1.0 / 0.14), one)
            factor = low + span * min(max(tone, zero), steps)
            picture[3 * i] *= factor
            picture[3 * i + 1] *= factor
            picture[3 * i + 2] *= factor


def light_in_two(
    picture: Colour, place: tuple[Labels, Plane], level: Plane, tones: tuple[float, RGB], soft: float
) -> None:
    """Put the figure in one light and one shadow, with a band of gloss, in place.

    Args:
        picture: without light.
        place: the groups, of which 0, the ground, is left alone; and where gloss may be, from 0 to 1.
        level: light, 0 in shadow and 1 in light.
        tones: factor in the light, and factors on that in the shadow.
        soft: half the width of the change from one to the other.
    """
    gain, dark = tones
    shadow, light = np.array(dark) * gain, np.full(3, gain)
    numbers = np.array([*shadow, *(light - shadow), 0.3 - soft, 0.5 / soft, *GLOSS], np.float32)
    group, glossy = (plane.reshape(-1) for plane in place)
    _light_in_two(level.reshape(-1), group, glossy, numbers, picture.reshape(-1))


@kernel()
@no_type_check
def _light_in_two(level, group, glossy, numbers, picture):  # noqa: ANN001, ANN202 - compiled, types inferred
    zero, one = np.float32(0.0), np.float32(1.0)
    for i in range(len(level)):
        if group[i] > 0:
            lit = min(max((level[i] - numbers[6]) * numbers[7], zero), one)
            gloss = glossy[i] * min(max((level[i] - np.float32(0.98)) * np.float32(12.5), zero), one)
            for c in range(3):
                value = picture[3 * i + c] * (numbers[c] + lit * numbers[3 + c])
                picture[3 * i + c] = value + gloss * (numbers[8 + c] - np.float32(0.25) * value)


def soften_seams(picture: Colour, group: Labels) -> None:
    """Mix pixels across the borders of bodies, in place, so that these are not jagged.

    Args:
        picture: three channels.
        group: of each pixel.
    """
    _soften_seams(picture.reshape(len(picture), -1), group)


@kernel()
@no_type_check
def _soften_seams(picture, group):  # noqa: ANN001, ANN202 - compiled, types inferred
    height, width = group.shape
    for y in range(1, height - 1):
        above, own, below = group[y - 1], group[y], group[y + 1]
        for x in range(1, width - 1):
            kind = own[x]
            if own[x - 1] != kind or own[x + 1] != kind or above[x] != kind or below[x] != kind:
                for i in range(3 * x, 3 * x + 3):
                    beside = picture[y, i - 3] + picture[y, i + 3] + picture[y - 1, i] + picture[y + 1, i]
                    picture[y, i] = np.float32(0.5) * picture[y, i] + np.float32(0.125) * beside
