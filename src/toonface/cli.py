"""The command line: it parses, calls and writes; heavy modules are imported by the command that needs them."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="One portrait in, an animatable 3D cartoon head out.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
models = typer.Typer(help="Look at the models that the package ships.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(models, name="models")

SEED = 0


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
