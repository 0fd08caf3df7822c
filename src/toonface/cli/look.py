"""The commands that say and show what the networks see in pictures, one picture after the other."""

from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from toonface.cli.console import SEED, AsJson, NetworkFolder, interruptible, tell_fault, tell_json, tell_step

if TYPE_CHECKING:
    from toonface.cli.sights import See, Sight
    from toonface.morphable.face_model import FaceModel
    from toonface.types import Picture

Images: TypeAlias = Annotated[list[Path], typer.Argument(metavar="IMAGE", help="Pictures, or folders of pictures.")]
Overlay: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Folder for pictures of what was found; made if it does not exist.")
]
Face: TypeAlias = Annotated[int, typer.Option(metavar="N", help="Which face of a picture; 0 is the largest.")]
AnyFace: TypeAlias = Annotated[int | None, typer.Option(metavar="N", help="Only this face; 0 is the largest.")]

ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff")
"""What counts as a picture in a folder."""
OVERLAY_QUALITY = 92


@dataclass(frozen=True, kw_only=True)
class _Options:
    """What all of these commands are told."""

    images: list[Path]
    networks: tuple[str, ...]
    folder: Path | None
    overlay: Path | None
    face: int | None
    as_json: bool


def detect(
    images: Images, as_json: AsJson = False, overlay: Overlay = None, face: AnyFace = None, folder: NetworkFolder = None
) -> None:
    """Find faces: boxes, five points, confidence. Exit with 2 if a picture cannot be read or has no face."""
    from toonface.cli.sights import see_faces

    networks = ("detector",)
    told = _Options(images=images, networks=networks, folder=folder, overlay=overlay, face=face, as_json=as_json)
    _look("detect", see_faces, told)


def landmarks(
    images: Images, as_json: AsJson = False, overlay: Overlay = None, face: Face = 0, folder: NetworkFolder = None
) -> None:
    """Find the 68 points of a face and how sure each is. Exit with 2 if a picture cannot be read or has no face."""
    from toonface.cli.sights import see_landmarks

    networks = ("detector", "landmarks")
    told = _Options(images=images, networks=networks, folder=folder, overlay=overlay, face=face, as_json=as_json)
    _look("landmarks", see_landmarks, told)


def parse(
    images: Images, as_json: AsJson = False, overlay: Overlay = None, face: Face = 0, folder: NetworkFolder = None
) -> None:
    """Say which part of a face each pixel shows. Exit with 2 if a picture cannot be read or has no face."""
    from toonface.cli.sights import see_regions

    networks = ("detector", "landmarks", "parser")
    told = _Options(images=images, networks=networks, folder=folder, overlay=overlay, face=face, as_json=as_json)
    _look("parse", see_regions, told)


def coefficients(
    images: Images, as_json: AsJson = False, overlay: Overlay = None, face: Face = 0, folder: NetworkFolder = None
) -> None:
    """Fit the face model's 239 coefficients. Exit with 2 if a picture cannot be read or has no face."""
    from toonface.cli.sights import see_coefficients

    networks = ("detector", "landmarks", "coarse")
    told = _Options(images=images, networks=networks, folder=folder, overlay=overlay, face=face, as_json=as_json)
    _look("coefficients", partial(see_coefficients, model=_model(told)), told)


def expression(
    images: Images, as_json: AsJson = False, overlay: Overlay = None, face: Face = 0, folder: NetworkFolder = None
) -> None:
    """Read 64 weights, gaze and turn of the head. Exit with 2 if a picture cannot be read or has no face."""
    from toonface.cli.sights import see_expression

    networks = ("detector", "landmarks", "expression")
    told = _Options(images=images, networks=networks, folder=folder, overlay=overlay, face=face, as_json=as_json)
    _look("expression", partial(see_expression, model=_model(told)), told)


def _model(options: _Options) -> "FaceModel | None":
    from toonface.io.face_model_file import load_face_model

    return None if options.overlay is None else load_face_model()


def _look(command: str, see: "See", options: _Options) -> None:
    """Look at each picture, say what was seen, and go on where one fails."""
    from toonface.io.images import prepare_folder
    from toonface.io.networks import load_network

    networks = {name: load_network(name, options.folder) for name in options.networks}
    if options.overlay is not None:
        prepare_folder(options.overlay)
    results, seconds, taken = [], [], set()
    paths = _pictures(options.images)
    with interruptible("what was drawn so far stays"):
        for number, path in enumerate(paths, start=1):
            tell_step(f"picture {number} of {len(paths)}")
            try:
                picture = _read(path)
                start = perf_counter()
                sight = see(networks, picture, options.face)
                seconds.append(perf_counter() - start)
                drawn = _draw(sight, options.overlay, _free_name(f"{path.stem}-{command}", taken))
            except (ValueError, OSError) as error:
                what = _with_path(path, error)
                tell_step("")
                tell_fault(what)
                results.append({"file": str(path), "error": what})
                continue
            results.append({"file": str(path), **sight.numbers, "notes": list(sight.notes), **drawn})
            _tell(path, sight, as_json=options.as_json)
    tell_step("")
    failed = sum("error" in result for result in results)
    if options.as_json:
        took = round(1000.0 * median(seconds), 3) if seconds else None
        metrics = {
            f"{command}.pictures": float(len(results)),
            f"{command}.failed": float(failed),
            f"{command}.ms": took,
        }
        tell_json(command, SEED, metrics, pictures=results)
    raise typer.Exit(2 if failed else 0)


def _pictures(images: list[Path]) -> list[Path]:
    """Put the pictures of a folder in its place; a folder without one stays, and fails when its turn comes."""
    found = []
    for image in images:
        inside = sorted(image.iterdir()) if image.is_dir() else []
        found += [path for path in inside if path.suffix.lower() in ENDINGS and path.name[0] != "."] or [image]
    return found


def _read(path: Path) -> "Picture":
    from toonface.io.images import read_picture

    if path.is_dir():
        raise ValueError(f"{path} holds no picture, expected files that end in {', '.join(ENDINGS)}")
    return read_picture(path)


def _draw(sight: "Sight", folder: Path | None, name: str) -> dict[str, str]:
    """Write the overlay, if one is wanted; return where, for JSON."""
    from toonface.io.images import write_picture

    if folder is None or sight.draw is None:
        return {}
    path = folder / f"{name}.jpg"
    write_picture(path, sight.draw(), quality=OVERLAY_QUALITY)
    return {"overlay": str(path)}


def _free_name(stem: str, taken: set[str]) -> str:
    """Give each overlay a name of its own, also where two folders have files of one name."""
    names = (stem if number == 1 else f"{stem}-{number}" for number in count(1))
    name = next(name for name in names if name not in taken)
    taken.add(name)
    return name


def _with_path(path: Path, error: Exception) -> str:
    what = " ".join(str(error).split())
    return what if str(path) in what else f"{path}: {what}"


def _tell(path: Path, sight: "Sight", *, as_json: bool) -> None:
    tell_step("")
    for note in sight.notes:
        typer.echo(f"{path}: note: {note}", err=True)
    if not as_json:
        typer.echo(f"{path}: {sight.line}")
