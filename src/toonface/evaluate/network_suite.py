"""The figures of the networks: `toonface evaluate --suite networks`.

Where detector and landmarks are there, everything is measured from the pixels alone: a face that is not found is framed
by the whole picture, and counts. Figures that end in `_true_box` have the face framed by its true landmarks.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from toonface.evaluate.answers import Answer, answer, answer_with_truth
from toonface.evaluate.judging import (
    ARKIT,
    EYES,
    blind_fit_errors,
    detection_errors,
    expression_errors,
    fit_errors,
    landmark_errors,
    mean_overlap,
    region_confusion,
)
from toonface.evaluate.network_metrics import correlations, face_vertices, intersection_over_union
from toonface.evaluate.trials import CARTOON_FOLDERS, WITH_POINTS, PictureSets, Trial
from toonface.morphable.names import SHAPES
from toonface.stages.detection import detect_faces
from toonface.types import FaceRegion, Network

MEASURED = ("detector", "landmarks", "parser", "coarse", "expression")
FINDING = ("detector", "landmarks")
PAIRS = {"eyeBlink": "eyeBlink", "smile": "mouthSmile", "pucker": "mouthPucker"}
"""Names of further correlations → beginnings of the shapes that they take together, both sides as one series."""

Watch = Callable[[Trial, Answer, Mapping[str, float]], None]
"""Told a picture, what the networks said, and by how much they were wrong: kind → error, larger is worse."""
Progress = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Everything that was measured; filled picture by picture."""

    values: dict[str, list[float]] = field(default_factory=dict)
    """Values of which the mean is the figure."""
    counts: dict[str, float] = field(default_factory=dict)
    confusions: dict[str, np.ndarray] = field(default_factory=dict)
    """Name with a star in the place of the figure → pixels of each class that were taken for each."""
    weights: dict[str, list[tuple[np.ndarray, np.ndarray]]] = field(default_factory=dict)
    """Set → found and true weights."""

    def add(self, form: str, errors: Mapping[str, float]) -> None:
        """Add the values of one picture, but for NaN.

        Args:
            form: of the figure's name, with a star in the place of the error's.
            errors: name → value.
        """
        for name, value in errors.items():
            if not np.isnan(value):
                self.values.setdefault(form.replace("*", name), []).append(float(value))

    def counted(self, trials: Iterable[Trial], progress: Progress) -> Iterator[Trial]:
        """Pass trials on, say their names, and count their groups."""
        for trial in trials:
            progress(trial.name)
            name = f"pictures.{trial.group}"
            self.counts[name] = self.counts.get(name, 0.0) + 1.0
            yield trial


def measure_networks(
    networks: Mapping[str, Network],
    sets: PictureSets,
    progress: Progress | None = None,
    watch: Watch | None = None,
) -> dict[str, float | None]:
    """Measure all networks that are there, by the names of the design's section 10 and further ones.

    `networks.<name>` is 1 for a network that was there and 0 for one that was not, `pictures.<group>` counts pictures.
    Figures of networks and pictures that are not there are left out. What is not defined, such as the correlation of a
    shape that never moves, is None.

    Args:
        networks: by name; any may be missing.
        sets: the pictures.
        progress: told the name of each picture.
        watch: told each answer to a test portrait, and to a real one that is not learned from.

    Raises:
        ValueError: a network returned something else than it should, or a real picture is damaged.
    """
    say = progress if progress is not None else _say_nothing
    tally = Tally()
    _held_out(networks, sets, tally, say, watch)
    if "expression" in networks:
        seeing = {name: networks[name] for name in (*FINDING, "expression", "gaze") if name in networks}
        for trial in sets.expressions():
            say(f"expressions, {trial.name}")
            _add_weights(tally, "set", trial, answer(seeing, trial))
    if "detector" in networks:
        finding = {name: networks[name] for name in FINDING if name in networks}
        for trial in tally.counted(sets.real(), say):
            _real(finding, trial, tally, watch)
        for number, picture in enumerate(sets.faceless()):
            say(f"faceless {number}")
            tally.add("detector.*", {"false": float(len(detect_faces(networks["detector"], picture)) > 0)})
            tally.counts["pictures.faceless"] = number + 1.0
    return {f"networks.{name}": float(name in networks) for name in MEASURED} | _summary(tally)


def _held_out(
    networks: Mapping[str, Network], sets: PictureSets, tally: Tally, say: Progress, watch: Watch | None
) -> None:
    chosen = face_vertices(sets.model)
    for trial in tally.counted(sets.held_out(), say):
        alone, framed = answer(networks, trial), answer_with_truth(networks, trial)
        errors = _found(trial, alone, tally)
        if framed.landmarks is not None:
            whole = landmark_errors(trial, framed.landmarks.points_px)
            tally.add(f"landmarks.{trial.group}.*_true_box", {"nme": whole["nme"]})
        for ending, given in (("", alone), ("_true_box", framed)):
            some = _regions(trial, given, ending, tally)
            if given.fit is not None:
                place = "coarse.*" if trial.group == "toon" else f"coarse.{trial.group}.*"
                measured = fit_errors(sets.model, chosen, trial, given.fit)
                tally.add(place + ending, measured)
                some["coarse"] = measured["vertex_mm"]
                if not ending:
                    tally.add(place, blind_fit_errors(sets.model, chosen, trial))
            some |= _expression(trial, given, ending, tally)
            errors |= some if not ending else {}
        _add_weights(tally, "held_out", trial, alone)
        if watch is not None:
            watch(trial, alone, errors)


