"""Train the stylizer: `toonface train stylizer --scenes FOLDER --out RUN`.

Scenes, drawn as photographs and in every style, say what a cartoon looks like and where each point of it comes from.
Real portraits, if there are any, have no cartoon; but where their landmarks go is known from the scenes, and their
tone has to stay. Late in training a critic of patches, which sees cartoons of scenes and of real portraits, asks that
both look drawn. All of it in this file, read downwards.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from toonface.io.networks import network_folder
from toonface.nets.parser_net import ParserNet
from toonface.nets.patch_critic import PatchCritic, critic_loss, maker_loss
from toonface.nets.stylizer_losses import cartoon_of, portrait_losses, scene_losses
from toonface.nets.stylizer_net import Stylized, StylizerNet
from toonface.train.run import Run, pick_device
from toonface.train.samples import picture_batch
from toonface.train.shipped import start_from_shipped
from toonface.train.stylizer_batches import VALIDATION_SCENES, Batch, Draw
from toonface.train.stylizer_portraits import read_framed_portraits
from toonface.train.stylizer_scenes import Scenes, prepare_scenes

WEIGHTS = {
    "colour": 1.0, "edges": 0.5, "features": 0.3, "offset": 0.15, "sureness": 0.01, "bend": 0.15, "outside": 0.5,
    "real_points": 0.1, "real_tone": 1.0, "real_outside": 0.5,
}  # fmt: skip
"""Of the losses."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """What a run is made of; kept in its checkpoint."""

    scenes: Path
    """Folder of rendered scenes; what is missing of them is rendered first."""
    out: Path
    """Folder of the run: checkpoint and log. An interrupted run is continued."""
    data: Path | None = None
    """Folder with portraits/london, london_smiling, canada and interfaces, if there is one."""
    start: Path | None = None
    """Run whose averaged weights this one starts from, or an ONNX file that the package ships."""
    scene_count: int = 3000
    """How many scenes."""
    scene_seed: int = 11
    """Of the scenes."""
    minutes: float = 60.0
    """How long to train, over all continued parts."""
    batch: int = 8
    """Pictures per step."""
    rate: float = 2e-3
    """Highest learning rate."""
    decay: float = 0.02
    """Of the weights (AdamW)."""
    real_share: float = 0.25
    """Of the pictures that are real portraits."""
    critic_weight: float = 0.0
    """Of the critic of patches; 0 for none. Give it in a second run that starts from the first."""
    seed: int = 1
    """Of everything random."""
    workers: int = 2
    """Processes that render scenes."""
    device: str = "auto"
    """auto, cpu or cuda."""
    compile: bool = False
    """Whether PyTorch compiles the network first."""
    log_every: int = 50
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
    scenes = prepare_scenes(
        config.scenes, seed=config.scene_seed, count=config.scene_count, workers=config.workers, progress=progress
    )
    portraits = [] if config.data is None else read_framed_portraits(config.data, validation=False)
    progress(f"{len(scenes)} scenes, {len(portraits)} real portraits, on {device}")

    net = StylizerNet().to(device)
    optimizer = torch.optim.AdamW(net.parameters(), lr=config.rate, weight_decay=config.decay)
    run = Run(folder=config.out, net=net, optimizer=optimizer, minutes=config.minutes, rate=config.rate)
    draw = Draw(scenes, portraits, size=config.batch, real_share=config.real_share)
    run.begin(config.start, lambda: draw(np.random.default_rng(0), device).picture)
    features = parser_features(picture_batch(torch.from_numpy(scenes.arrays["picture"][:64]), device), device)
    critic = Critic(device) if config.critic_weight > 0.0 else None
    forward = torch.compile(net) if config.compile else net

    net.train()
    while run.progress < 1.0:
        batch = draw(np.random.default_rng((config.seed, run.step)), device)
        answer = forward(batch.picture)
        losses = batch_losses(batch, answer, features)
        loss = torch.stack([WEIGHTS[name] * value for name, value in losses.items()]).sum()
        if critic is not None:
            losses["maker"] = critic.judge(cartoon_of(batch.smooth, answer)[0], batch.truth.cartoons)
            loss = loss + config.critic_weight * losses["maker"]
        run.next_step(loss)
        if run.step % config.log_every == 0:
            run.log(loss=loss.item(), **{name: value.item() for name, value in losses.items()})
        if run.due(config.save_minutes):
            run.save(config)
            figures = validate(run.average, scenes, device)
            run.log(**figures)
            progress(f"step {run.step}: " + ", ".join(f"{name} {value:.4f}" for name, value in figures.items()))
    run.save(config)


def batch_losses(
    batch: Batch, answer: Stylized, features: Callable[[Tensor], list[Tensor]]
) -> dict[str, Float[Tensor, ""]]:
    """Return all losses of a batch, by the names of `WEIGHTS`.

    Args:
        batch: scenes first, then real portraits.
        answer: of the network, for all of them.
        features: maps of a picture, of a frozen network.
    """
    count = len(batch.truth.offset)
    losses = scene_losses(batch.smooth[:count], Stylized(*(part[:count] for part in answer)), batch.truth, features)
    if count < len(batch.picture):
        real = Stylized(*(part[count:] for part in answer))
        losses |= portrait_losses(real, batch.styled, batch.points, batch.face)
    return losses


class Critic:
    """The critic of patches and its own training, which starts anew with every part of a run.

    Args:
        device: where to.
    """

    def __init__(self, device: torch.device) -> None:
        self._net = PatchCritic().to(device)
        self._optimizer = torch.optim.AdamW(self._net.parameters(), lr=2e-4, betas=(0.5, 0.99))

    def judge(self, made: Float[Tensor, "B K 3 H W"], drawn: Float[Tensor, "A K 3 H W"]) -> Float[Tensor, ""]:
        """Learn to tell made cartoons from drawn ones; return what the stylizer is to lessen.

        Args:
            made: what the stylizer made, with its gradient.
            drawn: cartoons of scenes.
        """
        loss = critic_loss(self._net, drawn, made.detach())
        self._optimizer.zero_grad()
        loss.backward()
        self._optimizer.step()
        return maker_loss(self._net, made)


def parser_features(pictures: Float[Tensor, "B 3 H W"], device: torch.device) -> Callable[[Tensor], list[Tensor]]:
    """Return a function to features of the shipped parser, which knows eyes from lips.

    Args:
        pictures: for the start from the file.
        device: where to.
    """
    net = ParserNet().to(device)
    start_from_shipped(net, network_folder() / "parser.onnx", pictures)
    net = net.eval().requires_grad_(requires_grad=False)

    def features(picture: Tensor) -> list[Tensor]:
        first = net.detail[0](4.0 * picture - 2.0)
        return [first, net.detail[2](net.detail[1](first))]

    return features


def validate(net: nn.Module, scenes: Scenes, device: torch.device) -> dict[str, float]:
    """Return mean errors on scenes not trained on: of offsets, in pixels of the crop, and of the face's colours.

    Args:
        net: in evaluation mode.
        scenes: the last ones are looked at.
        device: of the network.
    """
    kept = {name: np.array(array[-VALIDATION_SCENES:]) for name, array in scenes.arrays.items()}
    picture, smooth = (picture_batch(torch.from_numpy(kept[name]), device) for name in ("picture", "smooth"))
    wanted = torch.from_numpy(kept["cartoons"]).to(device).permute(0, 1, 4, 2, 3) / 255.0
    face = torch.from_numpy(kept["face"]).to(device)[:, :, None]
    offset = torch.from_numpy(kept["offset"].astype(np.float32)).to(device).permute(0, 1, 4, 2, 3)
    known = torch.from_numpy(kept["known"].astype(np.float32)).to(device)
    with torch.no_grad():
        answer = net(picture)
        cartoon, warped = cartoon_of(smooth, answer)
    distance = (answer.offset - offset).norm(dim=2) * picture.shape[3]
    still = offset.norm(dim=2) * picture.shape[3]
    return {
        "offset_px": float((known * distance).sum() / known.sum()),
        "offset_still_px": float((known * still).sum() / known.sum()),
        "colour": float(functional.l1_loss(cartoon * face, wanted * face) / face.float().mean()),
        "colour_warped": float(functional.l1_loss(warped * face, wanted * face) / face.float().mean()),
    }
