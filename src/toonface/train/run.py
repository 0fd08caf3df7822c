"""What every training run needs round its loop: time, learning rate, averaged weights, checkpoints, a log."""

import copy
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, is_dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from toonface.io.checkpoints import read_checkpoint, write_checkpoint
from toonface.io.networks import read_card
from toonface.train.shipped import start_from_shipped

CHECKPOINT = "checkpoint.npz"
WARM_UP = 200
"""Steps over which the learning rate rises to its full height."""


@dataclass(kw_only=True)
class Run:
    """A network in training, and how far it is. Saved and resumed as a whole."""

    folder: Path
    net: nn.Module
    optimizer: torch.optim.Optimizer
    minutes: float
    """How long to train, over all resumed parts."""
    rate: float
    """Highest learning rate; it falls to 1 % along a cosine."""
    decay: float = 0.998
    """Of the averaged weights, per step; they are what is exported."""
    step: int = 0
    spent_minutes: float = 0.0
    before: dict[str, float] = field(default_factory=dict)
    """Steps, pictures and minutes that the shipped file had behind it from which this run started; empty if none."""
    average: nn.Module = field(init=False)

    def __post_init__(self) -> None:
        self.average = copy.deepcopy(self.net).eval().requires_grad_(requires_grad=False)
        self._clock = monotonic()

    @property
    def progress(self) -> float:
        """Share of the time that is spent."""
        return min((self.spent_minutes + (monotonic() - self._clock) / 60.0) / self.minutes, 1.0)

    def next_step(self, loss: Tensor) -> None:
        """Learn from a loss: gradient, learning rate, step, averaged weights."""
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), 10.0)
        height = self.rate * min((self.step + 1) / WARM_UP, 1.0)
        for group in self.optimizer.param_groups:
            group["lr"] = height * (0.01 + 0.99 * 0.5 * (1.0 + np.cos(np.pi * self.progress)))
        self.optimizer.step()
        self.step += 1
        decay = min(self.decay, (1.0 + self.step) / (10.0 + self.step))
        with torch.no_grad():
            for mine, new in zip(_tensors(self.average), _tensors(self.net), strict=True):
                if mine.is_floating_point():
                    mine.lerp_(new, 1.0 - decay)
                else:
                    mine.copy_(new)

    def save(self, config: object) -> None:
        """Write the checkpoint.

        Args:
            config: dataclass of the run, kept with it.
        """
        tensors = {f"net.{k}": v for k, v in self.net.state_dict().items()}
        tensors |= {f"average.{k}": v for k, v in self.average.state_dict().items()}
        for index, state in self.optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer.{index}.{k}": v for k, v in state.items()}
        self.spent_minutes += (monotonic() - self._clock) / 60.0
        self._clock = monotonic()
        words = {"step": self.step, "minutes": self.spent_minutes, "before": self.before, "config": plain(config)}
        write_checkpoint(self.folder / CHECKPOINT, {k: v.detach().cpu().numpy() for k, v in tensors.items()}, words)

    def resume(self) -> bool:
        """Continue from the folder's checkpoint; return whether there is one.

        Raises:
            ValueError: it is damaged, or of another network.
        """
        path = self.folder / CHECKPOINT
        if not path.exists():
            return False
        arrays, words = read_checkpoint(path)
        load_weights(self.net, arrays, "net.")
        load_weights(self.average, arrays, "average.")
        state: dict[int, dict[str, Tensor]] = {}
        for name, array in arrays.items():
            if name.startswith("optimizer."):
                _, index, key = name.split(".", 2)
                state.setdefault(int(index), {})[key] = torch.from_numpy(array)
        groups = self.optimizer.state_dict()["param_groups"]
        self.optimizer.load_state_dict({"state": state, "param_groups": groups})
        self.step, self.spent_minutes = int(words["step"]), float(words["minutes"])
        self.before = dict(words.get("before", {}))
        self._clock = monotonic()
        return True

    def start_from(self, folder: Path) -> None:
        """Take over what another run's averaged weights and this network have in common, by name and shape.

        Args:
            folder: of the other run.

        Raises:
            ValueError: it has no readable checkpoint, or nothing in common.
        """
        arrays, _ = read_checkpoint(folder / CHECKPOINT)
        mine = self.net.state_dict()
        theirs = {name: torch.from_numpy(arrays[f"average.{name}"]) for name in mine if f"average.{name}" in arrays}
        common = {name: tensor for name, tensor in theirs.items() if tensor.shape == mine[name].shape}
        if not common:
            raise ValueError(f"{folder} and this network have no weights in common")
        self.net.load_state_dict(mine | common)
        self.average.load_state_dict(self.net.state_dict())

    def begin(self, start: Path | None, pictures: Callable[[], Float[Tensor, "B 3 H W"]]) -> None:
        """Continue from this run's own checkpoint; where there is none, take over weights, if they are given.

        Args:
            start: folder of another run, or a shipped ONNX file with its card beside it.
            pictures: draws some, as training shows them, for a start from a shipped file.

        Raises:
            ValueError: a checkpoint or the file is damaged, or of another network.
        """
        if self.resume() or start is None:
            return
        if start.suffix != ".onnx":
            self.start_from(start)
            return
        card = read_card(start.stem, start.parent)
        start_from_shipped(self.net, start, pictures())
        self.average.load_state_dict(self.net.state_dict())
        self.before = {"steps": card.steps, "pictures": card.pictures, "minutes": card.minutes}

    def due(self, minutes: float) -> bool:
        """Return whether so many minutes have passed since the last checkpoint.

        Args:
            minutes: between checkpoints.
        """
        return (monotonic() - self._clock) / 60.0 >= minutes

    def log(self, **numbers: float) -> None:
        """Append a line of figures to the folder's log."""
        line = {"step": self.step, "minutes": round(self.progress * self.minutes, 2)}
        line |= {name: round(float(number), 5) for name, number in numbers.items()}
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def load_weights(net: nn.Module, arrays: dict[str, np.ndarray], prefix: str) -> None:
    """Fill a network from arrays.

    Args:
        net: of the same form.
        arrays: of a checkpoint.
        prefix: of the names that are its own.

    Raises:
        ValueError: an array is missing, left over or of another shape.
    """
    mine = {name[len(prefix) :]: torch.from_numpy(a) for name, a in arrays.items() if name.startswith(prefix)}
    try:
        net.load_state_dict(mine)
    except RuntimeError as error:
        raise ValueError(f"the checkpoint is of another network ({str(error).splitlines()[1].strip()})") from None


def pick_device(name: str) -> torch.device:
    """Return the device of a name; `auto` is CUDA where there is one.

    On a CPU it also sets one thread: two that wait for each other are slower than two runs of one thread each.

    Args:
        name: `auto`, `cpu` or `cuda`.
    """
    device = torch.device(("cuda" if torch.cuda.is_available() else "cpu") if name == "auto" else name)
    if device.type == "cpu":
        torch.set_num_threads(1)
    return device


def plain(config: Any) -> Any:  # noqa: ANN401 - what JSON can hold
    """Turn a configuration into what JSON can hold."""
    if is_dataclass(config) and not isinstance(config, type):
        return {name: str(value) if isinstance(value, Path) else value for name, value in asdict(config).items()}
    return config


def _tensors(net: nn.Module) -> list[Tensor]:
    return [*net.parameters(), *net.buffers()]
