"""Train the face detector: `toonface train detector --samples FOLDER --out RUN`.

It learns from scenes that are composed as it goes, see `train/detector_scenes.py`; which place of its grids should find
what stands in `nets/detector_losses.py`. All else in this file, read downwards.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float32, UInt8
from torch import nn

from toonface.evaluate.network_metrics import ENOUGH_OVERLAP, box_around, box_overlap
from toonface.io.portraits import is_validation, read_portraits
from toonface.io.sample_cache import SampleCache, unpack_shards
from toonface.nets.detector_losses import Grid, detector_losses
from toonface.nets.detector_net import DetectorNet
from toonface.stages.detection import SIZE, detect_faces
from toonface.train.detector_scenes import Scenes
from toonface.train.real_points import read_real_points
from toonface.train.run import Run, pick_device
from toonface.train.samples import batches, kept_samples, picture_batch, some_pictures

VALIDATION_RENDERS = 120
VALIDATION_GROUNDS = 80
"""How much is looked at during training."""
PORTRAITS = ("london", "canada", "london_smiling", "interfaces")
"""Folders of real portraits, each with one face."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """What a run is made of; kept in its checkpoint."""

    samples: Path
    """Folder of synthetic samples, both styles, that `toonface synth` wrote."""
    out: Path
    """Folder of the run: checkpoint and log. An interrupted run is continued."""
    data: Path | None = None
    """Folder with portraits/ and cartoons/fluent: portraits with points to train on, the others to look at."""
    start: Path | None = None
    """Run whose averaged weights this one starts from, or an ONNX file that the package ships."""
    minutes: float = 60.0
    """How long to train, over all continued parts."""
    batch: int = 24
    """Scenes per step."""
    rate: float = 2e-3
    """Highest learning rate."""
    decay: float = 0.02
    """Of the weights (AdamW)."""
    real_share: float = 0.2
    """Of the whole pictures in the scenes that are real portraits."""
    box_weight: float = 1.0
    """Of the boxes, beside the scores."""
    points_weight: float = 3.0
    """Of the five points."""
    seed: int = 1
    """Of everything random."""
    workers: int = 0
    """Processes that draw scenes ahead; 0 is best where training takes all cores."""
    device: str = "auto"
    """auto, cpu or cuda."""
    compile: bool = True
    """Whether PyTorch compiles the network first."""
    log_every: int = 100
    """Steps between lines of the log."""
    save_minutes: float = 5.0
    """Minutes between checkpoints and validations."""


def main(config: Config, progress: Callable[[str], None]) -> None:
    """Train until the time is spent.

    Args:
        config: of the run.
        progress: told a line now and then.
    """
    torch.manual_seed(config.seed)
    device = pick_device(config.device)
    cache = unpack_shards(config.samples)
    real = read_real_points(config.data, cache, validation=False)
    progress(f"{len(cache)} renders, {len(real)} real portraits, on {device}")

    net = DetectorNet().to(device)
    optimizer = torch.optim.AdamW(net.parameters(), lr=config.rate, weight_decay=config.decay)
    run = Run(folder=config.out, net=net, optimizer=optimizer, minutes=config.minutes, rate=config.rate)
    scenes = Scenes(cache=cache, real=real, real_share=config.real_share, size=SIZE)
    run.begin(config.start, lambda: some_pictures(scenes, seed=config.seed, device=device))
    predict = torch.compile(net.predict) if config.compile else net.predict

    grid = Grid.of(SIZE, device)
    stream = batches(scenes, seed=config.seed, start=run.step * config.batch, size=config.batch, workers=config.workers)
    net.train()
    while run.progress < 1.0:
        pictures, faces = next(stream)
        losses = detector_losses(predict(picture_batch(pictures, device)), faces.to(device), grid)
        run.next_step(losses.scores + config.box_weight * losses.boxes + config.points_weight * losses.points)
        if run.step % config.log_every == 0:
            run.log(**{name: loss.item() for name, loss in losses._asdict().items()})
        if run.due(config.save_minutes):
            run.save(config)
            figures = validate(run.average, scenes, config.data, device)
            run.log(**figures)
            progress(f"step {run.step}: " + ", ".join(f"{name} {value:.3f}" for name, value in figures.items()))
    run.save(config)


@dataclass(frozen=True, kw_only=True)
class TorchNetwork:
    """A detector in training, as the stages call it."""

    net: nn.Module
    device: torch.device

    def __call__(self, picture: Float32[np.ndarray, "N 3 H W"]) -> dict[str, np.ndarray]:
        """Return what the ONNX file would."""
        with torch.no_grad():
            found = self.net(torch.from_numpy(picture).to(self.device))
        return {name: tensor.cpu().numpy() for name, tensor in found._asdict().items()}


def validate(net: nn.Module, scenes: Scenes, data: Path | None, device: torch.device) -> dict[str, float]:
    """Return shares: renders not trained on whose face is found, grounds on which one is, portraits and cartoons.

    Args:
        net: the detector.
        scenes: that it learns from; other samples of their cache, and other grounds, are looked at.
        data: folder with portraits/ and cartoons/fluent, of which every third picture is looked at; None for no such.
        device: of the network.
    """
    network = TorchNetwork(net=net, device=device)
    cache = scenes.cache
    rng = np.random.default_rng(0)
    grounds = [scenes.faceless(rng).picture for _ in range(VALIDATION_GROUNDS)]
    figures = {
        "recall": float(np.mean([_recalled(network, cache, i) for i in kept_samples(cache, VALIDATION_RENDERS)])),
        "false": float(np.mean([bool(detect_faces(network, ground, threshold=0.5)) for ground in grounds])),
    }
    for kind, pictures in _kept(data).items():
        figures[kind] = float(np.mean([bool(detect_faces(network, picture, threshold=0.5)) for picture in pictures]))
    return figures


def _recalled(network: TorchNetwork, cache: SampleCache, index: int) -> bool:
    sample = cache[index]
    box = box_around(sample.landmarks_px.astype(float))
    found = detect_faces(network, np.ascontiguousarray(sample.picture), threshold=0.5)
    return any(box_overlap(face.box_px.astype(float), box) >= ENOUGH_OVERLAP for face in found)


def _kept(data: Path | None) -> dict[str, list[UInt8[np.ndarray, "H W 3"]]]:
    """Read what is kept for validation of real portraits and of cartoons."""
    if data is None:
        return {}
    folders = {"real": [data / "portraits" / name for name in PORTRAITS], "fluent": [data / "cartoons" / "fluent"]}
    return {
        kind: [
            portrait.picture()
            for folder in some
            if folder.is_dir()
            for i, portrait in enumerate(read_portraits(folder))
            if is_validation(i)
        ]
        for kind, some in folders.items()
    }
