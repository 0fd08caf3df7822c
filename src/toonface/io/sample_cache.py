"""Synthetic samples as arrays on disk: unpacked from shards once, then read by memory mapping.

Decoding a PNG picture costs as much as a training step on it; reading pages of an array costs next to nothing.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from jaxtyping import Bool, Float32, UInt8

from toonface.io.shard_set import MANIFEST
from toonface.io.shards import read_shard
from toonface.synth.held_out import check_training_seed
from toonface.synth.labels import STYLES, Sample, Style

FOLDER = "arrays"
"""Beside the shards."""
NUMBERS = ("landmarks_px", "visible", "coefficients", "gaze")


@dataclass(frozen=True, kw_only=True)
class CachedSample:
    """One picture and the labels that training uses; the arrays are views of the file and must not be written to."""

    picture: UInt8[np.ndarray, "H W 3"]
    parsing: UInt8[np.ndarray, "H W"]
    """`FaceRegion` of each pixel."""
    landmarks_px: Float32[np.ndarray, "68 2"]
    visible: Bool[np.ndarray, "68"]
    coefficients: Float32[np.ndarray, "239"]
    """Identity, expression, texture, light, pose; see `docs/conventions.md`."""
    gaze: Float32[np.ndarray, "2 2"]
    """Left eye, right eye: yaw and pitch in radians."""
    style: Style


class SampleCache:
    """All unpacked samples of a folder of shards; a pair's photo is followed by its toon."""

    def __init__(self, folder: Path) -> None:
        """Open what is unpacked.

        Args:
            folder: of the shards.

        Raises:
            ValueError: nothing is unpacked there, or a file is damaged.
        """
        chunks = sorted(path for path in (folder / FOLDER).glob("*") if path.is_dir() and not path.name.startswith("."))
        if not chunks:
            raise ValueError(f"{folder} has no unpacked samples; write some with: toonface synth --out {folder}")
        try:
            self._pictures = [np.load(path / "pictures.npy", mmap_mode="r") for path in chunks]
            self._parsings = [np.load(path / "parsing.npy", mmap_mode="r") for path in chunks]
            self._numbers = [dict(np.load(path / "numbers.npz")) for path in chunks]
        except (OSError, ValueError, EOFError) as error:
            raise ValueError(f"{folder / FOLDER} is damaged ({error}); delete it, and it is made again") from None
        self._starts = np.cumsum([0, *(len(pictures) for pictures in self._pictures)])
        self.styles: tuple[Style, ...] = STYLES[json.loads((folder / MANIFEST).read_text("utf-8"))["style"]]

    def __len__(self) -> int:
        return int(self._starts[-1])

    def __getitem__(self, index: int) -> CachedSample:
        if not 0 <= index < len(self):
            raise IndexError(f"sample {index}, expected one of {len(self)}")
        chunk = int(np.searchsorted(self._starts, index, side="right")) - 1
        place = index - self._starts[chunk]
        numbers = {name: self._numbers[chunk][name][place] for name in NUMBERS}
        style = cast("Style", self.styles[index % len(self.styles)])
        return CachedSample(
            picture=self._pictures[chunk][place], parsing=self._parsings[chunk][place], style=style, **numbers
        )


def unpack_shards(folder: Path, progress: Callable[[int], None] | None = None) -> SampleCache:
    """Unpack the shards of a folder that are not unpacked yet, and open all.

    Args:
        folder: that `toonface synth --out` wrote, or is still writing: what is finished is taken.
        progress: told the number of each shard that was unpacked.

    Raises:
        ValueError: the folder holds no shards, they show the test set, or one is damaged.
        OSError: the disk is full.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        check_training_seed(int(manifest["seed"]))
    except (OSError, KeyError, TypeError, json.JSONDecodeError):
        raise ValueError(f"{folder} holds no samples; write some with: toonface synth --out {folder}") from None
    for shard in sorted(folder.glob("*.tar")):
        target = folder / FOLDER / shard.stem
        if shard.name.startswith(".") or target.is_dir():
            continue
        samples = [sample for styles in read_shard(shard) for sample in styles.values()]
        beside = target.with_name(f".{target.name}.part")
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        _write_chunk(beside, samples)
        beside.rename(target)
        if progress is not None:
            progress(int("".join(filter(str.isdigit, shard.stem)) or 0))
    return SampleCache(folder)


def _write_chunk(folder: Path, samples: list[Sample]) -> None:
    np.save(folder / "pictures.npy", np.stack([sample.picture for sample in samples]))
    np.save(folder / "parsing.npy", np.stack([sample.labels.parsing for sample in samples]))
    numbers = {name: np.stack([getattr(sample.labels, name) for sample in samples]) for name in NUMBERS}
    np.savez(folder / "numbers.npz", allow_pickle=False, **numbers)
