"""Clips as JSON text: shapes by name, so that a file outlives a change of their order."""

import json
from typing import Any

import numpy as np
from jaxtyping import Float

from toonface.drive.clips import Clip
from toonface.morphable.names import SHAPES

FORMAT, VERSION = "toonface clip", 1
DIGITS = 6
"""Behind the point, of weights, quaternions and angles. Times are written in full, so that they keep rising."""


def clip_to_json(clip: Clip) -> str:
    """Return a clip as text, one row of numbers per time; shapes that rest are left out.

    Args:
        clip: at any times.
    """
    weights = np.round(clip.weights, DIGITS)
    moving = np.flatnonzero(weights.any(axis=0))
    fields = {
        "format": json.dumps(FORMAT),
        "version": json.dumps(VERSION),
        "name": json.dumps(clip.name, ensure_ascii=False),
        "shapes": json.dumps([SHAPES[column] for column in moving]),
        "times": json.dumps(clip.times.tolist()),
        "weights": _rows(weights[:, moving]),
    }
    if clip.head is not None:
        fields["head"] = _rows(np.round(clip.head, DIGITS))
    if clip.gaze_radians is not None:
        fields["gaze_radians"] = _rows(np.round(clip.gaze_radians, DIGITS).reshape(-1, 4))
    return "{\n" + ",\n".join(f'"{key}": {text}' for key, text in fields.items()) + "\n}\n"


def clip_from_json(text: str) -> Clip:
    """Read a clip; fields that are not known are ignored.

    Args:
        text: as `clip_to_json` writes it.

    Raises:
        ValueError: the text is no JSON, no clip, of a later version, names an unknown shape, or breaks a rule of
            `Clip`.
    """
    document = _document(text)
    name, shapes = document.get("name"), document.get("shapes")
    if not isinstance(name, str):
        raise ValueError(f"the name of the clip is {name!r:.80}, expected text")
    if not isinstance(shapes, list) or not all(shape in SHAPES for shape in shapes) or len({*shapes}) < len(shapes):
        raise ValueError(f"the shapes of the clip are {shapes!r:.80}, expected different names of shapes")
    times = _numbers(document, "times", 1)[:, 0]
    moving = _numbers(document, "weights", len(shapes))
    weights = np.zeros((len(moving), len(SHAPES)))
    weights[:, [SHAPES.index(shape) for shape in shapes]] = moving
    return Clip(
        name=name,
        times=times,
        weights=weights,
        head=_numbers(document, "head", 4) if "head" in document else None,
        gaze_radians=_numbers(document, "gaze_radians", 4).reshape(-1, 2, 2) if "gaze_radians" in document else None,
    )


def _rows(rows: Float[np.ndarray, "N C"]) -> str:
    # Adding 0 turns -0 into 0.
    return "[\n" + ",\n".join(json.dumps(row) for row in (rows + 0.0).tolist()) + "\n]"


def _document(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the text {text[:40]!r} is no JSON ({error}), expected a clip") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError(f'the text {text[:40]!r} is no clip, expected an object with "format": "{FORMAT}"')
    if document.get("version") != VERSION:
        raise ValueError(f"the version of the clip is {document.get('version')!r:.80}, expected {VERSION}")
    return document


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no number of JSON")


def _numbers(document: dict[str, Any], key: str, columns: int) -> Float[np.ndarray, "N C"]:
    """The rows of a field; times are single numbers."""
    rows = document.get(key)
    if not isinstance(rows, list):
        raise ValueError(f"{key} of the clip is {rows!r:.80}, expected a list")
    if key == "times":
        rows = [[time] for time in rows]
    for row in rows:
        if not isinstance(row, list) or len(row) != columns or not all(type(x) in (int, float) for x in row):
            raise ValueError(f"{key} of the clip has the row {row!r:.80}, expected {columns} numbers")
    try:
        return np.array(rows, dtype=np.float64).reshape(len(rows), columns)
    except OverflowError:
        raise ValueError(f"{key} of the clip has an integer too large, expected numbers of 64 bits") from None
