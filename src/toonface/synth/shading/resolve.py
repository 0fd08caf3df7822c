"""From drawn fragments to a picture and its per-pixel labels: 2 x 2 samples are shaded and averaged."""

from typing import no_type_check

import numpy as np
from jaxtyping import Float32

from toonface.geometry.camera import ScaledOrthographic
from toonface.geometry.kernels import inlined, kernel
from toonface.geometry.rasterize import Fragments
from toonface.geometry.smoothstep import smoothstep_at
from toonface.synth.shading.buffers import Buffers
from toonface.synth.shading.lighting import Lights
from toonface.synth.shading.lookup import colour_at, normal_at
from toonface.synth.shading.packing import DECODE, DETAIL, OCCLUSION, Packed
from toonface.synth.shading.reflection import shadow_at, tile_at
from toonface.synth.shading.shading import (
    EYE,
    FUR,
    HAIR,
    MOUTH,
    SKIN,
    Shader,
    Tiles,
    shade_eye,
    shade_hair,
    shade_plain,
    shade_skin,
)
from toonface.worn.surface import GAMMA

SAMPLES = 2
"""Samples along each side of a pixel."""
SHADOW_LIFT = 0.004
"""Metres along the normal."""
DARK = 0.5
"""Opacity above which a lens is what is labelled, not what lies behind it."""
FLAT = 0.0012
"""Metres: where the four samples of one smooth surface lie within this depth, one of them is shaded for all."""
KNEE = 0.62
"""Linear light above which the picture's tones bend towards white instead of being cut off, as film's do."""
ENCODE = ((np.arange(4097, dtype=np.float32) / 4096.0) ** np.float32(1.0 / GAMMA)).astype(np.float32)


def resolve(
    layers: tuple[Fragments, Fragments],
    packed: Packed,
    camera: ScaledOrthographic,
    look: tuple[Lights, Shader, Tiles],
    background: Float32[np.ndarray, "H W 3"],
) -> Buffers:
    """Shade what was drawn and average the samples.

    Args:
        layers: opaque surfaces, and what is seen through in front of them; `SAMPLES` times the size of the picture.
            The second one may be a single pixel when there is nothing to see through.
        packed: the surfaces, numbered as they were drawn.
        camera: that they were drawn with.
        look: lights, shader and noise.
        background: linear light; decides the size.
    """
    height, width = background.shape[:2]
    out = Buffers(
        linear=background.copy(),
        albedo=np.zeros((height, width, 3), np.float32),
        region=np.zeros((height, width), np.uint8),
        normals=np.zeros((height, width, 3), np.float32),
        depth=np.full((height, width), -np.inf, np.float32),
        part=np.full((height, width), -1, np.int16),
    )
    buffers = (out.linear, out.albedo, out.region, out.normals, out.depth, out.part)
    scratch = np.zeros((4, 3)), np.zeros((4, 3)), np.zeros((4, 3))
    opaque, clear = ((f.part, f.face, f.barycentric, f.depth) for f in layers)
    _resolve(buffers, (opaque, clear), packed, (*look, DECODE, np.float32(1.0 / camera.scale)), scratch)
    np.clip(out.albedo, 0.0, 1.0, out=out.albedo)
    out.albedo[:] = ENCODE[(out.albedo * 4096.0).astype(np.int32)]
    return out


