"""Folders of real portraits, with points that somebody placed by hand or without."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, UInt8

from toonface.io.images import read_picture

POINTS_FILE = "landmarks.json"
"""File name of a picture → number of the landmark → x and y in pixels."""
ENDINGS = (".jpg", ".jpeg", ".png", ".webp")
VALIDATION_EVERY = 3
"""Every so many-th portrait is kept for validation."""
LANDMARK_COUNT = 68


@dataclass(frozen=True, kw_only=True)
class Portrait:
    """A picture of a folder, which is read when it is asked for."""

    name: str
    """Of the folder and of the file in it: `folder/file.jpg`."""
    picture_path: Path
    points_px: Float[np.ndarray, "68 2"]
    """x and y from the top left, in iBUG order; NaN where not given."""

    def picture(self) -> UInt8[np.ndarray, "H W 3"]:
        """Read the picture, sRGB; what is transparent is white.

        Raises:
            ValueError: the file is no readable picture.
        """
        return read_picture(self.picture_path)


def read_portraits(folder: Path) -> tuple[Portrait, ...]:
    """List the portraits of a folder by name, and read the points that `landmarks.json` gives.

    Args:
        folder: with pictures; without that file no point is given.

    Raises:
        ValueError: the folder is missing or has no pictures, or its points are damaged or of a picture not in it.
    """
    if not folder.is_dir():
        raise ValueError(f"{folder} is not a folder of portraits")
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS)
    if not paths:
        raise ValueError(f"{folder} has no pictures, expected some that end in {', '.join(ENDINGS)}")
    points = _read_points(folder / POINTS_FILE)
    strange = sorted(points.keys() - {path.name for path in paths})
    if strange:
        raise ValueError(f"{folder / POINTS_FILE} has points of {strange[0]}, which is not in the folder")
    none = np.full((LANDMARK_COUNT, 2), np.nan)
    return tuple(
        Portrait(name=f"{folder.name}/{path.name}", picture_path=path, points_px=points.get(path.name, none))
        for path in paths
    )


def is_validation(index: int) -> bool:
    """Tell whether a portrait is kept for validation and never trained on: every third one.

    Args:
        index: of the portrait in what `read_portraits` returns.
    """
    return index % VALIDATION_EVERY == VALIDATION_EVERY - 1


def _read_points(path: Path) -> dict[str, Float[np.ndarray, "68 2"]]:
    if not path.exists():
        return {}
    try:
        entries = json.loads(path.read_text("utf-8"))
        return {name: _points_of(entry) for name, entry in entries.items()}
    except (OSError, UnicodeDecodeError, AttributeError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is no file of landmarks ({' '.join(str(error).split())})") from None


def _points_of(entry: Mapping[str, object]) -> Float[np.ndarray, "68 2"]:
    points = np.full((LANDMARK_COUNT, 2), np.nan)
    for key, place in entry.items():
        number, xy = int(key), np.array(place, float)
        if not (0 <= number < LANDMARK_COUNT and xy.shape == (2,) and np.isfinite(xy).all()):
            raise ValueError(f"point {key} is {place}, expected x and y of a point from 0 to {LANDMARK_COUNT - 1}")
        points[number] = xy
    return points
