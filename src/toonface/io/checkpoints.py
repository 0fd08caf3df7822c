"""Checkpoints of training: arrays and words in one npz file. Nothing in it is ever executed or unpickled."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from toonface.io.atomic import replacing

WORDS = "words.json"


def write_checkpoint(path: Path, arrays: Mapping[str, np.ndarray], words: Mapping[str, object]) -> None:
    """Write a checkpoint; the one before stays until this one is whole.

    Args:
        path: ends in `.npz`.
        arrays: dotted name → array of numbers.
        words: what JSON can hold.

    Raises:
        OSError: the disk is full, or the folder cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    text = np.frombuffer(json.dumps(words).encode(), np.uint8)
    with replacing(path) as beside:
        np.savez(beside, allow_pickle=False, **{WORDS: text}, **arrays)


def read_checkpoint(path: Path) -> tuple[dict[str, np.ndarray], dict]:
    """Read a checkpoint: arrays and words.

    Args:
        path: of the file.

    Raises:
        ValueError: it is missing or damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        return arrays, json.loads(arrays.pop(WORDS).tobytes())
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} is no readable checkpoint ({str(error).splitlines()[0]})") from None
