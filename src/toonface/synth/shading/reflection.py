"""Answers to light that all materials share: diffuse light, highlights, shadows, rims. Compiled into the shading loop.

Camera axes throughout, so the viewer is along +z.
"""

from typing import no_type_check

import numpy as np

from toonface.geometry.kernels import inlined
from toonface.geometry.smoothstep import smoothstep_at
from toonface.synth.shading.lighting import SHADOW_BIAS

GOLDEN_COS, GOLDEN_SIN = float(np.cos(2.3999632)), float(np.sin(2.3999632))
"""Of the golden angle, by which the points of a shadow's edge turn."""
TURNS = np.stack([np.cos(np.arange(16) * np.pi / 8), np.sin(np.arange(16) * np.pi / 8)], axis=1)
SHARE = 1.0 / 6.0


@inlined()
@no_type_check
def peak(x, n):  # noqa: ANN001, ANN201 - compiled, types inferred
    """Approximate x to the power n in [0, 1] (Schlick 1994, "A Fast Alternative to Phong's Specular Model")."""
    return x / (n - n * x + x)


@inlined()
@no_type_check
def tile_at(tile, u, v, repeat):  # noqa: ANN001, ANN201 - compiled, types inferred
    """Read a repeating picture at the nearest pixel."""
    n = tile.shape[0]
    x, y = u * repeat, v * repeat
    return tile[int((y - np.floor(y)) * n) % n, int((x - np.floor(x)) * n) % n]


@inlined()
@no_type_check
def shadow_at(lights, x, y, depth):  # noqa: ANN001, ANN201 - compiled, types inferred
    """Share of the key light that reaches a point: six points of a spiral about it are looked up."""
    m, size = lights.to_shadow, lights.shadow.shape[0]
    column = m[0, 0] * x + m[0, 1] * y + m[0, 2] * depth + m[0, 3]
    row = m[1, 0] * x + m[1, 1] * y + m[1, 2] * depth + m[1, 3]
    height = m[2, 0] * x + m[2, 1] * y + m[2, 2] * depth + m[2, 3]
    # The points turn from pixel to pixel without a pattern that the eye would find.
    mixed = (int(x) * 374761393 + int(y) * 668265263) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 13)) * 1274126177) & 0xFFFFFFFF
    turn = (mixed >> 16) & 15
    c, s = TURNS[turn, 0] * lights.radius, TURNS[turn, 1] * lights.radius
    lit = 0.0
    for k in range(6):
        reach = 0.25 + 0.15 * k
        c, s = GOLDEN_COS * c - GOLDEN_SIN * s, GOLDEN_SIN * c + GOLDEN_COS * s
        i, j = int(row + c * reach), int(column + s * reach)
        inside = 0 <= i < size and 0 <= j < size
        if not inside or lights.shadow[i, j] - height < SHADOW_BIAS * (1.0 + 0.6 * lights.radius * reach):
            lit += SHARE
    return lit


@inlined()
@no_type_check
def ramp(value, steps):  # noqa: ANN001, ANN201 - compiled, types inferred
    """Cut brightness into tones with a narrow soft edge."""
    scaled = min(max(value, 0.0), 1.0) * steps
    floor = np.floor(scaled)
    return (floor + smoothstep_at(0.44, 0.56, scaled - floor)) / steps


