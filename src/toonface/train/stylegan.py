"""Train a StyleGAN2: `toonface train stylegan --samples FOLDER --out RUN`, then `--domain toon --start RUN`.

The first run learns faces as photographed, the second continues it on faces as drawn: the same latent then means the
same person in both, more or less, and layers of the two can be exchanged. All of it in this file, read downwards.

Source: Karras et al., Analyzing and Improving the Image Quality of StyleGAN, 2020; Karras et al., Training Generative
Adversarial Networks with Limited Data, 2020; Pinkney and Adler, Resolution Dependent GAN Interpolation, 2020.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from toonface.io.images import prepare_folder, write_picture
from toonface.io.networks import load_network
from toonface.nets.stylegan2.augment import Adaptive, augment
from toonface.nets.stylegan2.discriminator import Discriminator
from toonface.nets.stylegan2.generator import GanShape, Generator, StyledConvolution
from toonface.nets.stylegan2.losses import critic_loss, maker_loss, path_lengths, steepness
from toonface.train.gan_faces import Faces, read_faces
from toonface.train.gan_progress import Judge, make_judge, sample_sheet
from toonface.train.gan_run import GanRun
from toonface.train.run import pick_device

PATH_DECAY = 0.99
"""Of the running mean of path lengths."""
REFERENCES = 512
"""Pictures of the domain with which samples are compared."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """What a run is made of; kept in its checkpoint."""

    samples: Path
    """Folder of synthetic samples that `toonface synth` wrote, both styles."""
    out: Path
    """Folder of the run: checkpoint, log and sheets. An interrupted run is continued."""
    data: Path | None = None
    """Folder with portraits, if there is one."""
    start: Path | None = None
    """Run to fine-tune: the photo domain's, for the toon domain."""
    domain: str = "photo"
    """photo or toon."""
    size: int = 64
    """Pixels of the pictures: 32, 64, 128 or 256."""
    base: int = 1024
    """Channels times pixels along a side, from the resolution on where they are fewer than the most."""
    most: int = 96
    """Channels at most."""
    style: int = 128
    """Numbers in z and in w."""
    mapping: int = 4
    """Layers from z to w."""
    minutes: float = 60.0
    """How long to train, over all continued parts."""
    images: int = 10_000_000
    """Real pictures after which training ends earlier."""
    batch: int = 16
    """Pictures per step, a multiple of 4."""
    rate: float = 2.5e-3
    """Learning rate."""
    gamma: float = 0.05
    """Weight of R1. The rule of those who wrote about adaptive augmentation is 0.0002 times size squared over batch."""
    path_weight: float = 2.0
    """Weight of the path lengths; 0 for none."""
    steepness_every: int = 16
    """Steps between gradients of R1."""
    path_every: int = 16
    """Steps between gradients of path lengths."""
    noise: bool = True
    """Whether the generator learns how strong its noise is; else that stays at 0, and all detail is the latent's."""
    mixing: float = 0.5
    """Share of pictures whose layers have styles of two latents."""
    average_images: float = 2000.0
    """Pictures over which half of the averaged generator is replaced."""
    augment_images: float = 100_000.0
    """Pictures over which augmentation may rise to its full; 0 for none."""
    real_share: float = 0.25
    """Of the photographs that are real portraits."""
    seed: int = 1
    """Of everything random."""
    device: str = "auto"
    """auto, cpu or cuda."""
    log_every: int = 50
    """Steps between lines of the log."""
    save_minutes: float = 5.0
    """Minutes between checkpoints, sheets and measurements."""

    def __post_init__(self) -> None:
        if self.size not in (32, 64, 128, 256):
            raise ValueError(f"size is {self.size}, expected 32, 64, 128 or 256")
        if self.batch < 4 or self.batch % 4:
            raise ValueError(f"batch is {self.batch}, expected a multiple of 4")

    @property
    def shape(self) -> GanShape:
        """Of the generator."""
        sizes = [4 << k for k in range(self.size.bit_length() - 2)]
        channels = tuple(max(min(self.base // size, self.most), 1) for size in sizes)
        return GanShape(channels=channels, latent=self.style, style=self.style, mapping=self.mapping)


def main(config: Config, progress: Callable[[str], None]) -> None:
    """Train until the time is spent.

    Args:
        config: of the run.
        progress: told a line now and then.
    """
    device = pick_device(config.device)
    faces = read_faces(
        config.samples, config.data, domain=config.domain, size=config.size, real_share=config.real_share
    )
    progress(f"{len(faces.rendered)} renders, {len(faces.real)} real portraits, on {device}")
    prepare_folder(config.out)
    reference = faces.draw(np.random.default_rng(0), REFERENCES, torch.device("cpu"))
    judge = make_judge(reference, load_network("detector"))
    run = begin(config, device)
    last = run.tick()
    while run.minutes < config.minutes and run.images < config.images:
        figures = train_step(run, config, faces, device)
        if run.step % config.log_every == 0:
            run.log(**figures)
        if run.tick() - last >= config.save_minutes:
            last = run.minutes
            report(run, config, judge, progress)
    report(run, config, judge, progress)


def begin(config: Config, device: torch.device) -> GanRun:
    """Continue the folder's run, fine-tune another one, or begin anew.

    Args:
        config: of the run.
        device: where to.

    Raises:
        ValueError: a checkpoint is damaged, or of another size.
    """
    torch.manual_seed(config.seed)
    run = GanRun(
        folder=config.out,
        generator=_placed(Generator(config.shape), device),
        discriminator=_placed(Discriminator(config.shape.channels), device),
        adaptive=Adaptive(images=config.augment_images),
        rate=config.rate,
        average_images=config.average_images,
    )
    if not run.resume() and config.start is not None:
        run.start_from(config.start)
    if not config.noise:
        for layer in run.generator.modules():
            if isinstance(layer, StyledConvolution):
                layer.noise_strength.requires_grad = False
    return run


def _placed(net: Any, device: torch.device) -> Any:  # noqa: ANN401 - PyTorch's stubs do not know this form of `to`
    """A network on its device, channels last in memory: on a CPU a fifth faster."""
    return net.to(device).to(memory_format=torch.channels_last)


def train_step(run: GanRun, config: Config, faces: Faces, device: torch.device) -> dict[str, float]:
    """Let the discriminator learn once, then the generator; all randomness depends on seed and step alone.

    Args:
        run: changed in place.
        config: of the run.
        faces: real pictures.
        device: of the networks.
    """
    torch.manual_seed((config.seed << 32) + run.step)
    real = faces.draw(np.random.default_rng((config.seed, run.step)), config.batch, device)
    made = run.generator.synthesis(random_styles(run.generator, config.batch, config.mixing), random_noise=True)
    critics = _teach_discriminator(run, config, real, made.detach())
    makers = _teach_generator(run, config, made)
    run.follow(config.batch)
    return {"critics": critics, "makers": makers, "augment": run.adaptive.probability, "path": run.path_mean}


def _teach_discriminator(
    run: GanRun, config: Config, real: Float[Tensor, "B 3 H W"], made: Float[Tensor, "B 3 H W"]
) -> float:
    seen = augment(real, run.adaptive.probability)
    due = run.step % config.steepness_every == 0
    seen = seen.requires_grad_() if due else seen
    scores = run.discriminator(seen)
    loss = critic_loss(scores, run.discriminator(augment(made, run.adaptive.probability)))
    run.adaptive.follow(scores.detach())
    total = loss
    if due:  # of the pictures as the discriminator sees them: what moves them cannot be differentiated twice
        total = loss + 0.5 * config.gamma * config.steepness_every * steepness(scores, seen)
    _learn(run.critics, total)
    return loss.item()


def _teach_generator(run: GanRun, config: Config, made: Float[Tensor, "B 3 H W"]) -> float:
    run.discriminator.requires_grad_(requires_grad=False)
    loss = maker_loss(run.discriminator(augment(made, run.adaptive.probability)))
    total = loss
    if config.path_weight > 0.0 and run.step % config.path_every == 0:
        w = random_styles(run.generator, config.batch // 2, config.mixing)
        pictures = run.generator.synthesis(w, random_noise=True)
        lengths = path_lengths(pictures, w, torch.randn_like(pictures))
        run.path_mean += (1.0 - PATH_DECAY) * (float(lengths.mean().detach()) - run.path_mean)
        total = loss + config.path_weight * config.path_every * (lengths - run.path_mean).square().mean()
    _learn(run.makers, total)
    run.discriminator.requires_grad_(requires_grad=True)
    return loss.item()


def _learn(optimizer: torch.optim.Optimizer, loss: Float[Tensor, ""]) -> None:
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()


def random_styles(generator: Generator, count: int, mixing: float) -> Float[Tensor, "B L S"]:
    """Draw styles for all layers; some pictures change from one latent to another at a random layer.

    Args:
        generator: whose mapping is used.
        count: how many.
        mixing: share of pictures with two latents.
    """
    device = generator.mapping.w_mean.device
    first, second = (generator.mapping(torch.randn(count, generator.shape.latent, device=device)) for _ in range(2))
    layers = generator.shape.layers
    change = torch.randint(1, layers, (count, 1), device=device)
    change = torch.where(torch.rand(count, 1, device=device) < mixing, change, layers)
    earlier = torch.arange(layers, device=device)[None] < change
    return torch.where(earlier[:, :, None], first[:, None], second[:, None])


def report(run: GanRun, config: Config, judge: Judge, progress: Callable[[str], None]) -> None:
    """Write checkpoint and sheet, and measure.

    Args:
        run: to be saved.
        config: of the run.
        judge: of samples.
        progress: told the figures.
    """
    run.save(config)
    write_picture(config.out / f"samples-{run.images:08}.png", sample_sheet(run.average))
    figures = judge.measure(run.average, min(REFERENCES, 256))
    run.log(**figures)
    progress(f"{run.images} pictures: " + ", ".join(f"{name} {value:.4f}" for name, value in figures.items()))
