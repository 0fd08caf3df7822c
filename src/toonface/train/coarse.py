"""Train the coarse network: `toonface train coarse --samples FOLDER --out RUN`.

Renders teach by their true coefficients, compared on the surface of the head; every picture teaches by its landmarks
(Eq. 4), and a part of each batch by its colours, through the differentiable renderer (Eq. 5). Real portraits with
points, if there are any, have the paper's loss alone. All of it in this file and `coarse_losses`, read downwards.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from toonface.io.face_model_file import load_face_model
from toonface.io.sample_cache import SampleCache, unpack_shards
from toonface.morphable.face_model import FaceModel
from toonface.nets.coarse_losses import (
    COARSE_WEIGHTS,
    MM,
    align,
    coefficient_terms,
    mean_distance,
    paper_terms,
    photometric,
    surface_terms,
)
from toonface.nets.coarse_net import (
    BACKBONES,
    COEFFICIENTS,
    CoarseNet,
    LandmarkCoarseNet,
    Told,
    split_coefficients,
)
from toonface.stages.coarse import LIFT, MARGIN, SIZE
from toonface.train.augment import STILL, Jitter, Placement, place_crop, points_and_given, restyle
from toonface.train.coarse_crops import (
    FaceSymmetry,
    coefficients_in_crop,
    face_symmetry,
    point_targets,
    spread_of_coefficients,
    start_coefficients,
)
from toonface.train.coarse_heads import Heads
from toonface.train.point_start import start_from_points
from toonface.train.real_points import RealPoints, read_real_points
from toonface.train.run import Run, pick_device
from toonface.train.samples import batches, kept_samples, picture_batch, some_pictures, training_count
from toonface.types import FaceRegion

# A camera of one scale shows no face stretched or sheared.
STRAYING = Jitter(shift=0.035, zoom=0.07, roll_radians=0.10, stretch=0.0, shear=0.0)
VALIDATION_CROPS = 200
"""Renders that are looked at during training."""
COARSER = 2
"""The photometric term looks at pictures of 112 px: per-vertex colours of the cage show no finer detail."""
FACE_CLASSES = np.array([FaceRegion.SKIN, FaceRegion.NOSE, FaceRegion.LIP_UPPER, FaceRegion.LIP_LOWER], np.uint8)
"""A_m: what the skin's mesh can show. Its brows have no hair and its eyes no eyeballs."""


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
    """Run whose averaged weights this one starts from, or an ONNX file that the package ships. A run of the landmarks
    is the best start of the backbone of that name."""
    backbone: str = "landmarks"
    """landmarks, which reads what a landmark network sees, or resnet50, the paper's."""
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
    plain_share: float = 0.3
    """Of the renders that keep their look; only these teach the true colours of skin and light."""
    surface_share: float = 0.25
    """Of the crops whose heads are evaluated; the others are compared by their coefficients and cost half as much."""
    photometric_share: float = 0.0625
    """Of the crops that are compared by their colours; each costs as much as the narrow network."""
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
    plain_share: float
    symmetry: FaceSymmetry
    jitter: Jitter = field(default_factory=lambda: STRAYING)

    def __call__(self, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        """Return a crop and the fields of `Labels`."""
        if self.real and rng.random() < self.real_share:
            portrait = self.real[rng.integers(len(self.real))]
            place = _place(rng, portrait.completed_px, self.jitter)
            points = place.landmarks(portrait.points_px)
            numbers, masks = np.zeros(COEFFICIENTS, np.float32), np.zeros((SIZE // COARSER,) * 2, np.float32)
            crop = restyle(rng, place.cut(portrait.picture))
            return crop, *points_and_given(points), numbers, np.array([0.0, 0.0], np.float32), masks
        sample = self.cache[int(rng.integers(training_count(len(self.cache), len(self.cache.styles))))]
        place = _place(rng, sample.landmarks_px, self.jitter)
        height, width = sample.parsing.shape
        truth = coefficients_in_crop(sample.coefficients, place, self.symmetry, width=width, height=height)
        regions = replace(place, axes_px=COARSER * place.axes_px, size=SIZE // COARSER).cut_labels(sample.parsing)
        plain = rng.random() < self.plain_share
        crop = place.cut(sample.picture)
        return (
            crop if plain else restyle(rng, crop),
            *points_and_given(place.landmarks(sample.landmarks_px)),
            truth.astype(np.float32),
            np.array([1.0, plain], np.float32),
            np.isin(regions, FACE_CLASSES).astype(np.float32),
        )


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

    model = load_face_model()
    crops = Crops(
        cache=cache,
        real=real[False],
        real_share=config.real_share,
        plain_share=config.plain_share,
        symmetry=face_symmetry(model),
    )
    net, heads = build_net(config, model), Heads(model).to(device)
    if isinstance(net, LandmarkCoarseNet):
        count, rng = training_count(len(cache), len(cache.styles)), np.random.default_rng(config.seed)
        samples = ((cache[index], _place(rng, cache[index].landmarks_px, STRAYING)) for index in range(count))
        start_from_points(
            net.read, net.straight, *point_targets(samples, crops.symmetry, net.numbers_from.start.numpy())
        )
    net = net.to(device)
    optimizer = torch.optim.AdamW(net.parameters(), lr=config.rate, weight_decay=config.decay)
    run = Run(folder=config.out, net=net, optimizer=optimizer, minutes=config.minutes, rate=config.rate)
    run.begin(config.start, lambda: some_pictures(crops, seed=config.seed, device=device))
    tell = torch.compile(net.tell) if config.compile else net.tell
    stream = batches(crops, seed=config.seed, start=run.step * config.batch, size=config.batch, workers=config.workers)
    net.train()
    while run.progress < 1.0:
        crop, *labels = next(stream)
        pictures = picture_batch(crop, device)
        told = tell(pictures, head_alone=run.progress < config.head_share)
        terms = loss_terms(told, pictures, [label.to(device) for label in labels], heads, config)
        loss = torch.stack(list(terms.values())).sum()
        run.next_step(loss)
        if run.step % config.log_every == 0:
            run.log(loss=loss.item(), **{name: term.item() for name, term in terms.items()})
        if run.due(config.save_minutes):
            run.save(config)
            figures = validate(run.average, heads, crops, real[True], device)
            run.log(**figures)
            progress(f"step {run.step}: " + ", ".join(f"{name} {value:.4f}" for name, value in figures.items()))
    run.save(config)


def build_net(config: Config, model: FaceModel) -> CoarseNet | LandmarkCoarseNet:
    """Build the untrained network of a configuration; it says the mean head to everything.

    Args:
        config: of the run.
        model: the face model.

    Raises:
        ValueError: there is no such backbone.
    """
    if config.backbone not in BACKBONES:
        raise ValueError(f"backbone is {config.backbone!r}, expected one of {', '.join(BACKBONES)}")
    start, spread = torch.from_numpy(start_coefficients(model)), torch.from_numpy(spread_of_coefficients())
    return (CoarseNet if config.backbone == "resnet50" else LandmarkCoarseNet)(start=start, spread=spread)


def loss_terms(
    told: Told,
    pictures: Float[Tensor, "B 3 H W"],
    labels: list[Tensor],
    heads: Heads,
    config: Config,
) -> dict[str, Float[Tensor, ""]]:
    """Return all weighted terms of a batch's loss.

    Args:
        told: found coefficients, and points if there are any.
        pictures: that they were found in, sRGB in [0, 1].
        labels: of `Crops`: landmarks, which of them are given, coefficients, (known, plain), mask A_m.
        heads: of the face model.
        config: of the run.
    """
    numbers = told.coefficients
    points, given, true, (known, plain), masks = *labels[:3], labels[3].unbind(1), labels[4][:, None]
    apart = heads.metric(split_coefficients(numbers), split_coefficients(true))
    terms = coefficient_terms(apart, known, plain)
    part = slice(max(round(config.surface_share * len(numbers)), 1))
    fit = heads(numbers[part])
    with torch.no_grad():
        truth = heads(true[part])
    terms |= paper_terms(fit, points[part], given[part], 1.0 - known[part])
    terms |= surface_terms(fit, truth, known[part])
    if told.points_px is not None:
        apart_px = (told.points_px - points).norm(dim=-1)
        terms["points"] = COARSE_WEIGHTS.points * (given * apart_px).sum() / given.sum().clamp_min(1.0)
    drawn = round(config.photometric_share * len(numbers))
    if drawn:
        part = heads(numbers[:drawn])
        coarse = functional.avg_pool2d(pictures[:drawn], COARSER)
        colours = photometric(part, coarse, masks[:drawn], heads.topology.to(numbers.device), side_px=SIZE)
        terms["photometric"] = COARSE_WEIGHTS.photometric * colours
    return terms


@torch.no_grad()
def validate(
    net: nn.Module, heads: Heads, crops: Crops, real: list[RealPoints], device: torch.device
) -> dict[str, float]:
    """Return mean errors: neutral face in millimetres and landmarks over the outer eye distance, for each style.

    Args:
        net: takes crops.
        heads: of the face model.
        crops: its last samples are looked at.
        real: portraits not trained on.
        device: of the network.
    """
    rng, cache = np.random.default_rng(0), crops.cache
    samples = [cache[i] for i in kept_samples(cache, VALIDATION_CROPS)]
    kept = [(s.style, s.picture, s.landmarks_px, s.landmarks_px, s.coefficients) for s in samples]
    kept += [("real", p.picture, p.completed_px, p.points_px, None) for p in real]
    errors: dict[str, list[float]] = {}
    for kind, picture, frame_px, points_px, true in kept:
        place = _place(rng, frame_px, STILL)
        found = heads(net(picture_batch(torch.from_numpy(place.cut(picture))[None], device)))
        target = place.points(points_px)
        distance = np.linalg.norm(found.landmarks_px[0].cpu().numpy() - target, axis=1)
        errors.setdefault(f"{kind}_nme", []).append(np.nanmean(distance) / np.linalg.norm(target[36] - target[45]))
        if true is not None:
            face = heads(torch.from_numpy(true)[None].to(device)).face
            apart = mean_distance(align(found.face, face), face).item()
            errors.setdefault(f"{kind}_mm", []).append(MM * apart)
    return {name: float(np.mean(values)) for name, values in errors.items()}


def _place(rng: np.random.Generator, points_px: Float[np.ndarray, "68 2"], jitter: Jitter) -> Placement:
    return place_crop(rng, points_px, margin=MARGIN, lift=LIFT, size=SIZE, jitter=jitter)
