"""`toonface evaluate` and `toonface bench`: how good the networks are, and how fast."""

from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from toonface.cli.console import SEED, AsJson, NetworkFolder, interruptible, tell_json, tell_step

if TYPE_CHECKING:
    from toonface.evaluate.stylizer_suite import Draw
    from toonface.types import Network

EVALUATED, BENCHED = ("networks", "paper", "stylizer", "live"), ("networks", "geometry", "realtime", "create")
Suite: TypeAlias = Annotated[str, typer.Option(metavar="|".join(EVALUATED), help="What is measured.")]
SpeedSuite: TypeAlias = Annotated[str, typer.Option(metavar="|".join(BENCHED), help="What is measured.")]
Data: TypeAlias = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Folder of real portraits and cartoons; without it their figures are left out."),
]
Cache: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Folder that keeps the rendered test sets for the next run.")
]

Worst: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Folder for sheets of the worst answers; made if it does not exist.")
]

Sheets: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Folder for sheets: portraits beside cartoons, or performances.")
]

Predictions: TypeAlias = Annotated[
    list[Path] | None,
    typer.Option(metavar="FILE", help="Points that another system found, as JSON, for its row of the paper's tables."),
]

Gan: TypeAlias = Annotated[
    Path | None,
    typer.Option(metavar="ONNX", help="stylizer: a StyleGAN of tools.export_gan, measured as one more style."),
]

AIM = {"create.s": 3.0, "create.first_s": 6.0, "create.peak_mb": 1000.0}
"""The same in seconds and megabytes."""
MANY = 100.0
"""From here on a figure that is no time has no decimals."""
PAPER_MS = {"coarse": 1460.0, "fine": 20020.0, "rig": 1840.0, "frame.paper_size": 3.56}
"""What the paper states (Table 4): coarse on its GPU, the others on its processor."""
SMALL_MS = 5.0
"""Below it, a tenth of a millisecond is too coarse."""
AIM_MS = {
    "detector": 25.0,
    "landmarks": 15.0,
    "parser": 60.0,
    "coarse": 80.0,
    "expression": 10.0,
    "live": 16.0,
    "stylizer": 600.0,
    "fine": 10.0,
    "rig": 600.0,
    "diffuse": 60.0,
    "frame.lod0": 0.25,
    "frame.paper_size": 0.36,
    "atlas": 600.0,
    "cli.start": 300.0,
}


def evaluate(  # noqa: PLR0913 - one argument per option
    suite: Suite = "networks",
    as_json: AsJson = False,
    data: Data = None,
    cache: Cache = None,
    worst: Worst = None,
    folder: NetworkFolder = None,
    predictions: Predictions = None,
    sheets: Sheets = None,
    gan: Gan = None,
) -> None:
    """Measure networks, the paper's tables, the stylizer, or live driving, on test sets and pictures; takes minutes."""
    _check(suite, EVALUATED)
    if data is not None and not data.is_dir():
        raise ValueError(f"{data} is not a folder, expected one of real portraits")
    networks = _networks(folder)
    if suite == "paper":
        _evaluate_paper(networks, data, cache, predictions or [], as_json=as_json)
        return
    if suite == "stylizer":
        _tell("evaluate", _evaluate_stylizer(networks, data, cache, sheets, gan), as_json=as_json)
        return
    if suite == "live":
        _tell("evaluate", _evaluate_live(networks, folder, sheets), as_json=as_json)
        return
    with interruptible("nothing was measured to the end"):
        from toonface.evaluate.network_suite import measure_networks
        from toonface.evaluate.trials import FixedSets
        from toonface.evaluate.worst import WorstAnswers, write_worst
        from toonface.io.face_model_file import load_face_model
        from toonface.io.images import load_textures, prepare_folder
        from toonface.synth.render import Renderer

        if worst is not None:
            prepare_folder(worst)
        model = load_face_model()
        sets, kept = FixedSets(Renderer(model, load_textures()), data, cache), WorstAnswers(model=model)
        metrics = measure_networks(networks, sets, tell_step, None if worst is None else kept.see)
        if worst is not None:
            write_worst(kept, worst)
    _tell("evaluate", metrics, as_json=as_json)


