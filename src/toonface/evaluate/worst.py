"""The worst answers as pictures, truth and answer drawn in: where to look for the largest source of error.

For `toonface evaluate --suite networks --worst DIR`: `worst = WorstAnswers(model=sets.model)`, then
`measure_networks(networks, sets, progress, worst.see)`, then `write_worst(worst, DIR)`.
"""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from jaxtyping import Float
from PIL import Image, ImageDraw

from toonface.evaluate.answers import Answer, whole_picture
from toonface.evaluate.judging import ARKIT, projected_landmarks
from toonface.evaluate.network_metrics import box_around
from toonface.evaluate.trials import WITH_POINTS, Trial
from toonface.geometry.crop import CropFrame, to_crop, warp
from toonface.io.images import prepare_folder, write_picture
from toonface.io.sample_files import PALETTE
from toonface.io.sheets import contact_sheet
from toonface.morphable.face_model import FaceModel
from toonface.morphable.names import SHAPES
from toonface.stages import parsing
from toonface.types import Picture

COUNT = 50
SIZE = 288
"""Side of one picture, pixels."""
MARGIN = 1.7
"""Side of what is shown, in larger sides of the box around the true landmarks; of regions, all that the parser sees."""
COLUMNS = 6
TRUE, FOUND, LINE = (60, 255, 90), (255, 70, 60), (255, 230, 80)
MOST_SHAPES = 5
"""Weights that are written on a picture, those that are most wrong."""

Points = Float[np.ndarray, "68 2"]


@dataclass(frozen=True, kw_only=True)
class WorstAnswers:
    """Keeps the worst answers of each kind and group: landmarks, regions, coefficients, expression, detection."""

    model: FaceModel
    """Of the synthetic portraits; projects fitted landmarks."""
    count: int = COUNT
    """How many of each."""
    size: int = SIZE
    """Side of one picture, pixels."""
    kept: dict[str, list[tuple[float, str, Picture]]] = field(default_factory=dict)
    """Sheet → heap of error, name and picture, the least of them first."""

    def see(self, trial: Trial, answer: Answer, errors: Mapping[str, float]) -> None:
        """Look at one answer; a `network_suite.Watch`.

        Args:
            trial: the picture.
            answer: to it.
            errors: kind → how wrong it is; 0 is never drawn.
        """
        group = "real" if trial.group in WITH_POINTS else trial.group
        for kind, error in errors.items():
            heap = self.kept.setdefault(f"{kind}-{group}", [])
            full = len(heap) >= self.count
            if not error > 0.0 or (full and (error, trial.name) <= heap[0][:2]):
                continue
            entry = (error, trial.name, draw_answer(kind, trial, answer, self.model, self.size))
            (heapq.heapreplace if full else heapq.heappush)(heap, entry)

    def sheets(self) -> Iterator[tuple[str, list[tuple[str, Picture]]]]:
        """Yield name and labelled pictures of each sheet, the worst picture first; empty sheets are left out."""
        for name, heap in sorted(self.kept.items()):
            ordered = sorted(heap, key=lambda entry: (-entry[0], entry[1]))
            if ordered:
                yield name, [(f"{label}  {error:.3f}", picture) for error, label, picture in ordered]


