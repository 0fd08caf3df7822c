"""Train the stylizer: `toonface train stylizer --scenes FOLDER --out RUN`.

Scenes, drawn as photographs and in every style, say what a cartoon looks like and where each point of it comes from.
Real portraits, if there are any, have no cartoon; but where their landmarks go is known from the scenes, and their
tone has to stay. Late in training a critic of patches, which sees cartoons of scenes and of real portraits, asks that
both look drawn. All of it in this file, read downwards.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Float32
from torch import Tensor, nn
from torch.nn import functional

from toonface.io.networks import network_folder
from toonface.nets.parser_net import ParserNet
from toonface.nets.patch_critic import PatchCritic, critic_loss, maker_loss
from toonface.nets.stylizer_losses import Truth, cartoon_of, portrait_losses, scene_losses
from toonface.nets.stylizer_net import StylizerNet
from toonface.train.augment import recolour
from toonface.train.run import Run, pick_device
from toonface.train.samples import picture_batch
from toonface.train.shipped import start_from_shipped
from toonface.train.stylizer_portraits import FramedPortrait, read_framed_portraits
from toonface.train.stylizer_scenes import STYLES, Scenes, prepare_scenes
from toonface.types import MIRRORED_LANDMARKS

WEIGHTS = {
    "colour": 1.0, "edges": 0.5, "features": 0.3, "offset": 0.15, "sureness": 0.01, "bend": 0.15, "outside": 0.5,
    "real_points": 0.1, "real_tone": 1.0, "real_outside": 0.5,
}  # fmt: skip
"""Of the losses."""
VALIDATION_SCENES = 32
"""The last ones are looked at, not trained on."""
RIDGE = 1e-3
"""Of the regression from a portrait's landmarks to those of its cartoons."""


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


@dataclass(frozen=True, kw_only=True)
class _Batch:
    picture: Float[Tensor, "B 3 H W"]
    smooth: Float[Tensor, "B 3 H W"]
    truth: Truth
    """Of the first pictures, which are scenes; the others are real portraits."""
    points: Float[Tensor, "R 68 2"]
    styled: Float[Tensor, "R K 68 2"]
    face: Float[Tensor, "R 1 H W"]


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
    critic = PatchCritic().to(device)
    optimizer = torch.optim.AdamW(net.parameters(), lr=config.rate, weight_decay=config.decay)
    against = torch.optim.AdamW(critic.parameters(), lr=2e-4, betas=(0.5, 0.99))
    run = Run(folder=config.out, net=net, optimizer=optimizer, minutes=config.minutes, rate=config.rate)
    draw = Draw(scenes, portraits, config)
    run.begin(config.start, lambda: draw(np.random.default_rng(0), device).picture)
    features = parser_features(picture_batch(torch.from_numpy(scenes.arrays["picture"][:64]), device), device)
    forward = torch.compile(net) if config.compile else net

    net.train()
    while run.progress < 1.0:
        batch = draw(np.random.default_rng((config.seed, run.step)), device)
        answer = forward(batch.picture)
        count = len(batch.truth.offset)
        losses = scene_losses(batch.smooth[:count], type(answer)(*(part[:count] for part in answer)), batch.truth, features)
        if count < len(batch.picture):
            real = type(answer)(*(part[count:] for part in answer))
            losses |= portrait_losses(real, batch.styled, batch.points, batch.face)
        loss = sum(WEIGHTS[name] * value for name, value in losses.items())
        if config.critic_weight > 0.0:
            made, _ = cartoon_of(batch.smooth, answer)
            drawn = batch.truth.cartoons
            losses["critic"] = critic_loss(critic, drawn, made.detach())
            against.zero_grad()
            losses["critic"].backward()
            against.step()
            losses["maker"] = maker_loss(critic, made)
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


