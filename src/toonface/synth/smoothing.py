"""Smoothing that keeps edges: within labels, and as a painter's brush does.

Even patches are wide compared with a pixel, so most of the work is done on pictures of half the size.
"""

from typing import no_type_check

import numpy as np

from toonface.geometry.kernels import kernel
from toonface.synth.filters import Colour, Labels, Picture, gaussian_blur, grey_of


def smooth_within(picture: Picture, label: Labels, *, sigma: float, contrast: float) -> Picture:
    """Smooth a picture but not across labels or strong edges (domain transform, Gastal and Oliveira 2011, section 5).

    Args:
        picture: any number of channels.
        label: pixels of different labels never mix.
        sigma: reach where the picture is even, above 0.
        contrast: sum of the channels' differences that counts as an edge, above 0; smaller keeps more.
    """
    out = np.array(picture, np.float32, order="C")
    # Two rounds; the sigmas are those of the paper's Eq. 14, and the second is half the first.
    rate = np.float32(np.sqrt(2.0) / (sigma * np.sqrt(0.8)))
    right, down = np.zeros(label.shape, np.float32), np.zeros(label.shape, np.float32)
    _feedback(out, np.ascontiguousarray(label), rate, np.float32(sigma / contrast), (right, down))
    for _ in range(2):
        _recurse_rows(out, right)
        _recurse_columns(out, down)
        right *= right
        down *= down
    return out


def smooth_coarsely(picture: Picture, label: Labels, *, sigma: float, contrast: float) -> Picture:
    """Do about what `smooth_within` does, on a picture of half the size; the borders of labels stay where they are.

    Args:
        picture: any number of channels.
        label: pixels of different labels never mix.
        sigma: reach where the picture is even, above 0.
        contrast: sum of the channels' differences that counts as an edge, above 0; smaller keeps more.
    """
    small, label_small = halve_within(picture, label)
    return enlarge_within(
        smooth_within(small, label_small, sigma=0.5 * sigma, contrast=contrast), label_small, label, picture
    )


def halve_within(picture: Picture, label: Labels) -> tuple[Picture, Labels]:
    """Average pixels by fours, but only those with the label of the first of them.

    Args:
        picture: any number of channels.
        label: of each pixel.

    Returns:
        The picture and its labels.
    """
    height, width, channels = picture.shape
    small = np.zeros(((height + 1) // 2, (width + 1) // 2, channels), np.float32)
    label_small = np.zeros(small.shape[:2], np.uint8)
    _halve(np.ascontiguousarray(picture), np.ascontiguousarray(label), small, label_small)
    return small, label_small


def enlarge_within(small: Picture, label_small: Labels, label: Labels, picture: Picture) -> Picture:
    """Undo `halve_within`: interpolate linearly between neighbours that have the label of the pixel.

    Args:
        small: what is enlarged.
        label_small: of its pixels.
        label: of the enlarged picture.
        picture: what is seen where no neighbour has the label.
    """
    out = np.array(picture, np.float32, order="C")
    _enlarge(small, label_small, np.ascontiguousarray(label), out)
    return out


@kernel()
@no_type_check
def _halve(picture, label, out, label_out):  # noqa: ANN001, ANN202 - compiled, types inferred
    height, width, channels = picture.shape
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            own, count = label[2 * y, 2 * x], np.float32(0.0)
            label_out[y, x] = own
            for i in range(2 * y, min(2 * y + 2, height)):
                for j in range(2 * x, min(2 * x + 2, width)):
                    if label[i, j] == own:
                        count += np.float32(1.0)
                        for c in range(channels):
                            out[y, x, c] += picture[i, j, c]
            share = np.float32(1.0) / count
            for c in range(channels):
                out[y, x, c] *= share


@kernel()
@no_type_check
def _enlarge(small, label_small, label, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    rows, columns, channels = small.shape
    for y in range(out.shape[0]):
        # Three quarters from the pixel's own block, one quarter from the neighbouring one.
        top = min(max((y >> 1) + 2 * (y & 1) - 1, 0), rows - 1)
        for x in range(out.shape[1]):
            side = min(max((x >> 1) + 2 * (x & 1) - 1, 0), columns - 1)
            own, i, j = label[y, x], y >> 1, x >> 1
            a = np.float32(9.0) if label_small[i, j] == own else np.float32(0.0)
            b = np.float32(3.0) if label_small[i, side] == own else np.float32(0.0)
            d = np.float32(3.0) if label_small[top, j] == own else np.float32(0.0)
            e = np.float32(1.0) if label_small[top, side] == own else np.float32(0.0)
            total = a + b + d + e
            if total > 0.0:
                share = np.float32(1.0) / total
                a, b, d, e = a * share, b * share, d * share, e * share
                for c in range(channels):
                    value = a * small[i, j, c] + b * small[i, side, c]
                    out[y, x, c] = value + d * small[top, j, c] + e * small[top, side, c]


@kernel()
@no_type_check
def _feedback(picture, label, rate, stiffness, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    height, width, channels = picture.shape
    for axis in range(2):
        dy, dx = axis, 1 - axis
        for y in range(dy, height):
            for x in range(dx, width):
                change = np.float32(0.0)
                for c in range(channels):
                    change += abs(picture[y, x, c] - picture[y - dy, x - dx, c])
                # An exponential, as a limit of a power.
                share = np.float32(1.0) - rate * (np.float32(1.0) + stiffness * change) * np.float32(0.0625)
                # The least share is still a normal number after its fifth square: denormal ones are slow.
                even = share > np.float32(0.08) and label[y, x] == label[y - dy, x - dx]
                share = share if even else np.float32(0.0)
                share *= share
                share *= share
                share *= share
                out[axis][y, x] = share * share


@kernel()
@no_type_check
def _recurse_rows(picture, right):  # noqa: ANN001, ANN202 - compiled, types inferred
    height, width, channels = picture.shape
    # Four rows at a time, because each step waits for the one before it in its row.
    for top in range(0, height, 4):
        bottom = min(top + 4, height)
        for x in range(1, width):
            for y in range(top, bottom):
                share = right[y, x]
                for c in range(channels):
                    picture[y, x, c] += share * (picture[y, x - 1, c] - picture[y, x, c])
        for x in range(width - 2, -1, -1):
            for y in range(top, bottom):
                share = right[y, x + 1]
                for c in range(channels):
                    picture[y, x, c] += share * (picture[y, x + 1, c] - picture[y, x, c])


@kernel()
@no_type_check
def _recurse_columns(picture, down):  # noqa: ANN001, ANN202 - compiled, types inferred
    height, width, channels = picture.shape
    for y in range(1, height):
        for x in range(width):
            share = down[y, x]
            for c in range(channels):
                picture[y, x, c] += share * (picture[y - 1, x, c] - picture[y, x, c])
    for y in range(height - 2, -1, -1):
        for x in range(width):
            share = down[y + 1, x]
            for c in range(channels):
                picture[y, x, c] += share * (picture[y + 1, x, c] - picture[y, x, c])


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
    _sum_shifted(moments, steps, np.zeros((picture.shape[1], 4), np.float32), out)
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
    height, width = moments.shape[:2]
    for y in range(height):
        total[:] = 0.0
        for i in range(len(steps)):
            row, dx = min(max(y + steps[i, 0], 0), height - 1), steps[i, 1]
            for x in range(width):
                column = min(max(x + dx, 0), width - 1)
                for c in range(4):
                    total[x, c] += moments[row, column, c]
        for x in range(width):
            share = np.float32(1.0) / total[x, 3]
            for c in range(3):
                out[y, x, c] = total[x, c] * share
