"""Train the network that tells drawn faces from photographed ones: `toonface train cartoon --samples FOLDER --out RUN`.

Renders of both styles teach it, and real portraits and emoji where there are any: a film-like render is nearer to a
photograph than a photograph-like render is, in many ways, so real ones count much. All of it in this file.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from toonface.evaluate.trials import CARTOON_FOLDERS, PORTRAIT_FOLDERS
from toonface.io.networks import load_network
from toonface.io.sample_cache import SampleCache, unpack_shards
from toonface.nets.cartoon_net import CartoonNet
from toonface.stages.stylization.crop import LIFT, MARGIN
from toonface.stages.stylization.recognition import SIZE
from toonface.train.augment import Jitter, place_crop, plain_wear
from toonface.train.real_faces import real_faces
from toonface.train.run import Run, pick_device
from toonface.train.samples import batches, kept_samples, picture_batch, some_pictures, training_count
from toonface.types import Picture

JITTER = Jitter(shift=0.03, zoom=0.10, roll_radians=0.06, stretch=0.04, shear=0.02)
FOLDERS = {f"portraits/{name}": 0 for name in PORTRAIT_FOLDERS} | {f"cartoons/{name}": 1 for name in CARTOON_FOLDERS}
"""Real pictures, and whether they are drawn."""
VALIDATION_CROPS = 300


@dataclass(frozen=True, kw_only=True)
class Config:
    """What a run is made of; kept in its checkpoint."""

    samples: Path
    """Folder of synthetic samples, both styles, that `toonface synth` wrote."""
    out: Path
    """Folder of the run: checkpoint and log. An interrupted run is continued."""
    data: Path | None = None
    """Folder with portraits and cartoons, if there is one."""
    start: Path | None = None
    """Run whose averaged weights this one starts from, or an ONNX file that the package ships."""
    minutes: float = 10.0
    """How long to train, over all continued parts."""
    batch: int = 64
    """Crops per step."""
    rate: float = 2e-3
    """Highest learning rate."""
    decay: float = 0.05
    """Of the weights (AdamW)."""
    real_share: float = 0.75
    """Of the photographs that are real portraits: renders that stand for photographs are drawn, after all."""
    emoji_share: float = 0.2
    """Of the drawings that are real ones."""
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
class Found:
    """A real picture with its landmarks."""

    picture: Picture
    points_px: np.ndarray
    drawn: int


@dataclass(frozen=True, kw_only=True)
class Crops:
    """Draws training crops."""

    cache: SampleCache
    real: tuple[list[Found], list[Found]]
    """Photographs and drawings."""
    shares: tuple[float, float]
    """Of photographs and of drawings that are real."""

    def __call__(self, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        """Return a crop, and 1 if it is drawn."""
        drawn = int(rng.random() < 0.5)
        if self.real[drawn] and rng.random() < self.shares[drawn]:
            one = self.real[drawn][rng.integers(len(self.real[drawn]))]
            picture, points_px = one.picture, one.points_px
        else:
            styles = self.cache.styles
            count = training_count(len(self.cache), len(styles)) // len(styles)
            sample = self.cache[len(styles) * int(rng.integers(count)) + styles.index(("photo", "toon")[drawn])]
            picture, points_px = sample.picture, sample.landmarks_px
        place = place_crop(rng, points_px, margin=MARGIN, lift=LIFT, size=SIZE, jitter=JITTER)
        return plain_wear(rng, place.cut(picture)), np.array([drawn], np.float32)


def main(config: Config, progress: Callable[[str], None]) -> None:
    """Train until the time is spent.

    Args:
        config: of the run.
        progress: told a line now and then.
    """
    torch.manual_seed(config.seed)
    device = pick_device(config.device)
    cache = unpack_shards(config.samples)
    real = {kept: find_real(config.data, validation=kept) for kept in (False, True)}
    progress(f"{len(cache)} renders, {sum(map(len, real[False]))} real pictures, on {device}")
    net = CartoonNet().to(device)
    optimizer = torch.optim.AdamW(net.parameters(), lr=config.rate, weight_decay=config.decay)
    run = Run(folder=config.out, net=net, optimizer=optimizer, minutes=config.minutes, rate=config.rate)
    crops = Crops(cache=cache, real=real[False], shares=(config.real_share, config.emoji_share))
    run.begin(config.start, lambda: some_pictures(crops, seed=config.seed, device=device))
    stream = batches(crops, seed=config.seed, start=run.step * config.batch, size=config.batch, workers=config.workers)
    net.train()
    while run.progress < 1.0:
        pictures, drawn = next(stream)
        loss = functional.binary_cross_entropy_with_logits(net(picture_batch(pictures, device)), drawn.to(device))
        run.next_step(loss)
        if run.step % config.log_every == 0:
            run.log(loss=loss.item())
        if run.due(config.save_minutes):
            run.save(config)
            figures = validate(run.average, cache, real[True])
            run.log(**figures)
            progress(f"step {run.step}: " + ", ".join(f"{name} {value:.4f}" for name, value in figures.items()))
    run.save(config)


def find_real(data: Path | None, *, validation: bool) -> tuple[list[Found], list[Found]]:
    """Find the faces of real pictures; return photographs and drawings.

    Args:
        data: folder with portraits and cartoons, or None.
        validation: whether those kept for validation, every third, or the others.
    """
    found: tuple[list[Found], list[Found]] = ([], [])
    if data is None:
        return found
    networks = {name: load_network(name) for name in ("detector", "landmarks")}
    for folder, drawn in FOLDERS.items():
        for _, picture, landmarks in real_faces(data / folder, networks, validation=validation):
            found[drawn].append(Found(picture=picture, points_px=landmarks.points_px, drawn=drawn))
    return found


def validate(net: torch.nn.Module, cache: SampleCache, real: tuple[list[Found], list[Found]]) -> dict[str, float]:
    """Return the shares that are told rightly of pictures not trained on: renders and real ones, of each kind.

    Args:
        net: in evaluation mode.
        cache: its last samples are looked at.
        real: photographs and drawings.
    """
    device = next(net.parameters()).device
    samples = [cache[i] for i in kept_samples(cache, VALIDATION_CROPS)]
    kept = [(sample.style, sample.picture, sample.landmarks_px) for sample in samples]
    kept += [("real_photo", one.picture, one.points_px) for one in real[0]]
    kept += [("real_toon", one.picture, one.points_px) for one in real[1]]
    still = Jitter(shift=0.0, zoom=0.0, roll_radians=0.0, stretch=0.0, shear=0.0, mirror=False)
    right: dict[str, list[float]] = {}
    for kind, picture, points_px in kept:
        place = place_crop(np.random.default_rng(0), points_px, margin=MARGIN, lift=LIFT, size=SIZE, jitter=still)
        with torch.no_grad():
            logit = float(net(picture_batch(torch.from_numpy(place.cut(picture))[None], device)))
        right.setdefault(kind, []).append(float((logit > 0.0) == kind.endswith("toon")))
    return {kind: float(np.mean(values)) for kind, values in right.items()}
