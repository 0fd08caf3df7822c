"""The command line: it parses, calls and writes; heavy modules are imported by the command that needs them."""

import json
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from toonface.io.shard_set import ShardOptions
    from toonface.io.synth_stream import Load, Step

app = typer.Typer(
    help="One portrait in, an animatable 3D cartoon head out.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
models = typer.Typer(help="Look at the models that the package ships.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(models, name="models")

SEED = 0
SHEET_SAMPLES, SHEET_COLUMNS, SHEET_SIZE = 48, 8, 384
"""At most this many samples on a sheet, in a row, and pixels of each."""


@models.command("check", epilog="Example: toonface models check --json")
def check_models(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    heads: Annotated[int, typer.Option(min=1, help="How many random heads are tried.")] = 1000,
    seed: Annotated[int, typer.Option(help="Of the random heads.")] = SEED,
    folder: Annotated[
        Path | None, typer.Option("--model", help="Folder of a face model; default: the package's.")
    ] = None,
) -> None:
    """Measure what a good head obeys, shape by shape; exit with 1 if a figure misses its limit."""
    import numpy as np

    from toonface.evaluate.face_model_checks import check_model
    from toonface.evaluate.report import report
    from toonface.io.face_model_file import load_face_model

    model = load_face_model(folder)
    checks = list(check_model(model, np.random.default_rng(seed), heads, _progress))
    failed = [check for check in checks if not check.passed]
    if as_json:
        finite = {c.name: round(float(c.value), 6) for c in checks if np.isfinite(c.value)}
        metrics = dict.fromkeys((c.name for c in checks), None) | finite | {"failed": len(failed)}
        typer.echo(json.dumps(report("models check", seed, metrics)))
    else:
        for check in checks:
            sign = ">=" if check.at_least else "<="
            typer.echo(
                f"{'ok  ' if check.passed else 'MISS'} {check.name} = {check.value:.4g} ({sign} {check.limit:g})"
            )
        typer.echo(f"{len(checks) - len(failed)} of {len(checks)} figures inside their limits")
    raise typer.Exit(1 if failed else 0)


@models.command("show", epilog="Example: toonface models show --out pictures")
def show_models(
    out: Annotated[Path, typer.Option(help="Folder for the pictures; made if it does not exist.")],
    seed: Annotated[int, typer.Option(help="Of the random heads.")] = SEED,
    folder: Annotated[
        Path | None, typer.Option("--model", help="Folder of a face model; default: the package's.")
    ] = None,
) -> None:
    """Draw contact sheets of random heads, all shapes, visemes, hair and landmarks."""
    import numpy as np

    from toonface.evaluate.face_model_sheets import face_model_sheets
    from toonface.io.face_model_file import load_face_model
    from toonface.io.images import load_textures, prepare_folder, write_picture
    from toonface.io.sheets import contact_sheet

    model, textures = load_face_model(folder), load_textures(folder)
    prepare_folder(out)
    for sheet in face_model_sheets(model, textures, np.random.default_rng(seed)):
        path = out / f"{sheet.name}.jpg"
        write_picture(path, contact_sheet(sheet.pictures, sheet.columns))
        typer.echo(str(path))


@app.command("synth", epilog="Example: toonface synth --count 1000 --style pair --out samples --workers 2")
def synthesise(  # noqa: PLR0913 - one argument per option
    count: Annotated[int, typer.Option(help="How many samples; a pair is one.")],
    size: Annotated[int, typer.Option(help="Pixels of the square pictures, 32 to 2048.")] = 256,
    style: Annotated[str, typer.Option(metavar="photo|toon|pair", help="Pair: each scene in both styles.")] = "pair",
    out: Annotated[
        Path | None, typer.Option(help="Folder for the shards; one that an interrupted run left is continued.")
    ] = None,
    workers: Annotated[int, typer.Option(help="Processes; as many as the machine has cores is fastest.")] = 1,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes, whatever the workers.")] = SEED,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    shard_size: Annotated[int, typer.Option(help="Samples per file.")] = 256,
    no_maps: Annotated[bool, typer.Option("--no-maps", help="Leave out depth, normals and albedo.")] = False,
    sheet: Annotated[
        Path | None, typer.Option(help=f"Also draw the first samples, at most {SHEET_SAMPLES}, on one .jpg or .png.")
    ] = None,
) -> None:
    """Render labelled portraits in tar files (WebDataset); exit with 130 on Ctrl-C, and continue when run again."""
    with _interruptible():
        from toonface.io import synth_stream
        from toonface.io.shard_set import ShardOptions

        options = ShardOptions(count=count, size=size, style=style, seed=seed, shard_size=shard_size, maps=not no_maps)
        if workers < 1:
            raise ValueError(f"workers is {workers}, expected a number of at least 1")
        if out is None and sheet is None:
            raise ValueError("there is nothing to write, expected --out, --sheet or both")
        if sheet and sheet.suffix not in (".jpg", ".png"):
            raise ValueError(f"the sheet's name is {sheet.name}, expected one that ends in .jpg or .png")
        # The folder is checked before the sheet is drawn, and filled after it.
        load = synth_stream.load_renderer
        shards = synth_stream.write_shards(out, options, workers=workers, load=load) if out else None
        start = perf_counter()
        made = _draw_sheet(sheet, options, workers, load) if sheet else 0
        if shards:
            start = perf_counter()
            made = _show_progress(*shards)
        _tell(options, made, perf_counter() - start, as_json=as_json)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Answer Ctrl-C with one line and the exit code that shells expect."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("toonface: interrupted; finished shards stay, and the same command continues", err=True)
        raise typer.Exit(130) from None


def _draw_sheet(path: Path, options: "ShardOptions", workers: int, load: "Load") -> int:
    """Draw the first samples, the styles of a pair above each other; return how many."""
    import numpy as np

    from toonface.io.images import prepare_folder, write_picture
    from toonface.io.sheets import contact_sheet
    from toonface.io.synth_stream import stream_samples

    prepare_folder(path.parent)
    count, size = min(options.count, SHEET_SAMPLES), min(options.size, SHEET_SIZE)
    stream = stream_samples(
        options.seed, range(count), styles=options.styles, size=size, workers=min(workers, count), load=load
    )
    with closing(stream):
        pictures = [(str(i), np.concatenate([s.picture for s in styles.values()])) for i, styles in stream]
    write_picture(path, contact_sheet(pictures, min(count, SHEET_COLUMNS)))
    return count


def _show_progress(total: int, steps: "Generator[Step, None, None]") -> int:
    """Take the steps, of which each does its work when it is taken; return how many samples that were."""
    with closing(steps), _progress_display(total) as show:
        for step in steps:
            show(step)
    return total


@contextmanager
def _progress_display(total: int) -> Iterator[Callable[["Step"], None]]:
    """Show a bar on a terminal, and elsewhere a line for each finished shard."""
    done, start = 0, perf_counter()

    def count(step: "Step") -> str:
        nonlocal done
        done += step.samples
        return f"{done / (perf_counter() - start):.1f} samples/s"

    def show_line(step: "Step") -> None:
        rate = count(step)
        if step.finished is not None:
            typer.echo(f"{done} of {total} samples, {rate}", err=True)

    if not sys.stderr.isatty():
        yield show_line
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("starting", total=total)
        yield lambda step: progress.update(task, advance=step.samples, description=count(step))


def _tell(options: "ShardOptions", made: int, seconds: float, *, as_json: bool) -> None:
    from toonface.evaluate.report import report

    if as_json:
        rate = round(made / seconds, 3) if made else None
        metrics = {"synth.samples": float(made), "synth.seconds": round(seconds, 3), "synth.rate": rate}
        typer.echo(json.dumps(report("synth", options.seed, metrics)))
    elif made:
        typer.echo(f"{made} samples in {seconds:.1f} s, {made / seconds:.1f} samples/s")
    else:
        typer.echo(f"all {options.count} samples were there already")


def _progress(what: str) -> None:
    """Say on a terminal what is being measured; stay silent in a pipe."""
    if sys.stderr.isatty():
        typer.echo(f"\r\033[K{what}", err=True, nl=False)


def main() -> None:
    """Run the command line; an expected fault is one line and exit code 2."""
    try:
        app()
    except (ValueError, OSError) as error:
        typer.echo(f"toonface: {' '.join(str(error).split())}", err=True)
        sys.exit(2)
