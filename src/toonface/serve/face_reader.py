"""Reads faces of camera frames in a worker process: for browsers that cannot run the networks themselves."""

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

import numpy as np
from jaxtyping import Float
from PIL import Image

from toonface.geometry.crop import CropFrame, frame_around, frame_around_box
from toonface.geometry.rotation import matrix_to_axis_angle
from toonface.io.networks import load_network
from toonface.io.workers import Task
from toonface.serve.files import NETWORKS
from toonface.stages import expression, landmarks
from toonface.stages.detection import detect_faces
from toonface.types import Network, Picture

MOST_PIXELS = 1_000_000
LOST = 0.05
"""Mean uncertainty of the points in sides of the crop beyond which a face is lost, as in the page."""
DIGITS = 4


class FaceReader:
    """Follows one face from frame to frame: it is detected once, and then found near where it was.

    Args:
        networks: all of `NETWORKS`, by name.
    """

    def __init__(self, networks: Mapping[str, Network]) -> None:
        self._networks = networks
        self._points: Float[np.ndarray, "68 2"] | None = None

    def read(self, picture: Picture) -> dict[str, Any]:
        """Return what the page's own reader would: whether there is a face, its weights, turn and points.

        Args:
            picture: sRGB.
        """
        around = self._around(picture)
        self._points = None if around is None else self._find(picture, around)
        if self._points is None:
            return {"face": False}
        frame = frame_around(self._points, expression.MARGIN, expression.LIFT)
        read = expression.read_expression(self._networks["expression"], picture, frame)
        return {
            "face": True,
            "weights": np.round(read.weights.astype(float), DIGITS).tolist(),
            "rotation": np.round(matrix_to_axis_angle(read.rotation), DIGITS).tolist(),
            "points": np.round(self._points.ravel().astype(float), 1).tolist(),
        }

    def _around(self, picture: Picture) -> CropFrame | None:
        if self._points is not None:
            return frame_around(self._points, landmarks.MARGIN, landmarks.LIFT)
        faces = detect_faces(self._networks["detector"], picture)
        if not faces:
            return None
        frame = frame_around_box(faces[0].box_px, faces[0].points_px, landmarks.MARGIN, landmarks.LIFT)
        points = self._find(picture, frame)  # the detector's frame is rough: look twice
        return None if points is None else frame_around(points, landmarks.MARGIN, landmarks.LIFT)

    def _find(self, picture: Picture, frame: CropFrame) -> Float[np.ndarray, "68 2"] | None:
        found = landmarks.find_landmarks(self._networks["landmarks"], picture, frame)
        return None if found.sigma_px.mean() > LOST * frame.side_px else found.points_px


def make_reader_task() -> Task:
    """Load the networks and return the task: a frame's bytes in, one answer out; no bytes ask whether it is ready."""
    reader = FaceReader({name: load_network(name) for name in NETWORKS})

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
