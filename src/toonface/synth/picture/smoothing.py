"""Smoothing within labels, and not across strong edges.

Even patches are wide compared with a pixel, so most of the work is done on pictures of half the size.
"""

from typing import TypeAlias, no_type_check

import numpy as np
from jaxtyping import Float32, UInt8

from toonface.geometry.kernels import inlined, kernel
from toonface.synth.picture.filters import Labels, Picture

Planes: TypeAlias = Float32[np.ndarray, "C H W"]
SmallPlanes: TypeAlias = Float32[np.ndarray, "C P Q"]
SmallLabels: TypeAlias = UInt8[np.ndarray, "P Q"]


def smooth_within(planes: Planes, label: Labels, *, sigma: float, contrast: float) -> Planes:
    """Smooth a picture but not across labels or strong edges (domain transform, Gastal and Oliveira 2011, section 5).

    Args:
        planes: the channels of the picture, one after the other.
        label: pixels of different labels never mix.
        sigma: reach where the picture is even, above 0.
        contrast: sum of the channels' differences that counts as an edge, above 0; smaller keeps more.
    """
    out = np.array(planes, np.float32, order="C")
    label = np.ascontiguousarray(label)
    # Two rounds; the sigmas are those of the paper's Eq. 14, and the second is half the first.
    rate = np.float32(np.sqrt(2.0) / (sigma * np.sqrt(0.8)))
    right, down = np.zeros(label.shape, np.float32), np.zeros(label.shape, np.float32)
    _weigh(out, label, (rate, np.float32(sigma / contrast)), right, down)
    for _ in range(2):
        _recurse(out, right, down)
        right *= right
        down *= down
    return out


def smooth_coarsely(picture: Picture, label: Labels, *, sigma: float, contrast: float) -> Picture:
    """Smooth as `smooth_within` does, on a picture of half the size; the borders of labels stay where they are.

    Args:
        picture: any number of channels.
        label: pixels of different labels never mix.
        sigma: reach where the picture is even, above 0.
        contrast: sum of the channels' differences that counts as an edge, above 0; smaller keeps more.
    """
    planes, small = halve_within(picture, label)
    planes = smooth_within(planes, small, sigma=0.5 * sigma, contrast=contrast)
    return enlarge_within(planes, small, label, picture)