def _evaluate_stylizer(
    networks: Mapping[str, "Network"], data: Path | None, cache: Path | None, folder: Path | None, gan: Path | None
) -> dict[str, float]:
    """The real portraits that were kept from training, in every style."""
    with interruptible("nothing was measured to the end"):
        from toonface.evaluate.stylizer_sheets import StylizerSheets, write_stylizer_sheets
        from toonface.evaluate.stylizer_suite import measure_stylizer
        from toonface.evaluate.trials import FixedSets
        from toonface.io.face_model_file import load_face_model
        from toonface.io.images import load_textures, prepare_folder
        from toonface.synth.render import Renderer

        if folder is not None:
            prepare_folder(folder)
        sets, sheets = FixedSets(Renderer(load_face_model(), load_textures()), data, cache), StylizerSheets()
        further = {} if gan is None else {"gan": _gan_draw(gan)}
        metrics = measure_stylizer(networks, sets, tell_step, None if folder is None else sheets.see, further)
        if folder is not None:
            write_stylizer_sheets(sheets, folder)
    return metrics


def _gan_draw(path: Path) -> "Draw":
    from toonface.io.gan_network import load_exported
    from toonface.stages.stylization.gan import draw_by_gan

    network = load_exported(path)
    return lambda picture, found, regions: draw_by_gan(network, network.size, picture, found, regions).picture


def _evaluate_live(networks: Mapping[str, "Network"], folder: Path | None, sheets: Path | None) -> dict[str, float]:
    """Rendered performances whose weights are known."""
    with interruptible("nothing was measured to the end"):
        from toonface.evaluate.live_sheets import LiveSheets
        from toonface.evaluate.live_suite import measure_live
        from toonface.io.face_model_file import load_face_model
        from toonface.io.images import load_textures, prepare_folder
        from toonface.io.models import load_models
        from toonface.synth.render import Renderer

        seen = None
        if sheets is not None:
            prepare_folder(sheets)
            seen = LiveSheets(load_models(folder), sheets).see
        return measure_live(networks, Renderer(load_face_model(), load_textures()), tell_step, seen)


def _evaluate_paper(
    networks: Mapping[str, "Network"], data: Path | None, cache: Path | None, files: list[Path], *, as_json: bool
) -> None:
    """The 50 toon portraits of the test set, or the pictures of one folder with `landmarks.json`."""
    missing = {"detector", "landmarks", "parser", "coarse"} - networks.keys()
    if missing:
        raise ValueError(f"the paper's tables need the networks {', '.join(sorted(missing))}, which are not there")
    with interruptible("nothing was measured to the end"):
        from toonface.evaluate.paper_fits import FittingTools
        from toonface.evaluate.paper_suite import measure_paper, paper_lines
        from toonface.evaluate.trials import FixedSets, real_trials
        from toonface.io.face_model_file import load_face_model
        from toonface.io.images import load_textures
        from toonface.io.predictions import read_predictions
        from toonface.stages.coarse_refinement import CoarseRefiner
        from toonface.stages.fine import FineDeformer
        from toonface.stages.rig import Rigger
        from toonface.synth.render import Renderer

        others = dict(read_predictions(file) for file in files)
        model = load_face_model()
        if data is None:
            held_out = FixedSets(Renderer(model, load_textures()), None, cache).held_out()
            trials = (trial for trial in held_out if trial.group == "toon")
        else:
            trials = real_trials((data,))
        tools = FittingTools(model=model, networks=networks, refiner=CoarseRefiner(model), deformer=FineDeformer(model))
        metrics = measure_paper(tools, Rigger(model), trials, others=others, progress=tell_step)
    if as_json:
        _tell("evaluate", metrics, as_json=True)
        return
    tell_step("")
    for line in paper_lines(metrics):
        typer.echo(line)


