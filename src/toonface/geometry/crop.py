"""Upright square crops of faces: where they lie in a picture, and the pixels in them."""

from dataclasses import dataclass
from typing import no_type_check

import numpy as np
from jaxtyping import Float, Float32, UInt8

from toonface.geometry.kernels import kernel
from toonface.types import Picture

MOST_TAPS = 2
"""Samples across a pixel of the crop, each way, when the picture is finer; one that is finer still is halved first."""
BITS = 10
UNIT = 1 << BITS
"""Steps of a pixel between which colours are interpolated."""
FINER = 14
"""Further bits with which positions are counted on."""
KEPT_BITS = 6
"""Of a sampled colour, until the samples of a pixel are averaged: four of them just fit into 16 bits."""


@dataclass(frozen=True, kw_only=True)
class CropFrame:
    """A square in a picture that stands upright with a face.

    Raises:
        ValueError: the side is not a positive number, or the centre not finite.
    """

    centre_px: tuple[float, float]
    """x and y from the top left of the picture; pixel centres are at +0.5."""
    side_px: float
    """Of the square, in pixels of the picture."""
    roll_radians: float
    """By how much the crop's x axis is turned towards the picture's y axis: clockwise as one sees it."""

    def __post_init__(self) -> None:
        if not (np.isfinite(self.side_px) and self.side_px > 0.0):
            raise ValueError(f"side_px is {self.side_px}, expected a positive number")
        if not np.isfinite([*self.centre_px, self.roll_radians]).all():
            raise ValueError(f"centre and roll are {self.centre_px} and {self.roll_radians}, expected finite numbers")


def roll_of(points_px: Float[np.ndarray, "5 2"]) -> float:
    """Measure how far a face is turned clockwise in the picture, radians; 0 where all points are one.

    Args:
        points_px: right eye, left eye, nose tip, right and left corner of the mouth.
    """
    right_eye, left_eye, _, right_mouth, left_mouth = points_px
    # The line from the eyes to the mouth counts as well, because that between the eyes shrinks in profiles.
    across = (left_eye - right_eye) + (left_mouth - right_mouth)
    down = 0.5 * (right_mouth + left_mouth - right_eye - left_eye)
    return float(np.arctan2(across[1] - down[0], across[0] + down[1]))


def five_points(points_px: Float[np.ndarray, "68 2"]) -> Float[np.ndarray, "5 2"]:
    """Return eye centres, nose tip and mouth corners of the 68 points, right before left.

    Args:
        points_px: in iBUG order.
    """
    eyes = points_px[36:42].mean(axis=0), points_px[42:48].mean(axis=0)
    return np.stack([*eyes, points_px[30], points_px[48], points_px[54]])


def frame_around(points_px: Float[np.ndarray, "68 2"], margin: float, lift: float = 0.0) -> CropFrame:
    """Frame a face upright.

    Args:
        points_px: its 68 points.
        margin: side of the crop in larger sides of the upright box around the points.
        lift: how far the crop's centre lies above the box's, in larger sides.
    """
    roll = roll_of(five_points(points_px))
    upright = points_px @ _turn(roll)  # each row turned back by the roll
    low, high = upright.min(axis=0), upright.max(axis=0)
    extent = float((high - low).max())
    centre = _turn(roll) @ (0.5 * (low + high) - [0.0, lift * extent])
    return CropFrame(
        centre_px=(float(centre[0]), float(centre[1])), side_px=max(margin * extent, 1.0), roll_radians=roll
    )


def frame_around_box(
    box_px: Float[np.ndarray, "4"], points_px: Float[np.ndarray, "5 2"], margin: float, lift: float = 0.0
) -> CropFrame:
    """Frame a detected face upright.

    Args:
        box_px: left, top, right, bottom of the box around its 68 points.
        points_px: right eye, left eye, nose tip, right and left corner of the mouth.
        margin: side of the crop in larger sides of the box.
        lift: how far the crop's centre lies above the box's, in larger sides.
    """
    low, high = box_px[:2], box_px[2:]
    roll, extent = roll_of(points_px), float((high - low).max())
    centre = 0.5 * (low + high) - _turn(roll) @ [0.0, lift * extent]
    return CropFrame(
        centre_px=(float(centre[0]), float(centre[1])), side_px=max(margin * extent, 1.0), roll_radians=roll
    )


