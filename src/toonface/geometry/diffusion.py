"""Replace the background of a picture by the colour of the face next to it (section 3.2.3 of the paper).

Every background pixel is visited in breadth-first order from the face outwards, and gets the mean of those of its eight
neighbours that were visited before it. Pixels of the same distance are visited in the order in which the queue holds
them: rows from the top, in a row from the left, neighbours likewise.
"""

from collections import deque
from typing import no_type_check

import numpy as np
from jaxtyping import Bool, UInt8

from toonface.geometry.kernels import inlined, kernel

NEIGHBOURS = np.array([(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)])
"""Row and column steps, in the order of their visit."""

Picture = UInt8[np.ndarray, "H W 3"]


def diffuse(picture: Picture, face: Bool[np.ndarray, "H W"]) -> Picture:
    """Return the picture with its background diffused; pixels of the face are unchanged.

    Args:
        picture: sRGB.
        face: which pixels are kept.

    Raises:
        ValueError: no pixel is kept, or the shapes differ.
    """
    _check(picture, face)
    height, width = face.shape
    colours = np.zeros((height + 2, width + 2, 3), np.float32)
    colours[1:-1, 1:-1] = picture
    state = np.full((height + 2, width + 2), OUTSIDE, np.uint8)
    state[1:-1, 1:-1] = np.where(face, VISITED, WAITING)
    queue = np.zeros(height * width, np.int32)
    steps = (NEIGHBOURS @ [width + 2, 1]).astype(np.int32)
    _spread(colours.reshape(-1, 3), state.reshape(-1), queue, steps)
    return np.where(face[..., None], picture, (colours[1:-1, 1:-1] + np.float32(0.5)).astype(np.uint8))


def diffuse_plainly(picture: Picture, face: Bool[np.ndarray, "H W"]) -> Picture:
    """Do the same in plain Python, to be read and to test the other one against.

    Args:
        picture: sRGB.
        face: which pixels are kept.

    Raises:
        ValueError: no pixel is kept, or the shapes differ.
    """
    _check(picture, face)
    colours, visited = picture.astype(np.float32), face.copy()
    queued = face.copy()
    queue = deque((int(row), int(column)) for row, column in np.argwhere(face))
    while queue:
        row, column = queue.popleft()
        around = [(row + down, column + across) for down, across in NEIGHBOURS.tolist()]
        inside = [(r, c) for r, c in around if 0 <= r < face.shape[0] and 0 <= c < face.shape[1]]
        if not visited[row, column]:
            known = [place for place in inside if visited[place]]
            total = np.zeros(3, np.float32)
            for place in known:
                total = total + colours[place]
            colours[row, column] = total / np.float32(len(known))
            visited[row, column] = True
        for place in inside:
            if not queued[place]:
                queued[place] = True
                queue.append(place)
    return np.where(face[..., None], picture, (colours + np.float32(0.5)).astype(np.uint8))


WAITING, QUEUED, VISITED, OUTSIDE = 0, 1, 2, 3


@kernel()
@no_type_check
def _spread(colours: np.ndarray, state: np.ndarray, queue: np.ndarray, steps: np.ndarray) -> None:
    """Visit every waiting pixel of a picture with a frame of one pixel round it."""
    first = last = 0
    for place in range(len(state)):
        if state[place] == VISITED:
            last = _queue_around(place, state, queue, last, steps)
    while first < last:
        place = queue[first]
        first += 1
        count = np.float32(0.0)
        red = green = blue = np.float32(0.0)
        for step in steps:
            other = place + step
            if state[other] == VISITED:
                red += colours[other, 0]
                green += colours[other, 1]
                blue += colours[other, 2]
                count += np.float32(1.0)
        colours[place, 0], colours[place, 1], colours[place, 2] = red / count, green / count, blue / count
        state[place] = VISITED
        last = _queue_around(place, state, queue, last, steps)


@inlined()
@no_type_check
def _queue_around(place, state, queue, last, steps):  # noqa: ANN001, ANN202 - compiled, types inferred
    for step in steps:
        if state[place + step] == WAITING:
            state[place + step] = QUEUED
            queue[last] = place + step
            last += 1
    return last


def _check(picture: Picture, face: Bool[np.ndarray, "H W"]) -> None:
    if picture.shape[:2] != face.shape:
        raise ValueError(f"picture is {picture.shape[:2]}, face {face.shape}, expected the same height and width")
    if not face.any():
        raise ValueError("no pixel is of the face, expected at least one to take the colour from")
