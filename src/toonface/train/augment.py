"""Random crops and random looks, so that what was learnt from renders holds for photographs, drawings and webcams."""

from dataclasses import dataclass
from io import BytesIO
from typing import no_type_check

import numpy as np
from jaxtyping import Bool, Float, Float32, UInt8
from PIL import Image

from toonface.geometry.crop import frame_around, warp_affine, warp_labels
from toonface.geometry.kernels import kernel
from toonface.types import MIRRORED_LANDMARKS, UNKNOWN_REGION, FaceRegion

Crop = UInt8[np.ndarray, "S S 3"]

MIRRORED_REGIONS = np.array(
    [
        FaceRegion[
            name.replace("LEFT", "?").replace("RIGHT", "LEFT").replace("?", "RIGHT")
        ]
        for name in FaceRegion.__members__
    ],
    np.uint8,
)  # fmt: skip
"""Class in a mirrored picture, by class."""

IGNORED = UNKNOWN_REGION
"""Label beyond the picture."""


@dataclass(frozen=True, kw_only=True)
class Jitter:
    """How far random crops stray from the upright frame; standard deviations, in sides of the crop where a length."""

    shift: float = 0.045
    """Of the centre, each way."""
    zoom: float = 0.09
    """Of the logarithm of the side."""
    roll_radians: float = 0.14
    """Of the turn; one crop in ten has three times that."""
    stretch: float = 0.07
    """Of the logarithm of width over height: caricatures are longer and wider than people."""
    shear: float = 0.04
    mirror: bool = True
    """Whether every other crop is mirrored."""


STILL = Jitter(shift=0.02, zoom=0.03, roll_radians=0.03, stretch=0.0, shear=0.0, mirror=False)
"""Crops of the validation: what the detector leaves."""


@dataclass(frozen=True, kw_only=True)
class Placement:
    """A parallelogram of a picture that becomes a square crop."""

    corner_px: Float[np.ndarray, "2"]
    """Its top left corner."""
    axes_px: Float[np.ndarray, "2 2"]
    """One pixel of the crop to the right, and one downwards, in pixels of the picture."""
    mirrored: bool
    size: int

    def points(self, points_px: Float[np.ndarray, "N 2"]) -> Float[np.ndarray, "N 2"]:
        """Bring points of the picture into the crop; their order is the picture's."""
        return (points_px - self.corner_px) @ np.linalg.inv(self.axes_px)

    def landmarks(self, points_px: Float[np.ndarray, "68 2"]) -> Float[np.ndarray, "68 2"]:
        """Bring the 68 points into the crop, in the order that they have there."""
        points = self.points(points_px)
        return points[MIRRORED_LANDMARKS] if self.mirrored else points

    def cut(self, picture: UInt8[np.ndarray, "H W 3"]) -> Crop:
        """Cut the crop out of the picture."""
        return warp_affine(picture, self.corner_px, self.axes_px, self.size)

    def cut_labels(self, labels: UInt8[np.ndarray, "H W"]) -> UInt8[np.ndarray, "S S"]:
        """Cut the crop out of a parsed picture; `IGNORED` beyond it."""
        crop = warp_labels(labels, self.corner_px, self.axes_px, self.size, IGNORED)
        return (
            np.append(MIRRORED_REGIONS, np.zeros(256 - len(MIRRORED_REGIONS), np.uint8) + IGNORED)[crop]
            if self.mirrored
            else crop
        )


def place_crop(
    rng: np.random.Generator,
    points_px: Float[np.ndarray, "68 2"],
    *,
    margin: float,
    lift: float,
    size: int,
    jitter: Jitter,
) -> Placement:
    """Draw a crop round a face.

    Args:
        rng: randomness.
        points_px: 68 points, none missing.
        margin: of the frame, see `frame_around`.
        lift: of the frame.
        size: side of the crop in its own pixels.
        jitter: how far it strays.
    """
    frame = frame_around(points_px, margin, lift)
    roll = frame.roll_radians + rng.normal(0.0, jitter.roll_radians) * (3.0 if rng.random() < 0.1 else 1.0)
    side = frame.side_px * np.exp(rng.normal(0.0, jitter.zoom))
    stretch, shear = np.exp(0.5 * rng.normal(0.0, jitter.stretch)), rng.normal(0.0, jitter.shear)
    turn = np.array([[np.cos(roll), np.sin(roll)], [-np.sin(roll), np.cos(roll)]])
    axes = side / size * np.array([[stretch, 0.0], [shear, 1.0 / stretch]]) @ turn
    mirrored = jitter.mirror and rng.random() < 0.5
    if mirrored:
        axes[0] = -axes[0]
    centre = np.array(frame.centre_px) + side * rng.normal(0.0, jitter.shift, 2)
    return Placement(corner_px=centre - 0.5 * size * axes.sum(axis=0), axes_px=axes, mirrored=mirrored, size=size)


