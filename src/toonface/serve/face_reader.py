"""Reads faces of camera frames in a worker process: for browsers that cannot run the networks themselves."""

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from toonface.drive.tracking import NEEDED, TRACK_START, track
from toonface.geometry.rotation import matrix_to_axis_angle
from toonface.io.networks import load_network
from toonface.io.workers import Task
from toonface.types import Network, Picture

MOST_PIXELS = 1_000_000
DIGITS = 4


class FaceReader:
    """Follows one face from frame to frame.

    Args:
        networks: all of `drive.tracking.NEEDED`, by name.
    """

    def __init__(self, networks: Mapping[str, Network]) -> None:
        self._networks, self._state = networks, TRACK_START

    def read(self, picture: Picture) -> dict[str, Any]:
        """Return what the page's own reader would: whether there is a face, its weights, gaze, turn and points.

        Args:
            picture: sRGB.
        """
        self._state = track(self._state, self._networks, picture)
        points, seen = self._state.points, self._state.expression
        if points is None or seen is None:
            return {"face": False}
        return {
            "face": True,
            "weights": np.round(seen.weights.astype(float), DIGITS).tolist(),
            "gaze": np.round(seen.gaze_radians.mean(axis=0), DIGITS).tolist(),
            "rotation": np.round(matrix_to_axis_angle(seen.rotation), DIGITS).tolist(),
            "points": np.round(points.points_px.ravel().astype(float), 1).tolist(),
        }


def make_reader_task() -> Task:
    """Load the networks and return the task: a frame's bytes in, one answer out; no bytes ask whether it is ready."""
    reader = FaceReader({name: load_network(name) for name in NEEDED})

    def task(data: bytes) -> Iterator[dict[str, Any]]:
        if not data:
            yield {"ready": True}
            return
        try:
            yield reader.read(decode_frame(data))
        except ValueError as error:
            yield {"fault": str(error)}

    return task


def decode_frame(data: bytes) -> Picture:
    """Decode a camera frame.

    Args:
        data: of a JPEG file of at most a megapixel.

    Raises:
        ValueError: it is none.
    """
    try:
        with Image.open(BytesIO(data), formats=["JPEG"]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ValueError
            return np.array(picture.convert("RGB"))
    except Exception:  # of damaged files Pillow raises a dozen kinds
        raise ValueError("a frame is no JPEG picture of at most a megapixel") from None
