"""`toonface create`: portraits become animatable heads."""

from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from toonface.cli.avatar_output import AsFormat, Out, Shapes, VrmMetaFile, output_of
from toonface.cli.console import AsJson, NetworkFolder, Quiet, interruptible, tell_step
from toonface.cli.outputs import Extras
from toonface.cli.pictures import Answer, Face, Images, for_each_picture, free_name

if TYPE_CHECKING:
    from toonface.types import Picture


class Clock:
    """Times stages, and says on a terminal which one is at work.

    Args:
        quiet: whether not to say it.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
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
        if not self.quiet:
            tell_step(stage)


def create(  # noqa: PLR0913 - one argument per option
    images: Images,
    out: Out,
    style: Annotated[
        str,
        typer.Option(metavar="NAME", help="soft, bold or anime: drawn before it becomes a head; none for as it is."),
    ] = "soft",
    strength: Annotated[float, typer.Option(metavar="SHARE", help="Of the style, from 0 to 1.")] = 1.0,
    as_format: AsFormat = None,
    shapes: Shapes = False,
    vrm_meta: VrmMetaFile = None,
    lod: Annotated[int, typer.Option(metavar="0|1", help="Level of detail: 1 has a quarter of the triangles.")] = 0,
    compact: Annotated[bool, typer.Option("--compact", help="A quarter of the size: quantised, sparse.")] = False,
    idle: Annotated[bool, typer.Option("--idle/--no-idle", help="Put in a clip of blinks and small looks.")] = True,
    report: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for pictures of every step, a sheet of them, and times.")
    ] = None,
    preview: Annotated[
        Path | None, typer.Option(metavar="OUT", help="A .png or .jpg of the head, or a folder for several.")
    ] = None,
    turntable: Annotated[
        Path | None, typer.Option(metavar="OUT", help="A .webp of the head that turns, or a folder for several.")
    ] = None,
    viewer: Annotated[
        Path | None, typer.Option(metavar="OUT", help="An .html of viewer and head in one, or a folder for several.")
    ] = None,
    background: Annotated[
        str,
        typer.Option(metavar="COLOUR", help="Of preview and turntable: neutral, transparent, or a colour as #rrggbb."),
    ] = "neutral",
    seed: Annotated[int, typer.Option(metavar="N", help="Of the idle clip.")] = 0,
    face: Face = 0,
    as_json: AsJson = False,
    quiet: Quiet = False,
    folder: NetworkFolder = None,
) -> None:
    """Make animatable 3D heads of portraits. Exit with 2 if a picture cannot be read or has no face.

    In a folder, heads that are there already are kept: the same command continues where it stopped.
    """
    import numpy as np

    from toonface.io.asset_preview import backdrop_of
    from toonface.io.avatar_files import FileOptions, avatar_asset, write_avatar
    from toonface.io.images import prepare_folder
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
    extras = Extras(
        preview=preview,
        turntable=turntable,
        viewer=viewer,
        report=report,
        stored=files.gltf,
        backdrop=backdrop_of(background),
        quiet=quiet,
    )
    prepare_folder(out.parent if single else out)
    extras.prepare(images)
    with interruptible("nothing was written"):
        if not quiet:
            tell_step("load")
        models = load_models(folder)
    taken: set[str] = set()

    def work(path: Path, picture: "Picture") -> Answer:
        target = out if single else out / f"{free_name(path.stem, taken)}.{kind}"
        if not single and target.exists():
            return Answer(numbers={"kept": True}, line=f"{target} is there already")
        clock = Clock(quiet=quiet)
        avatar = create_avatar(picture, models, style_options, face, clock)
        clock("")

        def write() -> dict[str, str]:
            asset = avatar_asset(models.model, models.textures, avatar, files)
            write_avatar(target, asset, files)
            return {"avatar": str(target), **extras.write(target, avatar, asset, models, clock.seconds)}

        numbers = {"style": avatar.cartoon.style, "seconds": clock.seconds, "hair": avatar.hair.style}
        return Answer(numbers=numbers, line=f"{avatar.cartoon.style} → {target}", notes=avatar.notes, write=write)

    for_each_picture("create", images, work, as_json=as_json, quiet=quiet)
