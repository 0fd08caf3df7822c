"""Show how runs of a StyleGAN got on: `python -m tools.gan_sheet OUT.jpg RUN [RUN …]`.

Each row of the picture is the beginning of one sheet that training wrote: the same latents every time, later downwards.
The figures of the logs are printed as a table.
"""

import json
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from jaxtyping import UInt8

from toonface.io.images import read_picture, write_picture

SHOWN, ACROSS = 7, 12
"""Rows at most for each run, and faces in a row."""
TALL = 2
"""Rows of a sheet that are laid side by side until a row is full."""


def progress_rows(runs: list[Path]) -> UInt8[np.ndarray, "H W 3"]:
    """Lay the first samples of each sheet below each other.

    Args:
        runs: folders of runs, earlier ones first.

    Raises:
        ValueError: a run has no sheets.
    """
    rows = []
    for run in runs:
        sheets = sorted(run.glob("samples-*.png"))
        if not sheets:
            raise ValueError(f"{run} has no sheets, expected samples-*.png")
        chosen = np.unique(np.linspace(0, len(sheets) - 1, SHOWN).round().astype(int))
        for index in chosen:
            sheet = read_picture(sheets[index])
            face = sheet.shape[1] // 8
            side_by_side = [sheet[k * face : (k + 1) * face] for k in range(TALL)]
            rows.append(np.concatenate(side_by_side, axis=1)[:, : ACROSS * face])
    return np.concatenate(rows)


def progress_table(runs: list[Path]) -> str:
    """Return the measurements of all runs as a table in Markdown.

    Args:
        runs: folders of runs, earlier ones first.
    """
    lines = ["| run | pictures | minutes | augmentation | KID | found | confidence |", "|---|---|---|---|---|---|---|"]
    for run in runs:
        augment = 0.0
        for text in (run / "log.jsonl").read_text("utf-8").splitlines():
            line = json.loads(text)
            augment = line.get("augment", augment)
            if "kid" in line:
                lines.append(
                    f"| {run.name} | {line['images']:,} | {line['minutes']:.0f} | {augment:.2f} | {line['kid']:.2f}"
                    f" | {100.0 * line['found']:.0f} % | {line['confidence']:.2f} |"
                )
    return "\n".join(lines)


def main(
    out: Annotated[Path, typer.Argument(help="A .jpg or .png.")],
    runs: Annotated[list[Path], typer.Argument(help="Folders of runs, earlier ones first.")],
) -> None:
    """Draw the sheet, and print the table."""
    print(progress_table(runs))
    picture = progress_rows(runs)
    write_picture(out, picture, quality=88)
    print(f"{out}: {picture.shape[1]} x {picture.shape[0]}, {out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    typer.run(main)