def write_worst(worst: WorstAnswers, folder: Path) -> tuple[Path, ...]:
    """Write a sheet for each kind and group, such as `landmarks-toon.jpg`, and return their paths.

    Args:
        worst: has seen the answers.
        folder: made if it does not exist.

    Raises:
        ValueError: the folder cannot be written.
    """
    prepare_folder(folder)
    paths = []
    for name, pictures in worst.sheets():
        paths.append(folder / f"{name}.jpg")
        wide = pictures[0][1].shape[1] // pictures[0][1].shape[0]
        write_picture(paths[-1], contact_sheet(pictures, max(min(COLUMNS // wide, len(pictures)), 1)), quality=88)
    return tuple(paths)


def draw_answer(kind: str, trial: Trial, answer: Answer, model: FaceModel, size: int) -> Picture:
    """Draw one answer beside or over the truth: true points are green, found ones red, yellow lines join them.

    Args:
        kind: landmarks, parser (picture, truth, answer), coarse, expression or detector.
        trial: the picture.
        answer: to it.
        model: the face model.
        size: side of the picture, pixels.
    """
    if kind == "parser" and answer.regions is not None and trial.labels is not None:
        frame = _frame(trial, parsing.MARGIN, parsing.LIFT)
        shown = (trial.picture, PALETTE[trial.labels.parsing], PALETTE[answer.regions.classes])
        return np.concatenate([warp(picture, frame, size) for picture in shown], axis=1)
    frame = _frame(trial, MARGIN)
    if kind == "landmarks" and answer.landmarks is not None:
        return _with_points(trial, frame, answer.landmarks.points_px, size)
    if kind == "coarse" and answer.fit is not None:
        return _with_points(trial, frame, projected_landmarks(model, answer.fit), size)
    if kind == "expression" and answer.expression is not None and trial.labels is not None:
        return _with_weights(warp(trial.picture, frame, size), answer.expression.weights, trial.labels.expression)
    return _with_boxes(trial, answer, size)


def _frame(trial: Trial, margin: float, lift: float = 0.0) -> CropFrame:
    given = trial.points_px[np.isfinite(trial.points_px).all(axis=1)]
    if not len(given):
        return whole_picture(trial.picture)
    box = box_around(given)
    low, high = box[:2], box[2:]
    extent = float((high - low).max())
    x, y = 0.5 * (low + high) - [0.0, lift * extent]
    return CropFrame(centre_px=(float(x), float(y)), side_px=max(margin * extent, 1.0), roll_radians=0.0)


def _with_points(trial: Trial, frame: CropFrame, found: Points, size: int) -> Picture:
    page = Image.fromarray(warp(trial.picture, frame, size))
    pen = ImageDraw.Draw(page)
    given = np.isfinite(trial.points_px).all(axis=1)
    true, place = (to_crop(frame, size, points[given]) for points in (trial.points_px, found))
    for start, end in zip(true, place, strict=True):
        pen.line([*start, *end], fill=LINE)
    for points, colour in ((place, FOUND), (true, TRUE)):
        for point in points:
            _dot(pen, point, colour)
    return np.asarray(page)


def _with_weights(picture: Picture, found: Float[np.ndarray, " 64"], truth: np.ndarray) -> Picture:
    away = np.abs(found - truth)[ARKIT]
    page = Image.fromarray(picture)
    pen = ImageDraw.Draw(page)
    for line, number in enumerate(np.argsort(-away)[:MOST_SHAPES]):
        text = f"{SHAPES[number]} {found[number]:.2f} for {truth[number]:.2f}"
        pen.text((6, len(picture) - 14 * (line + 1)), text, fill=(255, 255, 255), stroke_width=2, stroke_fill=(0, 0, 0))
    return np.asarray(page)


def _with_boxes(trial: Trial, answer: Answer, size: int) -> Picture:
    frame = whole_picture(trial.picture)
    page = Image.fromarray(warp(trial.picture, frame, size))
    pen = ImageDraw.Draw(page)
    for face in answer.faces or ():
        pen.rectangle([*to_crop(frame, size, face.box_px.reshape(2, 2)).ravel()], outline=FOUND)
    for place in to_crop(frame, size, trial.points_px):
        if np.isfinite(place).all():
            _dot(pen, place, TRUE)
    return np.asarray(page)


def _dot(pen: ImageDraw.ImageDraw, place: Float[np.ndarray, "2"], colour: tuple[int, int, int]) -> None:
    x, y = place
    pen.ellipse((x - 1.6, y - 1.6, x + 1.6, y + 1.6), fill=colour)
