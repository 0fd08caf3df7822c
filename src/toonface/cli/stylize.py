"""`toonface stylize`: portraits become cartoons of the same people."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toonface.cli.console import AsJson, NetworkFolder, Quiet, interruptible
from toonface.cli.outputs import is_file
from toonface.cli.pictures import Answer, Face, Images, for_each_picture, free_name

if TYPE_CHECKING:
    from toonface.types import Picture

NETWORKS = ("detector", "landmarks", "parser", "cartoon", "stylizer")
WRITTEN = (".png", ".jpg", ".jpeg", ".webp")
"""Endings of a single output."""
QUALITY = 95


def stylize(  # noqa: PLR0913 - one argument per option
    images: Images,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="OUT", help="A picture file for one portrait, else a folder.")
    ],
    style: Annotated[str, typer.Option(help="soft, bold, anime, or none.")] = "soft",
    strength: Annotated[float, typer.Option(metavar="SHARE", help="From 0, the portrait itself, to 1.")] = 1.0,
    keep_colors: Annotated[bool, typer.Option("--keep-colors", help="Leave the skin's tone as it is.")] = False,
    background: Annotated[str, typer.Option(help="keep, or plain.")] = "keep",
    redraw: Annotated[bool, typer.Option("--redraw", help="Draw also what is a cartoon already.")] = False,
    face: Face = 0,
    as_json: AsJson = False,
    quiet: Quiet = False,
    folder: NetworkFolder = None,
) -> None:
    """Draw portraits as cartoons of the same people. Exit with 2 if a picture cannot be read or has no face.

    A picture that is a cartoon already is left as it is.
    """
    from toonface.io.images import prepare_folder, write_picture
    from toonface.io.networks import load_network
    from toonface.pipeline import stylize_portrait
    from toonface.stages.stylization.stylize import StylizeOptions

    options = StylizeOptions(
        style=style, strength=strength, keep_colors=keep_colors, background=background, redraw=redraw
    )
    single = is_file(images, out, WRITTEN)
    prepare_folder(out.parent if single else out)
    with interruptible("nothing was written"):
        networks = {name: load_network(name, folder) for name in NETWORKS}
    taken: set[str] = set()

    def work(path: Path, picture: "Picture") -> Answer:
        cartoon = stylize_portrait(networks, picture, options, face)
        target = out if single else out / f"{free_name(path.stem, taken)}.png"

        def write() -> dict[str, str]:
            write_picture(target, cartoon.picture, quality=QUALITY)
            return {"cartoon": str(target)}

        return Answer(
            numbers={"style": cartoon.style}, line=f"{cartoon.style} → {target}", notes=cartoon.notes, write=write
        )

    for_each_picture("stylize", images, work, as_json=as_json, quiet=quiet)