def points_and_given(
    points: Float[np.ndarray, "68 2"],
) -> tuple[Float32[np.ndarray, "68 2"], Float32[np.ndarray, "68"]]:
    """Return points without NaN, and 1 for each that was given, else 0.

    Args:
        points: NaN where not known.
    """
    given = np.isfinite(points[:, 0])
    return np.nan_to_num(points).astype(np.float32), given.astype(np.float32)


def restyle(
    rng: np.random.Generator, crop: Crop, strength: float = 1.0, *, regions: UInt8[np.ndarray, "S S"] | None = None
) -> Crop:
    """Change the look of a picture at random: resolution, colours, drawing, occluders, noise, compression.

    Args:
        rng: randomness.
        crop: at least 16 px.
        strength: factor on how often each change happens, in [0, 1].
        regions: labels of the crop, changed in place where an occluder lies: what covers the head is `OTHER`, what
            lies on the background is nothing in particular and `IGNORED`.
    """

    crop = _redrawn(rng, crop.copy(), strength)
    if rng.random() < 0.85 * strength:
        recolour(crop, *_random_colours(rng))
    if rng.random() < 0.30 * strength:
        covered = _cover(rng, crop)
        if regions is not None:
            bare = np.isin(regions, (FaceRegion.BACKGROUND, IGNORED))
            regions[covered] = np.where(bare, IGNORED, FaceRegion.OTHER)[covered]
    if rng.random() < 0.35 * strength:
        _add_noise(rng, crop, float(np.exp(rng.uniform(np.log(2.0), np.log(22.0)))))
    if rng.random() < 0.25 * strength:
        crop = _compressed(crop, int(rng.integers(12, 80)))
    return crop


def plain_wear(rng: np.random.Generator, crop: Crop) -> Crop:
    """Change what storage and cameras change, and nothing that makes a photograph look drawn or a drawing photographed.

    Args:
        rng: randomness.
        crop: at least 16 px.
    """
    crop = crop.copy()
    if rng.random() < 0.4:
        crop = _coarser(crop, int(rng.uniform(0.35, 0.9) * len(crop)))
    if rng.random() < 0.7:
        recolour(crop, *_random_colours(rng, plain=True))
    if rng.random() < 0.25:
        _add_noise(rng, crop, float(np.exp(rng.uniform(np.log(1.5), np.log(8.0)))))
    return _compressed(crop, int(rng.integers(40, 95))) if rng.random() < 0.4 else crop


def _redrawn(rng: np.random.Generator, crop: Crop, strength: float) -> Crop:
    if rng.random() < 0.30 * strength:
        crop = _coarser(crop, int(rng.uniform(0.16, 0.7) * len(crop)))
    kind = rng.random() / strength if strength > 0.0 else 1.0
    if kind < 0.07:
        return pencil(crop, float(rng.uniform(0.02, 0.06)))
    return _sharper(crop, float(rng.uniform(0.4, 1.6))) if kind < 0.22 else crop


def _coarser(crop: Crop, size: int) -> Crop:
    size = max(size, 16)
    return _resized(_resized(crop, size), len(crop))


def _resized(crop: Crop, size: int) -> UInt8[np.ndarray, "{size} {size} 3"]:
    return warp_affine(crop, np.zeros(2), len(crop) / size * np.eye(2), size)