def to_picture(frame: CropFrame, size: int, points: Float[np.ndarray, "*N 2"]) -> Float[np.ndarray, "*N 2"]:
    """Bring points of a crop into the picture.

    Args:
        frame: of the crop.
        size: side of the crop in its own pixels.
        points: in pixels of the crop.
    """
    return (points - 0.5 * size) * (frame.side_px / size) @ _turn(frame.roll_radians).T + np.array(frame.centre_px)


def to_crop(frame: CropFrame, size: int, points: Float[np.ndarray, "*N 2"]) -> Float[np.ndarray, "*N 2"]:
    """Bring points of the picture into a crop; the inverse of `to_picture`.

    Args:
        frame: of the crop.
        size: side of the crop in its own pixels.
        points: in pixels of the picture.
    """
    return (points - np.array(frame.centre_px)) @ _turn(frame.roll_radians) * (size / frame.side_px) + 0.5 * size


def warp(picture: Picture, frame: CropFrame, size: int) -> UInt8[np.ndarray, "S S 3"]:
    """Cut a crop out of a picture: bilinear, averaged where the picture is finer, its edge pixels repeated outside.

    Args:
        picture: sRGB, at least one pixel.
        frame: of the crop.
        size: side of the crop in its own pixels.
    """
    step = frame.side_px / size
    axes = step * _turn(frame.roll_radians).T
    return warp_affine(picture, np.array(frame.centre_px) - 0.5 * size * axes.sum(axis=0), axes, size)


def warp_affine(
    picture: Picture, corner_px: Float[np.ndarray, "2"], axes_px: Float[np.ndarray, "2 2"], size: int
) -> UInt8[np.ndarray, "S S 3"]:
    """Cut a parallelogram out of a picture as a square; see `warp`.

    Args:
        picture: sRGB, at least one pixel.
        corner_px: top left corner of the parallelogram in the picture.
        axes_px: how far one pixel of the crop goes in the picture, to the right and downwards.
        size: side of the crop in its own pixels.
    """
    return resample(picture, corner_px, axes_px, (size, size))


def resample(
    picture: Picture, corner_px: Float[np.ndarray, "2"], axes_px: Float[np.ndarray, "2 2"], shape: tuple[int, int]
) -> UInt8[np.ndarray, "rows columns 3"]:
    """Cut a parallelogram out of a picture as a rectangle; see `warp`.

    Args:
        picture: sRGB, at least one pixel.
        corner_px: as for `warp_affine`.
        axes_px: as for `warp_affine`.
        shape: height and width of the result, pixels.

    Raises:
        ValueError: the picture is empty.
    """
    if not picture.size:
        raise ValueError(f"the picture has shape {picture.shape}, expected at least one pixel")
    step = float(np.linalg.norm(axes_px, axis=1).max())
    if step > MOST_TAPS:
        picture, corner_px = _window(picture, corner_px, axes_px, shape)
    # Beyond so many taps, the picture itself is made coarser first.
    while step > MOST_TAPS and min(picture.shape[:2]) > 1:
        picture, corner_px, axes_px, step = _halved(picture), 0.5 * corner_px, 0.5 * axes_px, 0.5 * step
    taps = int(np.clip(np.ceil(step - 0.25), 1, MOST_TAPS))
    unit = UNIT << FINER
    height, width = picture.shape[:2]
    flat, steps = np.ascontiguousarray(picture).reshape(-1), np.rint(axes_px * unit).astype(np.int64)
    total = np.zeros((*shape, 3), np.uint16)
    for down in (np.arange(taps) + 0.5) / taps:
        for across in (np.arange(taps) + 0.5) / taps:
            start = np.rint((corner_px - 0.5 + [across, down] @ axes_px) * unit).astype(np.int64)
            _add_samples(flat, height, width, start, steps, total)
    bits = KEPT_BITS + 2 * (taps - 1)  # one sample, or two by two
    return ((total + np.uint16(1 << (bits - 1))) >> bits).astype(np.uint8)


def network_input(*pictures: Picture) -> Float32[np.ndarray, "N 3 H W"]:
    """Make the input of a network: sRGB in [0, 1], colours before rows.

    Args:
        pictures: at least one, all of one size.
    """
    return np.moveaxis(np.stack(pictures), 3, 1).astype(np.float32, order="C") / np.float32(255.0)


