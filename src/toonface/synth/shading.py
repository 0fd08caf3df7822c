"""How each material answers light: compiled functions that take one pixel and give linear light.

Camera axes throughout, so the viewer is along +z. Photo and toon style use the same functions with other numbers.
"""

from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float32, UInt8

from toonface.geometry.kernels import inlined
from toonface.synth.lighting import SHADOW_BIAS
from toonface.synth.surface import Material

SKIN, EYE, MOUTH, HAIR, FUR, CLOTH, SOLID, LENS = (int(m) for m in Material)
GOLDEN_COS, GOLDEN_SIN = float(np.cos(2.3999632)), float(np.sin(2.3999632))
"""Of the golden angle, by which the points of a shadow's edge turn."""
TURNS = np.stack([np.cos(np.arange(16) * np.pi / 8), np.sin(np.arange(16) * np.pi / 8)], axis=1)
SHARE = 1.0 / 6.0


class Shader(NamedTuple):
    """What makes a picture photographic or a cartoon."""

    wrap: float
    """How far light reaches round the terminator, in [0, 1]."""
    scatter: float
    """How much further red light does, under skin."""
    steps: float
    """Tones of the shading; 0 for smooth."""
    shine: float
    """Factor on all highlights."""
    shine_width: float
    """1 for a skin's and hair's own highlights, larger for broad ones."""
    rim: float
    """Strength of a soft light along the outline."""
    grain: float
    """Factor on pores and strands."""
    catch: float
    """Strength of the catch-lights in the eyes."""
    shadow: float
    """Darkness of thrown shadows, in [0, 1]."""


PHOTO_SHADER = Shader(
    wrap=0.12, scatter=0.16, steps=0.0, shine=1.0, shine_width=1.0, rim=0.0, grain=1.0, catch=1.0, shadow=0.92
)
FILM_SHADER = Shader(
    wrap=0.38, scatter=0.2, steps=0.0, shine=0.8, shine_width=1.7, rim=0.5, grain=0.0, catch=1.5, shadow=0.6
)
CEL_SHADER = FILM_SHADER._replace(steps=2.0, rim=0.0, shine=0.5, scatter=0.05, wrap=0.25, shadow=0.75)
FLAT_SHADER = FILM_SHADER._replace(rim=0.15, shine=0.3, shadow=0.5, wrap=0.5)


def toon_shader(look: str) -> Shader:
    """Choose the shading for a look of `toon_finish`.

    Args:
        look: one of its looks.
    """
    if look in ("cel", "anime", "comic"):
        return CEL_SHADER
    return FLAT_SHADER if look in ("flat", "ink", "pencil", "poster") else FILM_SHADER


class Tiles(NamedTuple):
    """Noise that repeats, in [0, 1], for detail smaller than a vertex."""

    pores: Float32[np.ndarray, "N N"]
    spots: Float32[np.ndarray, "N N"]
    dots: Float32[np.ndarray, "N N"]
    strands: Float32[np.ndarray, "N N"]
    cut: UInt8[np.ndarray, "N N"]
    """The strands with equal shares of all levels; short hair is cut out of it."""


@inlined()
@no_type_check
def smoothstep(low, high, x):  # noqa: ANN001, ANN201 - compiled, types inferred
    """Go from 0 at `low` to 1 at `high` without a corner."""
    t = min(max((x - low) / (high - low), 0.0), 1.0)
    return t * t * (3.0 - 2.0 * t)


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
    return (floor + smoothstep(0.44, 0.56, scaled - floor)) / steps


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
    edge = smoothstep(0.45, 1.0, 1.0 - abs(normal[2]))
    return shader.rim * edge * edge * occlusion * (0.55 + 0.45 * normal[1])


@inlined()
@no_type_check
def shade_skin(normal, albedo, extra, place, lit, lights, shader, tiles):  # noqa: ANN001, ANN201, PLR0913 - compiled
    """Skin: red light scatters round the terminator; pores, freckles and stubble; an oily and a matt highlight."""
    occlusion, detail, u, v = extra[0], extra[1], place[0], place[1]
    red, green, blue = albedo
    pore = (tile_at(tiles.pores, u, v, 13.0) - 0.5) * shader.grain
    if detail[1] > 0.02:
        spot = min(detail[1] * tile_at(tiles.spots, u, v, 5.0), 0.85)
        red, green, blue = red * (1.0 - 0.42 * spot), green * (1.0 - 0.6 * spot), blue * (1.0 - 0.66 * spot)
    if detail[2] > 0.02:
        dots = 1.0 - 0.6 * detail[2] * tile_at(tiles.dots, u, v, 22.0)
        red, green, blue = red * dots, green * dots, blue * dots
    tone = 1.0 + 0.16 * detail[0] * pore
    wrap = shader.wrap
    wraps = (wrap + shader.scatter, wrap + 0.3 * shader.scatter, wrap)
    dr, dg, db = diffuse(normal, occlusion, lit, lights, wraps, shader.steps)
    width = shader.shine_width
    matt = 0.045 * shader.shine * occlusion
    oil = (0.02 + 0.11 * detail[3]) * shader.shine * occlusion * (1.0 + 0.9 * pore)
    sr, sg, sb = highlight(normal, lit, lights, (12.0 / width, 70.0 / width), (matt, oil))
    rim = rim_light(normal, occlusion, shader)
    return (
        red * tone * dr + sr + rim * (0.25 + red) * lights.sky[0],
        green * tone * dg + sg + rim * (0.25 + green) * lights.sky[1],
        blue * tone * db + sb + rim * (0.25 + blue) * lights.sky[2],
    )


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
        facing = smoothstep(-0.35, 0.5, normal[0] * dx + normal[1] * dy + normal[2] * dz)
        shine = peak(max(1.0 - along * along, 0.0), exponent) * facing * (lit if k == 0 else 1.0)
        red += shine * lights.colours[k, 0]
        green += shine * lights.colours[k, 1]
        blue += shine * lights.colours[k, 2]
    return red, green, blue


