"""Operations on whole pictures that the finishes share: grey values, mixtures, sizes, blurs.

Pictures are float32, rows × columns × channels, sRGB in [0, 1] unless said otherwise; lengths are in their pixels.
"""

from typing import TypeAlias, no_type_check

import numpy as np
from jaxtyping import Float, Float32, Int, Shaped, UInt8

from toonface.geometry.kernels import inlined, kernel
from toonface.worn.surface import RGB

Picture: TypeAlias = Float32[np.ndarray, "H W C"]
Colour: TypeAlias = Float32[np.ndarray, "H W 3"]
Tone: TypeAlias = RGB | Float[np.ndarray, "3"]
Plane: TypeAlias = Float32[np.ndarray, "H W"]
Labels: TypeAlias = UInt8[np.ndarray, "H W"]

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""Weights of encoded red, green and blue (ITU-R BT.601)."""
LARGEST_SIGMA = 4.0
"""Pixels; a wider blur works on a smaller picture."""


@inlined()
@no_type_check
def grey_of(r, g, b):  # noqa: ANN001, ANN201 - compiled, types inferred
    """Return the grey value of a colour, with the weights of `LUMA`."""
    return np.float32(0.299) * r + np.float32(0.587) * g + np.float32(0.114) * b


def luma(picture: Colour) -> Plane:
    """Return the grey value of each pixel."""
    out = np.zeros(picture.shape[:2], np.float32)
    _luma(np.ascontiguousarray(picture), out)
    return out


@kernel()
@no_type_check
def _luma(picture, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            out[y, x] = grey_of(picture[y, x, 0], picture[y, x, 1], picture[y, x, 2])


def look_up(table: Shaped[np.ndarray, "256"], labels: Labels) -> Shaped[np.ndarray, "H W"]:
    """Replace labels by what a table says of them.

    Args:
        table: a value for each label.
        labels: of each pixel.
    """
    out = np.zeros(labels.shape, table.dtype)
    _look_up(table, np.ascontiguousarray(labels).reshape(-1), out.reshape(-1))
    return out


@kernel()
@no_type_check
def _look_up(table, labels, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    for i in range(len(out)):
        out[i] = table[labels[i]]


def to_bytes(picture: Colour) -> UInt8[np.ndarray, "H W 3"]:
    """Round [0, 1] to bytes; what is outside is clipped."""
    out = np.zeros(picture.shape, np.uint8)
    _round(np.ascontiguousarray(picture).reshape(-1), out.reshape(-1))
    return out


@kernel()
@no_type_check
def _round(values, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    for i in range(len(out)):
        value = min(max(values[i], np.float32(0.0)), np.float32(1.0))
        out[i] = np.uint8(value * np.float32(255.0) + np.float32(0.5))


def blend(under: Colour | Tone, over: Colour | Tone, cover: Plane) -> Colour:
    """Lay one picture or colour over another: 0 shows what is under, 1 what is over.

    Args:
        under: a picture, or one colour.
        over: a picture, or one colour; with black under it, `cover` is a factor on it.
        cover: in [0, 1], or beyond it to exaggerate.
    """
    out = np.zeros((*cover.shape, 3), np.float32)
    low, high = (np.ascontiguousarray(np.asarray(picture), np.float32).reshape(-1) for picture in (under, over))
    _blend(low, high, np.ascontiguousarray(cover).reshape(-1), out.reshape(-1))
    return out


@kernel()
@no_type_check
def _blend(under, over, cover, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    # A single colour stands for all pixels.
    step_under, step_over = 3 * (len(under) > 3), 3 * (len(over) > 3)
    low, high = 0, 0
    for i in range(len(cover)):
        share = cover[i]
        out[3 * i] = under[low] + share * (over[high] - under[low])
        out[3 * i + 1] = under[low + 1] + share * (over[high + 1] - under[low + 1])
        out[3 * i + 2] = under[low + 2] + share * (over[high + 2] - under[low + 2])
        low += step_under
        high += step_over


def lay_over(picture: Colour, over: Colour, cover: Plane) -> None:
    """Do what `blend` does, in place; it costs little where there is no cover.

    Args:
        picture: what is under, and becomes the mixture.
        over: another picture.
        cover: 0 leaves the picture alone, 1 shows the other one.
    """
    _lay_over(picture.reshape(-1), np.ascontiguousarray(over).reshape(-1), np.ascontiguousarray(cover).reshape(-1))


@kernel()
@no_type_check
def _lay_over(picture, over, cover):  # noqa: ANN001, ANN202 - compiled, types inferred
    for i in range(len(cover)):
        share = cover[i]
        if share > 0.0:
            a, b, c = 3 * i, 3 * i + 1, 3 * i + 2
            picture[a] += share * (over[a] - picture[a])
            picture[b] += share * (over[b] - picture[b])
            picture[c] += share * (over[c] - picture[c])


def saturate(picture: Colour, amount: float) -> Colour:
    """Move colours away from their grey, or with an amount below 1 towards it; 0 leaves grey."""
    out = np.array(picture, np.float32, order="C")
    _saturate(out.reshape(-1), np.float32(amount))
    return out


@kernel()
@no_type_check
def _saturate(picture, amount):  # noqa: ANN001, ANN202 - compiled, types inferred
    rest = np.float32(1.0) - amount
    for i in range(len(picture) // 3):
        r, g, b = picture[3 * i], picture[3 * i + 1], picture[3 * i + 2]
        grey = grey_of(r, g, b) * rest
        picture[3 * i], picture[3 * i + 1], picture[3 * i + 2] = grey + amount * r, grey + amount * g, grey + amount * b


def resize(picture: Picture, height: int, width: int) -> Float32[np.ndarray, "{height} {width} C"]:
    """Resample with a triangle filter: linear when enlarging, averaging when shrinking.

    Args:
        picture: any number of channels.
        height: wanted rows, at least 1.
        width: wanted columns, at least 1.
    """
    rows, columns, channels = picture.shape
    out = np.zeros((height, width * channels), np.float32)
    source, lines = (
        np.ascontiguousarray(picture, np.float32).reshape(rows, -1),
        np.zeros((3, columns * channels), np.float32),
    )
    down, across = _taps(rows, height), _taps(columns, width)
    _resample(source, down, across, (channels, width == 2 * columns), lines, out)
    return out.reshape(height, width, channels)


def _taps(before: int, after: int) -> tuple[Int[np.ndarray, "K N"], Float32[np.ndarray, "K N"]]:
    """Input lines of each output line, and their weights."""
    reach = max(before / after, 1.0)
    centres = (np.arange(after) + 0.5) * before / after
    lines = np.floor(centres - reach + 0.5) + np.arange(int(np.ceil(2.0 * reach)))[:, None]
    weights = np.maximum(1.0 - np.abs(lines + 0.5 - centres) / reach, 0.0)
    return lines.clip(0, before - 1).astype(np.int64), (weights / weights.sum(0)).astype(np.float32)


@kernel()
@no_type_check
def _resample(source, down, across, kind, lines, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    channels, doubles = kind
    for y in range(len(out)):
        _scale(source[down[0][0, y]], down[1][0, y], lines[0])
        for k in range(1, len(down[0])):
            _add(source[down[0][k, y]], down[1][k, y], lines[0])
        if doubles:
            _double(lines, channels, out[y])
        else:
            for k in range(len(across[0])):
                _gather(lines[0], (across[0][k], across[1][k]), channels, out[y])


@inlined()
@no_type_check
def _double(lines, channels, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Enlarge a line to twice its length, as `_gather` would."""
    low, high, line, left, right = np.float32(0.25), np.float32(0.75), lines[0], lines[1], lines[2]
    last = len(line) - channels
    _scale(line, high, left)
    _scale(line, high, right)
    _add(line[:last], low, left[channels:])
    _add(line[channels:], low, right[:last])
    for c in range(channels):
        left[c] += low * line[c]
        right[last + c] += low * line[last + c]
    for c in range(channels):
        _copy(left[c::channels], out[c :: 2 * channels])
        _copy(right[c::channels], out[c + channels :: 2 * channels])


