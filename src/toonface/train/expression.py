"""Train the expression network: `toonface train expression --samples FOLDER --out RUN`.

Renders of both styles teach everything; rare shapes are drawn more often, and count more. Real portraits, if there are
any, are neutral faces with points: they teach that a person's own full cheeks or low brows are no expression.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Float32
from torch import nn

from toonface.io.sample_cache import SampleCache, unpack_shards
from toonface.morphable.coarse_fit import EXPRESSION
from toonface.morphable.names import ARKIT_SHAPES, SHAPES
from toonface.nets.expression_net import ExpressionNet, Reading, Truth, expression_loss, rotation_distance
from toonface.stages.expression import LIFT, MARGIN, SIZE
from toonface.train.augment import STILL, Jitter, Placement, place_crop, restyle
from toonface.train.expression_labels import IS_LOOK, chances, looks_from_gaze, neutral_truth, shape_balance, truth_of
from toonface.train.point_start import start_from_points
from toonface.train.real_points import RealPoints, read_real_points
from toonface.train.run import Run, pick_device
from toonface.train.samples import batches, kept_samples, picture_batch, some_pictures, training_count

STRAYING = Jitter(stretch=0.04, shear=0.02)
"""Less than for points: a stretched face seems turned, and its lids half closed."""
VALIDATION_CROPS = 600
"""Renders that are looked at during training."""
WATCHED = ("jawOpen", "eyeBlinkLeft", "mouthSmileLeft", "mouthPucker", "browInnerUp", "cheekPuff", "tongueOut")
"""Shapes whose correlation the log tells."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """What a run is made of; kept in its checkpoint."""

    samples: Path
    """Folder of synthetic samples, both styles, that `toonface synth` wrote."""
    out: Path
    """Folder of the run: checkpoint and log. An interrupted run is continued."""
    data: Path | None = None
    """Folder with portraits/london and portraits/canada: neutral real portraits with points, if there are any."""
    start: Path | None = None
    """Run whose averaged weights this one starts from, or an ONNX file that the package ships. A run of the landmarks
    is the best start: this network is one of theirs with a head of its own."""
    head_share: float = 0.0
    """Of the time, at its beginning, in which the head alone learns: three times as fast, good after such a start."""
    minutes: float = 60.0
    """How long to train, over all continued parts."""
    batch: int = 32
    """Crops per step."""
    rate: float = 2e-3
    """Highest learning rate."""
    decay: float = 0.02
    """Of the weights (AdamW)."""
    real_share: float = 0.05
    """Of the crops that are real portraits."""
    looks: float = 0.6
    """How often crops change their look, in [0, 1]; at 1 lids and irises are too often gone."""
    points_weight: float = 20.0
    """Of the landmarks, which the head reads, and which are not exported."""
    seed: int = 1
    """Of everything random."""
    workers: int = 0
    """Processes that draw crops ahead; 0 is best where training takes all cores."""
    device: str = "auto"
    """auto, cpu or cuda."""
    compile: bool = False
    """Whether PyTorch compiles the network first; on one core it takes minutes and gains 4 %."""
    log_every: int = 100
    """Steps between lines of the log."""
    save_minutes: float = 4.0
    """Minutes between checkpoints and validations."""


@dataclass(frozen=True, kw_only=True)
class Crops:
    """Draws training crops; one object, so that worker processes can have it."""

    cache: SampleCache
    ends: Float[np.ndarray, " N"]
    """Cumulated chances of the samples to be drawn; the last is 1."""
    real: list[RealPoints]
    config: Config

    def __call__(self, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        """Return a crop and the fields of `Truth`."""
        if self.real and rng.random() < self.config.real_share:
            portrait = self.real[rng.integers(len(self.real))]
            place = _place(rng, portrait.completed_px, STRAYING)
            return restyle(rng, place.cut(portrait.picture), self.config.looks), *neutral_truth(portrait, place)
        sample = self.cache[int(np.searchsorted(self.ends[:-1], rng.random(), side="right"))]
        place = _place(rng, sample.landmarks_px, STRAYING)
        return restyle(rng, place.cut(sample.picture), self.config.looks), *truth_of(sample, place)


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

    net, count = ExpressionNet(looks_from_gaze(), SIZE), training_count(len(cache), len(cache.styles))
    start_from_points(net.read, net.straight, *point_targets(cache, count, np.random.default_rng(config.seed)))
    net = net.to(device)
    optimizer = torch.optim.AdamW(net.parameters(), lr=config.rate, weight_decay=config.decay)
    run = Run(folder=config.out, net=net, optimizer=optimizer, minutes=config.minutes, rate=config.rate)
    weights = np.stack([cache[index].coefficients[EXPRESSION] for index in range(count)])
    balance = torch.from_numpy(shape_balance(weights)).to(device)
    crops = Crops(cache=cache, ends=np.cumsum(chances(weights)), real=real[False], config=config)
    run.begin(config.start, lambda: some_pictures(crops, seed=config.seed, device=device))
    see = torch.compile(net.see) if config.compile else net.see
    stream = batches(crops, seed=config.seed, start=run.step * config.batch, size=config.batch, workers=config.workers)
    net.train()
    while run.progress < 1.0:
        pictures, *labels = next(stream)
        inputs = picture_batch(pictures, device)
        seen = net.see_as_before(inputs) if run.progress < config.head_share else see(inputs)
        truth = Truth(*(label.to(device) for label in labels))
        loss, parts = expression_loss(net.tell(seen), truth, balance=balance, points_weight=config.points_weight)
        run.next_step(loss)
        if run.step % config.log_every == 0:
            run.log(loss=loss.item(), **{name: part.item() for name, part in parts.items()})
        if run.due(config.save_minutes):
            run.save(config)
            figures = validate(run.average, cache, real[True], device)
            run.log(**figures)
            progress(f"step {run.step}: " + ", ".join(f"{name} {value:.4f}" for name, value in figures.items()))
    run.save(config)


def point_targets(
    cache: SampleCache, count: int, rng: np.random.Generator
) -> tuple[Float32[np.ndarray, "N 68 2"], Float32[np.ndarray, "N 71"], Float32[np.ndarray, "N 71"]]:
    """Return points of crops, the weights, gaze and rotation that belong to them, and how well these are known.

    Args:
        cache: renders.
        count: how many of them, from the first.
        rng: places the crops.
    """
    rows = []
    for index in range(count):
        sample = cache[index]
        weights, gaze, rotation, points, known, _ = truth_of(sample, _place(rng, sample.landmarks_px, STRAYING))
        rows.append((SIZE * points, np.concatenate([weights, gaze, rotation]), np.repeat(known, (len(SHAPES), 4, 3))))
    points, targets, known = (np.stack(column) for column in zip(*rows, strict=True))
    return points, targets, known


def validate(net: nn.Module, cache: SampleCache, real: list[RealPoints], device: torch.device) -> dict[str, float]:
    """Return errors on renders that are not trained on, and the mean weight seen in neutral real portraits: wrongly.

    Args:
        net: takes crops.
        cache: its last samples are looked at.
        real: portraits not trained on.
        device: of the network.
    """
    rng = np.random.default_rng(0)
    samples = [cache[i] for i in kept_samples(cache, VALIDATION_CROPS)]
    places = [_place(rng, sample.landmarks_px, STILL) for sample in samples]
    read = _read(net, [place.cut(sample.picture) for place, sample in zip(places, samples, strict=True)], device)
    fields = [truth_of(sample, place) for sample, place in zip(samples, places, strict=True)]
    truth = Truth(*(torch.from_numpy(np.stack(column)) for column in zip(*fields, strict=True)))
    turned = (read[1] - truth.gaze).unflatten(-1, (2, 2)).norm(dim=-1).mean(-1)[truth.known[:, 1] == 1.0]
    pairs = torch.stack([read[0], truth.weights], dim=1)[..., [SHAPES.index(name) for name in WATCHED]].permute(2, 1, 0)
    figures = {
        "weights": (read[0] - truth.weights)[:, : len(ARKIT_SHAPES)].abs().mean().item(),
        "correlation": torch.stack([torch.corrcoef(pair)[0, 1] for pair in pairs]).nan_to_num().mean().item(),
        "gaze_degrees": turned.mean().rad2deg().item(),
        "rotation_degrees": rotation_distance(read[2], truth.rotation).mean().rad2deg().item(),
    }
    if real:
        neutral = _read(net, [_place(rng, p.completed_px, STILL).cut(p.picture) for p in real], device)
        figures["seen_in_neutral"] = neutral[0][:, ~IS_LOOK].mean().item()
    return figures


def _place(rng: np.random.Generator, points_px: Float[np.ndarray, "68 2"], jitter: Jitter) -> Placement:
    return place_crop(rng, points_px, margin=MARGIN, lift=LIFT, size=SIZE, jitter=jitter)


@torch.no_grad()
def _read(net: nn.Module, crops: list[np.ndarray], device: torch.device) -> Reading:
    parts = [
        net(picture_batch(torch.from_numpy(np.stack(crops[i : i + 50])), device)) for i in range(0, len(crops), 50)
    ]
    weights, gaze, rotation, points, sigma = (torch.cat(part).cpu() for part in zip(*parts, strict=True))
    return weights, gaze, rotation, points, sigma
