"""What a picture loses when it is stored as a JPEG."""

from typing import no_type_check

import numpy as np
from jaxtyping import Float32, UInt8

from toonface.geometry.kernels import inlined, kernel
from toonface.synth.filters import Plane, resize

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
    _to_ycc(np.ascontiguousarray(padded), YCC, grey, blue, red)
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    steps = [np.clip((t * scale + 50) // 100, 1, 255).astype(np.float32) for t in (LUMINANCE_STEPS, CHROMINANCE_STEPS)]
    for plane, table in ((grey, steps[0]), (blue, steps[1]), (red, steps[1])):
        _coarsen(plane, table)
    # A decoder enlarges only the chrominance that the picture covers, not that of the padding.
    down, across = (height + 1) // 2, (width + 1) // 2
    colour = np.stack([blue[:down, :across], red[:down, :across]], axis=2)
    colour = resize(colour, 2 * down, 2 * across)
    out = np.zeros_like(picture)
    _to_rgb(grey, colour, np.linalg.inv(YCC).astype(np.float32), out)
    return out


def _coarsen(plane: Plane, steps: Float32[np.ndarray, "8 8"]) -> None:
    """Round the cosine coefficients of each block of 8 × 8 to multiples of the steps."""
    scratch = np.zeros((2, 8, 8), np.float32)
    _coarsen_blocks(plane, (DCT, np.ascontiguousarray(DCT.T)), (steps, np.float32(1.0) / steps), scratch[0], scratch[1])


@inlined()
@no_type_check
def _product(a, b, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Multiply matrices of 8 × 8; the innermost loop is one vector."""
    for i in range(8):
        for j in range(8):
            out[i, j] = a[i, 0] * b[0, j]
        for k in range(1, 8):
            for j in range(8):
                out[i, j] += a[i, k] * b[k, j]


@kernel()
@no_type_check
def _coarsen_blocks(plane, dct, steps, a, b):  # noqa: ANN001, ANN202 - compiled, types inferred
    for top in range(0, plane.shape[0], 8):
        for left in range(0, plane.shape[1], 8):
            for i in range(8):
                for j in range(8):
                    a[i, j] = plane[top + i, left + j]
            _product(dct[0], a, b)
            _product(b, dct[1], a)
            for i in range(8):
                for j in range(8):
                    a[i, j] = steps[0][i, j] * ((a[i, j] * steps[1][i, j] + ROUNDER) - ROUNDER)
            _product(dct[1], a, b)
            _product(b, dct[0], a)
            for i in range(8):
                for j in range(8):
                    value = (a[i, j] + ROUNDER) - ROUNDER
                    plane[top + i, left + j] = min(max(value, np.float32(-128.0)), np.float32(127.0))


@kernel()
@no_type_check
def _to_ycc(picture, ycc, grey, blue, red):  # noqa: ANN001, ANN202 - compiled, types inferred
    quarter, half = np.float32(0.25), np.float32(128.0)
    for y in range(grey.shape[0]):
        for x in range(grey.shape[1]):
            r, g, b = np.float32(picture[y, x, 0]), np.float32(picture[y, x, 1]), np.float32(picture[y, x, 2])
            grey[y, x] = ((ycc[0, 0] * r + ycc[0, 1] * g + ycc[0, 2] * b) + ROUNDER) - ROUNDER - half
            blue[y >> 1, x >> 1] += quarter * (((ycc[1, 0] * r + ycc[1, 1] * g + ycc[1, 2] * b) + ROUNDER) - ROUNDER)
            red[y >> 1, x >> 1] += quarter * (((ycc[2, 0] * r + ycc[2, 1] * g + ycc[2, 2] * b) + ROUNDER) - ROUNDER)
    for y in range(blue.shape[0]):
        for x in range(blue.shape[1]):
            blue[y, x] = (blue[y, x] + ROUNDER) - ROUNDER
            red[y, x] = (red[y, x] + ROUNDER) - ROUNDER


@kernel()
@no_type_check
def _to_rgb(grey, colour, rgb, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    low, high, half = np.float32(0.0), np.float32(255.0), np.float32(128.5)
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            blue = (colour[y, x, 0] + ROUNDER) - ROUNDER
            red = (colour[y, x, 1] + ROUNDER) - ROUNDER
            for c in range(3):
                value = rgb[c, 0] * grey[y, x] + rgb[c, 1] * blue + rgb[c, 2] * red + half
                out[y, x, c] = np.uint8(min(max(value, low), high))