@inlined()
@no_type_check
def _shade(sample, layer, packed, look):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Light, albedo and normal of one sample."""
    y, x = sample
    lights, shader, tiles, table, scale = look
    part, weights = layer[0][y, x], (layer[2][y, x, 0], layer[2][y, x, 1], layer[2][y, x, 2])
    face = packed.first_face[part] + layer[1][y, x]
    corners, material = (packed.faces[face, 0], packed.faces[face, 1], packed.faces[face, 2]), packed.material[part]
    normal = normal_at(packed, corners, weights)
    if normal[2] < 0.0 and material >= HAIR:
        normal = (-normal[0], -normal[1], -normal[2])
    albedo, place, strand = colour_at(packed, part, face, corners, weights, table)
    occlusion, d0, d1, d2, d3 = 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(3):
        i, w = corners[k], weights[k]
        occlusion += w * packed.attributes[i, OCCLUSION]
        d0 += w * packed.attributes[i, DETAIL + 0]
        d1 += w * packed.attributes[i, DETAIL + 1]
        d2 += w * packed.attributes[i, DETAIL + 2]
        d3 += w * packed.attributes[i, DETAIL + 3]
    detail = (d0, d1, d2, d3)
    # Looked up a little off the surface: where light grazes it, the map's own pixels would throw stripes.
    off = SHADOW_LIFT / scale
    lit = shadow_at(lights, x + 0.5 + off * normal[0], y + 0.5 - off * normal[1], layer[3][y, x] + off * normal[2])
    lit = 1.0 - shader.shadow * (1.0 - lit)
    if material == SKIN:
        light = shade_skin(normal, albedo, (occlusion, detail), place, lit, lights, shader, tiles)
    elif material == HAIR:
        extra = (occlusion, (d0, d1, d2), packed.gloss[part])
        light = shade_hair(normal, albedo, extra, strand, lit, lights, shader)
    elif material == EYE:
        light = shade_eye(normal, albedo, detail, occlusion, lit, lights, shader)
    else:
        wrap = 0.1 + (0.3 if material == FUR or material == MOUTH else 0.0) + 0.5 * shader.wrap
        if material == FUR:
            tone = 1.0 + 1.1 * shader.grain * (tile_at(tiles.strands, place[0], place[1], 16.0) - 0.5)
            albedo = (albedo[0] * tone, albedo[1] * tone, albedo[2] * tone)
        light = shade_plain(normal, albedo, (occlusion, packed.gloss[part], wrap), lit, lights, shader)
    return light, albedo, normal


@inlined()
@no_type_check
def _surface(layer, packed, y, x, table):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Linear albedo and normal towards the viewer of a surface that may be seen from behind."""
    part, weights = layer[0][y, x], (layer[2][y, x, 0], layer[2][y, x, 1], layer[2][y, x, 2])
    face = packed.first_face[part] + layer[1][y, x]
    corners = packed.faces[face, 0], packed.faces[face, 1], packed.faces[face, 2]
    normal = normal_at(packed, corners, weights)
    if normal[2] < 0.0:
        normal = (-normal[0], -normal[1], -normal[2])
    albedo, _, _ = colour_at(packed, part, face, corners, weights, table)
    return albedo, normal


@inlined()
@no_type_check
def _through(sample, layer, packed, light, look):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Look through a lens: its tint, and a window mirrored in it."""
    lights, shader = look[0], look[1]
    part = layer[0][sample[0], sample[1]]
    albedo, normal = _surface(layer, packed, sample[0], sample[1], look[3])
    opacity = packed.opacity[part]
    mirror_y = 2.0 * normal[2] * normal[1]
    shine = 0.02 + 0.12 * smoothstep_at(0.15, 0.75, mirror_y) + 0.1 * (1.0 - normal[2])
    dx, dy, dz = lights.directions[0, 0], lights.directions[0, 1], lights.directions[0, 2]
    hit = 2.0 * normal[2] * (normal[0] * dx + normal[1] * dy + normal[2] * dz) - dz
    shine += 0.45 * shader.catch * smoothstep_at(0.93, 0.97, hit)
    shine *= packed.gloss[part] * 0.6 + 0.1
    glow = 0.4 * (lights.sky[0] + lights.ground[0])
    return (
        light[0] * (1.0 - opacity) + opacity * albedo[0] * glow + shine * lights.sky[0],
        light[1] * (1.0 - opacity) + opacity * albedo[1] * glow + shine * lights.sky[1],
        light[2] * (1.0 - opacity) + opacity * albedo[2] * glow + shine * lights.sky[2],
    )


@inlined()
@no_type_check
def _shaded_samples(layer, packed, corner, look):  # noqa: ANN001, ANN202 - compiled, types inferred
    """How many of a pixel's four samples to shade: 1 on a smooth surface, 2 within hair, 4 across edges and in eyes."""
    y, x = corner
    part = layer[0][y, x]
    if part < 0 or packed.material[part] == EYE:
        return 4
    low, high = layer[3][y, x], layer[3][y, x]
    for k in range(1, 4):
        i, j = y + (k >> 1), x + (k & 1)
        if layer[0][i, j] != part:
            return 4
        low, high = min(low, layer[3][i, j]), max(high, layer[3][i, j])
    if packed.material[part] == HAIR or (packed.material[part] == FUR and look[1].grain > 0.0):
        return 2
    return 1 if (high - low) * look[4] < FLAT else 4


@inlined()
@no_type_check
def _copy_sample(samples, source, target):  # noqa: ANN001, ANN202 - compiled, types inferred
    for values in samples:
        for c in range(3):
            values[target, c] = values[source, c]


