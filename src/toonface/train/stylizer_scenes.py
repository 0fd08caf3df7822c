"""Scenes that the stylizer learns from: rendered once, kept in a folder as plain arrays."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from toonface.io.atomic import replacing
from toonface.io.synth_stream import load_renderer
from toonface.io.workers import AHEAD, Task, start_workers
from toonface.stages.stylization.crop import SIZE
from toonface.synth.cartoon_styles import CARTOON_STYLES
from toonface.synth.held_out import check_training_seed
from toonface.synth.render import Renderer
from toonface.synth.style_pairs import FLOW_SIZE, StyleExample, draw_example

STYLES = len(CARTOON_STYLES)
FORMS: dict[str, tuple[type, tuple[int, ...]]] = {
    "picture": (np.uint8, (SIZE, SIZE, 3)),
    "smooth": (np.uint8, (SIZE, SIZE, 3)),
    "regions": (np.uint8, (SIZE, SIZE)),
    "points": (np.float32, (68, 2)),
    "cartoons": (np.uint8, (STYLES, SIZE, SIZE, 3)),
    "face": (np.bool_, (STYLES, SIZE, SIZE)),
    "offset": (np.float16, (STYLES, FLOW_SIZE, FLOW_SIZE, 2)),
    "known": (np.float16, (STYLES, FLOW_SIZE, FLOW_SIZE)),
    "cartoon_points": (np.float32, (STYLES, 68, 2)),
}
"""Array by name: dtype and shape of one scene; see `StyleExample`."""
MANIFEST = "scenes.json"
SAVE_EVERY = 32


@dataclass(frozen=True, kw_only=True)
class Scenes:
    """Rendered scenes, read from disk as they are used."""

    arrays: dict[str, np.ndarray]
    """By the names of `FORMS`; one row per scene."""

    def __len__(self) -> int:
        return len(self.arrays["picture"])


def prepare_scenes(folder: Path, *, seed: int, count: int, workers: int, progress: Callable[[str], None]) -> Scenes:
    """Render what a folder lacks of so many scenes, and open it.

    Args:
        folder: made if it is missing; an interrupted one is continued.
        seed: of the scenes.
        count: how many.
        workers: processes, at least 1.
        progress: told a line now and then.

    Raises:
        ValueError: the folder holds other scenes, or the seed is that of a test set.
    """
    check_training_seed(seed)
    folder.mkdir(parents=True, exist_ok=True)
    facts = {"seed": seed, "count": count, "size": SIZE, "styles": list(CARTOON_STYLES)}
    done = _done(folder, facts)
    arrays = {name: _opened(folder / f"{name}.npy", count, form, new=done == 0) for name, form in FORMS.items()}
    for index, example in _rendered(seed, range(done, count), workers):
        for name, values in _rows(example).items():
            arrays[name][index] = values
        if (index + 1) % SAVE_EVERY == 0 or index + 1 == count:
            _keep(folder, facts, index + 1)
        if (index + 1) % 500 == 0:
            progress(f"{index + 1} of {count} scenes rendered")
    return Scenes(arrays=arrays)


def _done(folder: Path, facts: dict[str, Any]) -> int:
    path = folder / MANIFEST
    if not path.exists():
        return 0
    found = json.loads(path.read_text("utf-8"))
    done = int(found.pop("done"))
    if found != facts:
        raise ValueError(f"{folder} holds scenes of {found}, expected {facts}; choose another folder")
    return done


def _keep(folder: Path, facts: dict[str, Any], done: int) -> None:
    with replacing(folder / MANIFEST) as beside:
        beside.write_text(json.dumps(facts | {"done": done}), "utf-8")


def _opened(path: Path, count: int, form: tuple[type, tuple[int, ...]], *, new: bool) -> np.ndarray:
    dtype, shape = form
    if new:
        return np.lib.format.open_memmap(path, "w+", dtype, (count, *shape))
    return np.lib.format.open_memmap(path, "r+")


def _rendered(seed: int, indices: range, workers: int) -> Iterator[tuple[int, StyleExample]]:
    """Examples in order, rendered ahead."""
    if not indices:
        return
    with start_workers(_make_task, workers) as team:
        asked = 0
        for number, index in enumerate(indices):
            while asked < min(len(indices), number + AHEAD * workers):
                team[asked % workers].ask((seed, indices[asked]))
                asked += 1
            yield index, team[number % workers].answer()


def _make_task() -> Task:
    renderer = load_renderer("mixed")
    assert isinstance(renderer, Renderer)

    def render(request: tuple[int, int]) -> Iterator[StyleExample]:
        yield draw_example(renderer, *request, SIZE)

    return render


def _rows(example: StyleExample) -> dict[str, Any]:
    targets = example.targets
    return {
        "picture": example.picture,
        "smooth": example.smooth,
        "regions": example.regions,
        "points": example.points,
        "cartoons": [target.picture for target in targets],
        "face": [target.face for target in targets],
        "offset": [target.offset for target in targets],
        "known": [target.known for target in targets],
        "cartoon_points": [target.points for target in targets],
    }
