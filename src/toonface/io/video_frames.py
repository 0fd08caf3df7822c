"""Pictures over time: a folder of them, an animated picture, a video file, a camera."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from PIL import Image, ImageSequence, UnidentifiedImageError

from toonface.io.images import MOST_PIXELS, read_picture
from toonface.types import Picture

FOLDER_FPS = 30.0
"""Pictures per second of a folder, which does not say it."""
STILLS = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")
"""What counts as a picture in a folder."""
ANIMATED = (".gif", ".webp", ".png", ".apng")
"""Files that Pillow reads picture by picture; all others are left to PyAV."""
LEAST_MS = 10.0
"""Browsers show a picture of an animation for no less; files that say 0 are common."""
USUAL_MS = 100.0
"""What they show it for where the file says less."""
MOST_FRAMES = 100_000


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One picture of a stream."""

    time: float
    """Seconds since the first."""
    picture: Picture


def read_frames(path: Path, frames_per_second: float = FOLDER_FPS) -> Iterator[Frame]:
    """Yield the pictures of a folder, of an animated GIF, WebP or PNG, or of a video file, one after the other.

    Args:
        path: of a folder, whose pictures are taken by name, or of a file. Files other than GIF, WebP and PNG need
            PyAV, which the extra `toonface[video]` brings.
        frames_per_second: of a folder, at least 1.

    Raises:
        ValueError: it is missing, no video, damaged, too large, has no picture, or PyAV is not there.
    """
    if not path.exists():
        raise ValueError(f"cannot read {path} (No such file or directory)")
    if not 1.0 <= frames_per_second <= 1000.0:
        raise ValueError(f"frames per second are {frames_per_second}, expected 1 to 1000")
    if path.is_dir():
        return _folder_frames(path, frames_per_second)
    return _animation_frames(path) if path.suffix.lower() in ANIMATED else _video_frames(path)


def _folder_frames(folder: Path, frames_per_second: float) -> Iterator[Frame]:
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in STILLS and path.name[0] != ".")
    if not paths:
        raise ValueError(f"{folder} holds no picture, expected files that end in {', '.join(STILLS)}")
    for number, path in enumerate(paths):
        yield Frame(time=number / frames_per_second, picture=read_picture(path))


def _animation_frames(path: Path) -> Iterator[Frame]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            animation = Image.open(path)
    except UnidentifiedImageError:
        raise ValueError(f"{path} is not an animation of a known format, expected GIF, WebP or PNG") from None
    except Image.DecompressionBombError:
        raise ValueError(f"{path} has more than {MOST_PIXELS // 10**6} megapixels; make it smaller") from None
    with animation:
        milliseconds, pictures, number = 0.0, ImageSequence.Iterator(animation), 0
        while (picture := _next_picture(path, pictures)) is not None:
            _check_size(path, number, picture.width * picture.height)
            white = Image.new("RGBA", picture.size, (255, 255, 255, 255))
            shown = Image.alpha_composite(white, picture).convert("RGB")
            yield Frame(time=0.001 * milliseconds, picture=np.array(shown))
            # WebP tells how long a picture is shown only once it is decoded.
            told = float(animation.info.get("duration", 0.0))
            milliseconds += told if told >= LEAST_MS else USUAL_MS
            number += 1


def _next_picture(path: Path, pictures: Iterator[Image.Image]) -> Image.Image | None:
    try:
        picture = next(pictures, None)
        return None if picture is None else picture.convert("RGBA")
    except Exception as error:  # for a damaged file Pillow raises a dozen kinds, IndexError and SyntaxError among them
        raise ValueError(f"{path} is damaged ({type(error).__name__}: {error})") from None


def _video_frames(path: Path) -> Iterator[Frame]:
    av = _pyav(path)
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise ValueError(f"{path} has no pictures, expected a video")
            first = None
            for number, frame in enumerate(container.decode(video=0)):
                _check_size(path, number, frame.width * frame.height)
                time = float(number) if frame.time is None else float(frame.time)
                first = time if first is None else first
                yield Frame(time=time - first, picture=frame.to_ndarray(format="rgb24"))
    except av.FFmpegError as error:
        raise ValueError(f"{path} is not a readable video ({error.strerror or error})") from None


def _pyav(path: Path) -> Any:  # noqa: ANN401 - an optional library, which declares no types here
    try:
        import av
    except ImportError:
        raise ValueError(
            f"reading {path} needs PyAV: pip install 'toonface[video]'; without it a folder of pictures and an "
            f"animated GIF, WebP or PNG can be read"
        ) from None
    return av


def _check_size(path: Path, number: int, pixels: int) -> None:
    if pixels > MOST_PIXELS:
        raise ValueError(f"{path} has more than {MOST_PIXELS // 10**6} megapixels; make it smaller")
    if number >= MOST_FRAMES:
        raise ValueError(f"{path} has more than {MOST_FRAMES} pictures; cut it")


class Webcam:
    """A camera that is asked for one picture after the other, until it is closed. It needs OpenCV.

    Args:
        device: number of the camera, 0 for the first; or what else OpenCV opens, such as a file.

    Raises:
        ValueError: OpenCV is not there, or the camera does not open.
    """

    def __init__(self, device: int | str = 0) -> None:
        try:
            import cv2
        except ImportError:
            raise ValueError("a webcam needs OpenCV: pip install 'toonface[webcam]'") from None
        self._capture = cv2.VideoCapture(device)
        if not self._capture.isOpened():
            self._capture.release()
            raise ValueError(f"camera {device} does not open, expected one that is connected and not in use")
        # Where the driver lets it: no pictures that wait while older ones are looked at.
        self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)

    def frames(self) -> Iterator[Frame]:
        """Yield pictures as they come, with the time at which they came; ends where the camera goes away."""
        start = perf_counter()
        while True:
            there, picture = self._capture.read()
            if not there:
                return
            # OpenCV has blue first.
            yield Frame(time=perf_counter() - start, picture=np.ascontiguousarray(picture[..., ::-1]))

    def close(self) -> None:
        """Let the camera go; a second call does nothing."""
        self._capture.release()

    def __enter__(self) -> "Webcam":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
