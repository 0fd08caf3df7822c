"""Train the network that tells where an eye looks: `toonface train gaze --samples FOLDER --out RUN`.

Renders of both styles teach it, whose eyes look anywhere (`toonface synth --expressions glances`). Those that look at
the camera, as most in other samples do, would teach that the pitch of the head says where the eyes look. Every crop is
of a left eye: right ones are mirrored, in training as in use.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from toonface.io.sample_cache import unpack_shards
from toonface.nets.gaze_net import GazeNet, GazeTruth, gaze_loss, turned_gaze
from toonface.stages.gaze import SIZE
from toonface.train.augment import restyle
from toonface.train.gaze_eyes import STRAYING, WIDE, Eyes, cut_eyes, stray
from toonface.train.run import Run, pick_device
from toonface.train.samples import batches, kept_samples, picture_batch, some_pictures, training_count

UNSEEN = 0.05
"""How much an eye counts that is shut or covered: enough to keep its gaze near the mean."""
CAMERA_SHARE = 0.15
"""Of the further samples that are drawn: they look at the camera."""
VALIDATION_SAMPLES = 400
"""Renders that are looked at during training."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """What a run is made of; kept in its checkpoint."""

    samples: Path
    """Folder of synthetic samples that `toonface synth --expressions glances` wrote."""
    out: Path
    """Folder of the run: checkpoint and log. An interrupted run is continued."""
    more: Path | None = None
    """Folder of further samples, with other people; of these, gazes that are frequent are drawn less often."""
    start: Path | None = None
    """Run whose averaged weights this one starts from, or an ONNX file that the package ships."""
    minutes: float = 15.0
    """How long to train, over all continued parts."""
    batch: int = 128
    """Crops per step."""
    rate: float = 3e-3
    """Highest learning rate."""
    decay: float = 0.05
    """Of the weights (AdamW)."""
    more_share: float = 0.4
    """Of the crops that are of the further samples."""
    head_astray_radians: float = 0.045
    """Standard deviation of the head's yaw and pitch from the truth: how exactly they are known in use."""
    looks: float = 0.5
    """How often crops change their look, in [0, 1]."""
    seed: int = 1
    """Of everything random."""
    workers: int = 0
    """Processes that draw crops ahead."""
    device: str = "auto"
    """auto, cpu or cuda."""
    log_every: int = 100
    """Steps between lines of the log."""
    save_minutes: float = 2.0
    """Minutes between checkpoints and validations."""


@dataclass(frozen=True, kw_only=True)
class Crops:
    """Draws training crops."""

    glances: Eyes
    more: Eyes | None
    config: Config

    def __call__(self, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        """Return a crop and the fields of `GazeTruth`."""
        if self.more is not None and rng.random() < self.config.more_share:
            eyes, of_kind = self.more, np.flatnonzero(self.more.at_camera == (rng.random() < CAMERA_SHARE))
            number = int(rng.choice(of_kind))
        else:
            eyes, number = self.glances, int(rng.integers(len(self.glances.wide)))
        crop = restyle(rng, stray(rng, eyes.wide[number], STRAYING), self.config.looks)
        head = eyes.head[number] + rng.normal(0.0, self.config.head_astray_radians, 2).astype(np.float32)
        return crop, eyes.gaze[number], head, np.array(1.0 if eyes.seen[number] else UNSEEN, np.float32)


def main(config: Config, progress: Callable[[str], None]) -> None:
    """Train until the time is spent.

    Args:
        config: of the run.
        progress: told a line now and then.
    """
    torch.manual_seed(config.seed)
    device = pick_device(config.device)
    cache = unpack_shards(config.samples)
    kept = cut_eyes(cache, kept_samples(cache, VALIDATION_SAMPLES))
    glances = cut_eyes(cache, range(training_count(len(cache), len(cache.styles))))
    further = unpack_shards(config.more) if config.more is not None else None
    more = cut_eyes(further, range(len(further))) if further is not None else None
    progress(f"{len(glances.wide)} eyes and {0 if more is None else len(more.wide)} further ones, on {device}")
    net = GazeNet(SIZE).to(device)
    optimizer = torch.optim.AdamW(net.parameters(), lr=config.rate, weight_decay=config.decay)
    run = Run(folder=config.out, net=net, optimizer=optimizer, minutes=config.minutes, rate=config.rate)
    crops = Crops(glances=glances, more=more, config=config)
    run.begin(config.start, lambda: some_pictures(crops, seed=config.seed, device=device))
    stream = batches(crops, seed=config.seed, start=run.step * config.batch, size=config.batch, workers=config.workers)
    net.train()
    while run.progress < 1.0:
        pictures, *labels = next(stream)
        truth = GazeTruth(*(label.to(device) for label in labels))
        loss, distance = gaze_loss(net(picture_batch(pictures, device)), truth)
        run.next_step(loss)
        if run.step % config.log_every == 0:
            run.log(loss=loss.item(), degrees=distance.rad2deg().item())
        if run.due(config.save_minutes):
            run.save(config)
            figures = validate(run.average, kept)
            run.log(**figures)
            progress(f"step {run.step}: " + ", ".join(f"{name} {value:.4f}" for name, value in figures.items()))
    run.save(config)


def validate(net: nn.Module, eyes: Eyes) -> dict[str, float]:
    """Return errors of eyes that are seen: degrees, and correlations over all.

    Args:
        net: in evaluation mode.
        eyes: not trained on.
    """
    middle, device = slice((WIDE - SIZE) // 2, (WIDE + SIZE) // 2), next(net.parameters()).device
    crops = torch.from_numpy(eyes.wide[eyes.seen][:, middle, middle].copy())
    with torch.no_grad():
        at_rest, sigma, slope = (part.cpu() for part in net(picture_batch(crops, device)))
    gaze = turned_gaze(at_rest, slope, torch.from_numpy(eyes.head[eyes.seen]))
    truth, drawn = torch.from_numpy(eyes.gaze[eyes.seen]), torch.from_numpy(eyes.drawn[eyes.seen])
    error = torch.linalg.vector_norm(gaze - truth, dim=-1).rad2deg()
    pairs = torch.stack([gaze, truth])
    return {
        "photo_degrees": error[~drawn].mean().item(),
        "toon_degrees": error[drawn].mean().item(),
        "yaw_correlation": torch.corrcoef(pairs[..., 0])[0, 1].item(),
        "pitch_correlation": torch.corrcoef(pairs[..., 1])[0, 1].item(),
        "expected_degrees": 2.0 * sigma.mean().rad2deg().item(),
    }
