"""Choose hair by its outline: draw every style on the head, keep those that fit best, adjust their numbers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Int

from toonface.worn.hair.hair import HairTables, hair_surfaces
from toonface.worn.hair.hair_cards import HANGS
from toonface.worn.hair.hair_spec import CARDS, CROPS, HairSpec
from toonface.worn.hair.strand_order import NEUTRAL
from toonface.worn.outline import OutlineView, agreement, seen_in
from toonface.worn.surface import Sitter

PLAIN = (0.3, 0.2, 0.15)
"""Any colour: outlines have none."""
RARE: dict[str, float] = {
    "mohawk": 0.08, "flat_top": 0.02, "bun": 0.03, "ponytail01": 0.05, "braid01": 0.06, "horseshoe": 0.03,
    "afro01": 0.04, "fade": 0.02,
}  # fmt: skip
"""What a style must fit better than others to be chosen: what makes it special should be seen."""
UNSEEN_LENGTH = {"ponytail01": 0.75, "braid01": 0.75}
"""`HairSpec.length` of what hangs behind the head, unless the picture shows it longer: it would stand in the chest."""
CURLY = ("tight_curls", "curls", "afro01")
CURLY_WORTH, CURLY_MOST = 0.25, 0.05
"""What disorder of the strands adds to the score of curly styles, per unit and at most; order takes it off."""
LONGER, FREE_OVERHANG = 0.4, 0.05
"""What a height of the head by which hair hangs too low takes off the score, above what is free: bent upwards, long
hair stands off like a cape."""
FEW = 3
"""Pixels of a row that do not count."""
FINALISTS, MIRRORED = 2, 4
"""Styles of each kind that are adjusted, and meshes whose mirror image is tried."""
CARD_STEPS: tuple[tuple[str, tuple[float, ...]], ...] = (
    ("length", (0.45, 0.7, 1.2)), ("volume", (-0.7, 0.7)), ("fringe", (0.4, 1.0)), ("volume", (-0.35, 0.35)),
)  # fmt: skip
CROP_STEPS: tuple[tuple[str, tuple[float | str, ...]], ...] = (
    ("volume", (-0.8, 0.8)), ("recession", (0.5, 1.0)), ("hairline", ("straight", "peak")),
)  # fmt: skip
"""What is tried, one after the other, each time from the best so far."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Hair, and how well its outline fits."""

    spec: HairSpec
    agreement: float
    """Intersection over union."""
    score: float
    """Agreement less what its style must fit better than others."""


def choose_hair(sitter: Sitter, tables: HairTables, view: OutlineView, *, order: float) -> Choice:
    """Return the hair whose outline fits the picture best.

    Args:
        sitter: the fitted head.
        tables: of its model.
        view: the parsed hair.
        order: of its strands, from `strand_order`.
    """
    trial = _Trial(sitter=sitter, tables=tables, view=view, order=order)
    finalists = [
        *_best((trial.of(_start(style)) for style in CROPS), FINALISTS),
        *_best(_both_sides(trial, _best((trial.of(_start(style)) for style in CARDS), MIRRORED)), FINALISTS),
    ]
    (chosen,) = _best((_adjusted(trial, choice) for choice in finalists), 1)
    return chosen


def _start(style: str) -> HairSpec:
    return HairSpec(style=style, colour=PLAIN, length=UNSEEN_LENGTH.get(style, 1.0))


def _best(choices: Iterable[Choice], count: int) -> list[Choice]:
    return sorted(choices, key=lambda choice: choice.score, reverse=True)[:count]


def _both_sides(trial: "_Trial", choices: list[Choice]) -> Iterator[Choice]:
    """Turn each to the side on which it fits better."""
    for choice in choices:
        yield max(choice, trial.of(replace(choice.spec, mirrored=True)), key=lambda choice: choice.score)


@dataclass(frozen=True, kw_only=True)
class _Trial:
    """What hair is tried on."""

    sitter: Sitter
    tables: HairTables
    view: OutlineView
    order: float

    def of(self, spec: HairSpec) -> Choice:
        """Draw and judge hair."""
        seen = seen_in(self.view, hair_surfaces(self.sitter, spec, self.tables, "toon"))
        found = agreement(self.view, seen)
        curly = CURLY_WORTH * (NEUTRAL - self.order) * (1.0 if spec.style in CURLY else -0.5)
        bonus = float(np.clip(curly, -CURLY_MOST, CURLY_MOST)) - RARE.get(spec.style, 0.0)
        bonus -= LONGER * max(overhang(self.view, seen) - FREE_OVERHANG, 0.0)
        return Choice(spec=spec, agreement=found, score=found + bonus)


def overhang(view: OutlineView, seen: Bool[np.ndarray, "N N"]) -> float:
    """Return how far hair hangs below the parsed one, in heights of the head, as far as the picture says.

    Args:
        view: the parsed hair.
        seen: where hair is drawn.
    """
    known = view.weight > 0.0
    drawn, wanted, head = (_rows(mask) for mask in (seen & known, view.target, view.head.part == 0))
    if not (len(drawn) and len(wanted) and len(head)):
        return 0.0
    return float(drawn[-1] - wanted[-1]) / float(head[-1] - head[0] + 1)


def _rows(mask: Bool[np.ndarray, "N N"]) -> Int[np.ndarray, " R"]:
    """The rows that have more than a few pixels."""
    return np.flatnonzero(mask.sum(axis=1) >= FEW)


def _adjusted(trial: _Trial, start: Choice) -> Choice:
    best, style = start, start.spec.style
    for name, values in CARD_STEPS if style in CARDS else CROP_STEPS:
        if name == "length" and style not in HANGS:
            continue
        others = [trial.of(replace(best.spec, **{name: value})) for value in values]
        best = max([best, *others], key=lambda choice: choice.score)
    return best
