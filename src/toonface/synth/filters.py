"""Operations on whole pictures that the finishes share: grey values, mixtures, sizes, blurs.

Pictures are float32, rows × columns × channels, sRGB in [0, 1] unless said otherwise; lengths are in their pixels.
"""

from typing import TypeAlias, no_type_check

import numpy as np
from jaxtyping import Float, Float32, Int, UInt8

from toonface.geometry.kernels import inlined, kernel
from toonface.synth.surface import RGB

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
    low, high = (np.ascontiguousarray(np.atleast_3d(picture), np.float32) for picture in (under, over))
    _blend(low.reshape(-1, 3), high.reshape(-1, 3), np.ascontiguousarray(cover).reshape(-1), out.reshape(-1, 3))
    return out


@kernel()
@no_type_check
def _blend(under, over, cover, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    # A single colour stands for all pixels.
    under_step, over_step = min(len(under) - 1, 1), min(len(over) - 1, 1)
    for i in range(len(out)):
        low, high, share = i * under_step, i * over_step, cover[i]
        for c in range(3):
            out[i, c] = under[low, c] + share * (over[high, c] - under[low, c])


def saturate(picture: Colour, amount: float) -> Colour:
    """Move colours away from their grey, or with an amount below 1 towards it; 0 leaves grey."""
    out = np.zeros(picture.shape, np.float32)
    _saturate(np.ascontiguousarray(picture, np.float32), np.float32(amount), out)
    return out


@kernel()
@no_type_check
def _saturate(picture, amount, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            r, g, b = picture[y, x, 0], picture[y, x, 1], picture[y, x, 2]
            grey = grey_of(r, g, b) * (np.float32(1.0) - amount)
            out[y, x, 0], out[y, x, 1], out[y, x, 2] = grey + amount * r, grey + amount * g, grey + amount * b


def resize(picture: Picture, height: int, width: int) -> Float32[np.ndarray, "{height} {width} C"]:
    """Resample with a triangle filter: linear when enlarging, averaging when shrinking.

    Args:
        picture: any number of channels.
        height: wanted rows, at least 1.
        width: wanted columns, at least 1.
    """
    out = np.zeros((height, width, picture.shape[2]), np.float32)
    down, across = _taps(picture.shape[0], height), _taps(picture.shape[1], width)
    line = np.zeros(picture.shape[1] * picture.shape[2], np.float32)
    _resample(np.ascontiguousarray(picture, np.float32), down, across, line, out)
    return out


def _taps(before: int, after: int) -> tuple[Int[np.ndarray, "K N"], Float32[np.ndarray, "K N"]]:
    """Input lines of each output line, and their weights."""
    reach = max(before / after, 1.0)
    centres = (np.arange(after) + 0.5) * before / after
    lines = np.floor(centres - reach + 0.5) + np.arange(int(np.ceil(2.0 * reach)))[:, None]
    weights = np.maximum(1.0 - np.abs(lines + 0.5 - centres) / reach, 0.0)
    return lines.clip(0, before - 1).astype(np.int64), (weights / weights.sum(0)).astype(np.float32)


@kernel()
@no_type_check
def _resample(source, down, across, line, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    columns, channels = source.shape[1:]
    for y in range(out.shape[0]):
        for k in range(len(down[0])):
            weight, row = down[1][k, y], down[0][k, y]
            for x in range(columns):
                for c in range(channels):
                    before = line[x * channels + c] if k > 0 else np.float32(0.0)
                    line[x * channels + c] = before + weight * source[row, x, c]
        for k in range(len(across[0])):
            for x in range(out.shape[1]):
                weight, at = across[1][k, x], across[0][k, x] * channels
                for c in range(channels):
                    out[y, x, c] += weight * line[at + c]


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
    for y in range(height):
        for i in range(width):
            line[margin + i] = weights[reach] * source[y, i]
        # The weights are the same on both sides.
        for k in range(1, reach + 1):
            weight, above, below = weights[reach + k], max(y - k, 0), min(y + k, height - 1)
            for i in range(width):
                line[margin + i] += weight * (source[above, i] + source[below, i])
        for i in range(margin):
            line[i] = line[margin + i % channels]
            line[margin + width + i] = line[width + margin - channels + i % channels]
        for i in range(width):
            out[y, i] = weights[reach] * line[margin + i]
        for k in range(1, reach + 1):
            weight, shift = weights[reach + k], k * channels
            for i in range(width):
                out[y, i] += weight * (line[margin + i - shift] + line[margin + i + shift])
