"""Batches for the stylizer: scenes with their cartoons, and real portraits with what is known of them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Float32
from torch import Tensor

from toonface.nets.stylizer_losses import Truth
from toonface.train.augment import recolour
from toonface.train.samples import picture_batch
from toonface.train.stylizer_portraits import FramedPortrait
from toonface.train.stylizer_scenes import STYLES, Scenes
from toonface.types import MIRRORED_LANDMARKS

VALIDATION_SCENES = 32
"""The last ones are looked at, not trained on."""
RIDGE = 1e-3
"""Of the regression from a portrait's landmarks to those of its cartoons."""
MIRROR, FROM_RIGHT = np.array([-1.0, 1.0], np.float32), np.array([1.0, 0.0], np.float32)
"""Of places in sides of a picture."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What one step learns from."""

    picture: Float[Tensor, "B 3 H W"]
    smooth: Float[Tensor, "B 3 H W"]
    truth: Truth
    """Of the first pictures, which are scenes; the others are real portraits."""
    points: Float[Tensor, "R 68 2"]
    styled: Float[Tensor, "R K 68 2"]
    face: Float[Tensor, "R 1 H W"]


class Draw:
    """Draws batches: scenes first, then real portraits, each mirrored and in other colours by chance."""

    def __init__(self, scenes: Scenes, portraits: list[FramedPortrait], *, size: int, real_share: float) -> None:
        """Learn where styles put landmarks.

        Args:
            scenes: rendered; the last `VALIDATION_SCENES` are not drawn.
            portraits: real ones; may be none.
            size: pictures in a batch.
            real_share: of them that are real portraits, if there are any.
        """
        self._scenes, self._portraits = scenes, portraits
        self._known = len(scenes) - VALIDATION_SCENES
        self._real = round(size * real_share) if portraits else 0
        self._count = size - self._real
        self._regression = points_regression(scenes, self._known)

    def __call__(self, rng: np.random.Generator, device: torch.device) -> Batch:
        """Return a batch.

        Args:
            rng: randomness.
            device: where to.
        """
        arrays = self._scenes.arrays
        rows = [self._scene(rng, {name: array[i] for name, array in arrays.items()})
                for i in rng.integers(0, self._known, self._count)]  # fmt: skip
        reals = [
            self._portrait(rng, self._portraits[i]) for i in rng.integers(0, max(len(self._portraits), 1), self._real)
        ]
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
        return Batch(
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
            points = points[MIRRORED_LANDMARKS] * MIRROR + FROM_RIGHT
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