def _sharper(crop: Crop, amount: float) -> Crop:
    low = _coarser(crop, len(crop) // 2).astype(np.float32)
    return np.clip(crop + amount * (crop - low) + 0.5, 0.0, 255.0).astype(np.uint8)


def pencil(crop: Crop, softness: float) -> Crop:
    """Turn a picture into a pencil drawing: grey divided by its own blur.

    Args:
        crop: sRGB.
        softness: width of a stroke, in sides of the picture.
    """
    grey = crop.mean(axis=2, keepdims=True, dtype=np.float32)
    low = _coarser(np.repeat(grey, 3, axis=2).astype(np.uint8), int(1.0 / softness))
    drawn = 255.0 * np.minimum((grey + 1.0) / (low[..., :1].astype(np.float32) + 1.0), 1.0) ** 3
    return np.repeat(drawn.astype(np.uint8), 3, axis=2)


def _random_colours(
    rng: np.random.Generator, *, plain: bool = False
) -> tuple[Float[np.ndarray, "3 3"], UInt8[np.ndarray, "3 256"]]:
    """Draw a matrix over the channels and a curve for each; plain ones are of no poster and under no coloured lamp."""
    luma = np.full((3, 3), 1.0) * [0.299, 0.587, 0.114]
    kind = rng.random()
    saturation = 0.0 if kind < 0.12 else np.exp(rng.normal(0.0, 0.35))
    matrix = luma + saturation * (np.eye(3) - luma)
    if kind > 0.93 and not plain:  # another white balance altogether, as under coloured lamps or in poster colours
        matrix = matrix + rng.normal(0.0, 0.22, (3, 3))
    ramp = np.linspace(0.0, 1.0, 256)
    gamma = np.exp(rng.normal(0.0, 0.28) + rng.normal(0.0, 0.08, 3))
    gain = np.exp(rng.normal(0.0, 0.16) + rng.normal(0.0, 0.07, 3))
    contrast, black = np.exp(rng.normal(0.0, 0.22)), rng.normal(0.0, 0.05)
    curves = contrast * (gain[:, None] * ramp ** gamma[:, None] - 0.5) + 0.5 + black
    if plain:
        return matrix, (255.0 * np.clip(curves, 0.0, 1.0) + 0.5).astype(np.uint8)
    if rng.random() < 0.06:  # few tones, as in posters
        tones = rng.integers(3, 8)
        curves = np.round(curves * tones) / tones
    if rng.random() < 0.015:
        curves = 1.0 - curves
    return matrix, (255.0 * np.clip(curves, 0.0, 1.0) + 0.5).astype(np.uint8)


def recolour(crop: Crop, matrix: Float[np.ndarray, "3 3"], curves: UInt8[np.ndarray, "3 256"]) -> None:
    """Apply a matrix over the channels, then a curve to each, in place.

    Args:
        crop: sRGB.
        matrix: rows give red, green, blue.
        curves: value by value, of each channel.
    """
    _recolour(crop.reshape(-1, 3), matrix.astype(np.float32), curves)


@kernel()
@no_type_check
def _recolour(pixels: np.ndarray, matrix: np.ndarray, curves: np.ndarray) -> None:
    for i in range(pixels.shape[0]):
        red, green, blue = np.float32(pixels[i, 0]), np.float32(pixels[i, 1]), np.float32(pixels[i, 2])
        for k in range(3):
            value = matrix[k, 0] * red + matrix[k, 1] * green + matrix[k, 2] * blue
            pixels[i, k] = curves[k, int(min(max(value, np.float32(0.0)), np.float32(255.0)))]


def _cover(rng: np.random.Generator, crop: Crop) -> Bool[np.ndarray, "S S"]:
    """Lay an ellipse or a bar of one colour, or a piece of the picture itself, over it, and return where."""
    size = len(crop)
    width, height = rng.uniform(0.08, 0.42, 2) * size
    x, y = rng.uniform(0.0, size, 2)
    across, down = np.meshgrid(np.arange(size) + 0.5 - x, np.arange(size) + 0.5 - y)
    angle = rng.uniform(0.0, np.pi)
    u = (np.cos(angle) * across + np.sin(angle) * down) / width
    v = (np.cos(angle) * down - np.sin(angle) * across) / height
    inside: Bool[np.ndarray, "S S"] = u * u + v * v < 1.0 if rng.random() < 0.6 else np.maximum(abs(u), abs(v)) < 0.9
    if rng.random() < 0.5:
        crop[inside] = rng.integers(0, 256, 3, np.uint8)
    else:
        crop[inside] = np.roll(crop, rng.integers(size // 4, size - size // 4, 2), axis=(0, 1))[inside]
    return inside


_NOISE = np.random.default_rng(0).standard_normal(1 << 20).astype(np.float32)
"""Drawing anew for every picture takes longer than everything else here."""


def _add_noise(rng: np.random.Generator, crop: Crop, level: float) -> None:
    if rng.random() < 0.5:
        start = int(rng.integers(0, len(_NOISE) - crop.size))
        noise = _NOISE[start : start + crop.size].reshape(crop.shape)
    else:  # of brightness alone, as in pushed film
        start = int(rng.integers(0, len(_NOISE) - crop.size // 3))
        noise = _NOISE[start : start + crop.size // 3].reshape(*crop.shape[:2], 1)
    crop[...] = np.clip(crop + np.float32(level) * noise, 0.0, 255.0).astype(np.uint8)


def _compressed(crop: Crop, quality: int) -> Crop:
    data = BytesIO()
    Image.fromarray(crop).save(data, "JPEG", quality=quality)
    return np.array(Image.open(data))
