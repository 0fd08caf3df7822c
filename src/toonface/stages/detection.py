"""Find the faces of a picture."""

import numpy as np
from jaxtyping import Float, Int, UInt8

from toonface.geometry.crop import network_input, resample
from toonface.types import DetectedFace, Network, Picture, take_output

SIZE = 320
"""Longer side of what the network looks at first."""
FINER_SIZE = 640
"""Longer side of a second look, where the first found nothing: faces smaller than a tenth of the picture."""
STRIDE = 32
"""Both sides of the network's input are multiples of this; beyond the picture its edge pixels are repeated."""
THRESHOLD_DEFAULT = 0.55
"""Confidence of a face that counts."""
SURER = 0.05
"""How much more confident the second look has to be: it sees four times as many places that may look like a face."""
MOST_OVERLAP = 0.4
"""Of two boxes that share more of their union than this, the less confident one is dropped."""


def detect_faces(
    network: Network, picture: Picture, *, threshold: float = THRESHOLD_DEFAULT
) -> tuple[DetectedFace, ...]:
    """Find the faces of a picture, the largest first; none is an empty tuple.

    Args:
        network: `detector`.
        picture: sRGB, at least one pixel.
        threshold: least confidence, in [0, 1].

    Raises:
        ValueError: the threshold is out of range, the picture is empty, or the network returned something else.
    """
    if not 0.0 <= threshold <= 1.0:
        raise ValueError(f"threshold is {threshold}, expected [0, 1]")
    surer = min(threshold + SURER, 1.0)
    faces = _look(network, picture, SIZE, threshold) or _look(network, picture, FINER_SIZE, surer)
    return tuple(sorted(faces, key=lambda face: face.width_px, reverse=True))


def letter_box(picture: Picture, long_side: int) -> tuple[UInt8[np.ndarray, "rows columns 3"], float]:
    """Scale a picture to a long side and extend it, to the right and downwards, to multiples of `STRIDE`.

    Args:
        picture: sRGB, at least one pixel.
        long_side: a multiple of `STRIDE`.

    Returns:
        The box, and how many of its pixels one pixel of the picture takes, each way.
    """
    height, width = picture.shape[:2]
    scale = long_side / max(height, width, 1)
    rows, columns = (STRIDE * max(int(np.ceil(side * scale / STRIDE - 1e-9)), 1) for side in (height, width))
    return resample(picture, np.zeros(2), np.eye(2) / scale, (rows, columns)), scale


def _look(network: Network, picture: Picture, long_side: int, threshold: float) -> list[DetectedFace]:
    box, scale = letter_box(picture, long_side)
    outputs = network(network_input(box))
    scores = take_output(outputs, "scores", (1, None))[0]
    boxes = take_output(outputs, "boxes", (1, len(scores), 4))[0] / scale
    points = take_output(outputs, "points", (1, len(scores), 5, 2))[0] / scale
    # What the network sees beyond the picture is its edge, drawn out.
    middle = 0.5 * (boxes[:, :2] + boxes[:, 2:])
    there = (middle >= 0.0) & (middle <= [picture.shape[1], picture.shape[0]]) & (boxes[:, 2:] > boxes[:, :2])
    sure = np.flatnonzero((scores >= threshold) & there.all(axis=1))
    return [
        DetectedFace(box_px=boxes[i], points_px=points[i], confidence=float(scores[i]))
        for i in sure[keep_strongest(boxes[sure], scores[sure])]
    ]


def keep_strongest(boxes: Float[np.ndarray, "K 4"], scores: Float[np.ndarray, " K"]) -> Int[np.ndarray, " M"]:
    """Choose the boxes that no more confident one covers (non-maximum suppression), the most confident first.

    Args:
        boxes: left, top, right, bottom, with an area.
        scores: how confident each is.
    """
    order = np.argsort(-scores, kind="stable")
    kept: list[int] = []
    while len(order):
        best, order = order[0], order[1:]
        kept.append(int(best))
        order = order[overlaps(boxes[best], boxes[order]) <= MOST_OVERLAP]
    return np.array(kept, np.int64)


def overlaps(box: Float[np.ndarray, "4"], boxes: Float[np.ndarray, "K 4"]) -> Float[np.ndarray, " K"]:
    """Compute by how much a box overlaps others: intersection over union, in [0, 1].

    Args:
        box: left, top, right, bottom, with an area.
        boxes: likewise.
    """
    common = np.minimum(box[2:], boxes[:, 2:]) - np.maximum(box[:2], boxes[:, :2])
    intersection = np.maximum(common, 0.0).prod(axis=1)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    return intersection / ((box[2:] - box[:2]).prod() + areas - intersection)