@inlined()
@no_type_check
def _gather(line, taps, channels, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    for c in range(channels):
        source, target = line[c::channels], out[c::channels]
        for x in range(len(target)):
            target[x] += taps[1][x] * source[taps[0][x]]


@inlined()
@no_type_check
def _copy(line, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    for i in range(len(out)):
        out[i] = line[i]


@inlined()
@no_type_check
def _add(line, factor, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    for i in range(len(out)):
        out[i] += factor * line[i]


def gaussian_blur(picture: Picture, sigma: float) -> Picture:
    """Blur with a Gaussian; the border goes on outside.

    Args:
        picture: any number of channels.
        sigma: standard deviation in pixels; below 0.15 nothing happens.
    """
    if sigma < 0.15:
        return picture
    height, width, channels = picture.shape
    if sigma > LARGEST_SIGMA and min(height, width) > 8:
        step = min(sigma / (0.5 * LARGEST_SIGMA), min(height, width) / 4)
        small = resize(picture, round(height / step), round(width / step))
        # The two resamplings blur by themselves, by about this much.
        left = np.sqrt(max((sigma / step) ** 2 - 0.33, 0.0))
        return resize(gaussian_blur(small, min(float(left), LARGEST_SIGMA)), height, width)
    reach = int(np.ceil(2.6 * sigma))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    out = np.zeros((height, width * channels), np.float32)
    line = np.zeros((width + 2 * reach) * channels, np.float32)
    source = np.ascontiguousarray(picture, np.float32).reshape(height, -1)
    _convolve(source, (weights / weights.sum()).astype(np.float32), channels, line, out)
    return out.reshape(picture.shape)


def blur_plane(plane: Plane, sigma: float) -> Plane:
    """Blur a single channel, as `gaussian_blur` does."""
    return gaussian_blur(plane[..., None], sigma)[..., 0]


@kernel()
@no_type_check
def _convolve(source, weights, channels, line, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    height, width = source.shape
    reach = len(weights) // 2
    margin = reach * channels
    middle = line[margin : margin + width]
    for y in range(height):
        _scale(source[y], weights[reach], middle)
        # The weights are the same on both sides.
        for k in range(1, reach + 1):
            _add_both(source[max(y - k, 0)], source[min(y + k, height - 1)], weights[reach + k], middle)
        for i in range(margin):
            line[i] = middle[i % channels]
            line[margin + width + i] = middle[width - channels + i % channels]
        _scale(middle, weights[reach], out[y])
        for k in range(1, reach + 1):
            left, right = margin - k * channels, margin + k * channels
            _add_both(line[left : left + width], line[right : right + width], weights[reach + k], out[y])


# Loops over whole lines, passed as views: only these are compiled to vector instructions.
@inlined()
@no_type_check
def _scale(line, factor, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    for i in range(len(out)):
        out[i] = factor * line[i]


@inlined()
@no_type_check
def _add_both(first, second, factor, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    for i in range(len(out)):
        out[i] += factor * (first[i] + second[i])
