"""Points that other systems found, for a table beside ours."""

import json
from pathlib import Path

import numpy as np
from jaxtyping import Float

LANDMARK_COUNT = 68


def read_predictions(path: Path) -> tuple[str, dict[str, Float[np.ndarray, "68 2"]]]:
    """Read a file `{"system": NAME, "points": {PICTURE: [[x, y], ... 68 times]}}`; pixels of the picture, iBUG order.

    Args:
        path: of the JSON file. Pictures are called `toon 12`, as in the test set, or `folder/file.jpg`.

    Raises:
        ValueError: it is missing, damaged, or has other numbers of points.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
        name = str(content["system"])
        points = {str(picture): np.array(places, np.float64) for picture, places in content["points"].items()}
    except (OSError, UnicodeDecodeError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"{path} is no file of predicted points ({' '.join(str(error).split())})") from None
    for picture, places in points.items():
        if places.shape != (LANDMARK_COUNT, 2) or not np.isfinite(places).all():
            raise ValueError(f"{path}: points of {picture!r} have shape {places.shape}, expected 68 finite x and y")
    return name, points
