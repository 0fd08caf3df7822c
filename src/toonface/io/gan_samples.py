"""Faces that a StyleGAN2 makes up, as labelled samples: those in which our detector is sure of a face.

Labels are what our own networks see: landmarks, regions, coefficients, gaze. They are detections, not the truth, and
the facts of each sample say so. There is no depth, no normals and no albedo.

Source: the paper, section 3.1.3: latents at random, and only pictures whose face is detected with enough confidence.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from jaxtyping import Float, Float32

from toonface.geometry.camera import pose_of
from toonface.geometry.crop import frame_around, resample
from toonface.io.gan_network import need_torch
from toonface.io.networks import load_network
from toonface.pipeline import find_face, parse_found
from toonface.stages import coarse, expression
from toonface.synth.labels import Labels, Sample, Style
from toonface.types import FaceRegion, FaceRegions, Landmarks, Network, Picture

NETWORKS = ("detector", "landmarks", "parser", "coarse", "expression")
MOST_TRIES = 1000
"""Latents for one sample, before it is said that the generator makes no faces."""
DIGITS = 12
"""Of the hash by which a folder knows the weights that it was begun with."""


@dataclass(frozen=True, kw_only=True)
class GanSampling:
    """How samples are drawn.

    Raises:
        ValueError: a number is out of range.
    """

    weights: Path
    """A run of `toonface train stylegan`, an `.npz`, `.pkl` or `.pt`."""
    truncation: float = 0.7
    """How far styles lie from the mean one, in [0, 1]: less is plainer and cleaner."""
    confidence: float = 0.7
    """Least confidence of the detector, ε of the paper, in [0, 1]."""

    def __post_init__(self) -> None:
        for name in ("truncation", "confidence"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} is {getattr(self, name)}, expected a number in [0, 1]")

    @property
    def name(self) -> str:
        """What a folder of samples remembers, so that it is continued with the same weights only.

        Raises:
            ValueError: the weights cannot be read.
        """
        path = self.weights / "checkpoint.npz" if self.weights.is_dir() else self.weights
        try:
            digest = sha256(path.read_bytes()).hexdigest()[:DIGITS]
        except OSError as error:
            raise ValueError(f"cannot read {path} ({error.strerror})") from None
        return f"gan {digest}, truncation {self.truncation:g}, confidence {self.confidence:g}"


class GanSource:
    """Draws samples: see `synth_stream.SampleSource`."""

    def __init__(self, sampling: GanSampling, networks: Mapping[str, Network] | None = None) -> None:
        """Load what is needed.

        Args:
            sampling: weights and how to draw.
            networks: detector, landmarks, parser, coarse and expression; None for the package's own.

        Raises:
            ValueError: the weights or a network are missing or damaged, or PyTorch is not installed.
        """
        need_torch()
        import torch

        from toonface.io.gan_files import read_generator

        torch.set_num_threads(1)
        self._sampling, self._generator = sampling, read_generator(sampling.weights)
        self._networks = {name: load_network(name) for name in NETWORKS} if networks is None else networks

    def sample(self, seed: int, index: int, styles: tuple[Style, ...], size: int) -> dict[Style, Sample]:
        """Return sample `index` of `seed`; the same numbers give the same face.

        Args:
            seed: at least 0.
            index: at least 0.
            styles: one, under which the sample is filed.
            size: pixels of the square picture.

        Raises:
            ValueError: there are two styles, or no face is found in `MOST_TRIES` pictures.
        """
        if len(styles) != 1:
            raise ValueError(f"styles are {styles}, expected one: a generator draws no pairs")
        rng = np.random.default_rng((seed, index))
        for _ in range(MOST_TRIES):
            sample = self._labelled(self._picture(rng, size))
            if sample is not None:
                return {styles[0]: sample}
        raise ValueError(f"no face is found in {MOST_TRIES} pictures of {self._sampling.weights}, expected one")

    def _picture(self, rng: np.random.Generator, size: int) -> Picture:
        import torch

        z = torch.from_numpy(rng.standard_normal((1, self._generator.shape.latent)).astype(np.float32))
        with torch.no_grad():
            made = self._generator(z, truncation=self._sampling.truncation)[0].permute(1, 2, 0).numpy()
        picture = np.clip(127.5 * made + 128.0, 0.0, 255.0).astype(np.uint8)
        return resample(picture, np.zeros(2), self._generator.shape.size / size * np.eye(2), (size, size))

    def _labelled(self, picture: Picture) -> Sample | None:
        try:
            found = find_face(self._networks, picture)
        except ValueError:
            return None
        sure = found.faces[0].confidence
        if sure < self._sampling.confidence:
            return None
        regions = parse_found(self._networks["parser"], picture, found.landmarks)
        return Sample(picture=picture, labels=self._labels(picture, found.landmarks, regions, sure))

    def _labels(self, picture: Picture, found: Landmarks, regions: FaceRegions, sure: float) -> Labels:
        points = found.points_px
        seen = expression.read_expression(
            self._networks["expression"], picture, frame_around(points, expression.MARGIN, expression.LIFT)
        )
        fit = coarse.fit_coarse(self._networks["coarse"], picture, frame_around(points, coarse.MARGIN, coarse.LIFT))
        return Labels(
            landmarks_px=points.astype(np.float32),
            visible=np.logical_and(points > 0.0, points < len(picture)).min(axis=1),
            identity=_single(fit.identity),
            expression=_single(seen.weights),
            texture=_single(fit.texture),
            light=_single(fit.light),
            pose=_single(pose_of(fit.camera)),
            gaze=seen.gaze_radians.astype(np.float32),
            parsing=regions.classes,
            depth=None,
            normals=None,
            albedo=None,
            hair_style="",
            hair_colour=_hair_colour(picture, regions),
            facts={"source": "gan", "labels": "detected", "confidence": round(float(sure), 4)},
        )


def load_gan_source(sampling: GanSampling) -> GanSource:
    """Make the source of samples in a worker process.

    Args:
        sampling: weights and how to draw.
    """
    return GanSource(sampling)


def _single(numbers: Float[np.ndarray, "N"]) -> Float32[np.ndarray, "N"]:
    return numbers.astype(np.float32)


def _hair_colour(picture: Picture, regions: FaceRegions) -> Float32[np.ndarray, "3"]:
    """Median colour of the hair; black where there is none."""
    hair = picture[regions.classes == FaceRegion.HAIR]
    return (np.median(hair, axis=0) / 255.0).astype(np.float32) if len(hair) else np.zeros(3, np.float32)
