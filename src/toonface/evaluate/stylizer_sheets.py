"""Portraits beside their cartoons, for looking at them one by one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from toonface.evaluate.trials import Trial
from toonface.geometry.crop import warp_affine
from toonface.io.images import prepare_folder, write_picture
from toonface.io.sheets import contact_sheet
from toonface.types import Picture

SIZE = 300
"""Side of one picture, pixels."""
ROWS = 8
"""Portraits on a sheet."""
QUALITY = 90


@dataclass(frozen=True, kw_only=True)
class StylizerSheets:
    """Collects what is shown."""

    rows: list[list[tuple[str, UInt8[np.ndarray, "S S 3"]]]] = field(default_factory=list)

    def see(self, trial: Trial, cartoons: Mapping[str, Picture]) -> None:
        """Take a portrait and its cartoons.

        Args:
            trial: the portrait.
            cartoons: by kind, of the portrait's size.
        """
        row = [(kind, fitted(picture)) for kind, picture in cartoons.items()]
        self.rows.append([(trial.name if kind == "none" else kind, picture) for kind, picture in row])


def fitted(picture: Picture) -> UInt8[np.ndarray, "S S 3"]:
    """Shrink a picture to `SIZE` along its longer side; what lies beyond it repeats its edge.

    Args:
        picture: sRGB.
    """
    step = max(picture.shape[:2]) / SIZE
    corner = 0.5 * (np.array([picture.shape[1], picture.shape[0]]) - step * SIZE)
    return warp_affine(picture, corner, step * np.eye(2), SIZE)


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