def bench(suite: SpeedSuite = "networks", as_json: AsJson = False, folder: NetworkFolder = None) -> None:
    """Measure how fast the networks are, the geometry of a head, its motion, or the making of one: medians."""
    _check(suite, BENCHED)
    with interruptible("nothing was measured to the end"):
        if suite == "geometry":
            from toonface.evaluate.bench_geometry import measure_geometry
            from toonface.io.face_model_file import load_face_model

            metrics = measure_geometry(load_face_model(), tell_step)
        elif suite == "realtime":
            networks = _networks(folder)
            from toonface.evaluate.bench_realtime import measure_realtime
            from toonface.io.face_model_file import load_face_model

            metrics = measure_realtime(load_face_model(), networks, tell_step)
        elif suite == "create":
            from toonface.evaluate.bench_create import measure_create

            metrics = measure_create(tell_step)
        else:
            networks = _networks(folder)
            from toonface.evaluate.bench import measure_speed

            metrics = measure_speed(networks, tell_step)
    if as_json:
        _tell("bench", metrics, as_json=True)
        return
    tell_step("")
    for line in speed_lines(metrics):
        typer.echo(line)


def speed_lines(metrics: Mapping[str, float]) -> list[str]:
    """Lay out times for people: median, spread, what is aimed for, and what the paper states.

    Args:
        metrics: `NAME.ms` and `NAME.p90_ms`, or `NAME_ms` and `NAME_p90_ms`; milliseconds.
    """
    lines = [f"{'':<22}{'median':>10}{'9 of 10':>10}{'aim':>8}{'paper':>8}   milliseconds"]
    for key, figure in metrics.items():
        if key.endswith("p90_ms"):
            continue
        if key in AIM:
            lines.append(f"{key:<22}{figure:>10.2f}{'':>10}{AIM[key]:>8.0f}")
            continue
        if not key.endswith("ms"):
            lines.append(f"{key:<22}{figure:>10.{0 if figure >= MANY else 2}f}")
            continue
        name, spread = key[: -len(".ms")], metrics.get(f"{key[: -len('ms')]}p90_ms")
        cells = [(figure, 1, 10), (spread, 1, 10), (AIM_MS.get(name), 0, 8), (PAPER_MS.get(name), 0, 8)]
        told = [f"{'' if value is None else _rounded(value, decimals):>{width}}" for value, decimals, width in cells]
        lines.append(f"{name:<22}{''.join(told)}".rstrip())
    return lines


def _rounded(value: float, decimals: int) -> str:
    """Write a number with so many decimals, and with two where it is small."""
    return f"{value:.{decimals if value >= SMALL_MS else 2}f}"


def _networks(folder: Path | None) -> dict[str, "Network"]:
    """Load all networks that are there; a damaged one is a fault, a missing one is told among the figures."""
    from toonface.io.networks import list_networks, load_network, network_folder

    networks = {card.name: load_network(card.name, folder) for card in list_networks(folder)}
    if not networks:
        raise ValueError(f"there are no networks in {folder or network_folder()}, expected NAME.onnx and NAME.json")
    return networks


def _check(suite: str, suites: tuple[str, ...]) -> None:
    if suite not in suites:
        raise ValueError(f"suite is {suite!r}, expected one of {', '.join(suites)}")


def _tell(command: str, metrics: Mapping[str, float | None], *, as_json: bool) -> None:
    tell_step("")
    told = {
        name: round(float(figure), 6) if figure is not None and isfinite(figure) else None
        for name, figure in metrics.items()
    }
    if as_json:
        tell_json(command, SEED, told)
        return
    for name, figure in told.items():
        typer.echo(f"{name} = {'none' if figure is None else f'{figure:.4g}'}")
