"""The commands that say and show what the networks see in pictures, one picture after the other."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from toonface.cli.console import AsJson, NetworkFolder
from toonface.cli.pictures import Answer, Face, Images, for_each_picture, free_name

if TYPE_CHECKING:
    from toonface.cli.sights import See
    from toonface.morphable.face_model import FaceModel
    from toonface.types import Picture

Overlay: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Folder for pictures of what was found; made if it does not exist.")
]
AnyFace: TypeAlias = Annotated[int | None, typer.Option(metavar="N", help="Only this face; 0 is the largest.")]

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

    networks = ("detector", "landmarks", "expression", "gaze")
    told = _Options(images=images, networks=networks, folder=folder, overlay=overlay, face=face, as_json=as_json)
    _look("expression", partial(see_expression, model=_model(told)), told)


def _model(options: _Options) -> "FaceModel | None":
    from toonface.io.face_model_file import load_face_model

    return None if options.overlay is None else load_face_model()


def _look(command: str, see: "See", options: _Options) -> None:
    """Look at each picture and say what was seen."""
    from toonface.io.images import prepare_folder, write_picture
    from toonface.io.networks import load_network

    networks = {name: load_network(name, options.folder) for name in options.networks}
    if options.overlay is not None:
        prepare_folder(options.overlay)
    taken: set[str] = set()

    def work(path: Path, picture: "Picture") -> Answer:
        sight = see(networks, picture, options.face)

        def write() -> dict[str, str]:
            if options.overlay is None or sight.draw is None:
                return {}
            overlay = options.overlay / f"{free_name(f'{path.stem}-{command}', taken)}.jpg"
            write_picture(overlay, sight.draw(), quality=OVERLAY_QUALITY)
            return {"overlay": str(overlay)}

        return Answer(numbers=sight.numbers, line=sight.line, notes=sight.notes, write=write)

    for_each_picture(command, options.images, work, as_json=options.as_json)
