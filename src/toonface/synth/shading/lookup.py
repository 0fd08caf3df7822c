"""What a surface is at one sample: its picture, its colour, its normal. Compiled into the shading loop."""

from typing import no_type_check

import numpy as np

from toonface.geometry.kernels import inlined
from toonface.synth.shading.packing import COLOUR, NORMAL
from toonface.synth.shading.shading import HAIR


@inlined()
@no_type_check
def texel(packed, part, u, v):  # noqa: ANN001, ANN201 - compiled, types inferred
    """Read a surface's picture between its pixels, in [0, 1]."""
    offset, height = packed.picture_of[part, 0], packed.picture_of[part, 1]
    width, channels = packed.picture_of[part, 2], packed.picture_of[part, 3]
    x = min(max(u * width - 0.5, 0.0), width - 1.0)
    y = min(max(v * height - 0.5, 0.0), height - 1.0)
    column, row = int(x), int(y)
    right, below = min(column + 1, width - 1), min(row + 1, height - 1)
    s, t = x - column, y - row
    a, b = offset + (row * width + column) * channels, offset + (row * width + right) * channels
    c, d = offset + (below * width + column) * channels, offset + (below * width + right) * channels
    p = packed.pictures
    k = np.float32(1.0 / 255.0)
    f, g, h, i = (1.0 - s) * (1.0 - t) * k, s * (1.0 - t) * k, (1.0 - s) * t * k, s * t * k
    red = f * p[a] + g * p[b] + h * p[c] + i * p[d]
    green = f * p[a + 1] + g * p[b + 1] + h * p[c + 1] + i * p[d + 1]
    blue = f * p[a + 2] + g * p[b + 2] + h * p[c + 2] + i * p[d + 2]
    return red, green, blue


@inlined()
@no_type_check
def _decode(table, value):  # noqa: ANN001, ANN202 - compiled, types inferred
    return table[int(min(max(value, 0.0), 1.0) * 2048.0 + 0.5)]


@inlined()
@no_type_check
def normal_at(packed, corners, weights):  # noqa: ANN001, ANN201 - compiled, types inferred
    """Interpolate the unit normal."""
    x, y, z = 0.0, 0.0, 0.0
    for k in range(3):
        i, w = corners[k], weights[k]
        x += w * packed.attributes[i, NORMAL + 0]
        y += w * packed.attributes[i, NORMAL + 1]
        z += w * packed.attributes[i, NORMAL + 2]
    length = max(np.sqrt(x * x + y * y + z * z), 1e-6)
    return x / length, y / length, z / length


@inlined()
@no_type_check
def colour_at(packed, part, face, corners, weights, table):  # noqa: ANN001, ANN201 - compiled, types inferred
    """Linear albedo, place in the texture, and how light the strand is that is painted there."""
    red, green, blue, u, v = 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(3):
        i, t, w = corners[k], packed.uv_faces[face, k], weights[k]
        red += w * packed.attributes[i, COLOUR + 0]
        green += w * packed.attributes[i, COLOUR + 1]
        blue += w * packed.attributes[i, COLOUR + 2]
        u += w * packed.uv[t, 0]
        v += w * packed.uv[t, 1]
    strand = 0.5
    if packed.picture_of[part, 1] > 0:
        pr, pg, pb = texel(packed, part, u, v)
        if packed.material[part] == HAIR:
            strand = pg
            pr, pg, pb = 2.0 * pr, 2.0 * pg, 2.0 * pb
        red, green, blue = red * pr, green * pg, blue * pb
    return (_decode(table, red), _decode(table, green), _decode(table, blue)), (u, v), strand
