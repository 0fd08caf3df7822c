"""Choose glasses by their outline: draw every shape on the head, keep the best, adjust it, and move it to its place."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Float32
from scipy.ndimage import gaussian_filter

from toonface.worn.glasses import SHAPES, GlassesSpec, GlassesTables, glasses_surfaces
from toonface.worn.outline import OutlineView, seen_in
from toonface.worn.surface import Sitter, Surface

BLUR_PX = 3.0
"""Rims are thin: outlines are compared blurred, so that one beside the other counts for something."""
WIRE_M = 0.0013
"""Half the width of a rim, metres, below which it is of metal."""
STEPS: tuple[tuple[str, tuple[float, ...]], ...] = (
    ("thickness", (0.0008, 0.0014, 0.0030, 0.0040)), ("slipped", (0.003, 0.007)), ("size", (-0.09, 0.09)),
)  # fmt: skip
LAST_STEPS: tuple[tuple[str, tuple[float, ...]], ...] = (
    ("size", (-0.05, 0.05)), ("thickness", (0.0011, 0.0018, 0.0026)),
)  # fmt: skip
"""What is tried, one after the other, each time from the best so far; sizes are added to it. Between the two, the best
shapes are tried anew."""
FINALISTS = 4
WIDTH_OF_SIZE, SIZE_RANGE = 0.7, (0.8, 1.3)
"""How much wider glasses are per unit of `GlassesSpec.size`, and its range."""
RARE = {"rimless": 0.03, "half-rim": 0.02, "aviator": 0.01, "cat-eye": 0.01}
"""What a shape must fit better than others to be chosen."""
FARTHEST_M, STRETCH = 0.010, (0.85, 1.2)
"""How far glasses are moved from where they sit by themselves, and how much they are scaled."""


@dataclass(frozen=True, kw_only=True)
class GlassesChoice:
    """Glasses on the head, moved to where the picture shows them."""

    spec: GlassesSpec
    surfaces: tuple[Surface, ...]
    """The frame and the lenses."""
    agreement: float
    """Blurred intersection over union, in [0, 1]."""


def choose_glasses(sitter: Sitter, tables: GlassesTables, view: OutlineView, *, filled: bool) -> GlassesChoice:
    """Return the glasses that fit the picture best.

    Args:
        sitter: the fitted head.
        tables: of its model.
        view: the parsed glasses.
        filled: whether the lenses are part of what is parsed.
    """
    wanted = gaussian_filter(view.target * view.weight, BLUR_PX)
    trial = _Trial(sitter=sitter, tables=tables, view=view, wanted=wanted, drawn=2 if filled else 1)
    size = _size_of(trial, trial.of(GlassesSpec()))
    shapes = sorted((trial.of(GlassesSpec(shape=shape, size=size)) for shape in SHAPES), key=_score, reverse=True)
    best = _stepped(trial, shapes[0], STEPS)
    others = [trial.of(replace(best.spec, shape=choice.spec.shape)) for choice in shapes[:FINALISTS]]
    best = _stepped(trial, max([best, *others], key=_score), LAST_STEPS)
    return _moved(trial, best)


def _stepped(trial: "_Trial", best: GlassesChoice, steps: tuple[tuple[str, tuple[float, ...]], ...]) -> GlassesChoice:
    for name, values in steps:
        others = [trial.of(_with(best.spec, name, value)) for value in values]
        best = max([best, *others], key=_score)
    return best


def _with(spec: GlassesSpec, name: str, value: float) -> GlassesSpec:
    if name == "size":
        return replace(spec, size=float(np.clip(spec.size + value, *SIZE_RANGE)))
    changed = replace(spec, **{name: value})
    return replace(changed, metal=changed.thickness < WIRE_M)


def _size_of(trial: "_Trial", usual: GlassesChoice) -> float:
    """Return the size at which glasses are as wide as those of the picture, from some that are not."""
    own, wanted = _middle(trial.view, trial.seen(usual.surfaces)), _middle(trial.view, trial.view.target)
    if own is None or wanted is None:
        return 1.0
    return float(np.clip(1.0 + (wanted[1] / max(own[1], 1e-6) - 1.0) / WIDTH_OF_SIZE, *SIZE_RANGE))


def _score(choice: GlassesChoice) -> float:
    return choice.agreement - RARE.get(choice.spec.shape, 0.0)


@dataclass(frozen=True, kw_only=True)
class _Trial:
    """What glasses are tried on."""

    sitter: Sitter
    tables: GlassesTables
    view: OutlineView
    wanted: Float32[np.ndarray, "N N"]
    """The parsed glasses, blurred."""
    drawn: int
    """How many of the surfaces are parsed: the frame, or the lenses too."""

    def of(self, spec: GlassesSpec) -> GlassesChoice:
        """Draw and judge glasses."""
        surfaces = tuple(glasses_surfaces(self.sitter, self.tables, spec, "toon"))
        return GlassesChoice(spec=spec, surfaces=surfaces, agreement=self.agreement(surfaces))

    def seen(self, surfaces: tuple[Surface, ...]) -> Bool[np.ndarray, "N N"]:
        return seen_in(self.view, surfaces[: self.drawn])

    def agreement(self, surfaces: tuple[Surface, ...]) -> float:
        own = gaussian_filter(self.seen(surfaces) * self.view.weight, BLUR_PX)
        union = float(np.maximum(own, self.wanted).sum())
        return float(np.minimum(own, self.wanted).sum()) / union if union > 0.0 else 0.0


def _moved(trial: _Trial, choice: GlassesChoice) -> GlassesChoice:
    """Move and scale glasses in the plane of the picture, to the middle and width of what is parsed."""
    view = trial.view
    own, wanted = _middle(view, trial.seen(choice.surfaces)), _middle(view, view.target)
    if own is None or wanted is None:
        return choice
    shift = np.clip((wanted[0] - own[0]) / view.camera.scale, -FARTHEST_M, FARTHEST_M)
    stretch = float(np.clip(wanted[1] / max(own[1], 1e-6), *STRETCH))
    middle = np.concatenate([s.vertices for s in choice.surfaces]).mean(axis=0)
    step = np.array([shift[0], -shift[1], 0.0]) @ view.camera.rotation
    surfaces = tuple(
        replace(surface, vertices=middle + stretch * (surface.vertices - middle) + step) for surface in choice.surfaces
    )
    found = trial.agreement(surfaces)
    return replace(choice, surfaces=surfaces, agreement=found) if found > choice.agreement else choice


def _middle(view: OutlineView, mask: Bool[np.ndarray, "N N"]) -> tuple[Float[np.ndarray, "2"], float] | None:
    """Middle of a mask where the picture says something, and its spread from left to right, pixels."""
    rows, columns = np.nonzero(mask & (view.weight > 0.5))
    if len(rows) < 3:
        return None
    places = np.stack([columns, rows], axis=1).astype(np.float64)
    return places.mean(axis=0), float(places[:, 0].std())
