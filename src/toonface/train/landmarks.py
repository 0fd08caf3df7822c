"""Train the landmark network: `toonface train landmarks --samples FOLDER --out RUN`.

One crop in `real_every` is a real portrait with points set by hand, because definitions differ by a hair's breadth
between people and renders; the others are renders of both styles. All of it in this file, read downwards.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from torch import nn

from toonface.io.sample_cache import SampleCache, unpack_shards
from toonface.nets.landmark_net import LandmarkNet, landmark_net_loss
from toonface.stages.landmarks import LIFT, MARGIN, SIZE
from toonface.train.augment import STILL, Jitter, place_crop, points_and_given, restyle
from toonface.train.real_points import RealPoints, read_real_points
from toonface.train.run import Run, pick_device
from toonface.train.samples import batches, kept_samples, picture_batch, some_pictures, training_count

VALIDATION_CROPS = 200
"""Renders that are looked at during training."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """What a run is made of; kept in its checkpoint."""

    samples: Path
    """Folder of synthetic samples, both styles, that `toonface synth` wrote."""
    out: Path
    """Folder of the run: checkpoint and log. An interrupted run is continued."""
    data: Path | None = None
    """Folder with portraits/london and portraits/canada: real portraits with points, if there are any."""
    start: Path | None = None
    """Run whose averaged weights this one starts from, or an ONNX file that the package ships."""
    size: int = SIZE
    """Side of the training crops in pixels, a multiple of 32. Half the size learns four times as fast, so that a run of
    small crops is a good start for one of the full size."""
    minutes: float = 60.0
    """How long to train, over all continued parts."""
    batch: int = 32
    """Crops per step."""
    rate: float = 2e-3
    """Highest learning rate."""
    decay: float = 0.02
    """Of the weights (AdamW)."""
    real_share: float = 0.12
    """Of the crops that are real portraits."""
    heat_weight: float = 0.6
    """Of the heat that has to stand at the true points."""
    seed: int = 1
    """Of everything random."""
    workers: int = 0
    """Processes that draw crops ahead; 0 is best where training takes all cores."""
    device: str = "auto"
    """auto, cpu or cuda."""
    compile: bool = True
    """Whether PyTorch compiles the network first; half again as fast."""
    log_every: int = 100
    """Steps between lines of the log."""
    save_minutes: float = 4.0
    """Minutes between checkpoints and validations."""


@dataclass(frozen=True, kw_only=True)
class Crops:
    """Draws training crops; one object, so that worker processes can have it."""

    cache: SampleCache
    real: list[RealPoints]
    real_share: float
    size: int
    jitter: Jitter = field(default_factory=Jitter)

    def __call__(self, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        """Return a crop, its 68 points in crop pixels, and which of them are known."""
        if self.real and rng.random() < self.real_share:
            portrait = self.real[rng.integers(len(self.real))]
            picture, frame_px, points_px = portrait.picture, portrait.completed_px, portrait.points_px
        else:
            sample = self.cache[int(rng.integers(training_count(len(self.cache), len(self.cache.styles))))]
            picture, frame_px, points_px = sample.picture, sample.landmarks_px, sample.landmarks_px
        place = place_crop(rng, frame_px, margin=MARGIN, lift=LIFT, size=self.size, jitter=self.jitter)
        return restyle(rng, place.cut(picture)), *points_and_given(place.landmarks(points_px))


def main(config: Config, progress: Callable[[str], None]) -> None:
    """Train until the time is spent.

    Args:
        config: of the run.
        progress: told a line now and then.
    """
    torch.manual_seed(config.seed)
    device = pick_device(config.device)
    cache = unpack_shards(config.samples)
    real = {kept: read_real_points(config.data, cache, validation=kept) for kept in (False, True)}
    progress(f"{len(cache)} renders, {len(real[False])} real portraits, on {device}")

    net = LandmarkNet().to(device)
    optimizer = torch.optim.AdamW(net.parameters(), lr=config.rate, weight_decay=config.decay)
    run = Run(folder=config.out, net=net, optimizer=optimizer, minutes=config.minutes, rate=config.rate)
    crops = Crops(cache=cache, real=real[False], real_share=config.real_share, size=config.size)
    run.begin(config.start, lambda: some_pictures(crops, seed=config.seed, device=device))
    if run.step or config.start is not None:
        real = {
            kept: [look_again(run.average, portrait, config.size) for portrait in some] for kept, some in real.items()
        }
        crops = replace(crops, real=real[False])
    maps_of = torch.compile(net.maps) if config.compile else net.maps

    stream = batches(crops, seed=config.seed, start=run.step * config.batch, size=config.batch, workers=config.workers)
    net.train()
    while run.progress < 1.0:
        pictures, points, given = next(stream)
        maps = maps_of(picture_batch(pictures, device))
        loss, distance_px = landmark_net_loss(maps, points.to(device), given.to(device), heat_weight=config.heat_weight)
        run.next_step(loss)
        if run.step % config.log_every == 0:
            run.log(loss=loss.item(), distance_px=distance_px.item())
        if run.due(config.save_minutes):
            run.save(config)
            figures = validate(run.average, cache, real[True], config.size)
            run.log(**figures)
            progress(f"step {run.step}: " + ", ".join(f"{name} {value:.4f}" for name, value in figures.items()))
    run.save(config)


def look_again(net: nn.Module, portrait: RealPoints, size: int) -> RealPoints:
    """Replace the estimate of a portrait's unknown points by what a network sees, so that training frames the face as
    the pipeline will.

    Args:
        net: takes crops.
        portrait: a face.
        size: side of the crops in pixels.
    """
    still = replace(STILL, shift=0.0, zoom=0.0, roll_radians=0.0)
    place = place_crop(
        np.random.default_rng(0), portrait.completed_px, margin=MARGIN, lift=LIFT, size=size, jitter=still
    )
    device = next(net.parameters()).device
    with torch.no_grad():
        crop = picture_batch(torch.from_numpy(place.cut(portrait.picture))[None], device)
        seen = place.corner_px + net(crop)[0][0].cpu().numpy().astype(float) @ place.axes_px
    known = np.isfinite(portrait.points_px[:, :1])
    return replace(portrait, completed_px=np.where(known, portrait.points_px, seen))


def validate(net: nn.Module, cache: SampleCache, real: list[RealPoints], size: int) -> dict[str, float]:
    """Return mean errors over outer eye distances: renders not trained on, of each style, and real portraits.

    Args:
        net: takes crops.
        cache: its last samples are looked at.
        real: portraits not trained on.
        size: side of the crops in pixels.
    """
    rng, device = np.random.default_rng(0), next(net.parameters()).device
    samples = [cache[i] for i in kept_samples(cache, VALIDATION_CROPS)]
    kept = [(s.style, s.picture, s.landmarks_px, s.landmarks_px) for s in samples]
    kept += [("real", p.picture, p.completed_px, p.points_px) for p in real]
    errors: dict[str, list[float]] = {}
    for kind, picture, frame_px, points_px in kept:
        place = place_crop(rng, frame_px, margin=MARGIN, lift=LIFT, size=size, jitter=STILL)
        truth = place.points(points_px)
        with torch.no_grad():
            found = net(picture_batch(torch.from_numpy(place.cut(picture))[None], device))[0][0].cpu().numpy()
        distance = np.linalg.norm(found - truth, axis=1) / np.linalg.norm(truth[36] - truth[45])
        errors.setdefault(kind, []).append(float(np.nanmean(distance)))
    return {kind: float(np.mean(values)) for kind, values in errors.items()}