@inlined()
@no_type_check
def diffuse(normal, occlusion, lit, lights, wraps, steps):  # noqa: ANN001, ANN201 - compiled, types inferred
    """Light on a matt surface, per channel; `wraps` says how far each colour reaches round the terminator."""
    red, green, blue = 0.0, 0.0, 0.0
    open_air = 0.45 + 0.55 * occlusion
    soft_red, soft_green, soft_blue = 1.0 / (1.0 + wraps[0]), 1.0 / (1.0 + wraps[1]), 1.0 / (1.0 + wraps[2])
    for k in range(3):
        facing = normal[0] * lights.directions[k, 0] + normal[1] * lights.directions[k, 1]
        facing += normal[2] * lights.directions[k, 2]
        if facing <= -wraps[0]:
            continue
        reach = lit if k == 0 else 1.0
        # Under skin the edge of a shadow is red.
        r = max(facing + wraps[0], 0.0) * soft_red * reach * (1.15 - 0.15 * reach)
        g = max(facing + wraps[1], 0.0) * soft_green * reach
        b = max(facing + wraps[2], 0.0) * soft_blue * reach * (0.9 + 0.1 * reach)
        if steps > 0.0:
            r, g, b = ramp(r, steps), ramp(g, steps), ramp(b, steps)
        red += lights.colours[k, 0] * open_air * r
        green += lights.colours[k, 1] * open_air * g
        blue += lights.colours[k, 2] * open_air * b
    up = 0.5 + 0.5 * normal[1]
    if steps > 0.0:
        up = 0.65
    sky, ground = lights.sky, lights.ground
    red += (up * sky[0] + (1.0 - up) * ground[0]) * occlusion * (1.15 - 0.15 * occlusion)
    green += (up * sky[1] + (1.0 - up) * ground[1]) * occlusion
    blue += (up * sky[2] + (1.0 - up) * ground[2]) * occlusion * (0.95 + 0.05 * occlusion)
    return red, green, blue


@inlined()
@no_type_check
def highlight(normal, lit, lights, exponents, strengths):  # noqa: ANN001, ANN201 - compiled, types inferred
    """Blinn's highlights of key and fill, a broad and a narrow one, per channel."""
    red, green, blue = 0.0, 0.0, 0.0
    for k in range(2):
        facing = normal[0] * lights.directions[k, 0] + normal[1] * lights.directions[k, 1]
        facing += normal[2] * lights.directions[k, 2]
        if facing <= 0.0:
            continue
        near = normal[0] * lights.halves[k, 0] + normal[1] * lights.halves[k, 1] + normal[2] * lights.halves[k, 2]
        near = max(near, 0.0)
        shine = strengths[0] * peak(near, exponents[0]) + strengths[1] * peak(near, exponents[1])
        shine *= min(4.0 * facing, 1.0) * (lit if k == 0 else 1.0)
        red += shine * lights.colours[k, 0]
        green += shine * lights.colours[k, 1]
        blue += shine * lights.colours[k, 2]
    return red, green, blue


@inlined()
@no_type_check
def rim_light(normal, occlusion, shader):  # noqa: ANN001, ANN201 - compiled, types inferred
    """A soft light along the outline, stronger from above."""
    if shader.rim <= 0.0:
        return 0.0
    edge = smoothstep_at(0.45, 1.0, 1.0 - abs(normal[2]))
    return shader.rim * edge * edge * occlusion * (0.55 + 0.45 * normal[1])


@inlined()
@no_type_check
def strand_shine(normal, strand, shift, lights, lit, exponent):  # noqa: ANN001, ANN201 - compiled, types inferred
    """Kajiya and Kay's highlight across the strands (1989), shifted towards the root or the tip."""
    tx, ty, tz = strand[0] + shift * normal[0], strand[1] + shift * normal[1], strand[2] + shift * normal[2]
    length = max(np.sqrt(tx * tx + ty * ty + tz * tz), 1e-4)
    red, green, blue = 0.0, 0.0, 0.0
    for k in range(3):
        dx, dy, dz = lights.directions[k, 0], lights.directions[k, 1], lights.directions[k, 2]
        along = (tx * lights.halves[k, 0] + ty * lights.halves[k, 1] + tz * lights.halves[k, 2]) / length
        facing = smoothstep_at(-0.35, 0.5, normal[0] * dx + normal[1] * dy + normal[2] * dz)
        shine = peak(max(1.0 - along * along, 0.0), exponent) * facing * (lit if k == 0 else 1.0)
        red += shine * lights.colours[k, 0]
        green += shine * lights.colours[k, 1]
        blue += shine * lights.colours[k, 2]
    return red, green, blue