class Draw:
    """Draws batches: scenes first, then real portraits, each mirrored and in other colours by chance."""

    def __init__(self, scenes: Scenes, portraits: list[FramedPortrait], config: Config) -> None:
        self._scenes, self._portraits = scenes, portraits
        self._known = len(scenes) - VALIDATION_SCENES
        self._real = round(config.batch * config.real_share) if portraits else 0
        self._count = config.batch - self._real
        self._regression = points_regression(scenes, self._known)

    def __call__(self, rng: np.random.Generator, device: torch.device) -> _Batch:
        """Return a batch."""
        arrays = self._scenes.arrays
        rows = [self._scene(rng, {name: array[i] for name, array in arrays.items()})
                for i in rng.integers(0, self._known, self._count)]  # fmt: skip
        reals = [self._portrait(rng, self._portraits[i]) for i in rng.integers(0, max(len(self._portraits), 1), self._real)]
        stack = {name: torch.from_numpy(np.stack([row[name] for row in rows])).to(device) for name in rows[0]}
        some = rows + reals
        pictures, smooths = (torch.from_numpy(np.stack([row[name] for row in some])) for name in ("picture", "smooth"))
        cartoons = stack["cartoons"]
        truth = Truth(
            cartoons=picture_batch(cartoons.flatten(0, 1), device).unflatten(0, cartoons.shape[:2]),
            face=stack["face"],
            offset=stack["offset"].permute(0, 1, 4, 2, 3).float(),
            known=stack["known"].float(),
        )
        points = np.array([row["points"] for row in reals], np.float32).reshape(-1, 68, 2)
        faces = np.array([row["face"] for row in reals], np.float32).reshape(-1, 1, *pictures.shape[1:3])
        return _Batch(
            picture=picture_batch(pictures, device),
            smooth=picture_batch(smooths, device),
            truth=truth,
            points=torch.from_numpy(points).to(device),
            styled=torch.from_numpy(self._regression(points)).to(device),
            face=torch.from_numpy(faces).to(device),
        )

    def _scene(self, rng: np.random.Generator, row: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        if rng.random() < 0.5:
            offset = row["offset"][:, :, ::-1] * np.array([-1.0, 1.0], np.float16)
            row = row | {name: row[name][:, ::-1] for name in ("picture", "smooth")}
            row |= {name: row[name][:, :, ::-1] for name in ("cartoons", "face", "known")} | {"offset": offset}
        row = {name: np.array(row[name]) for name in ("picture", "smooth", "cartoons", "face", "offset", "known")}
        _recolour_all(rng, row["picture"], row["smooth"], *row["cartoons"])
        return row

    def _portrait(self, rng: np.random.Generator, portrait: FramedPortrait) -> dict[str, np.ndarray]:
        picture, smooth, face, points = portrait.picture, portrait.smooth, portrait.face, portrait.points
        if rng.random() < 0.5:
            picture, smooth, face = picture[:, ::-1], smooth[:, ::-1], face[:, ::-1]
            points = points[MIRRORED_LANDMARKS] * np.float32([-1.0, 1.0]) + np.float32([1.0, 0.0])
        picture, smooth = np.array(picture), np.array(smooth)
        _recolour_all(rng, picture, smooth)
        return {"picture": picture, "smooth": smooth, "face": face, "points": points}


def _recolour_all(rng: np.random.Generator, *pictures: np.ndarray) -> None:
    """Change the colours of a portrait and its cartoons alike, in place."""
    if rng.random() < 0.2:
        return
    grey = np.full((3, 3), 1.0) * [0.299, 0.587, 0.114]
    saturation = 0.0 if rng.random() < 0.06 else float(np.exp(rng.normal(0.0, 0.2)))
    matrix = grey + saturation * (np.eye(3) - grey)
    ramp = np.linspace(0.0, 1.0, 256)
    gamma = np.exp(rng.normal(0.0, 0.22) + rng.normal(0.0, 0.05, 3))
    gain = np.exp(rng.normal(0.0, 0.10) + rng.normal(0.0, 0.06, 3))
    curves = np.exp(rng.normal(0.0, 0.12)) * (gain[:, None] * ramp ** gamma[:, None] - 0.5) + 0.5
    table = (255.0 * np.clip(curves, 0.0, 1.0) + 0.5).astype(np.uint8)
    for picture in pictures:
        recolour(picture, matrix, table)


def points_regression(scenes: Scenes, count: int) -> Callable[[np.ndarray], Float32[np.ndarray, "R K 68 2"]]:
    """Learn from scenes where each style puts the landmarks of a face.

    Args:
        scenes: rendered.
        count: how many of them to learn from.
    """
    points = np.asarray(scenes.arrays["points"][:count], float)
    moved = np.asarray(scenes.arrays["cartoon_points"][:count], float) - points[:, None]
    matrix = np.linalg.solve(
        _inputs(points).T @ _inputs(points) + RIDGE * np.eye(137), _inputs(points).T @ moved.reshape(count, -1)
    )

    def styled(points: np.ndarray) -> Float32[np.ndarray, "R K 68 2"]:
        offsets = (_inputs(points) @ matrix).reshape(len(points), STYLES, 68, 2)
        return (points[:, None] + offsets).astype(np.float32)

    return styled


def _inputs(points: Float[np.ndarray, "N 68 2"]) -> Float[np.ndarray, "N 137"]:
    centred = points - points[:, 36:48].mean(axis=1, keepdims=True)
    return np.concatenate([centred.reshape(len(points), 136), np.ones((len(points), 1))], axis=1)


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