def halve_within(picture: Picture, label: Labels) -> tuple[SmallPlanes, SmallLabels]:
    """Average pixels by fours, but only those with the label of the first of them.

    Args:
        picture: any number of channels.
        label: of each pixel.

    Returns:
        The channels one after the other, and the labels.
    """
    height, width, channels = picture.shape
    planes = np.zeros((channels, (height + 1) // 2, (width + 1) // 2), np.float32)
    label_small = np.ascontiguousarray(label[::2, ::2])
    source = np.ascontiguousarray(picture).reshape(height, -1)
    scratch = np.zeros((4, planes.shape[2]), np.float32)
    _halve(source, np.ascontiguousarray(label), scratch, planes, label_small)
    return planes, label_small


def enlarge_within(planes: SmallPlanes, label_small: SmallLabels, label: Labels, picture: Picture) -> Picture:
    """Undo `halve_within`: interpolate linearly between neighbours that have the label of the pixel.

    Args:
        planes: what is enlarged, the channels one after the other.
        label_small: of its pixels.
        label: of the enlarged picture.
        picture: what is seen where no neighbour has the label.
    """
    height, width, channels = picture.shape
    out = np.zeros((height, width * channels), np.float32)
    kept = np.ascontiguousarray(picture).reshape(height, -1)
    scratch = np.zeros((4, width + 1), np.float32)
    _enlarge((planes, label_small), np.ascontiguousarray(label), kept, scratch, out)
    return out.reshape(picture.shape)


@kernel()
@no_type_check
def _halve(picture, label, scratch, out, label_out):  # noqa: ANN001, ANN202 - compiled, types inferred
    channels, rows, _ = out.shape
    share, a, b, d = scratch
    for y in range(rows):
        top, bottom, own = label[2 * y], label[min(2 * y + 1, len(label) - 1)], label_out[y]
        last = len(top) - 1
        for x in range(len(own)):
            right = min(2 * x + 1, last)
            a[x], b[x] = top[right] == own[x], bottom[2 * x] == own[x]
            d[x] = bottom[right] == own[x]
            share[x] = np.float32(1.0) / (np.float32(1.0) + a[x] + b[x] + d[x])
        upper, lower = picture[2 * y], picture[min(2 * y + 1, len(label) - 1)]
        for c in range(channels):
            line, above, below = out[c, y], upper[c::channels], lower[c::channels]
            for x in range(len(line)):
                right = min(2 * x + 1, last)
                total = above[2 * x] + a[x] * above[right]
                line[x] = share[x] * (total + b[x] * below[2 * x] + d[x] * below[right])


@kernel()
@no_type_check
def _enlarge(small, label, kept, scratch, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    planes, label_small = small
    channels, rows, columns = planes.shape
    for y in range(len(out)):
        # Three quarters from the pixel's own block, one quarter from the neighbouring one.
        near, far = y >> 1, min(max((y >> 1) + 2 * (y & 1) - 1, 0), rows - 1)
        row, own = out[y], label[y]
        even, labels, labels_far = scratch[3][: len(own)], label_small[near], label_small[far]
        _mark_even(labels, labels_far, own, even)
        for c in range(channels):
            _enlarge_line(planes[c, near], planes[c, far], scratch, row[c::channels])
        for x in range(len(own)):
            if even[x] == 0.0:
                side = min(max((x >> 1) + 2 * (x & 1) - 1, 0), columns - 1)
                a, b = labels[x >> 1] == own[x], labels[side] == own[x]
                d, e = labels_far[x >> 1] == own[x], labels_far[side] == own[x]
                if a or b or d or e:
                    weights = np.float32(9 * a), np.float32(3 * b), np.float32(3 * d), np.float32(e)
                    _enlarge_mixed(planes, (near, far, x >> 1, side), weights, row[x * channels :])
                else:
                    for c in range(channels):
                        row[x * channels + c] = kept[y, x * channels + c]


@inlined()
@no_type_check
def _mark_even(labels, labels_far, own, even):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Mark the pixels all of whose neighbours have their label."""
    even[:] = 0.0
    for j in range(len(labels) - 1):
        kind = labels[j]
        if labels[j + 1] == kind and labels_far[j] == kind and labels_far[j + 1] == kind:
            even[2 * j + 1], even[2 * j + 2] = own[2 * j + 1] == kind, own[2 * j + 2] == kind


@inlined()
@no_type_check
def _enlarge_line(near, far, scratch, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    low, high = np.float32(0.25), np.float32(0.75)
    line, left, right = scratch[0][: len(near)], scratch[1][: len(near)], scratch[2][: len(near)]
    for x in range(len(line)):
        line[x] = high * near[x] + low * far[x]
    before, after = line[:-1], line[1:]
    for x in range(len(before)):
        left[x] = high * before[x] + low * after[x]
    for x in range(len(before)):
        right[x] = low * before[x] + high * after[x]
    odd, even = out[1::2], out[2::2]
    for x in range(len(even)):
        even[x] = right[x]
    for x in range(min(len(odd), len(before))):
        odd[x] = left[x]


@inlined()
@no_type_check
def _enlarge_mixed(planes, place, weights, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    near, far, i, j = place
    share = np.float32(1.0) / (weights[0] + weights[1] + weights[2] + weights[3])
    for c in range(len(planes)):
        value = weights[0] * planes[c, near, i] + weights[1] * planes[c, near, j]
        out[c] = share * (value + weights[2] * planes[c, far, i] + weights[3] * planes[c, far, j])


@kernel()
@no_type_check
def _weigh(planes, label, numbers, right, down):  # noqa: ANN001, ANN202 - compiled, types inferred
    """How much of a pixel's left and upper neighbours goes into it."""
    for y in range(len(label)):
        own, weights, weights_down, last = label[y], right[y], down[y], max(y - 1, 0)
        for c in range(len(planes)):
            _add_change(planes[c, y, :-1], planes[c, y, 1:], weights[1:])
            _add_change(planes[c, last], planes[c, y], weights_down)
        _to_share(own[:-1], own[1:], numbers, weights[1:])
        _to_share(label[last], own, numbers, weights_down)
    down[0] = 0.0


@inlined()
@no_type_check
def _add_change(before, after, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    for x in range(len(out)):
        out[x] += abs(after[x] - before[x])


@inlined()
@no_type_check
def _to_share(before, after, numbers, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    rate, stiffness = numbers
    for x in range(len(out)):
        # An exponential, as a limit of a power.
        share = np.float32(1.0) - rate * (np.float32(1.0) + stiffness * out[x]) * np.float32(0.0625)
        # The least share is still a normal number after its fifth square: denormal ones are slow.
        share = share if share > np.float32(0.08) and before[x] == after[x] else np.float32(0.0)
        share *= share
        share *= share
        share *= share
        out[x] = share * share


@kernel()
@no_type_check
def _recurse(planes, right, down):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Mix each pixel with those before it: to the right and back, down and back."""
    height = len(right)
    for plane in planes:
        # Four rows at a time, because each step waits for the one before it in its row.
        for top in range(0, height - 3, 4):
            _recurse_rows(plane[top : top + 4], right[top : top + 4])
        for y in range(height - height % 4, height):
            _recurse_row(plane[y], right[y])
        for y in range(1, height):
            _mix(plane[y], plane[y - 1], down[y])
        for y in range(height - 2, -1, -1):
            _mix(plane[y], plane[y + 1], down[y + 1])


@inlined()
@no_type_check
def _mix(line, other, share):  # noqa: ANN001, ANN202 - compiled, types inferred
    for x in range(len(line)):
        line[x] += share[x] * (other[x] - line[x])


@inlined()
@no_type_check
def _recurse_row(line, right):  # noqa: ANN001, ANN202 - compiled, types inferred
    for x in range(1, len(line)):
        line[x] += right[x] * (line[x - 1] - line[x])
    for x in range(len(line) - 2, -1, -1):
        line[x] += right[x + 1] * (line[x + 1] - line[x])


@inlined()
@no_type_check
def _recurse_rows(lines, right):  # noqa: ANN001, ANN202 - compiled, types inferred
    width = lines.shape[1]
    first, second, third, fourth = lines[0], lines[1], lines[2], lines[3]
    a, b, c, d = first[0], second[0], third[0], fourth[0]
    for x in range(1, width):
        a = first[x] + right[0, x] * (a - first[x])
        b = second[x] + right[1, x] * (b - second[x])
        c = third[x] + right[2, x] * (c - third[x])
        d = fourth[x] + right[3, x] * (d - fourth[x])
        first[x], second[x], third[x], fourth[x] = a, b, c, d
    for i in range(1, width):
        x = width - 1 - i
        a = first[x] + right[0, x + 1] * (a - first[x])
        b = second[x] + right[1, x + 1] * (b - second[x])
        c = third[x] + right[2, x + 1] * (c - third[x])
        d = fourth[x] + right[3, x + 1] * (d - fourth[x])
        first[x], second[x], third[x], fourth[x] = a, b, c, d
