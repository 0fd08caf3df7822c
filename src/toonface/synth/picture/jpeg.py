"""What a picture loses when it is stored as a JPEG."""

from typing import no_type_check

import numpy as np
from jaxtyping import Float32, UInt8

from toonface.geometry.kernels import inlined, kernel
from toonface.synth.picture.filters import Plane, resize

# ITU-T T.81 (the JPEG standard), Annex K, tables K.1 and K.2; the fiftieth of the usual hundred qualities.
LUMINANCE_STEPS = np.array(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ]
)
CHROMINANCE_STEPS = np.full((8, 8), 99)
CHROMINANCE_STEPS[:4, :4] = [[17, 18, 24, 47], [18, 21, 26, 66], [24, 26, 56, 99], [47, 66, 99, 99]]
_K = np.arange(8)
DCT = (np.cos((2 * _K + 1) * _K[:, None] * np.pi / 16) * np.where(_K, 0.5, np.sqrt(0.125))[:, None]).astype(np.float32)
"""Orthonormal cosine transform of eight values; row k is frequency k."""
YCC = np.array([[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]], np.float32)
"""From encoded red, green and blue to luminance and chrominance (JFIF 1.02)."""
ROUNDER = np.float32(3 << 22)
"""Added and taken away again, it leaves the nearest whole number: at this size float32 has no fractions."""


def jpeg_round_trip(picture: UInt8[np.ndarray, "H W 3"], quality: int) -> UInt8[np.ndarray, "H W 3"]:
    """Lose what a baseline JPEG with half the chrominance rows and columns loses; nothing is coded.

    Args:
        picture: sRGB.
        quality: 1 to 100, as the Independent JPEG Group scales the tables.
    """
    height, width = picture.shape[:2]
    padded = picture
    if height % 16 or width % 16:
        padded = np.pad(picture, ((0, -height % 16), (0, -width % 16), (0, 0)), mode="edge")
    rows, columns = padded.shape[:2]
    grey, blue, red = (np.zeros((rows // k, columns // k), np.float32) for k in (1, 2, 2))
    _to_ycc(np.ascontiguousarray(padded).reshape(rows, -1), YCC, grey, blue, red)
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    steps = [np.clip((t * scale + 50) // 100, 1, 255).astype(np.float32) for t in (LUMINANCE_STEPS, CHROMINANCE_STEPS)]
    for plane, table in ((grey, steps[0]), (blue, steps[1]), (red, steps[1])):
        _coarsen(plane, table)
    # A decoder enlarges only the chrominance that the picture covers, not that of the padding.
    down, across = (height + 1) // 2, (width + 1) // 2
    blue, red = (resize(plane[:down, :across, None], 2 * down, 2 * across)[..., 0] for plane in (blue, red))
    out = np.zeros((height, 3 * width), np.uint8)
    _to_rgb((grey, blue, red), np.linalg.inv(YCC).astype(np.float32), out)
    return out.reshape(picture.shape)


def _coarsen(plane: Plane, steps: Float32[np.ndarray, "8 8"]) -> None:
    """Round the cosine coefficients of each block of 8 × 8 to multiples of the steps."""
    first, second = np.zeros((2, 64, plane.shape[1] // 8), np.float32)
    backward = np.ascontiguousarray(DCT.T)
    _coarsen_strips(plane, (DCT, backward), steps.reshape(-1), first, second)


@kernel()
@no_type_check
def _coarsen_strips(plane, dct, steps, a, b):  # noqa: ANN001, ANN202 - compiled, types inferred
    for top in range(0, len(plane), 8):
        # One line for each place in a block: it holds that place of all blocks side by side.
        strip = plane[top : top + 8]
        for i in range(8):
            for j in range(8):
                _copy_spread(strip[i, j:], a[8 * i + j])
        _transform(a, dct[0], b, (8, 1))
        _transform(b, dct[0], a, (1, 8))
        for k in range(64):
            _round_to(a[k], steps[k])
        _transform(a, dct[1], b, (8, 1))
        _transform(b, dct[1], a, (1, 8))
        for i in range(8):
            for j in range(8):
                _round_into(a[8 * i + j], strip[i, j:])


@inlined()
@no_type_check
def _copy_spread(line, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    for k in range(len(out)):
        out[k] = line[8 * k]


@inlined()
@no_type_check
def _round_to(line, step):  # noqa: ANN001, ANN202 - compiled, types inferred
    inverse = np.float32(1.0) / step
    for k in range(len(line)):
        line[k] = step * ((line[k] * inverse + ROUNDER) - ROUNDER)


@inlined()
@no_type_check
def _round_into(line, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    for k in range(len(line)):
        out[8 * k] = min(max((line[k] + ROUNDER) - ROUNDER, np.float32(-128.0)), np.float32(127.0))


@inlined()
@no_type_check
def _transform(source, matrix, out, strides):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Multiply along one axis of the blocks, whose places are a stride apart."""
    along, beside = strides
    for other in range(8):
        at = other * beside
        for k in range(8):
            line = out[at + k * along]
            line[:] = 0.0
            for i in range(8):
                weight, before = matrix[k, i], source[at + i * along]
                for n in range(len(line)):
                    line[n] += weight * before[n]


@kernel()
@no_type_check
def _to_ycc(picture, ycc, grey, blue, red):  # noqa: ANN001, ANN202 - compiled, types inferred
    for y in range(len(grey)):
        row, line, line_blue, line_red = picture[y], grey[y], blue[y >> 1], red[y >> 1]
        for x in range(len(line)):
            r, g, b = np.float32(row[3 * x]), np.float32(row[3 * x + 1]), np.float32(row[3 * x + 2])
            line[x] = ((ycc[0, 0] * r + ycc[0, 1] * g + ycc[0, 2] * b) + ROUNDER) - ROUNDER - np.float32(128.0)
            line_blue[x >> 1] += ((ycc[1, 0] * r + ycc[1, 1] * g + ycc[1, 2] * b) + ROUNDER) - ROUNDER
            line_red[x >> 1] += ((ycc[2, 0] * r + ycc[2, 1] * g + ycc[2, 2] * b) + ROUNDER) - ROUNDER
        if y & 1:
            for x in range(len(line_blue)):
                line_blue[x] = (np.float32(0.25) * line_blue[x] + ROUNDER) - ROUNDER
                line_red[x] = (np.float32(0.25) * line_red[x] + ROUNDER) - ROUNDER


@kernel()
@no_type_check
def _to_rgb(planes, rgb, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    for y in range(len(out)):
        row, line, line_blue, line_red = out[y], planes[0][y], planes[1][y], planes[2][y]
        for x in range(len(row) // 3):
            light = line[x] + np.float32(128.5)
            blue = (line_blue[x] + ROUNDER) - ROUNDER
            red = (line_red[x] + ROUNDER) - ROUNDER
            row[3 * x] = _byte(light + rgb[0, 1] * blue + rgb[0, 2] * red)
            row[3 * x + 1] = _byte(light + rgb[1, 1] * blue + rgb[1, 2] * red)
            row[3 * x + 2] = _byte(light + rgb[2, 1] * blue + rgb[2, 2] * red)


@inlined()
@no_type_check
def _byte(value):  # noqa: ANN001, ANN202 - compiled, types inferred
    return np.uint8(min(max(value, np.float32(0.0)), np.float32(255.0)))
