"""The figures of the stylizer: `toonface evaluate --suite stylizer --data DIR`.

Every third real portrait, which no training has seen, is drawn in every style, by the network and by proportions alone
(`plain_`); `none` is the portrait itself, for comparison.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from jaxtyping import Float

from toonface.evaluate.judging import ARKIT
from toonface.evaluate.stylizer_metrics import kernel_distance, region_colour, shape_difference
from toonface.evaluate.trials import PORTRAIT_FOLDERS, PictureSets, Trial
from toonface.geometry.crop import frame_around, network_input, to_crop, to_picture, warp
from toonface.pipeline import find_face, parse_found
from toonface.stages import expression, parsing
from toonface.stages.stylization.crop import stylizer_frame
from toonface.stages.stylization.field import STYLES
from toonface.stages.stylization.proportions import styled_points
from toonface.stages.stylization.recognition import THRESHOLD, drawn_probability
from toonface.stages.stylization.stylize import AMOUNT, StylizeOptions, stylize
from toonface.types import FaceRegion, FaceRegions, Landmarks, Network, Picture

SKIN = (FaceRegion.SKIN, FaceRegion.NOSE)
POOLED = 4
"""Cells along a side into which the parser's answers are averaged, as features of a picture."""
LEAST_SPREAD = 0.1
"""Added to the spread of each feature over the toon test set, so that one that is hardly ever there does not decide."""
NEEDED = ("detector", "landmarks", "parser", "expression", "cartoon", "stylizer")

Draw = Callable[[Picture, Landmarks, FaceRegions], Picture]
"""From a portrait, and what is known of it, to its cartoon."""
See = Callable[[Trial, Landmarks, Mapping[str, Picture]], None]
"""Told a portrait, the landmarks of its face, and its cartoons by kind."""


