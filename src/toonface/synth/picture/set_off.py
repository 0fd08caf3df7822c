"""Keep the ground from swallowing the head's outline, as portrait photographers do with a light behind it."""

from typing import no_type_check

import numpy as np

from toonface.geometry.kernels import kernel
from toonface.synth.picture.filters import Colour, Labels, gaussian_blur, grey_of, resize

CELLS = 32
"""Rows of the coarse grid on which figure and ground are compared."""
REACH, HALO = 1.3, 2.2
"""Standard deviations, in cells: of what counts as beside the outline, and of the halo."""
FADE = 0.025
"""Share of outline in the cells about, below which the halo fades away."""


def set_off(linear: Colour, region: Labels, contrast: float) -> Colour:
    """Lighten or darken the ground a little where it is as bright as the figure before it; the figure is left alone.

    Args:
        linear: linear light.
        region: 0 is the ground.
        contrast: least difference along the outline, as square roots of light; 0.15 is easily seen.
    """
    height, width = region.shape
    cell = max(height // CELLS, 1)
    sums = np.zeros((-(-height // cell), -(-width // cell), 4), np.float32)
    _sum_cells(np.ascontiguousarray(linear), np.ascontiguousarray(region), cell, sums)
    beside = gaussian_blur(sums, REACH)
    figure, ground = (beside[..., k + 1] / np.maximum(beside[..., k], np.float32(1e-3)) for k in (0, 2))
    edge = beside[..., 0] * beside[..., 2]
    gap = ground - figure
    # Of a figure that is as bright as the ground, a dark one looks better on light ground, and a light one on dark.
    lighter = gap + np.clip(np.float32(0.4) * (np.float32(0.45) - figure), -0.06, 0.06) >= 0.0
    lack = np.where(lighter, contrast - gap, -contrast - gap)
    push = np.where(lighter, np.maximum(lack, 0.0), np.minimum(lack, 0.0)).clip(-2 * contrast, 2 * contrast)
    if np.abs(push * (edge > 0.02)).max() < 0.01:
        return linear
    spread = gaussian_blur(np.stack([edge * push, edge], axis=2), HALO)
    change = resize((spread[..., :1] / (spread[..., 1:] + np.float32(FADE))), height, width)
    out = np.array(linear, np.float32, order="C")
    _shift_ground(np.ascontiguousarray(region), change[..., 0], out)
    return out


@kernel()
@no_type_check
def _sum_cells(linear, region, cell, sums):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Share of the figure and its tone, share of the ground and its tone, in each cell."""
    # Every second pixel of every second row is enough.
    unit = np.float32(4.0) / np.float32(cell * cell)
    for i in range(len(sums)):
        for y in range(i * cell, min((i + 1) * cell, len(region)), 2):
            colours, row = linear[y], region[y]
            for j in range(sums.shape[1]):
                total = sums[i, j]
                for x in range(j * cell, min((j + 1) * cell, len(row)), 2):
                    light = grey_of(colours[x, 0], colours[x, 1], colours[x, 2])
                    tone = np.sqrt(min(max(light, np.float32(0.0)), np.float32(1.0)))
                    k = 0 if row[x] > 0 else 2
                    total[k] += unit
                    total[k + 1] += unit * tone


@kernel()
@no_type_check
def _shift_ground(region, change, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Change tones: darker by a factor, lighter by added light that is half white and half of the ground's own hue."""
    least = np.float32(1e-3)
    for y in range(region.shape[0]):
        for x in range(region.shape[1]):
            if region[y, x] == 0 and abs(change[y, x]) > least:
                light = max(grey_of(out[y, x, 0], out[y, x, 1], out[y, x, 2]), least)
                tone = np.sqrt(light)
                wanted = max(tone + change[y, x], np.float32(0.3) * tone)
                wanted *= wanted
                white = np.float32(0.5) * max(wanted - light, np.float32(0.0))
                gain = (wanted - white) / light
                for c in range(3):
                    out[y, x, c] = gain * out[y, x, c] + white
