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
from torch import Tensor, nn

from toonface.geometry.rotation import axis_angle_to_matrix, matrix_to_axis_angle, rotation_about_axis_radians
from toonface.io.sample_cache import CachedSample, SampleCache, unpack_shards
from toonface.morphable.coarse_fit import EXPRESSION, POSE
from toonface.morphable.eyes import GAZE_DEGREES
from toonface.morphable.names import ARKIT_SHAPES, SHAPES, mirror_name
from toonface.nets.expression_net import ExpressionNet, Reading, Truth, expression_loss, rotation_distance
from toonface.stages.expression import LIFT, MARGIN, SIZE
from toonface.train.augment import STILL, Jitter, Placement, place_crop, restyle
from toonface.train.real_points import RealPoints, read_real_points
from toonface.train.run import Run, pick_device
from toonface.train.samples import batches, kept_samples, picture_batch, some_pictures, training_count
from toonface.types import FaceRegion

STRAYING = Jitter(stretch=0.04, shear=0.02)
"""Less than for points: a stretched face seems turned, and its lids half closed."""
VALIDATION_CROPS = 600
"""Renders that are looked at during training."""
WATCHED = ("jawOpen", "eyeBlinkLeft", "mouthSmileLeft", "mouthPucker", "browInnerUp", "cheekPuff", "tongueOut")
"""Shapes whose correlation the log tells."""
STRONG = 0.3
"""A shape above this weight is one that a person would name."""
WANTED_SHARE, MOST_REPEATS = 0.06, 3.0
"""Scenes are repeated until each shape is strong in such a share of the draws, but not more often than this."""
BEYOND_ARKIT = 0.5
"""How much the 12 further shapes count: few drivers have a use for them, and most hardly show at this size."""
NEUTRAL_KNOWN = 0.3
"""How much it counts that real portraits are neutral, which their people managed only roughly."""
UNSEEN_GAZE = 0.1
"""How much the gaze counts where neither eye is seen: enough to keep it near the mean."""
SEEN_EYE = 0.03
"""Pixels of an eye by which it counts as seen, in squares over its width; a wide open one has 0.3."""
IS_LOOK = np.array([name.startswith("eyeLook") for name in SHAPES])
MIRRORED_SHAPES = np.array([SHAPES.index(mirror_name(name)) for name in SHAPES])
"""Shape i of a mirrored picture is this shape of the picture. Directions, such as jawLeft, swap as well."""


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

    net = ExpressionNet(looks_from_gaze(), SIZE).to(device)
    optimizer = torch.optim.AdamW(net.parameters(), lr=config.rate, weight_decay=config.decay)
    run = Run(folder=config.out, net=net, optimizer=optimizer, minutes=config.minutes, rate=config.rate)
    count = training_count(len(cache), len(cache.styles))
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


def looks_from_gaze() -> Float[Tensor, "4 64"]:
    """Return the matrix that turns gaze into eyeLook weights before they are clamped; other shapes' columns are zero.

    Rows are left yaw, left pitch, right yaw, right pitch, radians; the inverse of `morphable.eyes.gaze_rotations`.
    """
    matrix = torch.zeros(4, len(SHAPES))
    for eye, (side, outward) in enumerate((("Left", 1.0), ("Right", -1.0))):
        yaw, pitch = 2 * eye, 2 * eye + 1
        for way, row, sign in (("Out", yaw, outward), ("In", yaw, -outward), ("Up", pitch, 1.0), ("Down", pitch, -1.0)):
            matrix[row, SHAPES.index(f"eyeLook{way}{side}")] = sign / np.radians(GAZE_DEGREES[way])
    return matrix


def shape_balance(weights: Float32[np.ndarray, "N 64"]) -> Float32[np.ndarray, "64"]:
    """Return how much each shape's error counts: more for rare ones, nothing for eyeLook, which the gaze teaches.

    Args:
        weights: of all samples.
    """
    spread = np.abs(weights - np.median(weights, axis=0)).mean(axis=0)
    balance = np.clip((0.08 / np.maximum(spread, 1e-6)) ** 0.5, 0.5, 3.0)
    balance[len(ARKIT_SHAPES) :] *= BEYOND_ARKIT
    return np.where(IS_LOOK, 0.0, balance).astype(np.float32)


