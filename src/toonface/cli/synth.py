"""`toonface synth`: labelled portraits, in shards and on a sheet."""

import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from toonface.cli.console import SEED, AsJson, interruptible, tell_json

if TYPE_CHECKING:
    from toonface.io.shard_set import ShardOptions
    from toonface.io.synth_stream import Load, Step

RENDERS, GAN = "renders", "gan"
"""Where samples come from; the first as in `io.shard_set`, which is not loaded for the sake of a word."""
SHEET_SAMPLES, SHEET_COLUMNS, SHEET_SIZE = 48, 8, 384
"""At most this many samples on a sheet, in a row, and pixels of each."""


def synthesise(  # noqa: PLR0913 - one argument per option
    count: Annotated[int, typer.Option(help="How many samples; a pair is one.")],
    size: Annotated[int, typer.Option(help="Pixels of the square pictures, 32 to 2048.")] = 256,
    style: Annotated[
        str, typer.Option(metavar="photo|toon|pair", help="Pair: each scene in both styles; toon from a generator.")
    ] = "pair",
    out: Annotated[
        Path | None, typer.Option(help="Folder for the shards; one that an interrupted run left is continued.")
    ] = None,
    workers: Annotated[int, typer.Option(help="Processes; as many as the machine has cores is fastest.")] = 1,
    expressions: Annotated[
        str,
        typer.Option(
            metavar="usual|wide|mixed|glances",
            help="Wide: every shape often. Mixed: both in turn, to train. Glances: and eyes that look anywhere.",
        ),
    ] = "usual",
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes, whatever the workers.")] = SEED,
    as_json: AsJson = False,
    shard_size: Annotated[int, typer.Option(help="Samples per file.")] = 256,
    no_maps: Annotated[bool, typer.Option("--no-maps", help="Leave out depth, normals and albedo.")] = False,
    sheet: Annotated[
        Path | None, typer.Option(help=f"Also draw the first samples, at most {SHEET_SAMPLES}, on one .jpg or .png.")
    ] = None,
    source: Annotated[
        str,
        typer.Option("--from", metavar="renders|gan", help="Gan: faces that a StyleGAN2 makes up, labels detected."),
    ] = RENDERS,
    weights: Annotated[
        Path | None, typer.Option(metavar="FILE", help="gan: the generator: a run, .npz, .pkl or .pt.")
    ] = None,
    truncation: Annotated[float, typer.Option(help="gan: how far faces lie from the mean one, 0 to 1.")] = 0.7,
    confidence: Annotated[float, typer.Option(help="gan: least confidence of the detector, 0 to 1.")] = 0.7,
) -> None:
    """Make labelled portraits in tar files (WebDataset); exit with 130 on Ctrl-C, and continue when run again."""
    with interruptible("finished shards stay, and the same command continues"):
        from toonface.io import synth_stream
        from toonface.io.shard_set import ShardOptions

        load, name = _source(source, expressions, weights, truncation=truncation, confidence=confidence)
        made_up = name != RENDERS
        options = ShardOptions(
            count=count,
            size=size,
            style="toon" if made_up and style == "pair" else style,
            expressions=expressions,
            seed=seed,
            shard_size=shard_size,
            maps=not (no_maps or made_up),
            source=name,
        )
        if workers < 1:
            raise ValueError(f"workers is {workers}, expected a number of at least 1")
        if out is None and sheet is None:
            raise ValueError("there is nothing to write, expected --out, --sheet or both")
        if sheet and sheet.suffix not in (".jpg", ".png"):
            raise ValueError(f"the sheet's name is {sheet.name}, expected one that ends in .jpg or .png")
        # The folder is checked before the sheet is drawn, and filled after it.
        shards = synth_stream.write_shards(out, options, workers=workers, load=load) if out else None
        start = perf_counter()
        made = _draw_sheet(sheet, options, workers, load) if sheet else 0
        if shards:
            start = perf_counter()
            made = _show_progress(*shards)
        _tell(options, made, perf_counter() - start, as_json=as_json)


def _source(
    kind: str, expressions: str, weights: Path | None, *, truncation: float, confidence: float
) -> tuple["Load", str]:
    """Return what makes samples, and the name by which a folder remembers it."""
    from toonface.io import synth_stream

    if kind == RENDERS:
        load = synth_stream.load_renderer
        return (load if expressions == "usual" else partial(load, expressions)), RENDERS
    if kind != GAN:
        raise ValueError(f"from is {kind!r}, expected {RENDERS} or {GAN}")
    if weights is None:
        raise ValueError("a generator needs --weights, expected a StyleGAN2; toonface train stylegan makes one")
    from toonface.io.gan_network import need_torch

    need_torch()
    from toonface.io.gan_samples import GanSampling, load_gan_source

    sampling = GanSampling(weights=weights, truncation=truncation, confidence=confidence)
    return partial(load_gan_source, sampling), sampling.name


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
    if as_json:
        rate = round(made / seconds, 3) if made else None
        metrics = {"synth.samples": float(made), "synth.seconds": round(seconds, 3), "synth.rate": rate}
        tell_json("synth", options.seed, metrics)
    elif made:
        typer.echo(f"{made} samples in {seconds:.1f} s, {made / seconds:.1f} samples/s")
    else:
        typer.echo(f"all {options.count} samples were there already")
