"""MediaPipe's Face Landmarker as a source: an optional package, and a model file that the user has."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from toonface.drive.mediapipe_shapes import expression_of
from toonface.drive.stream import FaceStream
from toonface.io.face_streams import followed, moment_at
from toonface.io.video_frames import Frame
from toonface.types import Expression, Network


class MediapipeFaces:
    """Reads a face in one picture after the other, until it is closed.

    Args:
        model: a `face_landmarker.task` file with blendshapes.

    Raises:
        ValueError: the file is missing or no such model, or MediaPipe is not there.
    """

    def __init__(self, model: Path) -> None:
        if not model.is_file():
            raise ValueError(
                f"cannot read {model} (No such file or directory), expected MediaPipe's face_landmarker.task"
            )
        self._mediapipe, vision = _package()
        try:
            options = vision.FaceLandmarkerOptions(
                base_options=self._mediapipe.tasks.BaseOptions(model_asset_path=str(model)),
                running_mode=vision.RunningMode.VIDEO,
                num_faces=1,
                output_face_blendshapes=True,
                output_facial_transformation_matrixes=True,
            )
            self._landmarker = vision.FaceLandmarker.create_from_options(options)
        except (RuntimeError, ValueError) as error:
            raise ValueError(f"{model} is not a model that MediaPipe reads ({error})") from None
        self._last_ms = -1

    def read(self, frame: Frame, ours: Expression | None = None) -> Expression | None:
        """Return what the face does; None where there is none.

        Args:
            frame: later than that before.
            ours: what our network reads in it, for what MediaPipe does not tell.

        Raises:
            ValueError: the model tells no blendshapes.
        """
        picture = np.ascontiguousarray(frame.picture)
        image = self._mediapipe.Image(image_format=self._mediapipe.ImageFormat.SRGB, data=picture)
        # It takes whole milliseconds, and each only once.
        self._last_ms = max(self._last_ms + 1, round(1000.0 * frame.time))
        found = self._landmarker.detect_for_video(image, self._last_ms)
        if not found.face_blendshapes or not found.facial_transformation_matrixes:
            return None
        scores = {one.category_name: float(one.score) for one in found.face_blendshapes[0]}
        return expression_of(scores, np.asarray(found.facial_transformation_matrixes[0], dtype=np.float64), ours)

    def close(self) -> None:
        """Let the model go."""
        self._landmarker.close()

    def __enter__(self) -> "MediapipeFaces":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def mediapipe_stream(faces: MediapipeFaces, networks: Mapping[str, Network], frames: Iterable[Frame]) -> FaceStream:
    """Yield what MediaPipe sees in pictures, with its dead channels from our networks; None where it sees no face.

    Args:
        faces: reads them.
        networks: all of `drive.tracking.NEEDED`, by name.
        frames: with rising times; one that is not later than that before is left out.

    Raises:
        ValueError: a network is missing.
    """
    return (moment_at(frame, faces.read(frame, ours)) for frame, ours in followed(networks, frames))


def _package() -> tuple[Any, Any]:
    try:
        import mediapipe  # pyright: ignore[reportMissingImports]
        from mediapipe.tasks.python import vision  # pyright: ignore[reportMissingImports]
    except ImportError:
        raise ValueError("--mediapipe needs the package MediaPipe: pip install 'toonface[mediapipe]'") from None
    return mediapipe, vision
