"""Look at the models that the package ships: the face model and the networks."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toonface.cli.console import SEED, AsJson, NetworkFolder, tell_json, tell_step

if TYPE_CHECKING:
    from toonface.io.networks import NetworkCard

app = typer.Typer(help="Look at the models that the package ships.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list", epilog="Example: toonface models list --json")
def list_models(as_json: AsJson = False, folder: NetworkFolder = None) -> None:
    """List the trained networks: name, version, size, hash, licence and figures."""
    from toonface.io.networks import list_networks, network_folder

    cards = list_networks(folder)
    if not cards:
        raise ValueError(f"there are no networks in {folder or network_folder()}, expected NAME.onnx and NAME.json")
    if as_json:
        figures = {name: figure for card in cards for name, figure in card.metrics.items()}
        sizes = {f"{card.name}.bytes": card.bytes for card in cards}
        tell_json("models list", SEED, figures | sizes, networks=[asdict(card) for card in cards])
        return
    for card in cards:
        typer.echo(_line(card))
    typer.echo(f"{sum(card.bytes for card in cards) / 1e6:.1f} MB in all")


def _line(card: "NetworkCard") -> str:
    facts = f"{card.name:<10} {card.version:<7} {card.bytes / 1e6:5.1f} MB  {card.sha256[:12]}  {card.licence}"
    return f"{facts}  {', '.join(f'{name} {figure:.4g}' for name, figure in card.metrics.items())}".rstrip()


@app.command("check", epilog="Example: toonface models check --json")
def check_models(
    as_json: AsJson = False,
    heads: Annotated[int, typer.Option(min=1, help="How many random heads are tried.")] = 1000,
    seed: Annotated[int, typer.Option(help="Of the random heads.")] = SEED,
    folder: Annotated[
        Path | None, typer.Option("--model", help="Folder of a face model; default: the package's.")
    ] = None,
) -> None:
    """Measure what a good head obeys, shape by shape; exit with 1 if a figure misses its limit."""
    import numpy as np

    from toonface.evaluate.face_model_checks import check_model
    from toonface.io.face_model_file import load_face_model

    model = load_face_model(folder)
    checks = list(check_model(model, np.random.default_rng(seed), heads, tell_step))
    failed = [check for check in checks if not check.passed]
    if as_json:
        finite = {c.name: round(float(c.value), 6) for c in checks if np.isfinite(c.value)}
        metrics = dict.fromkeys((c.name for c in checks), None) | finite | {"failed": len(failed)}
        tell_json("models check", seed, metrics)
    else:
        for check in checks:
            sign = ">=" if check.at_least else "<="
            typer.echo(
                f"{'ok  ' if check.passed else 'MISS'} {check.name} = {check.value:.4g} ({sign} {check.limit:g})"
            )
        typer.echo(f"{len(checks) - len(failed)} of {len(checks)} figures inside their limits")
    raise typer.Exit(1 if failed else 0)


@app.command("show", epilog="Example: toonface models show --out pictures")
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