def _found(trial: Trial, alone: Answer, tally: Tally) -> dict[str, float]:
    errors: dict[str, float] = {}
    if alone.faces is not None:
        detected = detection_errors(trial, alone.faces)
        tally.add("detector.*", detected)
        tally.add(f"detector.*_{trial.group}", {"recall": detected["recall"]})
        errors["detector"] = 1.0 - detected["recall"]
    if alone.landmarks is not None:
        measured = landmark_errors(trial, alone.landmarks.points_px)
        tally.add(f"landmarks.{trial.group}.*", measured | {"missed": float(not alone.faces)})
        errors["landmarks"] = measured["nme"]
    return errors


def _regions(trial: Trial, given: Answer, ending: str, tally: Tally) -> dict[str, float]:
    if given.regions is None or trial.labels is None:
        return {}
    inside = region_confusion(given, trial.labels, whole=False)
    forms = {f"parser.*{ending}": inside}
    if not ending:
        forms[f"parser.{trial.group}.*"] = inside
        forms["parser.whole.*"] = region_confusion(given, trial.labels, whole=True)
    for form, confusion in forms.items():
        tally.confusions[form] = tally.confusions.get(form, 0) + confusion
    return {"parser": 1.0 - mean_overlap(inside)}


def _expression(trial: Trial, given: Answer, ending: str, tally: Tally) -> dict[str, float]:
    if given.expression is None or trial.labels is None:
        return {}
    measured = expression_errors(trial.labels, given.expression)
    gaze = {name: measured.pop(name) for name in ("gaze_deg", "gaze_seen_deg", "straight_ahead_deg")}
    tally.add(f"expression.*{ending}", measured)
    tally.add(f"gaze.*{ending}", {name.removeprefix("gaze_"): value for name, value in gaze.items()})
    if not ending:
        tally.add(f"expression.{trial.group}.*", {"mae": measured["mae"]})
        tally.add(f"gaze.{trial.group}.*", {"deg": gaze["gaze_deg"]})
    return {"expression": measured["mae"]}


def _add_weights(tally: Tally, name: str, trial: Trial, given: Answer) -> None:
    if given.expression is not None and trial.labels is not None:
        tally.weights.setdefault(name, []).append((given.expression.weights, trial.labels.expression))


def _real(finding: Mapping[str, Network], trial: Trial, tally: Tally, watch: Watch | None) -> None:
    """A real picture has a face by itself; any that is found counts as found."""
    measured = trial.group in WITH_POINTS and "landmarks" in finding
    given = answer(finding if measured else {"detector": finding["detector"]}, trial)
    found = float(bool(given.faces))
    drawn = trial.group in CARTOON_FOLDERS
    tally.add("detector.*", {trial.group: found} if drawn else {"real": found, f"real_{trial.group}": found})
    errors = {"detector": 1.0 - found}
    if given.landmarks is not None:
        parts = landmark_errors(trial, given.landmarks.points_px)
        tally.add("landmarks.real_all.*", {"nme": parts["nme"]})
        if trial.validation:
            tally.add("landmarks.real.*", parts | {"missed": 1.0 - found, f"nme_{trial.group}": parts["nme"]})
            errors["landmarks"] = parts["nme"]
    if watch is not None:
        watch(trial, given, errors)


def _summary(tally: Tally) -> dict[str, float | None]:
    figures = {name: float(np.mean(values)) for name, values in tally.values.items()} | tally.counts
    for form, confusion in tally.confusions.items():
        figures |= {form.replace("*", name): value for name, value in _overlaps(confusion).items()}
    for name, pairs in tally.weights.items():
        found, truth = (np.array(series, np.float64) for series in zip(*pairs, strict=True))
        away = np.abs(truth - truth.mean(axis=0))[:, ARKIT]
        if name == "held_out":
            figures["expression.constant_mae"] = float(away.mean())
        else:
            figures["expression.set_mae"] = float(np.abs(found - truth)[:, ARKIT].mean())
            figures["expression.set_constant_mae"] = float(away.mean())
            figures |= {f"expression.corr.{shape}": value for shape, value in _correlations(found, truth).items()}
    return {name: value if np.isfinite(value) else None for name, value in sorted(figures.items())}


def _overlaps(confusion: np.ndarray) -> dict[str, float]:
    overlaps = intersection_over_union(confusion)
    eyes = overlaps[[int(eye) for eye in EYES]]
    figures = {"miou": mean_overlap(confusion), "eyes_iou": float(eyes.mean())}
    return figures | {f"iou_{region.name.lower()}": float(overlaps[region]) for region in FaceRegion}


def _correlations(found: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    figures = dict(zip(SHAPES, correlations(found, truth).tolist(), strict=True))
    for name, beginning in PAIRS.items():
        columns = [i for i, shape in enumerate(SHAPES) if shape.startswith(beginning)]
        both = [series[:, columns].T.reshape(-1, 1) for series in (found, truth)]
        figures[name] = float(correlations(*both)[0])
    return figures


def _say_nothing(_: str) -> None:
    pass
