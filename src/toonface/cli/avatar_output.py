"""Where `toonface create` writes, and in which format: the options that say so."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from toonface.cli.outputs import is_file

if TYPE_CHECKING:
    from toonface.io.avatar_files import Format

Out: TypeAlias = Annotated[
    Path, typer.Option("--out", "-o", metavar="OUT", help="A .glb, .vrm or .obj file for one portrait, else a folder.")
]
AsFormat: TypeAlias = Annotated[
    str | None, typer.Option("--format", metavar="glb|vrm|obj", help="Of heads in a folder: glb if nothing is said.")
]
VrmMetaFile: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="JSON", help="Name, authors and permissions of a .vrm, under VRM's own names.")
]
Shapes: TypeAlias = Annotated[bool, typer.Option("--shapes", help="Beside an .obj, one .obj for each shape.")]


def output_of(images: list[Path], out: Path, wanted: str | None) -> tuple["Format", bool]:
    """Return the format, and whether the output is one file: for one picture, by its ending.

    Args:
        images: what the command was given.
        out: where it writes to.
        wanted: format that was asked for, or None.

    Raises:
        ValueError: the output's name, the format and the number of pictures do not go together.
    """
    from toonface.io.avatar_files import FORMATS

    named: dict[str, Format] = {name: name for name in FORMATS}
    if wanted is not None and wanted not in named:
        raise ValueError(f"format is {wanted!r}, expected {', '.join(FORMATS)}")
    if not is_file(images, out, tuple(f".{name}" for name in FORMATS)):
        return named[wanted or "glb"], False
    ending = out.suffix.lower().removeprefix(".")
    if wanted not in (None, ending):
        raise ValueError(f"out is {out}, expected a name that ends in .{wanted}, the format that was asked for")
    return named[ending], True
