"""Choose hair by its outline: draw every style on the head, keep those that fit best, adjust their numbers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from toonface.worn.hair.hair import HairTables, hair_surfaces
from toonface.worn.hair.hair_spec import CARDS, CROPS, HairSpec
from toonface.worn.outline import OutlineView, agreement, seen_in
from toonface.worn.surface import Sitter

PLAIN = (0.3, 0.2, 0.15)
"""Any colour: outlines have none."""
RARE: dict[str, float] = {
    "mohawk": 0.04, "flat_top": 0.02, "bun": 0.02, "ponytail01": 0.02, "braid01": 0.03, "horseshoe": 0.03,
    "afro01": 0.02, "fade": 0.01, "buzz": 0.01,
}  # fmt: skip
"""What a style must fit better than others to be chosen: what makes it special should be seen."""
FINALISTS = 3
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

    @property
    def score(self) -> float:
        """Agreement less what its style must fit better than others."""
        return self.agreement - RARE.get(self.spec.style, 0.0)


def choose_hair(sitter: Sitter, tables: HairTables, view: OutlineView) -> Choice:
    """Return the hair whose outline fits the picture best.

    Args:
        sitter: the fitted head.
        tables: of its model.
        view: the parsed hair.
    """
    tried = sorted((_try(sitter, tables, view, spec) for spec in _starts()), key=lambda c: c.score, reverse=True)
    finalists: dict[str, Choice] = {}
    for choice in tried:
        finalists.setdefault(choice.spec.style, choice)
    adjusted = [_adjusted(sitter, tables, view, choice) for choice in list(finalists.values())[:FINALISTS]]
    return max(adjusted, key=lambda choice: choice.score)


def _starts() -> Iterator[HairSpec]:
    for style in CARDS:
        yield HairSpec(style=style, colour=PLAIN)
        yield HairSpec(style=style, colour=PLAIN, mirrored=True)
    for style in CROPS:
        yield HairSpec(style=style, colour=PLAIN)


def _try(sitter: Sitter, tables: HairTables, view: OutlineView, spec: HairSpec) -> Choice:
    seen = seen_in(view, hair_surfaces(sitter, spec, tables, "toon"))
    return Choice(spec=spec, agreement=agreement(view, seen))


def _adjusted(sitter: Sitter, tables: HairTables, view: OutlineView, start: Choice) -> Choice:
    best = start
    for name, values in CARD_STEPS if start.spec.style in CARDS else CROP_STEPS:
        others = [_try(sitter, tables, view, replace(best.spec, **{name: value})) for value in values]
        best = max([best, *others], key=lambda choice: choice.score)
    return best
