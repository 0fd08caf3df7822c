"""Say for each pixel of a picture which part of the face it shows.

The network looks twice: at the whole head, then closer at the face, where lids and lips are a few pixels high. The
second answer counts inside, and fades into the first one towards the border of what it saw.
"""

from dataclasses import replace
from typing import no_type_check

import numpy as np
from jaxtyping import Float, Float32, UInt8

from toonface.geometry.crop import CropFrame, network_input, to_crop, to_picture, warp
from toonface.geometry.kernels import kernel
from toonface.geometry.smoothstep import smoothstep
from toonface.types import FaceRegion, FaceRegions, Network, Picture, take_output

MARGIN = 2.2
"""Side of the crop in larger sides of the box around the 68 points."""
LIFT = 0.12
"""How far the crop's centre lies above the box's, in larger sides: hair is above."""
CLOSE_MARGIN = 1.2
"""Of the closer look, whose centre is that of the box."""
FADE = 0.12
"""Width of the border in which the closer look fades out, in sides of its crop."""
SIZE = 192
"""Side of the crop in its own pixels."""
LOGITS_SIZE = SIZE // 2
"""Side of what the network returns."""


def parse_face(network: Network, picture: Picture, frame: CropFrame) -> FaceRegions:
    """Parse the face in a frame; the rest of the picture is background.

    Args:
        network: `parser`.
        picture: sRGB.
        frame: around the face, with this module's margin and lift.

    Raises:
        ValueError: the network returned something else than logits of 19 classes.
    """
    close = close_frame(frame)
    whole, closer = (_look(network, picture, each) for each in (frame, close))
    classes = classes_in_picture(whole, frame, picture.shape[:2])
    classes_in_picture(fade_into(closer, whole), close, picture.shape[:2], over=classes)
    return FaceRegions(classes=classes)


def _look(network: Network, picture: Picture, frame: CropFrame) -> Float32[np.ndarray, "K S S"]:
    outputs = network(network_input(warp(picture, frame, SIZE)))
    return take_output(outputs, "logits", (1, len(FaceRegion), LOGITS_SIZE, LOGITS_SIZE))[0].astype(np.float32)


def close_frame(frame: CropFrame) -> CropFrame:
    """Return the frame of the closer look, which lies inside.

    Args:
        frame: with this module's margin and lift.
    """
    below = to_picture(frame, 1, np.array([0.5, 0.5 + LIFT / MARGIN]))
    return replace(frame, centre_px=(float(below[0]), float(below[1])), side_px=frame.side_px * CLOSE_MARGIN / MARGIN)


def fade_into(close: Float32[np.ndarray, "K S S"], whole: Float32[np.ndarray, "K S S"]) -> Float32[np.ndarray, "K S S"]:
    """Blend the logits of the closer look into those of the whole head, on the grid of the closer look.

    Args:
        close: logits in the close frame.
        whole: logits in the frame around it.
    """
    size = close.shape[1]
    middle = (np.arange(size) + 0.5) / size
    share = CLOSE_MARGIN / MARGIN
    across = _interpolation(0.5 + share * (middle - 0.5), size)
    down = _interpolation(0.5 + LIFT / MARGIN + share * (middle - 0.5), size)
    seen = np.einsum("yi,kij,xj->kyx", down, whole, across, optimize=True)
    inside = smoothstep(0.0, FADE, np.minimum(middle, 1.0 - middle))
    weight = (inside * inside[:, None]).astype(np.float32)
    return seen + weight * (close - seen)


def _interpolation(place: Float[np.ndarray, " S"], size: int) -> Float32[np.ndarray, "S S"]:
    """Return the matrix that reads a row of samples at places, in lengths of the row, bilinearly."""
    x = np.clip(place * size - 0.5, 0.0, size - 1.0)
    left = np.minimum(x.astype(np.int64), size - 2)
    matrix = np.zeros((len(place), size), np.float32)
    rows = np.arange(len(place))
    matrix[rows, left], matrix[rows, left + 1] = 1.0 - (x - left), x - left
    return matrix


def classes_in_picture(
    logits: Float32[np.ndarray, "K S S"],
    frame: CropFrame,
    shape: tuple[int, ...],
    *,
    over: UInt8[np.ndarray, "H W"] | None = None,
) -> UInt8[np.ndarray, "H W"]:
    """Bring the logits of a crop into the picture: the class that is largest, between them bilinearly.

    Args:
        logits: of each class; they cover the whole crop.
        frame: of the crop.
        shape: height and width of the picture.
        over: classes of the picture that the crop is written over, in place; None for background.
    """
    classes = np.full(shape, int(FaceRegion.BACKGROUND), np.uint8) if over is None else over
    size = logits.shape[1]
    corners = to_picture(frame, size, size * np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]))
    low = np.clip(np.floor(corners.min(axis=0)), 0, None).astype(np.int64)
    high = np.clip(np.ceil(corners.max(axis=0)), 0, [shape[1], shape[0]]).astype(np.int64)
    if (low >= high).any():
        return classes
    # Where the middle of the window's first pixel lies in the crop, and the steps to the right and downwards.
    start, across, down = to_crop(frame, size, low + np.array([[0.5, 0.5], [1.5, 0.5], [0.5, 1.5]]))
    window = classes[low[1] : high[1], low[0] : high[0]]
    channels_last = np.ascontiguousarray(np.moveaxis(logits, 0, 2))
    largest = channels_last.argmax(axis=2).astype(np.uint8)
    _classify(channels_last, largest, start, np.stack([across - start, down - start]), window)
    return classes


@kernel()
@no_type_check
def _classify(
    logits: np.ndarray, largest: np.ndarray, start: np.ndarray, steps: np.ndarray, classes: np.ndarray
) -> None:
    size, count = logits.shape[0], logits.shape[2]
    for row in range(classes.shape[0]):
        for column in range(classes.shape[1]):
            x = start[0] + column * steps[0, 0] + row * steps[1, 0]
            y = start[1] + column * steps[0, 1] + row * steps[1, 1]
            if not (0.0 <= x < size and 0.0 <= y < size):
                continue
            x, y = min(max(x - 0.5, 0.0), size - 1.0), min(max(y - 0.5, 0.0), size - 1.0)
            left, top = int(x), int(y)
            right, bottom = min(left + 1, size - 1), min(top + 1, size - 1)
            best = largest[top, left]
            # What is largest at all four corners is largest between them.
            if not (best == largest[top, right] == largest[bottom, left] == largest[bottom, right]):
                u, v = np.float32(x - left), np.float32(y - top)
                a, b = (1 - u) * (1 - v), u * (1 - v)
                c, d = (1 - u) * v, u * v
                most = np.float32(-np.inf)
                for k in range(count):
                    value = a * logits[top, left, k] + b * logits[top, right, k]
                    value += c * logits[bottom, left, k] + d * logits[bottom, right, k]
                    if value > most:
                        most, best = value, np.uint8(k)
            classes[row, column] = best
