"""How far a StyleGAN is: samples on a sheet, how many of them our detector calls faces, and a kernel distance."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor
from torch.nn import functional

from toonface.evaluate.stylizer_metrics import kernel_distance
from toonface.io.sheets import contact_sheet
from toonface.nets.stylegan2.generator import Generator
from toonface.stages.detection import detect_faces
from toonface.types import Network, Picture

CELLS = 8
"""Along a side, into which colours and edges are averaged as features of a picture."""
SEED = 5
"""Of the latents that are looked at: the same ones every time."""
COLUMNS = 8
SHOWN = 256
"""Pixels to which a sample is enlarged for the detector."""


@dataclass(frozen=True, kw_only=True)
class Judge:
    """Compares samples with real pictures of the domain."""

    reference: Float[Tensor, "N D"]
    """Features of pictures, standardised."""
    middle: Float[Tensor, " D"]
    spread: Float[Tensor, " D"]
    detector: Network | None

    def measure(self, generator: Generator, count: int) -> dict[str, float]:
        """Return `kid`, and with a detector `found`, the share of samples with a face, and their mean `confidence`.

        Args:
            generator: averaged.
            count: how many samples.
        """
        pictures = sample_pictures(generator, count)
        features = (picture_features(to_tensor(pictures)) - self.middle) / self.spread
        figures = {"kid": kernel_distance(features.double().numpy(), self.reference.double().numpy())}
        if self.detector is not None:
            sure = [best_confidence(self.detector, picture) for picture in pictures[: count // 4]]
            figures |= {"found": float(np.mean([one > 0.0 for one in sure])), "confidence": float(np.mean(sure))}
        return figures


def make_judge(reference: Float[Tensor, "N 3 H W"], detector: Network | None) -> Judge:
    """Prepare a judge.

    Args:
        reference: pictures of the domain in [-1, 1].
        detector: ours, or None.
    """
    features = picture_features(reference)
    middle, spread = features.mean(dim=0), features.std(dim=0) + 0.02
    return Judge(reference=(features - middle) / spread, middle=middle, spread=spread, detector=detector)


def picture_features(pictures: Float[Tensor, "N 3 H W"]) -> Float[Tensor, "N D"]:
    """Return colours and strengths of edges, averaged over 8 x 8 cells.

    Args:
        pictures: in [-1, 1].
    """
    grey = pictures.mean(dim=1, keepdim=True)
    edges = [functional.pad(grey.diff(dim=3).abs(), (0, 1)), functional.pad(grey.diff(dim=2).abs(), (0, 0, 0, 1))]
    return functional.adaptive_avg_pool2d(torch.cat([pictures, *edges], dim=1), CELLS).flatten(1)


def sample_pictures(
    generator: Generator, count: int, *, seed: int = SEED, truncation: float = 1.0
) -> UInt8[np.ndarray, "N S S 3"]:
    """Draw samples; the same seed gives the same latents.

    Args:
        generator: averaged.
        count: how many.
        seed: of the latents.
        truncation: how far from the mean style.
    """
    device = generator.mapping.w_mean.device
    z = np.random.default_rng(seed).standard_normal((count, generator.shape.latent)).astype(np.float32)
    made = []
    with torch.no_grad():
        for start in range(0, count, 16):
            made.append(
                to_pictures(generator(torch.from_numpy(z[start : start + 16]).to(device), truncation=truncation))
            )
    return np.concatenate(made)


def sample_sheet(generator: Generator, count: int = 32, *, truncation: float = 1.0) -> Picture:
    """Lay samples out on a sheet.

    Args:
        generator: averaged.
        count: how many.
        truncation: how far from the mean style.
    """
    return contact_sheet([("", one) for one in sample_pictures(generator, count, truncation=truncation)], COLUMNS)


def best_confidence(detector: Network, picture: Picture) -> float:
    """Return the detector's confidence in the best face of a sample, 0 where it sees none.

    Args:
        detector: ours.
        picture: a sample.
    """
    factor = max(SHOWN // len(picture), 1)
    faces = detect_faces(detector, picture.repeat(factor, axis=0).repeat(factor, axis=1))
    return max((face.confidence for face in faces), default=0.0)


def to_pictures(pictures: Float[Tensor, "N 3 H W"]) -> UInt8[np.ndarray, "N H W 3"]:
    """Turn what a generator made into pictures.

    Args:
        pictures: in [-1, 1] and somewhat beyond.
    """
    return pictures.mul(127.5).add(128.0).clamp(0.0, 255.0).byte().permute(0, 2, 3, 1).cpu().numpy()


def to_tensor(pictures: UInt8[np.ndarray, "N H W 3"]) -> Float[Tensor, "N 3 H W"]:
    """Turn pictures into what a discriminator sees, in [-1, 1].

    Args:
        pictures: sRGB.
    """
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float().div(127.5).sub(1.0)
