"""Commands that work on one picture after the other, and go on where one fails."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from toonface.cli.console import SEED, interruptible, tell_fault, tell_json, tell_step

if TYPE_CHECKING:
    from toonface.types import Picture

Images: TypeAlias = Annotated[list[Path], typer.Argument(metavar="IMAGE", help="Pictures, or folders of pictures.")]
Face: TypeAlias = Annotated[int, typer.Option(metavar="N", help="Which face of a picture; 0 is the largest.")]

ENDINGS = (
    *(".jpg", ".jpeg", ".jfif", ".png", ".webp", ".avif", ".heic", ".heif"),
    *(".bmp", ".gif", ".tif", ".tiff"),
)
"""What counts as a picture in a folder; a kind that cannot be read is told as a fault, not passed over."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of one picture."""

    numbers: dict[str, object]
    """For programs."""
    line: str
    """For people."""
    notes: tuple[str, ...] = ()
    """What the user should know."""
    write: Callable[[], dict[str, str]] = dict
    """Writes files, which takes no part in the time that is told; returns what they are called, for programs."""


def for_each_picture(
    command: str,
    images: list[Path],
    work: Callable[[Path, "Picture"], Answer],
    *,
    as_json: bool,
    quiet: bool = False,
) -> None:
    """Work on each picture, say what came of it, and leave with exit code 2 if one failed.

    Args:
        command: its name.
        images: pictures and folders of pictures.
        work: told where a picture is and what it shows; a ValueError or OSError of it is that picture's alone.
        as_json: whether to print one JSON object.
        quiet: whether to say nothing but faults, and that object.
    """
    results, seconds = [], []
    paths = list_pictures(images)
    with interruptible("what was written so far stays"):
        for number, path in enumerate(paths, start=1):
            if not quiet:
                tell_step(f"picture {number} of {len(paths)}")
            try:
                picture = _read(path)
                start = perf_counter()
                answer = work(path, picture)
                seconds.append(perf_counter() - start)
                written = answer.write()
            except (ValueError, OSError) as error:
                what = _with_path(path, error)
                tell_step("")
                tell_fault(what)
                results.append({"file": str(path), "error": what})
                continue
            results.append({"file": str(path), **answer.numbers, "notes": list(answer.notes), **written})
            if not quiet:
                _tell(path, answer, as_json=as_json)
    tell_step("")
    failed = sum("error" in result for result in results)
    if as_json:
        took = round(1000.0 * median(seconds), 3) if seconds else None
        metrics = {
            f"{command}.pictures": float(len(results)),
            f"{command}.failed": float(failed),
            f"{command}.ms": took,
        }
        tell_json(command, SEED, metrics, pictures=results)
    raise typer.Exit(2 if failed else 0)


def list_pictures(images: list[Path]) -> list[Path]:
    """Put the pictures of a folder in its place; a folder without one stays, and fails when its turn comes.

    Args:
        images: pictures and folders.
    """
    found = []
    for image in images:
        inside = sorted(image.iterdir()) if image.is_dir() else []
        found += [path for path in inside if path.suffix.lower() in ENDINGS and path.name[0] != "."] or [image]
    return found


def free_name(stem: str, taken: set[str]) -> str:
    """Give each output a name of its own, also where two folders have files of one name.

    Args:
        stem: of the name that is wanted.
        taken: names that are given away; the new one is added.
    """
    names = (stem if number == 1 else f"{stem}-{number}" for number in count(1))
    name = next(name for name in names if name not in taken)
    taken.add(name)
    return name


def _read(path: Path) -> "Picture":
    from toonface.io.images import read_picture

    if path.is_dir():
        raise ValueError(f"{path} holds no picture, expected files that end in {', '.join(ENDINGS)}")
    return read_picture(path)


def _with_path(path: Path, error: Exception) -> str:
    what = " ".join(str(error).split())
    return what if str(path) in what else f"{path}: {what}"


def _tell(path: Path, answer: Answer, *, as_json: bool) -> None:
    tell_step("")
    for note in answer.notes:
        typer.echo(f"{path}: note: {note}", err=True)
    if not as_json:
        typer.echo(f"{path}: {answer.line}")
