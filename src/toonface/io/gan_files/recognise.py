"""Read a generator from whatever file it is in."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from toonface.io.checkpoints import read_checkpoint
from toonface.io.gan_files import nvidia, rosinality
from toonface.io.gan_files.layout import generator_of
from toonface.io.inert_pickle import load
from toonface.nets.stylegan2.generator import Generator

CHECKPOINT = "checkpoint.npz"
"""In the folder of a run."""
AVERAGE = "average."


def read_generator(path: Path) -> Generator:
    """Read a generator, ready to be run on a CPU.

    Args:
        path: folder of a run of `toonface train stylegan` or its `.npz`, NVIDIA's `.pkl`, or rosinality's `.pt`.

    Raises:
        ValueError: the file is missing, damaged, of another kind, or of another network.
    """
    if path.is_dir():
        path = path / CHECKPOINT
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise ValueError(f"{path} ends in {path.suffix!r}, expected a run's folder, or one of {', '.join(READERS)}")
    try:
        return generator_of(reader(path))
    except ValueError as error:
        reason = str(error).removeprefix(f"{path}: ").removeprefix(f"{path} is ")
        raise ValueError(f"{path} is not a readable generator ({' '.join(reason.split())[:300]})") from None


def _own(path: Path) -> dict[str, np.ndarray]:
    arrays, words = read_checkpoint(path)
    if words.get("kind") != "stylegan2":
        raise ValueError("it is no checkpoint of toonface train stylegan")
    return {name.removeprefix(AVERAGE): array for name, array in arrays.items() if name.startswith(AVERAGE)}


def _pkl(path: Path) -> dict[str, np.ndarray]:
    return nvidia.generator_arrays(load(path))


def _pt(path: Path) -> dict[str, np.ndarray]:
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a dozen kinds for files that are damaged or hold more than weights
        raise ValueError(str(error).splitlines()[0] if str(error) else type(error).__name__) from None
    return rosinality.generator_arrays(content)


READERS: dict[str, Callable[[Path], dict[str, np.ndarray]]] = {".npz": _own, ".pkl": _pkl, ".pt": _pt, ".pth": _pt}