def chances(weights: Float32[np.ndarray, "N 64"]) -> Float[np.ndarray, " N"]:
    """Return each sample's chance to be drawn: up to `MOST_REPEATS` times the usual where a rare shape is strong.

    Args:
        weights: of all samples.
    """
    strong = weights > STRONG
    wanted = np.clip(WANTED_SHARE / np.maximum(strong.mean(axis=0), 1e-6), 1.0, MOST_REPEATS)
    repeats = np.where(strong, wanted, 1.0).max(axis=1)
    return repeats / repeats.sum()


def truth_of(sample: CachedSample, place: Placement) -> tuple[np.ndarray, ...]:
    """Return the fields of `Truth` for a crop of a render.

    Args:
        sample: a render.
        place: of the crop.
    """
    weights, gaze = sample.coefficients[EXPRESSION], sample.gaze
    if place.mirrored:
        weights, gaze = weights[MIRRORED_SHAPES], gaze[::-1] * np.array([-1.0, 1.0], np.float32)
    rotation = rotation_in_crop(sample.coefficients[POSE][:3], place).astype(np.float32)
    points = (place.landmarks(sample.landmarks_px) / SIZE).astype(np.float32)
    known = np.array([1.0, 1.0 if sees_an_eye(sample) else UNSEEN_GAZE, 1.0], np.float32)
    return weights.copy(), gaze.flatten(), rotation, points, known, np.ones(68, np.float32)


def neutral_truth(portrait: RealPoints, place: Placement) -> tuple[np.ndarray, ...]:
    """Return the fields of `Truth` for a crop of a real portrait: a neutral face, some points, no gaze and no pose.

    Args:
        portrait: a neutral face.
        place: of the crop.
    """
    points = place.landmarks(portrait.points_px) / SIZE
    given = np.isfinite(points[:, 0]).astype(np.float32)
    numbers = (np.zeros(count, np.float32) for count in (len(SHAPES), 4, 3))
    known = np.array([NEUTRAL_KNOWN, 0.0, 0.0], np.float32)
    return *numbers, np.nan_to_num(points).astype(np.float32), known, given


def rotation_in_crop(axis_angle: Float[np.ndarray, "3"], place: Placement) -> Float[np.ndarray, "3"]:
    """Bring a head's rotation from the picture's camera into the crop's; both as axis-angle in radians.

    Args:
        axis_angle: in the picture's camera.
        place: of the crop. Its turn and its mirror count, its stretch does not.
    """
    (right_x, right_y), (down_x, down_y) = place.axes_px * np.array([[-1.0 if place.mirrored else 1.0], [1.0]])
    # What was turned clockwise in the picture by this much stands upright in the crop.
    roll = float(np.arctan2(right_y - down_x, right_x + down_y))
    turned = rotation_about_axis_radians(np.array([0.0, 0.0, 1.0]), roll) @ axis_angle_to_matrix(axis_angle)
    return matrix_to_axis_angle(turned) * (np.array([1.0, -1.0, -1.0]) if place.mirrored else 1.0)


def sees_an_eye(sample: CachedSample) -> bool:
    """Return whether the gaze can be told: one eye is open and in the picture, and no hair or dark glass covers it.

    Args:
        sample: a render.
    """
    points = sample.landmarks_px
    eyes = ((FaceRegion.EYE_RIGHT, points[36] - points[39]), (FaceRegion.EYE_LEFT, points[45] - points[42]))
    return any(np.count_nonzero(sample.parsing == region) > SEEN_EYE * (width @ width) for region, width in eyes)


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
    weights, gaze, rotation = (torch.cat(part).cpu() for part in zip(*parts, strict=True))
    return weights, gaze, rotation
