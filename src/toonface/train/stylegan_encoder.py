"""Train the encoder of a StyleGAN2: `toonface train stylegan_encoder --generator RUN --samples FOLDER --out RUN`.

It looks at a picture and answers with a style for each layer, from which the generator makes that picture again. Half
of each batch are the generator's own samples, whose styles are known; half are photographs, whose styles are not.

Source: Richardson et al., Encoding in Style: a StyleGAN Encoder for Image-to-Image Translation, 2021.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from toonface.io.gan_files import read_generator
from toonface.nets.stylegan2.generator import Generator
from toonface.nets.stylegan2.inversion import StyleEncoder, picture_difference
from toonface.train.gan_faces import Faces, read_faces
from toonface.train.run import Run, pick_device

VALIDATION = 64
"""Pictures that are looked at during training; they are drawn anew from the training's, mirrored or not."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """What a run is made of; kept in its checkpoint."""

    generator: Path
    """Run of `toonface train stylegan` on photographs, or a `.pkl` or `.pt` of the same."""
    samples: Path
    """Folder of synthetic samples that `toonface synth` wrote."""
    out: Path
    """Folder of the run: checkpoint and log. An interrupted run is continued."""
    data: Path | None = None
    """Folder with portraits, if there is one."""
    minutes: float = 20.0
    """How long to train, over all continued parts."""
    batch: int = 16
    """Pictures per step; half of them are samples of the generator."""
    rate: float = 1e-3
    """Highest learning rate."""
    width: int = 24
    """Channels at half the picture's size."""
    style_weight: float = 0.5
    """Of the styles that are known, against the pictures."""
    far_weight: float = 0.01
    """Of the mean square distance from the mean style."""
    real_share: float = 0.4
    """Of the photographs that are real portraits."""
    seed: int = 1
    """Of everything random."""
    device: str = "auto"
    """auto, cpu or cuda."""
    log_every: int = 50
    """Steps between lines of the log."""
    save_minutes: float = 4.0
    """Minutes between checkpoints and measurements."""


def main(config: Config, progress: Callable[[str], None]) -> None:
    """Train until the time is spent.

    Args:
        config: of the run.
        progress: told a line now and then.
    """
    torch.manual_seed(config.seed)
    device = pick_device(config.device)
    generator = read_generator(config.generator).to(device)
    size, share = generator.shape.size, config.real_share
    faces = read_faces(config.samples, config.data, domain="photo", size=size, real_share=share)
    progress(f"{len(faces.rendered)} renders, {len(faces.real)} real portraits, {size} px, on {device}")
    encoder = StyleEncoder(generator.shape, config.width).to(device)
    encoder.w_mean.copy_(generator.mapping.w_mean)
    optimizer = torch.optim.AdamW(encoder.parameters(), lr=config.rate, weight_decay=1e-4)
    run = Run(folder=config.out, net=encoder, optimizer=optimizer, minutes=config.minutes, rate=config.rate)
    run.resume()
    encoder.train()
    while run.progress < 1.0:
        torch.manual_seed((config.seed << 32) + run.step)
        losses = encoder_losses(encoder, generator, draw_batch(config, faces, generator, run.step))
        run.next_step(losses["picture"] + config.style_weight * losses["style"] + config.far_weight * losses["far"])
        if run.step % config.log_every == 0:
            run.log(**{name: value.item() for name, value in losses.items()})
        if run.due(config.save_minutes):
            run.save(config)
            figures = validate(run.average, generator, faces)
            run.log(**figures)
            progress(f"step {run.step}: " + ", ".join(f"{name} {value:.4f}" for name, value in figures.items()))
    run.save(config)
    run.log(**validate(run.average, generator, faces))


def draw_batch(config: Config, faces: Faces, generator: Generator, step: int) -> tuple[Tensor, Tensor]:
    """Return pictures, samples first, and the styles of the samples.

    Args:
        config: of the run.
        faces: photographs.
        generator: makes the samples.
        step: number of the batch.
    """
    device, count = generator.mapping.w_mean.device, config.batch // 2
    with torch.no_grad():
        w = generator.mapping(torch.randn(count, generator.shape.latent, device=device))
        samples = generator.synthesis(generator.spread(w))
    real = faces.draw(np.random.default_rng((config.seed, step)), config.batch - count, device)
    return torch.cat([samples, real]), w


def encoder_losses(
    encoder: StyleEncoder, generator: Generator, batch: tuple[Float[Tensor, "B 3 H W"], Float[Tensor, "C S"]]
) -> dict[str, Float[Tensor, ""]]:
    """Return how far pictures are from what is made of their styles, styles from the known ones, and from the mean.

    Args:
        encoder: in training.
        generator: without gradients of its own.
        batch: pictures, samples first, and the styles of these.
    """
    pictures, known = batch
    w = encoder(pictures)
    return {
        "picture": picture_difference(generator.synthesis(w), pictures).mean(),
        "style": (w[: len(known)] - known[:, None]).square().mean(),
        "far": (w - generator.mapping.w_mean).square().mean(),
    }


def validate(encoder: torch.nn.Module, generator: Generator, faces: Faces) -> dict[str, float]:
    """Return the mean difference of photographs and what is made of their styles, and of the mean style.

    Args:
        encoder: averaged.
        generator: of photographs.
        faces: photographs.
    """
    device = generator.mapping.w_mean.device
    pictures = faces.draw(np.random.default_rng(0), VALIDATION, device)
    with torch.no_grad():
        mean = generator.synthesis(generator.spread(generator.mapping.w_mean[None])).expand(len(pictures), -1, -1, -1)
        made = generator.synthesis(encoder(pictures))
        return {
            "difference": float(picture_difference(made, pictures).mean()),
            "difference_of_mean": float(picture_difference(mean, pictures).mean()),
        }
