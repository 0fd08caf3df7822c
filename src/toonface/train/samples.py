"""What networks learn from: cached synthetic samples and real portraits, served as batches."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from toonface.io.portraits import Portrait, is_validation, read_portraits
from toonface.io.sample_cache import SampleCache

Example = Callable[[np.random.Generator], tuple[np.ndarray, ...]]
"""Draws one example: the crop, uint8 S x S x 3, then its labels."""

FACES_WITH_POINTS = ("london", "canada")
"""Folders of portraits with 46 points set by hand."""

SOME = 64
"""Pictures are enough for the mean and the spread of a channel."""

VALIDATION_SHARE = 0.02
"""Of the cached samples: the last ones are looked at during training, not trained on."""


class _Draws(Dataset):
    """Example number i depends on the seed and i alone, whatever the number of workers."""

    def __init__(self, example: Example, seed: int, start: int, count: int) -> None:
        self._example, self._seed, self._start, self._count = example, seed, start, count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> tuple[np.ndarray, ...]:
        return self._example(np.random.default_rng((self._seed, self._start + index)))


def batches(example: Example, *, seed: int, start: int, size: int, workers: int) -> Iterator[tuple[Tensor, ...]]:
    """Yield batches without end.

    Args:
        example: draws one; sent to the workers, so it has to be picklable if there are any.
        seed: at least 0.
        start: how many examples were drawn before, in runs that this one continues.
        size: examples in a batch.
        workers: processes that draw ahead; 0 draws in this process, which is best where all cores are training.
    """
    draws = _Draws(example, seed, start, 1 << 40)
    yield from DataLoader(draws, batch_size=size, num_workers=workers, persistent_workers=False)


def some_pictures(example: Example, *, seed: int, device: torch.device) -> Tensor:
    """Draw pictures that training will not see, for the statistics of a start from a shipped file.

    Args:
        example: draws one.
        seed: at least 0.
        device: where to.
    """
    crops = [example(np.random.default_rng((seed, 1 << 41, index)))[0] for index in range(SOME)]
    return picture_batch(torch.from_numpy(np.stack(crops)), device)


def picture_batch(crops: Tensor, device: torch.device) -> Tensor:
    """Turn crops into what networks take: float32 NCHW in [0, 1], in channels-last memory.

    Args:
        crops: uint8, N x S x S x 3.
        device: where to.
    """
    return crops.to(device).permute(0, 3, 1, 2).float().div(255.0)


def training_count(samples: int, scene_size: int) -> int:
    """Return how many of the samples are trained on; the rest, whole scenes, is kept for validation.

    Args:
        samples: all.
        scene_size: samples of one scene.
    """
    return int(samples * (1.0 - VALIDATION_SHARE)) // scene_size * scene_size


def kept_samples(cache: SampleCache, most: int) -> range:
    """Return the numbers of the last samples that are kept for validation.

    Args:
        cache: all samples.
        most: how many at most.
    """
    return range(max(training_count(len(cache), len(cache.styles)), len(cache) - most), len(cache))


def portraits_with_points(data: Path, *, validation: bool) -> list[Portrait]:
    """Return the real portraits with points; every third is kept for validation.

    Args:
        data: folder that holds `portraits/london` and `portraits/canada`.
        validation: which of them.

    Raises:
        ValueError: a folder is missing or damaged.
    """
    found = []
    for name in FACES_WITH_POINTS:
        portraits = read_portraits(data / "portraits" / name)
        found += [portrait for i, portrait in enumerate(portraits) if is_validation(i) == validation]
    return found
