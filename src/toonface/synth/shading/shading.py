"""How each material answers light: compiled functions that take one pixel and give linear light.

Camera axes throughout, so the viewer is along +z. Photo and toon style use the same functions with other numbers.
"""

from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float32, UInt8

from toonface.geometry.kernels import inlined
from toonface.geometry.smoothstep import smoothstep_at
from toonface.synth.shading.reflection import diffuse, highlight, rim_light, strand_shine, tile_at
from toonface.worn.surface import Material

SKIN, EYE, MOUTH, HAIR, FUR, CLOTH, SOLID, LENS = (int(m) for m in Material)


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
        shine += strength * smoothstep_at(size - 0.03 * shader.shine_width, size, hit)
    shine = min(shine, 1.0) * shader.catch * (0.35 + 0.65 * lit) * smoothstep_at(0.1, 0.5, occlusion)
    sheen = 0.05 * smoothstep_at(0.0, 1.0, my) * occlusion
    return (
        red * dr + shine + sheen * lights.sky[0],
        green * dg + shine + sheen * lights.sky[1],
        blue * db + shine + sheen * lights.sky[2],
    )
