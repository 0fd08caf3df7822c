"""Portraits beside their cartoons, for looking at them one by one."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from toonface.evaluate.trials import Trial
from toonface.geometry.crop import frame_around, warp
from toonface.io.images import prepare_folder, write_picture
from toonface.io.sheets import contact_sheet
from toonface.types import Landmarks, Picture

SIZE = 300
"""Side of one picture, pixels."""
MARGIN, LIFT = 2.2, 0.12
"""Of what is shown: the head, upright as in the picture."""
ROWS = 8
"""Portraits on a sheet."""
QUALITY = 90


@dataclass(frozen=True, kw_only=True)
class StylizerSheets:
    """Collects what is shown."""

    rows: list[list[tuple[str, UInt8[np.ndarray, "S S 3"]]]] = field(default_factory=list)

    def see(self, trial: Trial, landmarks: Landmarks, cartoons: Mapping[str, Picture]) -> None:
        """Take the head of a portrait and of its cartoons.

        Args:
            trial: the portrait.
            landmarks: of its face.
            cartoons: by kind, of the portrait's size.
        """
        frame = replace(frame_around(landmarks.points_px, MARGIN, LIFT), roll_radians=0.0)
        row = [(kind, warp(picture, frame, SIZE)) for kind, picture in cartoons.items()]
        self.rows.append([(trial.name if kind == "none" else kind, picture) for kind, picture in row])


def write_stylizer_sheets(sheets: StylizerSheets, folder: Path) -> list[Path]:
    """Write `stylizer-NN.jpg` and return where.

    Args:
        sheets: what was seen.
        folder: made if it does not exist.

    Raises:
        ValueError: the folder cannot be written.
    """
    prepare_folder(folder)
    paths = []
    for first in range(0, len(sheets.rows), ROWS):
        rows = sheets.rows[first : first + ROWS]
        path = folder / f"stylizer-{first // ROWS + 1:02d}.jpg"
        write_picture(path, contact_sheet([cell for row in rows for cell in row], len(rows[0])), quality=QUALITY)
        paths.append(path)
    return paths
