"""A painter's brush: smoothing that keeps edges and lays even dabs between them."""

from typing import no_type_check

import numpy as np

from toonface.geometry.kernels import inlined, kernel
from toonface.synth.picture.filters import Colour, gaussian_blur, grey_of


def kuwahara(picture: Colour, radius: float) -> Colour:
    """Paint over a picture: each pixel takes the colour of the evenest of eight neighbourhoods around it.

    A generalised Kuwahara filter (Papari et al. 2007) whose sectors are shifted Gaussians, so that one blur serves all.

    Args:
        picture: three channels.
        radius: reach, above 0.
    """
    moments = np.zeros((*picture.shape[:2], 4), np.float32)
    _gather_moments(np.ascontiguousarray(picture), moments)
    moments = gaussian_blur(moments, 0.45 * radius)
    _weigh_evenness(moments)
    angles = np.arange(8) * np.pi / 4
    steps = np.rint(0.75 * radius * np.stack([np.sin(angles), np.cos(angles)], axis=1)).astype(np.int64)
    out = np.zeros_like(picture)
    _sum_shifted(moments.reshape(len(moments), -1), steps, np.zeros(4 * picture.shape[1], np.float32), out)
    return out


@kernel()
@no_type_check
def _gather_moments(picture, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            r, g, b = picture[y, x, 0], picture[y, x, 1], picture[y, x, 2]
            grey = grey_of(r, g, b)
            out[y, x, 0], out[y, x, 1], out[y, x, 2], out[y, x, 3] = r, g, b, grey * grey


@kernel()
@no_type_check
def _weigh_evenness(moments):  # noqa: ANN001, ANN202 - compiled, types inferred
    for y in range(moments.shape[0]):
        for x in range(moments.shape[1]):
            grey = grey_of(moments[y, x, 0], moments[y, x, 1], moments[y, x, 2])
            spread = max(moments[y, x, 3] - grey * grey, np.float32(0.0))
            weight = np.float32(0.01) / (spread + np.float32(2e-4))
            weight *= weight
            weight *= weight
            moments[y, x, 3] = weight
            for c in range(3):
                moments[y, x, c] *= weight


@kernel()
@no_type_check
def _sum_shifted(moments, steps, total, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    height, length = moments.shape
    for y in range(height):
        total[:] = 0.0
        for i in range(len(steps)):
            row, shift = moments[min(max(y + steps[i, 0], 0), height - 1)], 4 * steps[i, 1]
            if shift >= 0:
                _accumulate(row[shift:], total[: length - shift])
                for k in range(length - shift, length):
                    total[k] += row[length - 4 + (k & 3)]
            else:
                _accumulate(row[: length + shift], total[-shift:])
                for k in range(-shift):
                    total[k] += row[k & 3]
        for x in range(length // 4):
            share = np.float32(1.0) / total[4 * x + 3]
            for c in range(3):
                out[y, x, c] = total[4 * x + c] * share


@inlined()
@no_type_check
def _accumulate(line, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    for i in range(len(out)):
        out[i] += line[i]