@inlined()
@no_type_check
def _shade_samples(corner, layer, packed, look, ground, samples):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Shade the samples of a pixel; where few are shaded, the others are copies of them."""
    light_of, albedo_of, normal_of = samples
    y, x = corner
    count = _shaded_samples(layer, packed, corner, look)
    for k in range(4):
        i, j = y + (k >> 1), x + (k & 1)
        if layer[0][i, j] < 0:
            for c in range(3):
                light_of[k, c] = ground[c]
        elif k == 0 or count == 4 or (count == 2 and k == 3):
            light, albedo, normal = _shade((i, j), layer, packed, look)
            for c in range(3):
                light_of[k, c], albedo_of[k, c], normal_of[k, c] = light[c], albedo[c], normal[c]
    if count < 4:
        _copy_sample(samples, 0, 1)
        _copy_sample(samples, 3 if count == 2 else 0, 2)
        if count == 1:
            _copy_sample(samples, 0, 3)


@inlined()
@no_type_check
def _look_through(corner, layers, packed, look, samples):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Lay lenses over the four samples of a pixel."""
    opaque, clear = layers
    light_of = samples[0]
    y, x = corner
    for k in range(4):
        i, j = y + (k >> 1), x + (k & 1)
        if clear[0][i, j] >= 0 and clear[3][i, j] > opaque[3][i, j]:
            light = _through((i, j), clear, packed, (light_of[k, 0], light_of[k, 1], light_of[k, 2]), look)
            for c in range(3):
                light_of[k, c] = light[c]


@kernel()
@no_type_check
def _resolve(out, layers, packed, look, samples):  # noqa: ANN001, ANN202 - compiled, types inferred
    linear, light_of = out[0], samples[0]
    lenses = layers[1][0].shape[0] > 1
    for row in range(linear.shape[0]):
        for column in range(linear.shape[1]):
            corner = SAMPLES * row, SAMPLES * column
            ground = (linear[row, column, 0], linear[row, column, 1], linear[row, column, 2])
            _shade_samples(corner, layers[0], packed, look, ground, samples)
            if lenses:
                _look_through(corner, layers, packed, look, samples)
            for c in range(3):
                mean = 0.25 * (light_of[0, c] + light_of[1, c] + light_of[2, c] + light_of[3, c])
                if mean > KNEE:
                    mean = 1.0 - (1.0 - KNEE) * np.exp((KNEE - mean) / (1.0 - KNEE))
                linear[row, column, c] = mean
            _label(out, (row, column), layers, packed, (samples[1], samples[2], look[4], look[3]))


@inlined()
@no_type_check
def _region(layer, packed, i, j):  # noqa: ANN001, ANN202 - compiled, types inferred
    part = layer[0][i, j]
    return packed.regions[packed.first_face[part] + layer[1][i, j]] if part >= 0 else np.uint8(0)


@inlined()
@no_type_check
def _label(out, place, layers, packed, values):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Write the labels of the region that most samples show; of equals the nearest one."""
    _, albedo_out, region_out, normals_out, depth_out, part_out = out
    row, column = place
    opaque, clear = layers
    albedo_of, normal_of, scale, table = values
    y, x = SAMPLES * row, SAMPLES * column
    regions = (
        _region(opaque, packed, y, x),
        _region(opaque, packed, y, x + 1),
        _region(opaque, packed, y + 1, x),
        _region(opaque, packed, y + 1, x + 1),
    )
    best, votes, nearest = -1, -1, -1e30
    for k in range(4):
        count, depth = 0, opaque[3][y + (k >> 1), x + (k & 1)]
        for other in range(4):
            count += regions[k] == regions[other]
        if count > votes or (count == votes and depth > nearest):
            best, votes, nearest = k, count, depth
    i, j = y + (best >> 1), x + (best & 1)
    region_out[row, column] = regions[best]
    if opaque[0][i, j] >= 0:
        part_out[row, column], depth_out[row, column] = opaque[0][i, j], opaque[3][i, j] * scale
        for c in range(3):
            albedo_out[row, column, c], normals_out[row, column, c] = albedo_of[best, c], normal_of[best, c]
    seen = clear[0][i, j] if clear[0].shape[0] > 1 else -1
    if seen >= 0 and packed.opacity[seen] > DARK and clear[3][i, j] > opaque[3][i, j]:
        albedo, normal = _surface(clear, packed, i, j, table)
        region_out[row, column] = _region(clear, packed, i, j)
        part_out[row, column], depth_out[row, column] = seen, clear[3][i, j] * scale
        for c in range(3):
            albedo_out[row, column, c], normals_out[row, column, c] = albedo[c], normal[c]
