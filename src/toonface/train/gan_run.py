"""The state of a StyleGAN in training: two networks and the average of one, saved and resumed as a whole."""

import copy
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import monotonic

import numpy as np
import torch
from torch import Tensor

from toonface.io.checkpoints import read_checkpoint, write_checkpoint
from toonface.nets.stylegan2.augment import Adaptive
from toonface.nets.stylegan2.discriminator import Discriminator
from toonface.nets.stylegan2.generator import Generator
from toonface.train.run import CHECKPOINT, load_weights, plain

RATES = (0.0, 0.99)
"""Of Adam's averages."""


@dataclass(kw_only=True)
class GanRun:
    """Two networks in training, and how far they are."""

    folder: Path
    generator: Generator
    discriminator: Discriminator
    adaptive: Adaptive
    rate: float
    """Learning rate of both."""
    average_images: float
    """Pictures over which half of the averaged generator is replaced."""
    step: int = 0
    images: int = 0
    """Real pictures shown so far."""
    minutes: float = 0.0
    path_mean: float = 0.0
    """Running mean of the path lengths."""
    average: Generator = field(init=False)

    def __post_init__(self) -> None:
        self.average = copy.deepcopy(self.generator).eval().requires_grad_(requires_grad=False)
        self.makers = torch.optim.Adam(self.generator.parameters(), lr=self.rate, betas=RATES, eps=1e-8)
        self.critics = torch.optim.Adam(self.discriminator.parameters(), lr=self.rate, betas=RATES, eps=1e-8)
        self._clock = monotonic()

    def tick(self) -> float:
        """Count the minutes since the last call, and return all of them."""
        now = monotonic()
        self.minutes, self._clock = self.minutes + (now - self._clock) / 60.0, now
        return self.minutes

    def follow(self, count: int) -> None:
        """Bring the averaged generator nearer to the trained one.

        Args:
            count: real pictures of the step.
        """
        self.step, self.images = self.step + 1, self.images + count
        half = min(self.average_images, 0.05 * self.images)
        share = 1.0 - 0.5 ** (count / max(half, 1.0))
        with torch.no_grad():
            for mine, new in zip(self.average.parameters(), self.generator.parameters(), strict=True):
                mine.lerp_(new, share)
            for mine, new in zip(self.average.buffers(), self.generator.buffers(), strict=True):
                mine.copy_(new)

    def save(self, config: object) -> None:
        """Write the checkpoint.

        Args:
            config: of the run, kept with it.
        """
        parts = {"generator": self.generator, "average": self.average, "discriminator": self.discriminator}
        tensors = {f"{name}.{k}": v for name, net in parts.items() for k, v in net.state_dict().items()}
        for name, optimizer in {"makers": self.makers, "critics": self.critics}.items():
            for index, state in optimizer.state_dict()["state"].items():
                tensors |= {f"{name}.{index}.{k}": v for k, v in state.items()}
        self.tick()
        words = {
            "kind": "stylegan2",
            "shape": asdict(self.generator.shape),
            "step": self.step,
            "images": self.images,
            "minutes": self.minutes,
            "path_mean": self.path_mean,
            "probability": self.adaptive.probability,
            "config": plain(config),
        }
        write_checkpoint(self.folder / CHECKPOINT, {k: v.detach().cpu().numpy() for k, v in tensors.items()}, words)

    def resume(self) -> bool:
        """Continue from the folder's checkpoint; return whether there is one.

        Raises:
            ValueError: it is damaged, or of another network.
        """
        if not (self.folder / CHECKPOINT).exists():
            return False
        arrays, words = read_checkpoint(self.folder / CHECKPOINT)
        self._load(arrays)
        for name, optimizer in {"makers": self.makers, "critics": self.critics}.items():
            _load_optimizer(optimizer, arrays, f"{name}.")
        self.step, self.images, self.minutes = int(words["step"]), int(words["images"]), float(words["minutes"])
        self.path_mean, self.adaptive.probability = float(words["path_mean"]), float(words["probability"])
        self._clock = monotonic()
        return True

    def start_from(self, folder: Path) -> None:
        """Take over the networks of another run, to fine-tune them; steps and pictures count anew.

        Args:
            folder: of the other run.

        Raises:
            ValueError: it has no readable checkpoint, or one of another size.
        """
        arrays, words = read_checkpoint(folder / CHECKPOINT)
        self._load(arrays)
        self.path_mean = float(words["path_mean"])

    def _load(self, arrays: dict[str, np.ndarray]) -> None:
        load_weights(self.generator, arrays, "generator.")
        load_weights(self.average, arrays, "average.")
        load_weights(self.discriminator, arrays, "discriminator.")

    def log(self, **numbers: float) -> None:
        """Append a line of figures to the folder's log."""
        line = {"step": self.step, "images": self.images, "minutes": round(self.tick(), 2)}
        line |= {name: round(float(number), 5) for name, number in numbers.items()}
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def _load_optimizer(optimizer: torch.optim.Optimizer, arrays: dict[str, np.ndarray], prefix: str) -> None:
    state: dict[int, dict[str, Tensor]] = {}
    for name, array in arrays.items():
        if name.startswith(prefix):
            index, key = name[len(prefix) :].split(".", 1)
            state.setdefault(int(index), {})[key] = torch.from_numpy(array)
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