@inlined()
@no_type_check
def shade_hair(normal, base, extra, strand_tone, lit, lights, shader):  # noqa: ANN001, ANN201, PLR0913 - compiled
    """Hair cards: soft shading, a white highlight near the root and a coloured one beyond it."""
    occlusion, strand, gloss = extra
    red, green, blue = base
    wraps = (0.4, 0.38, 0.36)
    dr, dg, db = diffuse(normal, occlusion, lit, lights, wraps, shader.steps)
    rim = rim_light(normal, occlusion, shader)
    shift = (strand_tone - 0.5) * 0.5
    wide = shader.shine_width
    wr, wg, wb = strand_shine(normal, strand, shift - 0.12, lights, lit, 60.0 / (wide * wide))
    cr, cg, cb = strand_shine(normal, strand, shift + 0.1, lights, lit, 12.0 / wide)
    white = 0.07 * gloss * shader.shine * occlusion * (0.4 + strand_tone)
    tint = 0.55 * gloss * shader.shine * occlusion * (0.5 + strand_tone)
    return (
        red * dr + white * wr + tint * red * cr + rim * (0.12 + red) * lights.sky[0],
        green * dg + white * wg + tint * green * cg + rim * (0.12 + green) * lights.sky[1],
        blue * db + white * wb + tint * blue * cb + rim * (0.12 + blue) * lights.sky[2],
    )


@inlined()
@no_type_check
def shade_plain(normal, albedo, extra, lit, lights, shader):  # noqa: ANN001, ANN201 - compiled, types inferred
    """Cloth, frames, fur and teeth: matt, with a highlight as strong and as sharp as the gloss says."""
    occlusion, gloss, wrap = extra
    red, green, blue = albedo
    dr, dg, db = diffuse(normal, occlusion, lit, lights, (wrap, wrap, wrap), shader.steps)
    rim = 0.5 * rim_light(normal, occlusion, shader)
    sr, sg, sb = 0.0, 0.0, 0.0
    if gloss > 0.0:
        sharp = (12.0 + 110.0 * gloss) / shader.shine_width
        sr, sg, sb = highlight(normal, lit, lights, (sharp, 1.0), (0.7 * gloss * shader.shine * occlusion, 0.0))
    return (
        red * dr + sr + rim * (0.1 + red) * lights.sky[0],
        green * dg + sg + rim * (0.1 + green) * lights.sky[1],
        blue * db + sb + rim * (0.1 + blue) * lights.sky[2],
    )


@inlined()
@no_type_check
def shade_eye(normal, albedo, gaze, occlusion, lit, lights, shader):  # noqa: ANN001, ANN201, PLR0913 - compiled
    """An eye: soft light, and lamps mirrored in a cornea that is rounder than the eyeball."""
    red, green, blue = albedo
    soft = 0.55 + 0.45 * lit
    dr, dg, db = diffuse(normal, occlusion, soft, lights, (0.5, 0.46, 0.44), 0.0)
    x = gaze[0] + 1.7 * (normal[0] - gaze[0])
    y = gaze[1] + 1.7 * (normal[1] - gaze[1])
    z = gaze[2] + 1.7 * (normal[2] - gaze[2])
    length = max(np.sqrt(x * x + y * y + z * z), 1e-4)
    x, y, z = x / length, y / length, z / length
    mx, my, mz = 2.0 * z * x, 2.0 * z * y, 2.0 * z * z - 1.0
    shine = 0.0
    for k in range(2):
        hit = mx * lights.directions[k, 0] + my * lights.directions[k, 1] + mz * lights.directions[k, 2]
        size = 0.955 if k == 0 else 0.975
        strength = 1.0 if k == 0 else 0.3
        shine += strength * smoothstep(size - 0.03 * shader.shine_width, size, hit)
    shine = min(shine, 1.0) * shader.catch * (0.35 + 0.65 * lit) * smoothstep(0.1, 0.5, occlusion)
    sheen = 0.05 * smoothstep(0.0, 1.0, my) * occlusion
    return (
        red * dr + shine + sheen * lights.sky[0],
        green * dg + shine + sheen * lights.sky[1],
        blue * db + shine + sheen * lights.sky[2],
    )
