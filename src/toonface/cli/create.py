"""`toonface create`: portraits become animatable heads."""

from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from toonface.cli.avatar_output import AsFormat, Out, Shapes, VrmMetaFile, output_of
from toonface.cli.console import AsJson, NetworkFolder, tell_step
from toonface.cli.pictures import Answer, Face, Images, for_each_picture, free_name

if TYPE_CHECKING:
    from toonface.types import Picture

SHEET_QUALITY = 92


class Clock:
    """Times stages, and says on a terminal which one is at work."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._stage, self._since = "", perf_counter()

    def __call__(self, stage: str) -> None:
        """End the stage before, and begin one.

        Args:
            stage: its name; empty at the end.
        """
        now = perf_counter()
        if self._stage:
            self.seconds[self._stage] = round(now - self._since, 3)
        self._stage, self._since = stage, now
        tell_step(stage)


def create(  # noqa: PLR0913 - one argument per option
    images: Images,
    out: Out,
    style: Annotated[str, typer.Option(help="soft, bold, anime, or none for the portrait as it is.")] = "soft",
    strength: Annotated[float, typer.Option(metavar="SHARE", help="Of the style, from 0 to 1.")] = 1.0,
    as_format: AsFormat = None,
    shapes: Shapes = False,
    vrm_meta: VrmMetaFile = None,
    lod: Annotated[int, typer.Option(metavar="0|1", help="1 for a quarter of the triangles.")] = 0,
    compact: Annotated[bool, typer.Option("--compact", help="A quarter of the size: quantised, sparse.")] = False,
    idle: Annotated[bool, typer.Option("--idle/--no-idle", help="Put in a clip of blinks and small looks.")] = True,
    report: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for a sheet of every step; made if it does not exist.")
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Of the idle clip.")] = 0,
    face: Face = 0,
    as_json: AsJson = False,
    folder: NetworkFolder = None,
) -> None:
    """Make animatable 3D heads of portraits. Exit with 2 if a picture cannot be read or has no face.

    In a folder, heads that are there already are kept: the same command continues where it stopped.
    """
    import numpy as np

    from toonface.io.avatar_files import FileOptions, avatar_asset, write_avatar
    from toonface.io.avatar_sheets import avatar_sheet
    from toonface.io.images import prepare_folder, write_picture
    from toonface.io.models import load_models
    from toonface.io.vrm import read_vrm_meta
    from toonface.pipeline.avatars import create_avatar
    from toonface.stages.avatar.idle import idle_clip
    from toonface.stages.stylization.stylize import StylizeOptions

    if lod not in (0, 1):
        raise ValueError(f"lod is {lod}, expected 0 or 1")
    style_options = StylizeOptions(style=style, strength=strength)
    clips = (idle_clip(np.random.default_rng(seed)),) if idle else ()
    kind, single = output_of(images, out, as_format)
    files = FileOptions(lod=0 if lod == 0 else 1, compact=compact, clips=clips, format=kind, shapes=shapes)
    if vrm_meta is not None:
        files = replace(files, meta=read_vrm_meta(vrm_meta))
    for needed in filter(None, (out.parent if single else out, report)):
        prepare_folder(needed)
    tell_step("load")
    models = load_models(folder)
    taken: set[str] = set()

    def work(path: Path, picture: "Picture") -> Answer:
        target = out if single else out / f"{free_name(path.stem, taken)}.{kind}"
        if not single and target.exists():
            return Answer(numbers={"kept": True}, line=f"{target} is there already")
        clock = Clock()
        avatar = create_avatar(picture, models, style_options, face, clock)
        clock("")

        def write() -> dict[str, str]:
            asset = avatar_asset(models.model, models.textures, avatar, files)
            write_avatar(target, asset, files)
            if report is None:
                return {"avatar": str(target)}
            sheet = report / f"{target.stem}-steps.jpg"
            write_picture(sheet, avatar_sheet(avatar, asset), quality=SHEET_QUALITY)
            return {"avatar": str(target), "sheet": str(sheet)}

        numbers = {"style": avatar.cartoon.style, "seconds": clock.seconds, "hair": avatar.hair.style}
        return Answer(numbers=numbers, line=f"{avatar.cartoon.style} → {target}", notes=avatar.notes, write=write)

    for_each_picture("create", images, work, as_json=as_json)
