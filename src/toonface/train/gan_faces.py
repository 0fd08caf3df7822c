"""Faces for a StyleGAN: renders of one style, and real portraits, all in the frame of Flickr-Faces-HQ."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from toonface.evaluate.trials import PORTRAIT_FOLDERS
from toonface.geometry.crop import five_points, to_picture, warp
from toonface.io.networks import load_network
from toonface.io.sample_cache import unpack_shards
from toonface.stages.stylization.ffhq import ffhq_frame
from toonface.train.real_faces import real_faces
from toonface.train.samples import training_count
from toonface.types import FaceRegion, Picture

DOMAINS = ("photo", "toon")
MOST_TURNED = 0.3
"""How far the nose may stand beside the middle of the eyes, in distances between them: profiles are another domain."""
MOST_COVERED = 0.001
"""Share of a picture that hats and glasses may take: they would be most of what few pictures can teach."""
COVERS = (FaceRegion.HAT, FaceRegion.GLASSES)
MOST_OUTSIDE = 0.12
"""How far the frame may reach beyond the picture, in its sides: what lies there is the picture's edge, drawn out."""


@dataclass(frozen=True, kw_only=True)
class Faces:
    """All pictures that one training sees."""

    rendered: UInt8[np.ndarray, "A S S 3"]
    real: UInt8[np.ndarray, "B S S 3"]
    real_share: float
    """Of the real portraits among the pictures of a batch, where there are any."""

    def draw(self, rng: np.random.Generator, count: int, device: torch.device) -> Tensor:
        """Draw pictures in [-1, 1]; every other one is mirrored.

        Args:
            rng: randomness.
            count: how many.
            device: where to.
        """
        real = (rng.random(count) < self.real_share) & (len(self.real) > 0)
        chosen = np.stack(
            [pool[rng.integers(len(pool))] for pool in (self.real if one else self.rendered for one in real)]
        )
        mirrored = rng.random(count) < 0.5
        chosen[mirrored] = chosen[mirrored, :, ::-1]
        return torch.from_numpy(chosen).to(device).permute(0, 3, 1, 2).float().div(127.5).sub(1.0)


def read_faces(samples: Path, data: Path | None, *, domain: str, size: int, real_share: float) -> Faces:
    """Cut the faces of a domain.

    Args:
        samples: folder of synthetic samples that `toonface synth` wrote.
        data: folder with portraits; None for renders alone. They are photographs, so only `photo` uses them.
        domain: `photo` or `toon`.
        size: side of the pictures, pixels.
        real_share: of the pictures that are real portraits.

    Raises:
        ValueError: there is no such domain, the samples are of another style, or a folder is missing or damaged.
    """
    if domain not in DOMAINS:
        raise ValueError(f"domain is {domain!r}, expected one of {', '.join(DOMAINS)}")
    cache = unpack_shards(samples)
    if domain not in cache.styles:
        raise ValueError(f"{samples} shows {', '.join(cache.styles)}, expected {domain} among them")
    step, first = len(cache.styles), cache.styles.index(domain)
    rendered = []
    for index in range(first, training_count(len(cache), step), step):
        sample = cache[index]
        if np.isin(sample.parsing, COVERS).mean() > MOST_COVERED:
            continue
        rendered += _cut(np.asarray(sample.picture), sample.landmarks_px.astype(np.float64), size)
    if not rendered:
        raise ValueError(f"{samples} has no face from the front that lies wholly in its picture, expected many")
    real = np.zeros((0, size, size, 3), np.uint8)
    if data is not None and domain == "photo" and real_share > 0.0:
        real = real_crops(data, size, validation=False)
    return Faces(rendered=np.stack(rendered), real=real, real_share=real_share)


def real_crops(data: Path, size: int, *, validation: bool) -> UInt8[np.ndarray, "B S S 3"]:
    """Cut the faces of the real portraits.

    Args:
        data: folder that holds `portraits`.
        size: side of the pictures, pixels.
        validation: whether of those kept for validation, or of the others.

    Raises:
        ValueError: a folder is missing or damaged.
    """
    networks = {name: load_network(name) for name in ("detector", "landmarks")}
    found = []
    for name in PORTRAIT_FOLDERS:
        for _, picture, landmarks in real_faces(data / "portraits" / name, networks, validation=validation):
            found += _cut(picture, landmarks.points_px, size)
    return np.stack(found) if found else np.zeros((0, size, size, 3), np.uint8)


def _cut(picture: Picture, points_px: Float[np.ndarray, "68 2"], size: int) -> list[UInt8[np.ndarray, "S S 3"]]:
    """The face of a picture; nothing where it is turned away, or too near to the picture's border."""
    right, left, nose, *_ = five_points(points_px)
    across = left - right
    if abs((nose - 0.5 * (right + left)) @ across) > MOST_TURNED * (across @ across):
        return []
    frame = ffhq_frame(points_px)
    corners = to_picture(frame, 1, np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]))
    outside = max(-corners.min(), (corners - picture.shape[1::-1]).max())
    return [] if outside > MOST_OUTSIDE * frame.side_px else [warp(picture, frame, size)]
