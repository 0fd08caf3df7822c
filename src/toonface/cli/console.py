"""What every command says and how: results as one JSON object, progress on a terminal, a fault as one line."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
NetworkFolder: TypeAlias = Annotated[
    Path | None, typer.Option("--networks", metavar="DIR", help="Folder of your own networks; default: the package's.")
]
Quiet: TypeAlias = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but faults.")]
SEED = 0
"""Where nothing else is asked for, and in results that no random number enters."""


def tell_json(command: str, seed: int, metrics: Mapping[str, float | None], **more: object) -> None:
    """Print the one form of every `--json` result.

    Args:
        command: without the program's name.
        seed: of the random numbers.
        metrics: dotted name → number, or None for one that is not finite.
        more: what some commands add to the form.
    """
    from toonface.evaluate.report import report

    typer.echo(json.dumps(report(command, seed, metrics) | more))


def tell_fault(what: object) -> None:
    """Say on stderr in one line what went wrong.

    Args:
        what: an error or a sentence.
    """
    typer.echo(f"toonface: {' '.join(str(what).split())}", err=True)


def tell_step(what: str) -> None:
    """Say on a terminal what is being worked on; stay silent in a pipe.

    Args:
        what: a few words; empty to clear the line.
    """
    if sys.stderr.isatty():
        typer.echo(f"\r\033[K{what}", err=True, nl=False)


@contextmanager
def interruptible(kept: str) -> Iterator[None]:
    """Answer Ctrl-C with one line and the exit code that shells expect.

    Args:
        kept: what stays of the work, for that line.
    """
    try:
        yield
    except KeyboardInterrupt:
        tell_fault(f"interrupted; {kept}")
        raise typer.Exit(130) from None
