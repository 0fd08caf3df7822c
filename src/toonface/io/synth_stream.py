"""Synthetic samples from worker processes: in order into a training loop, or as shards into a folder.

Sample i of a seed depends on the two numbers alone, so neither the number of workers nor which one renders it changes
a byte.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Protocol, runtime_checkable

from toonface.io.shard_set import ShardOptions, open_shard_set, remove_partial_shards, shard_path
from toonface.io.shards import shard_writer
from toonface.io.workers import AHEAD, Task, Worker, ready, start_workers
from toonface.synth.labels import Sample, Style


@runtime_checkable
class SampleSource(Protocol):
    """What renders samples: `toonface.synth.render.Renderer`, or a stand-in."""

    def sample(self, seed: int, index: int, styles: tuple[Style, ...], size: int) -> dict[Style, Sample]:
        """Return sample `index` of `seed` in the styles, `size` pixels wide."""
        ...


Load = Callable[[], SampleSource]
"""Makes a source in a worker process; a function of a module, so that it can be sent there by name."""


def load_renderer(expressions: str = "usual") -> SampleSource:
    """Load the package's model and pictures, and prepare them for rendering.

    Args:
        expressions: of the people, see `Renderer`.
    """
    # Here, because they bring compiled code, which takes a second to load and is of no use to whoever reads shards.
    from toonface.io.face_model_file import load_face_model
    from toonface.io.images import load_textures
    from toonface.synth.render import Renderer

    return Renderer(load_face_model(), load_textures(), expressions=expressions)


def stream_samples(
    seed: int,
    indices: Iterable[int],
    *,
    styles: tuple[Style, ...],
    size: int,
    workers: int,
    load: Load = load_renderer,
) -> Generator[tuple[int, dict[Style, Sample]], None, None]:
    """Yield numbered samples in the order of `indices`, rendered ahead by worker processes.

    Close the generator, or let it end, to end the processes. A program that uses it needs the usual
    `if __name__ == "__main__":` around its start.

    Args:
        seed: at least 0.
        indices: numbers of the samples, at least 0; may be endless.
        styles: what each sample is drawn in.
        size: pixels of the square pictures.
        workers: processes, each with one thread; 0 renders in this process, with as many threads as it has.
        load: makes the source of samples, once per process.

    Raises:
        ValueError: workers is negative.
        ChildProcessError: a worker died.
    """
    if workers < 0:
        raise ValueError(f"workers is {workers}, expected a number of at least 0")
    if workers == 0:
        source = load()
        for index in indices:
            yield index, source.sample(seed, index, styles, size)
        return
    with start_workers(partial(_rendering, load, seed, styles, size), workers) as team:
        asked: deque[tuple[int, Worker]] = deque()
        # Worker k renders every n-th sample from the k-th on, so that the oldest request is always the one that is due.
        for index, worker in zip(indices, cycle(team), strict=False):
            worker.ask(index)
            asked.append((index, worker))
            if len(asked) == AHEAD * workers:
                due, worker = asked.popleft()
                yield due, worker.answer()
        for due, worker in asked:
            yield due, worker.answer()


def _rendering(load: Load, seed: int, styles: tuple[Style, ...], size: int) -> Task:
    source = load()

    def render(index: int) -> Iterator[dict[Style, Sample]]:
        yield source.sample(seed, index, styles, size)

    return render


@dataclass(frozen=True, kw_only=True)
class Step:
    """What was just done."""

    samples: int
    """Rendered since the last step."""
    finished: int | None = None
    """Number of the shard that is now complete."""


def write_shards(
    folder: Path, options: ShardOptions, *, workers: int, load: Load = load_renderer
) -> tuple[int, Generator[Step, None, None]]:
    """Write the shards that a folder lacks; return how many samples that takes, and the steps.

    The steps do the work while they are read. Workers write whole shards, so no picture is sent between processes.

    Args:
        folder: made if it does not exist.
        options: what it holds.
        workers: processes, at least 1.
        load: makes the source of samples, once per process.

    Raises:
        ValueError: an option is out of range, or does not fit the folder.
        OSError: a shard cannot be written, or a worker died; finished shards stay, and no half-written one.
    """
    if workers < 1:
        raise ValueError(f"workers is {workers}, expected a number of at least 1")
    missing = open_shard_set(folder, options)
    return sum(len(options.indices(shard)) for shard in missing), _steps(folder, options, missing, workers, load)


def _steps(
    folder: Path, options: ShardOptions, missing: list[int], workers: int, load: Load
) -> Generator[Step, None, None]:
    waiting = iter(missing)
    try:
        with start_workers(partial(_writing, load, folder, options), min(workers, len(missing))) as team:
            busy = list(team)
            for worker in busy:
                worker.ask(next(waiting))
            while busy:
                for worker in ready(busy):
                    step: Step = worker.answer()
                    yield step
                    if step.finished is None:
                        continue
                    shard = next(waiting, None)
                    if shard is None:
                        busy.remove(worker)
                    else:
                        worker.ask(shard)
    finally:
        remove_partial_shards(folder)


def _writing(load: Load, folder: Path, options: ShardOptions) -> Task:
    source = load()

    def write(shard: int) -> Iterator[Step]:
        with shard_writer(shard_path(folder, shard), maps=options.maps) as add:
            for index in options.indices(shard):
                add(index, source.sample(options.seed, index, options.styles, options.size))
                yield Step(samples=1)
        yield Step(samples=0, finished=shard)

    return write
