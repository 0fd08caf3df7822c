"""The paper's Tables 1 and 2, and what its rig promises: `toonface evaluate --suite paper`."""

from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np
from jaxtyping import Float

from toonface.evaluate.network_metrics import face_vertices, vertex_error_mm
from toonface.evaluate.paper_fits import (
    PARTS,
    FittingTools,
    PaperFits,
    fit_all,
    landmark_errors,
    photometric_error,
    projected,
)
from toonface.evaluate.rig_checks import check_rig
from toonface.evaluate.trials import Trial
from toonface.morphable.coarse_fit import CoarseFit
from toonface.morphable.face_model import neutral_points
from toonface.morphable.fine_fit import FineFit
from toonface.stages.fine import folded_triangles
from toonface.stages.rig import Rigger, build_rig
from toonface.types import FaceRegions

COLUMNS = (*PARTS, "total", "photometric")
PAPER = {
    "table1.coarse": (98.33, 0.55, 11.40, 1.54, 16.14, 127.96, 3.27),
    "table1.fine": (8.27, 0.23, 11.33, 1.50, 16.11, 37.44, 0.83),
    "table2.exp": (None, None, None, None, None, 143.38, None),
    "table2.id_exp": (None, None, None, None, None, 110.70, None),
    "table2.fine": (None, None, None, None, None, 37.44, None),
}
"""What the paper states; it does not state units, so that ratios can be compared, not figures."""
Predictions = Mapping[str, Mapping[str, Float[np.ndarray, "68 2"]]]
"""Other systems' points: system → name of the picture → 68 points in its pixels."""


def measure_paper(
    tools: FittingTools,
    rigger: Rigger,
    trials: Iterable[Trial],
    *,
    others: Predictions,
    progress: Callable[[str], None],
) -> dict[str, float | None]:
    """Fit every picture in every way and average the errors.

    Rows are `table1.coarse`, `.refined`, `.fine`, `.fine_detected` and one for each other system; `table2.exp`,
    `.id_exp`, `.fine`; each with the columns of the paper. `fine.*` and `coarse.*` compare neutral heads with the truth
    where it is known, `rig.*` is about the rigs of the heads that were fitted to true points.

    Args:
        tools: model, networks, refiner and deformer.
        rigger: of the same model.
        trials: pictures.
        others: points of other systems.
        progress: told each picture's name.
    """
    rows: dict[str, list[float]] = {}
    for trial in trials:
        progress(trial.name)
        for name, value in _errors_of(tools, rigger, trial, others).items():
            rows.setdefault(name, []).append(value)
    return dict(_summary(rows))


def paper_lines(metrics: Mapping[str, float | None]) -> Iterator[str]:
    """Lay the tables out for people: ours, and the paper's own figures below.

    Args:
        metrics: of `measure_paper`.
    """
    yield f"{'':<26}{''.join(f'{column:>13}' for column in COLUMNS)}"
    names = dict.fromkeys(name.rsplit(".", 1)[0] for name in metrics if name.startswith("table"))
    for row in names:
        cells = [metrics.get(f"{row}.{column}") for column in COLUMNS]
        yield f"{row:<26}{''.join(_cell(cell) for cell in cells)}"
        if row in PAPER:
            yield f"{'  the paper (own units)':<26}{''.join(_cell(cell) for cell in PAPER[row])}"
    for name, value in metrics.items():
        if not name.startswith("table"):
            yield f"{name} = {'none' if value is None else f'{value:.4g}'}"


def _cell(value: float | None) -> str:
    return f"{'' if value is None else f'{value:.4g}':>13}"


def _errors_of(tools: FittingTools, rigger: Rigger, trial: Trial, others: Predictions) -> dict[str, float]:
    model, fits = tools.model, fit_all(tools, trial)
    errors: dict[str, float] = {}
    true = fits.regions if trial.labels is None else FaceRegions(classes=trial.labels.parsing)
    for row, fit, regions in _rows(fits, true):
        measured = landmark_errors(projected(model, fit), trial.points_px)
        measured["photometric"] = photometric_error(model, fit, trial.picture, regions)
        errors |= {f"{row}.{name}": value for name, value in measured.items()}
    for system, pictures in others.items():
        if trial.name in pictures:
            measured = landmark_errors(pictures[trial.name], trial.points_px)
            errors |= {f"table1.{system}.{name}": value for name, value in measured.items()}
    if fits.fine is not None and fits.refined is not None:
        errors |= {f"rig.{name}": value for name, value in check_rig(rigger, build_rig(rigger, fits.fine)).items()}
        errors |= _shape_errors(tools, trial, fits.coarse, fits.refined, fits.fine)
    return errors


def _rows(fits: PaperFits, true: FaceRegions) -> Iterator[tuple[str, CoarseFit | FineFit, FaceRegions]]:
    found = fits.regions
    rows = [
        ("table1.coarse", fits.coarse, true),
        ("table1.refined", fits.refined, true),
        ("table1.fine", fits.fine, true),
        ("table1.fine_detected", fits.fine_detected, found),
        ("table2.exp", fits.exp, true),
        ("table2.id_exp", fits.id_exp, true),
        ("table2.fine", fits.fine, true),
    ]
    return ((row, fit, regions) for row, fit, regions in rows if fit is not None)


def _shape_errors(
    tools: FittingTools, trial: Trial, start: CoarseFit, refined: CoarseFit, fine: FineFit
) -> dict[str, float]:
    """Neutral heads against the truth, and triangles that the fit turned over."""
    model = tools.model
    errors = {"fine.flipped": float(folded_triangles(tools.deformer, fine.neutral).sum())}
    if trial.neutral is not None:
        chosen = face_vertices(model)
        heads = {
            "coarse": neutral_points(model, start.identity),
            "refined": neutral_points(model, refined.identity),
            "fine": fine.neutral,
        }
        errors |= {
            f"{name}.vertex_mm": vertex_error_mm(model, head, trial.neutral, chosen) for name, head in heads.items()
        }
    return errors


WORST: dict[str, tuple[str, Callable[[Iterable[float]], float]]] = {
    "rig.blink_closed": ("rig.blink_closed_min", min),
    "rig.lip_gap_mm": ("rig.lip_gap_mm_max", max),
    "rig.lid_inside_eye_mm": ("rig.lid_inside_eye_max_mm", max),
    "fine.flipped": ("fine.flipped", max),
}
"""Figures of which the worst head counts, not the mean, and what they are then called."""
RATIOS = ("refined", "fine", "fine_detected")


def _summary(rows: Mapping[str, list[float]]) -> Iterator[tuple[str, float | None]]:
    for name, values in rows.items():
        known = [value for value in values if np.isfinite(value)]
        told, join = WORST.get(name, (name, _mean))
        yield told, join(known) if known else None
    for part in ("total", "eyes", "photometric"):
        start = rows.get(f"table1.coarse.{part}", [])
        for row in RATIOS:
            ours = rows.get(f"table1.{row}.{part}", [])
            if len(ours) == len(start) and ours and np.nanmean(start) > 0.0:
                yield f"ratio.{row}.{part}", float(np.nanmean(ours) / np.nanmean(start))


def _mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))