def warp_labels(
    labels: UInt8[np.ndarray, "H W"],
    corner_px: Float[np.ndarray, "2"],
    axes_px: Float[np.ndarray, "2 2"],
    size: int,
    outside: int,
) -> UInt8[np.ndarray, "S S"]:
    """Cut a parallelogram out of a picture of classes as a square: the class at the middle of each pixel.

    Args:
        labels: class of each pixel.
        corner_px: as for `warp_affine`.
        axes_px: as for `warp_affine`.
        size: side of the crop in its own pixels.
        outside: class beyond the picture, in [0, 255].
    """
    middle = np.arange(size) + 0.5
    x = np.floor(corner_px[0] + middle * axes_px[0, 0] + middle[:, None] * axes_px[1, 0]).astype(np.int64)
    y = np.floor(corner_px[1] + middle * axes_px[0, 1] + middle[:, None] * axes_px[1, 1]).astype(np.int64)
    height, width = labels.shape
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    found = labels[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)]
    return np.where(inside, found, np.uint8(outside))


def _turn(roll_radians: float) -> Float[np.ndarray, "2 2"]:
    cosine, sine = np.cos(roll_radians), np.sin(roll_radians)
    return np.array([[cosine, -sine], [sine, cosine]])


def _window(
    picture: Picture, corner_px: Float[np.ndarray, "2"], axes_px: Float[np.ndarray, "2 2"], shape: tuple[int, int]
) -> tuple[UInt8[np.ndarray, "rows columns 3"], Float[np.ndarray, "2"]]:
    """Cut off what a parallelogram does not need of a picture; its corner moves along."""
    ends = np.array([[0, 0], [shape[1], 0], [0, shape[0]], [shape[1], shape[0]]]) @ axes_px + corner_px
    margin = 4.0 + 4.0 * np.ceil(np.abs(axes_px).max())  # neighbours, once halved
    sides = np.array([picture.shape[1], picture.shape[0]])
    low = np.clip(np.floor(ends.min(axis=0)) - margin, 0, np.maximum(sides - margin, 0)).astype(np.int64)
    high = np.clip(np.ceil(ends.max(axis=0)) + margin, np.minimum(margin, sides), sides).astype(np.int64)
    return picture[low[1] : high[1], low[0] : high[0]], corner_px - low


def _halved(picture: Picture) -> UInt8[np.ndarray, "rows columns 3"]:
    half = np.zeros((picture.shape[0] // 2, picture.shape[1] // 2, 3), np.uint8)
    _average_blocks(np.ascontiguousarray(picture), half)
    return half


@kernel()
@no_type_check
def _average_blocks(picture: np.ndarray, half: np.ndarray) -> None:
    for row in range(half.shape[0]):
        for column in range(half.shape[1]):
            for k in range(3):
                total = np.uint16(1 + (row + column) % 2)  # half a step up or down, so that nothing becomes lighter
                for j in range(2 * row, 2 * row + 2):
                    total += np.uint16(picture[j, 2 * column, k]) + np.uint16(picture[j, 2 * column + 1, k])
                half[row, column, k] = total >> 2


@kernel()
@no_type_check
def _add_samples(
    flat: np.ndarray, height: int, width: int, start: np.ndarray, steps: np.ndarray, total: np.ndarray
) -> None:
    """Add the colours at `start + column * steps[0] + row * steps[1]`, whole numbers of 2^-(BITS + FINER) pixels."""
    # Whole numbers, one axis of memory and unsigned indices take a fifth of the time of the obvious form.
    right, bottom = (width - 1) * UNIT, (height - 1) * UNIT
    shift = 2 * BITS - KEPT_BITS
    half = 1 << (shift - 1)
    for row in range(total.shape[0]):
        x, y = start[0] + row * steps[1, 0], start[1] + row * steps[1, 1]
        for column in range(total.shape[1]):
            u, v = min(max(x >> FINER, 0), right), min(max(y >> FINER, 0), bottom)
            here = ((v >> BITS) * width + (u >> BITS)) * 3
            u, v = u & (UNIT - 1), v & (UNIT - 1)
            # In the last column and row the weight is 0, and the same pixel is read twice.
            beside, below = here + 3 * (u > 0), 3 * width * (v > 0)
            d = u * v
            b, c = (u << BITS) - d, (v << BITS) - d
            a = (1 << (2 * BITS)) - b - c - d
            for k in range(3):
                colour = a * flat[np.uintp(here + k)] + b * flat[np.uintp(beside + k)] + half
                colour += c * flat[np.uintp(here + below + k)] + d * flat[np.uintp(beside + below + k)]
                total[row, column, k] += colour >> shift
            x += steps[0, 0]
            y += steps[0, 1]
