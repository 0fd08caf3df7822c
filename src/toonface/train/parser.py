"""Train the face parser: `toonface train parser --samples FOLDER --out RUN`.

Renders alone teach it, of both styles: no real portrait has its regions painted, and what covers a
face is laid over it here.
All of it in this file, read downwards.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float32, Int
from torch import nn
from torch.nn import functional

from toonface.evaluate.network_metrics import confusion_matrix, intersection_over_union
from toonface.io.sample_cache import SampleCache, unpack_shards
from toonface.nets.parser_net import CLASSES, IGNORED, ParserNet, parser_net_loss
from toonface.stages.parsing import CLOSE_MARGIN, LIFT, MARGIN, SIZE
from toonface.train.augment import STILL, Jitter, place_crop, restyle
from toonface.train.run import Run, pick_device
from toonface.train.samples import batches, kept_samples, picture_batch, some_pictures, training_count
from toonface.types import FaceRegion

LOOKS = ((MARGIN, LIFT), (CLOSE_MARGIN, 0.0))
"""Margins and lifts of what the network is shown in use: the whole head, and closer."""
VALIDATION_CROPS = 120
"""Renders that are looked at during training."""
COUNTED_SAMPLES = 400
"""Renders whose pixels are counted for the weights of the regions."""
MOST_WEIGHT = 6.0
"""Of the rarest regions: twice as much, and their borders swell."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """What a run is made of; kept in its checkpoint."""

    samples: Path
    """Folder of synthetic samples, both styles, that `toonface synth` wrote."""
    out: Path
    """Folder of the run: checkpoint and log. An interrupted run is continued."""
    start: Path | None = None
    """Run whose averaged weights this one starts from, or an ONNX file that the package ships."""
    size: int = SIZE
    """Side of the training crops in pixels, a multiple of 32; small crops learn faster and are a good start."""
    minutes: float = 60.0
    """How long to train, over all continued parts."""
    batch: int = 16
    """Crops per step."""
    rate: float = 2e-3
    """Highest learning rate."""
    decay: float = 0.02
    """Of the weights (AdamW)."""
    dice_weight: float = 1.0
    """Of the overlap of the small regions, beside the cross-entropy."""
    auxiliary_weight: float = 0.3
    """Of the cross-entropy of each auxiliary head."""
    seed: int = 1
    """Of everything random."""
    workers: int = 0
    """Processes that draw crops ahead; 0 is best where training takes all cores."""
    device: str = "auto"
    """auto, cpu or cuda."""
    compile: bool = False
    """Whether PyTorch compiles the network and its loss first; on a CPU that takes minutes and gains nothing here."""
    log_every: int = 50
    """Steps between lines of the log."""
    save_minutes: float = 6.0
    """Minutes between checkpoints and validations."""


@dataclass(frozen=True, kw_only=True)
class Crops:
    """Draws training crops; one object, so that worker processes can have it."""

    cache: SampleCache
    size: int
    jitter: Jitter = field(default_factory=Jitter)

    def __call__(self, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        """Return a crop and the region of each of its pixels, `IGNORED` beyond the picture."""
        sample = self.cache[int(rng.integers(training_count(len(self.cache), len(self.cache.styles))))]
        margin, lift = LOOKS[rng.integers(len(LOOKS))]
        place = place_crop(rng, sample.landmarks_px, margin=margin, lift=lift, size=self.size, jitter=self.jitter)
        regions = place.cut_labels(sample.parsing)
        return restyle(rng, place.cut(sample.picture), regions=regions), regions


def main(config: Config, progress: Callable[[str], None]) -> None:
    """Train until the time is spent.

    Args:
        config: of the run.
        progress: told a line now and then.
    """
    torch.manual_seed(config.seed)
    device = pick_device(config.device)
    cache = unpack_shards(config.samples)
    progress(f"{len(cache)} renders, on {device}")

    net = ParserNet().to(device)
    optimizer = torch.optim.AdamW(net.parameters(), lr=config.rate, weight_decay=config.decay)
    run = Run(folder=config.out, net=net, optimizer=optimizer, minutes=config.minutes, rate=config.rate)
    crops = Crops(cache=cache, size=config.size)
    run.begin(config.start, lambda: some_pictures(crops, seed=config.seed, device=device))
    logits_of = torch.compile(net.with_auxiliary) if config.compile else net.with_auxiliary
    loss_of = torch.compile(parser_net_loss) if config.compile else parser_net_loss

    weights = torch.from_numpy(region_weights(count_regions(cache))).to(device)
    stream = batches(crops, seed=config.seed, start=run.step * config.batch, size=config.batch, workers=config.workers)
    net.train()
    while run.progress < 1.0:
        pictures, regions = next(stream)
        loss, parts = loss_of(
            logits_of(picture_batch(pictures, device)),
            regions.to(device),
            weights,
            dice_weight=config.dice_weight,
            auxiliary_weight=config.auxiliary_weight,
        )
        run.next_step(loss)
        if run.step % config.log_every == 0:
            run.log(loss=loss.item(), **{name: part.item() for name, part in parts.items()})
        if run.due(config.save_minutes):
            run.save(config)
            figures = validate(run.average, cache, config.size)
            run.log(**figures)
            progress(f"step {run.step}: " + ", ".join(f"{name} {value:.3f}" for name, value in figures.items()))
    run.save(config)


def count_regions(cache: SampleCache) -> Int[np.ndarray, "19"]:
    """Count the pixels of each region in some of the samples.

    Args:
        cache: at least one sample.
    """
    chosen = np.linspace(0, len(cache) - 1, min(len(cache), COUNTED_SAMPLES)).astype(int)
    return sum((np.bincount(cache[int(i)].parsing.ravel(), minlength=CLASSES) for i in chosen), np.zeros(CLASSES, int))


def region_weights(pixels: Int[np.ndarray, "19"]) -> Float32[np.ndarray, "19"]:
    """Return how much a pixel of each region counts: the square root of its rarity, in [1, `MOST_WEIGHT`].

    A region that does not occur weighs 1, so that nothing calls for it.

    Args:
        pixels: how many each region has; at least one is positive.
    """
    rarity = np.sqrt(pixels.max() / np.maximum(pixels, 1))
    return np.where(pixels > 0, np.minimum(rarity, MOST_WEIGHT), 1.0).astype(np.float32)


def validate(net: nn.Module, cache: SampleCache, size: int) -> dict[str, float]:
    """Return intersections over unions: the mean over regions for each style, and each region's in both styles.

    They are measured on crops of renders that are not trained on, at the size of the picture, every other one close.

    Args:
        net: takes crops.
        cache: its last samples are looked at.
        size: side of the crops in pixels.
    """
    rng, device = np.random.default_rng(0), next(net.parameters()).device
    counts = {style: np.zeros((CLASSES, CLASSES), np.int64) for style in cache.styles}
    for index in kept_samples(cache, VALIDATION_CROPS):
        sample, (margin, lift) = cache[index], LOOKS[index // len(cache.styles) % len(LOOKS)]
        place = place_crop(rng, sample.landmarks_px, margin=margin, lift=lift, size=size, jitter=STILL)
        with torch.no_grad():
            logits = net(picture_batch(torch.from_numpy(place.cut(sample.picture))[None], device))
            logits = functional.interpolate(logits, size=(size, size), mode="bilinear", align_corners=False)
        found, truth = logits[0].argmax(0).to(torch.uint8).cpu().numpy(), place.cut_labels(sample.parsing)
        known = truth != IGNORED
        counts[sample.style] += confusion_matrix(found[known][None], truth[known][None], CLASSES)
    means = {style: float(np.nanmean(intersection_over_union(count))) for style, count in counts.items()}
    overlaps = intersection_over_union(sum(counts.values(), np.zeros((CLASSES, CLASSES), np.int64)))
    regions = {region.name.lower(): float(overlaps[region]) for region in FaceRegion}
    return means | {name: overlap for name, overlap in regions.items() if np.isfinite(overlap)}
