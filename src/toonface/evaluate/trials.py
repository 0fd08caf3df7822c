"""The pictures on which networks are measured, and what is known of each: the test sets and the real portraits."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast, runtime_checkable

import numpy as np
from jaxtyping import Float

from toonface.evaluate.backgrounds import faceless_pictures
from toonface.io.portraits import is_validation, read_portraits
from toonface.io.shards import read_shard, shard_writer
from toonface.morphable.face_model import FaceModel, Points, neutral_points
from toonface.synth.held_out import (
    EXPRESSION_COUNT,
    EXPRESSION_SEED,
    EXPRESSION_SIZE,
    HELD_OUT_COUNT,
    HELD_OUT_SEED,
    HELD_OUT_SIZE,
)
from toonface.synth.labels import STYLES, Labels, Sample, Style
from toonface.synth.people.exaggerate import exaggerate
from toonface.synth.render import Renderer
from toonface.types import Picture

PORTRAIT_FOLDERS = ("london", "london_smiling", "canada", "interfaces")
"""Of real people, in `portraits/`; the first and the third have points."""
WITH_POINTS = ("london", "canada")
CARTOON_FOLDERS = ("fluent",)
"""In `cartoons/`."""
CLIPPED_SIZE = 320
"""Side of the portraits from which hair and clothes are clipped."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One picture that is put to the networks."""

    name: str
    """For people: `toon 12`, or the file of a real one."""
    group: str
    """photo or toon, or the folder of a real picture."""
    picture: Picture
    points_px: Float[np.ndarray, "68 2"]
    """True landmarks; NaN where not given."""
    validation: bool = True
    """Whether the picture was kept from training."""
    labels: Labels | None = None
    """All that is known of a synthetic portrait."""
    neutral: Points | None = None
    """Its true neutral head, metres; a cartoon's lies a little outside of what the model's coefficients can express."""


@runtime_checkable
class PictureSets(Protocol):
    """All pictures of the suite. Each call starts from the first; nothing is drawn or read before it is asked for."""

    @property
    def model(self) -> FaceModel:
        """The face model that the synthetic portraits are of."""
        ...

    def held_out(self) -> Iterator[Trial]:
        """The 50 test scenes, each as photo and toon."""
        ...

    def expressions(self) -> Iterator[Trial]:
        """The 200 further scenes for expressions, each as photo and toon."""
        ...

    def real(self) -> Iterator[Trial]:
        """Real portraits and drawn cartoons; none where their folder is not there."""
        ...

    def faceless(self) -> Iterator[Picture]:
        """Pictures without a face."""
        ...


class FixedSets:
    """The project's test sets; see `PictureSets`."""

    def __init__(self, renderer: Renderer, data: Path | None = None, cache: Path | None = None) -> None:
        """Say where pictures come from.

        Args:
            renderer: of the package's own face model.
            data: holds `portraits/london` and the others, and `cartoons/fluent`; what is missing is left out.
            cache: folder that keeps rendered sets, so that the next run does not render them; None keeps nothing.

        Raises:
            ValueError: none of the folders of real pictures is there.
        """
        self._renderer, self._cache = renderer, cache
        self._folders = () if data is None else real_folders(data)

    @property
    def model(self) -> FaceModel:
        """The face model that the synthetic portraits are of."""
        return self._renderer.model

    def held_out(self) -> Iterator[Trial]:
        """The 50 test scenes, each as photo and toon."""
        for index, samples in self._samples(self._renderer, HELD_OUT_SEED, HELD_OUT_COUNT, HELD_OUT_SIZE):
            for style, sample in samples.items():
                yield trial_of(sample, style, index, true_neutral(self._renderer, HELD_OUT_SEED, index, style))

    def expressions(self) -> Iterator[Trial]:
        """The 200 further scenes for expressions, each as photo and toon."""
        wide = self._renderer.with_expressions("wide")
        for index, samples in self._samples(wide, EXPRESSION_SEED, EXPRESSION_COUNT, EXPRESSION_SIZE):
            for style, sample in samples.items():
                yield trial_of(sample, style, index)

    def real(self) -> Iterator[Trial]:
        """Real portraits and drawn cartoons; none where their folder is not there."""
        return real_trials(self._folders)

    def faceless(self) -> Iterator[Picture]:
        """500 pictures without a face."""

        def portrait(number: int) -> Sample:
            index, style = number // 2 % HELD_OUT_COUNT, cast("Style", ("photo", "toon")[number % 2])
            return self._renderer.sample(HELD_OUT_SEED, index, (style,), CLIPPED_SIZE)[style]

        return faceless_pictures(portrait)

    def _samples(
        self, renderer: Renderer, seed: int, count: int, size: int
    ) -> Iterator[tuple[int, dict[Style, Sample]]]:
        styles = STYLES["pair"]
        if self._cache is None:
            yield from ((index, renderer.sample(seed, index, styles, size)) for index in range(count))
            return
        path = self._cache / f"test-set-{seed}-{size}.tar"
        first = renderer.sample(seed, 0, styles, size)
        if not holds(path, first):
            self._cache.mkdir(parents=True, exist_ok=True)
            with shard_writer(path, maps=False) as add:
                for index in range(count):
                    add(index, renderer.sample(seed, index, styles, size))
        yield from enumerate(read_shard(path))


