"""Where ink goes: the outlines of the bodies in a scene, and the creases in them."""

from typing import no_type_check

import numpy as np

from toonface.geometry.kernels import inlined, kernel
from toonface.synth.picture.filters import Labels, Plane, gaussian_blur, look_up
from toonface.synth.shading.buffers import Buffers
from toonface.types import FaceRegion

# What is drawn as one body: there is no line between nose and cheek.
GROUPS = np.zeros(256, np.uint8)
GROUPS[FaceRegion.SKIN :] = 1
for _group, _regions in enumerate(
    (
        (FaceRegion.EYE_LEFT, FaceRegion.EYE_RIGHT),
        (FaceRegion.LIP_UPPER, FaceRegion.LIP_LOWER),
        (FaceRegion.INNER_MOUTH,),
        (FaceRegion.HAIR,),
        (FaceRegion.FACIAL_HAIR,),
        (FaceRegion.GLASSES,),
        (FaceRegion.HAT, FaceRegion.CLOTH, FaceRegion.OTHER),
    ),
    start=2,
):
    GROUPS[list(_regions)] = _group
SKIN_GROUP, HAIR_GROUP = int(GROUPS[FaceRegion.SKIN]), int(GROUPS[FaceRegion.HAIR])
NECK = int(FaceRegion.NECK)

# Weight of the line between two groups, by the higher number and the lower; 0.65 is a hair line and 1 a full one.
LINES = np.zeros((9, 9), np.float32)
LINES[1:, 0] = 1.0
LINES[2, 1], LINES[3, 1], LINES[4, 1:4], LINES[5, 1:5], LINES[7, 1:7], LINES[8, 1:8] = 0.67, 0.63, 0.68, 0.95, 0.66, 0.9
LINES = np.maximum(LINES, LINES.T)
LEAST_JUMP = 0.005
"""Metres from one pixel to the next, beyond what the slopes beside explain, that make an outline."""
FULL_JUMP = 0.02
"""Metres at which the outline is a full one."""


def body_groups(region: Labels, unit: float) -> Labels:
    """Merge regions into bodies that are drawn with one outline, and tidy the strands at the edge of the hair.

    Args:
        region: `FaceRegion` of each pixel.
        unit: pixels over which single strands are lost.
    """
    group = look_up(GROUPS, region)
    if HAIR_GROUP not in group:
        return group
    share = np.zeros((*group.shape, 2), np.float32)
    _mark_hair(group, share)
    _tidy_hair(group, gaussian_blur(share, 1.1 * unit))
    return group


@kernel()
@no_type_check
def _mark_hair(group, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    for y in range(group.shape[0]):
        for x in range(group.shape[1]):
            out[y, x, 0], out[y, x, 1] = group[y, x] == HAIR_GROUP, group[y, x] == 0


@kernel()
@no_type_check
def _tidy_hair(group, share):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Give what is mostly hair around to the hair, and what is not to skin or background."""
    for y in range(group.shape[0]):
        for x in range(group.shape[1]):
            hair, ground = share[y, x, 0], share[y, x, 1]
            if hair > 0.5:
                group[y, x] = HAIR_GROUP if group[y, x] < 2 else group[y, x]
            elif group[y, x] == HAIR_GROUP:
                group[y, x] = 0 if ground > np.float32(0.5) * (np.float32(1.0) - hair) else SKIN_GROUP


def ink_lines(buffers: Buffers, group: Labels, width: float) -> Plane:
    """Return how much of each pixel outlines cover: between bodies, where depth jumps, and under the chin.

    Args:
        buffers: of the scene.
        group: from `body_groups`.
        width: of the strongest lines in pixels, above 0; fine ones are about half as wide.
    """
    crossing = np.zeros((*group.shape, 2), np.float32)
    _cross(group, buffers.region, buffers.depth, buffers.normals, LINES, crossing)
    sigma = max(0.6, 0.5 * width)
    spread = gaussian_blur(crossing, sigma)
    # A long line of weight 1 has density 1 in its middle, whatever its direction: the two axes are legs of a triangle.
    edge = np.exp(-0.5 * (0.5 * width / sigma) ** 2)
    half = 0.5 * edge * 0.5 * width / sigma**2
    numbers = np.array([sigma * np.sqrt(2.0 * np.pi), edge - half, 0.5 / half], np.float32)
    out = np.zeros(group.shape, np.float32)
    _draw_lines(spread, numbers, out)
    return out


@kernel()
@no_type_check
def _draw_lines(spread, numbers, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    scale, low, steepness = numbers
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            density = np.sqrt(spread[y, x, 0] * spread[y, x, 0] + spread[y, x, 1] * spread[y, x, 1]) * scale
            out[y, x] = min(max((density - low) * steepness, np.float32(0.0)), np.float32(1.0))


@kernel()
@no_type_check
def _cross(group, region, depth, normals, lines, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    height, width = group.shape
    for axis in range(2):
        dy, dx = axis, 1 - axis
        for y in range(dy, height - 2 * dy):
            i = y + dy
            own, other, neck, neck_other = group[y], group[i][dx:], region[y], region[i][dx:]
            behind, near, far, beyond = depth[y - dy], depth[y][dx:], depth[i][2 * dx :], depth[i + dy][3 * dx :]
            for x in range(dx, width - 2 * dx):
                a, b = own[x], other[x]
                weight = lines[a, b]
                # Strands of hair lie at every depth.
                if a == b and a > 0 and a != HAIR_GROUP:
                    weight = _jump(behind[x - dx], near[x - dx], far[x - dx], beyond[x - dx])
                    if (neck[x] == NECK) != (neck_other[x] == NECK):
                        weight = max(weight, _bend(normals[y, x], normals[i, x + dx]))
                if weight > 0.0:
                    # The line lies between the two pixels.
                    out[y, x, axis] += np.float32(0.5) * weight
                    out[i, x + dx, axis] += np.float32(0.5) * weight


@inlined()
@no_type_check
def _jump(a, b, c, d):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Weight of a line between the inner two of four depths in a row."""
    step = abs(b - c)
    if step < LEAST_JUMP:
        return np.float32(0.0)
    jump = step - np.float32(2.0) * max(abs(a - b), abs(c - d))
    if jump < LEAST_JUMP:
        return np.float32(0.0)
    return min(np.float32(0.65) + np.float32(0.35 / FULL_JUMP) * jump, np.float32(1.0))


@inlined()
@no_type_check
def _bend(a, b):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Weight of a line between two normals."""
    bend = np.float32(1.0) - (a[0] * b[0] + a[1] * b[1] + a[2] * b[2])
    share = (bend - np.float32(0.08)) * np.float32(5.0)
    return np.float32(0.7) * min(max(share, np.float32(0.0)), np.float32(1.0))