@dataclass(frozen=True, kw_only=True)
class Face:
    """What the networks see in a picture."""

    landmarks: Landmarks
    regions: FaceRegions
    weights: Float[np.ndarray, "64"]
    features: Float[np.ndarray, "D"]
    drawn: float
    """Probability that it is drawn."""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Everything that was measured, by kind of cartoon."""

    values: dict[str, list[float]] = field(default_factory=dict)
    """Name of the figure → one value for each portrait."""
    features: dict[str, list[Float[np.ndarray, "D"]]] = field(default_factory=dict)
    """Kind → features of each picture."""

    def add(self, name: str, value: float) -> None:
        """Add a value, but for NaN."""
        if np.isfinite(value):
            self.values.setdefault(name, []).append(value)


def measure_stylizer(
    networks: Mapping[str, Network],
    sets: PictureSets,
    progress: Callable[[str], None],
    see: See | None = None,
    further: Mapping[str, Draw] | None = None,
) -> dict[str, float]:
    """Measure the stylizer; names are `<kind>.<figure>`.

    `found`: share of results in which the face is found; `likeness`: distance of landmarks from where the style would
    put the portrait's (`styled_points`), over the distance of the outer eye corners; `hair` and `skin`: difference of
    the median colours in CIE 1976; `expression`: mean difference of the 52 ARKit weights; `kid`: kernel distance to
    the toon test set; `drawn`: mean probability of being a cartoon. `recognised.toon` and `recognised.real_false` are
    those of the test whether a picture is a cartoon already.

    Args:
        networks: all of `NEEDED`.
        sets: the test sets.
        progress: told what is being measured.
        see: told each portrait and its cartoons, for sheets.
        further: what else draws, by kind; its likeness is to the portrait itself.

    Raises:
        ValueError: a network is missing, or there are no real portraits.
    """
    missing = set(NEEDED) - networks.keys()
    if missing:
        raise ValueError(f"the suite needs the networks {', '.join(sorted(missing))}, which are not there")
    tally, kinds = Tally(), dict(_kinds(networks)) | dict(further or {})
    toons = [face for trial in sets.held_out() if trial.group == "toon" and (face := _seen(networks, trial.picture))]
    for trial in real_portraits(sets):
        progress(trial.name)
        face = _seen(networks, trial.picture)
        if face is None:
            continue
        tally.add("recognised.real_false", float(face.drawn >= THRESHOLD))
        if trial.validation:
            cartoons = _measure(networks, trial, face, kinds, tally)
            if see is not None:
                see(trial, face.landmarks, cartoons)
    if "none" not in tally.features:
        raise ValueError("there are no real portraits, expected some in the folder of --data")
    figures = {name: float(np.mean(values)) for name, values in tally.values.items()}
    figures["recognised.toon"] = float(np.mean([face.drawn >= THRESHOLD for face in toons]))
    figures["pictures"] = float(len(tally.features["none"]))
    reference = np.stack([face.features for face in toons])
    middle, spread = reference.mean(axis=0), reference.std(axis=0) + LEAST_SPREAD
    for kind, rows in tally.features.items():
        figures[f"{kind}.kid"] = kernel_distance((np.stack(rows) - middle) / spread, (reference - middle) / spread)
    return dict(sorted(figures.items()))


def _measure(
    networks: Mapping[str, Network], trial: Trial, face: Face, kinds: Mapping[str, Draw], tally: Tally
) -> dict[str, Picture]:
    """Add the figures of a portrait; return its cartoons."""
    cartoons = {kind: draw(trial.picture, face.landmarks, face.regions) for kind, draw in kinds.items()}
    for kind, cartoon in cartoons.items():
        _compare(tally, kind, (trial.picture, face), cartoon, _seen(networks, cartoon))
    return cartoons


def real_portraits(sets: PictureSets) -> Iterator[Trial]:
    """Yield the photographs among the real pictures.

    Args:
        sets: the test sets.
    """
    return (trial for trial in sets.real() if trial.group in PORTRAIT_FOLDERS)


def _kinds(networks: Mapping[str, Network]) -> Iterator[tuple[str, Draw]]:
    """Name what draws, and the drawing."""

    def draw(network: Network | None, style: str, picture: Picture, found: Landmarks, regions: FaceRegions) -> Picture:
        return stylize(network, picture, found, regions, StylizeOptions(style=style)).picture

    yield "none", lambda picture, found, regions: picture
    for style in STYLES:
        yield style, partial(draw, networks["stylizer"], style)
        yield f"plain_{style}", partial(draw, None, style)


def _seen(networks: Mapping[str, Network], picture: Picture) -> Face | None:
    try:
        found = find_face(networks, picture).landmarks
    except ValueError:
        return None
    frame = frame_around(found.points_px, expression.MARGIN, expression.LIFT)
    crop = warp(picture, frame_around(found.points_px, parsing.MARGIN, parsing.LIFT), parsing.SIZE)
    logits = networks["parser"](network_input(crop))["logits"][0]
    cell = logits.shape[1] // POOLED
    return Face(
        landmarks=found,
        regions=parse_found(networks["parser"], picture, found),
        weights=expression.read_expression(networks["expression"], picture, frame).weights,
        features=logits.reshape(len(logits), POOLED, cell, POOLED, cell).mean(axis=(2, 4)).ravel().astype(np.float64),
        drawn=drawn_probability(networks["cartoon"], picture, found),
    )


def _compare(tally: Tally, kind: str, before: tuple[Picture, Face], cartoon: Picture, after: Face | None) -> None:
    picture, face = before
    tally.add(f"{kind}.found", float(after is not None))
    if after is None:
        return
    tally.features.setdefault(kind, []).append(after.features)
    tally.add(f"{kind}.drawn", after.drawn)
    style = kind.removeprefix("plain_")
    wanted = face.landmarks.points_px
    if style in STYLES:
        frame = stylizer_frame(face.landmarks)
        wanted = to_picture(frame, 1, styled_points(to_crop(frame, 1, wanted), style, AMOUNT[style]))
    tally.add(f"{kind}.likeness", shape_difference(after.landmarks.points_px, wanted))
    tally.add(f"{kind}.expression", float(np.abs(after.weights - face.weights)[ARKIT].mean()))
    for name, regions in (("hair", (FaceRegion.HAIR,)), ("skin", SKIN)):
        colours = [
            region_colour(shown, seen.regions.classes, *regions) for shown, seen in ((picture, face), (cartoon, after))
        ]
        tally.add(f"{kind}.{name}", float(np.linalg.norm(colours[0] - colours[1])))