def holds(path: Path, first: dict[Style, Sample]) -> bool:
    """Tell whether a kept set is there and begins with the pictures and points that are drawn today.

    Args:
        path: of the shard.
        first: its first scene, drawn anew.
    """
    if not path.is_file():
        return False
    try:
        kept = next(read_shard(path))
    except (ValueError, StopIteration):
        return False
    return kept.keys() == first.keys() and all(
        np.array_equal(kept[style].picture, first[style].picture)
        and np.array_equal(kept[style].labels.coefficients, first[style].labels.coefficients)
        and np.array_equal(kept[style].labels.landmarks_px, first[style].labels.landmarks_px)
        for style in first
    )


def trial_of(sample: Sample, style: Style, index: int, neutral: Points | None = None) -> Trial:
    """Make a trial of a synthetic portrait.

    Args:
        sample: picture and labels.
        style: photo or toon.
        index: of the scene.
        neutral: its true neutral head, metres.
    """
    points = sample.labels.landmarks_px.astype(np.float64)
    return Trial(
        name=f"{style} {index}",
        group=style,
        picture=sample.picture,
        points_px=points,
        labels=sample.labels,
        neutral=neutral,
    )


def true_neutral(renderer: Renderer, seed: int, index: int, style: Style) -> Points:
    """Return the neutral head that was drawn, metres; the label's coefficients are only the nearest to a cartoon's.

    Args:
        renderer: that drew it.
        seed: of the set.
        index: of the scene.
        style: a toon is exaggerated beyond the coefficients.
    """
    scene = renderer.scene(seed, index)
    neutral = neutral_points(renderer.model, scene.person.identity)
    return neutral if style == "photo" else exaggerate(renderer.wardrobe.exaggeration, neutral, scene.exaggeration)


def real_folders(data: Path) -> tuple[Path, ...]:
    """List the folders of real portraits and drawn cartoons that are there.

    Args:
        data: holds `portraits` and `cartoons`.

    Raises:
        ValueError: none is there.
    """
    folders = [data / "portraits" / name for name in PORTRAIT_FOLDERS]
    folders += [data / "cartoons" / name for name in CARTOON_FOLDERS]
    there = tuple(folder for folder in folders if folder.is_dir())
    if not there:
        names = ", ".join(folder.relative_to(data).as_posix() for folder in folders)
        raise ValueError(f"{data} has no pictures of faces, expected at least one of its folders {names}")
    return there


def real_trials(folders: tuple[Path, ...]) -> Iterator[Trial]:
    """Read real portraits and drawn cartoons, folder by folder.

    Args:
        folders: each as `io.portraits.read_portraits` takes it.

    Raises:
        ValueError: a picture or the points of a folder are damaged.
    """
    for folder in folders:
        for index, portrait in enumerate(read_portraits(folder)):
            yield Trial(
                name=portrait.name,
                group=folder.name,
                picture=portrait.picture(),
                points_px=portrait.points_px,
                validation=is_validation(index),
            )
