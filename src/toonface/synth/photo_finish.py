"""What a camera and a photograph's later life do to light: exposure, lens, sensor, development, compression."""

from dataclasses import dataclass
from typing import Literal, no_type_check

import numpy as np
from jaxtyping import Float32, UInt8

from toonface.geometry.kernels import inlined, kernel
from toonface.synth.filters import Colour, Labels, Picture, blur_plane, gaussian_blur, grey_of, luma, resize
from toonface.synth.jpeg import jpeg_round_trip
from toonface.synth.set_off import set_off

GAMMA = 2.2
"""As in the project's previews (`docs/conventions.md`)."""
CURVE_POINTS, CURVE_END = 1025, 4.0
"""Curves are tabled over the square root of the light, from none to `CURVE_END`."""
CURVE_LIGHT = (np.linspace(0.0, np.sqrt(CURVE_END), CURVE_POINTS) ** 2).astype(np.float32)
PLAIN_CURVE = np.minimum(CURVE_LIGHT, 1.0) ** np.float32(1.0 / GAMMA)

PROCESSES = {"colour": (1.0, 1.0, 1.0), "grey": (1.0, 1.0, 1.0), "sepia": (1.06, 0.98, 0.84)}
"""What becomes of white."""
CONTRAST = 0.08
"""Least difference in grey between the head's outline and the ground, of which photographs often have little."""


@dataclass(frozen=True, kw_only=True)
class PhotoSpec:
    """How a photograph is taken and kept. Lengths are in pixels of a picture of 256 rows.

    Raises:
        ValueError: a number is out of range.
    """

    exposure: float = 0.0
    """Stops."""
    temperature: float = 0.0
    """White balance: positive is warmer; 0.1 is a visible cast."""
    tint: float = 0.0
    """White balance: positive is pinker, negative greener."""
    contrast: float = 0.15
    """Of the tone curve: 0 is straight, 1 very hard; negative is faded."""
    saturation: float = 1.0
    vignette: float = 0.1
    """Light lost in the corners, in [0, 1]."""
    defocus: float = 0.0
    """Standard deviation of the blur."""
    motion: float = 0.0
    """Length of the shake."""
    motion_angle: float = 0.0
    """Radians, counter-clockwise from the rows."""
    noise: float = 0.004
    """Standard deviation of the sensor's noise at middle grey, in linear light; 0.01 is a dim room."""
    chroma_noise: float = 0.5
    """Coloured noise as a share of the grey one."""
    sharpening: float = 0.2
    """Strength of the unsharp mask; above 1 the halos are plain to see."""
    resolution: float = 1.0
    """Share of the pixels per row that the picture once had, in (0, 1]."""
    jpeg_quality: int | None = 90
    """1 to 100, None for no compression."""
    process: Literal["colour", "grey", "sepia"] = "colour"

    def __post_init__(self) -> None:
        for name in ("saturation", "vignette", "defocus", "motion", "noise", "chroma_noise", "sharpening"):
            if not getattr(self, name) >= 0.0:
                raise ValueError(f"{name} is {getattr(self, name)}, expected at least 0")
        if not 0.0 < self.resolution <= 1.0:
            raise ValueError(f"resolution is {self.resolution}, expected in (0, 1]")
        if self.jpeg_quality is not None and not 1 <= self.jpeg_quality <= 100:
            raise ValueError(f"jpeg_quality is {self.jpeg_quality}, expected in [1, 100] or None")


def sample_photo(rng: np.random.Generator) -> PhotoSpec:
    """Draw the making of a photograph: decent as a rule, one in six is bad in some way.

    Args:
        rng: randomness.
    """
    bad = rng.random() < 1 / 6
    worse = 2.2 if bad else 1.0
    fault = rng.integers(5) if bad else -1
    process = ("colour", "grey", "sepia")[rng.choice(3, p=[0.94, 0.045, 0.015])]
    return PhotoSpec(
        exposure=float(rng.normal(0.0, 0.22 * worse)),
        temperature=float(np.clip(rng.normal(0.01, 0.04 * worse), -0.2, 0.2)),
        tint=float(np.clip(rng.normal(0.0, 0.012 * worse), -0.08, 0.08)),
        contrast=float(np.clip(rng.normal(0.12, 0.13 * worse), -0.35, 0.8)),
        saturation=float(np.clip(rng.normal(1.0, 0.10 * worse), 0.45, 1.5)),
        vignette=float(rng.uniform(0.0, 0.22 * worse)),
        defocus=float(rng.uniform(1.0, 2.2) if fault == 0 else abs(rng.normal(0.0, 0.4))),
        motion=float(rng.uniform(2.5, 6.0) if fault == 1 else 0.0),
        motion_angle=float(rng.uniform(0.0, np.pi)),
        noise=float(rng.uniform(0.012, 0.03) if fault == 2 else rng.gamma(1.6, 0.0022)),
        chroma_noise=float(rng.uniform(0.2, 0.9)),
        sharpening=float(rng.uniform(0.0, 0.5) * worse),
        resolution=float(rng.uniform(0.3, 0.6) if fault == 3 else 1.0),
        jpeg_quality=int(rng.integers(18, 50))
        if fault == 4
        else int(rng.integers(70, 99))
        if rng.random() < 0.8
        else None,
        process=process,
    )


def encode(linear: Picture) -> Picture:
    """Turn linear light into sRGB in [0, 1]; brighter light is clipped.

    Args:
        linear: linear light, any number of channels.
    """
    return apply_curve(linear, PLAIN_CURVE)


def apply_curve(linear: Picture, curve: Float32[np.ndarray, " N"]) -> Picture:
    """Send each value through a tabled curve, which costs less than a power.

    Args:
        linear: linear light; what is outside [0, `CURVE_END`] is clipped.
        curve: values at `CURVE_LIGHT`.
    """
    out = np.zeros(linear.shape, np.float32)
    _apply_curve(np.ascontiguousarray(linear, np.float32).reshape(-1), curve, out.reshape(-1))
    return out


@kernel()
@no_type_check
def _apply_curve(linear, curve, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    last = len(curve) - 1
    scale = np.float32(last / np.sqrt(CURVE_END))
    for i in range(len(linear)):
        place = np.sqrt(max(linear[i], np.float32(0.0))) * scale
        k = min(int(place), last - 1)
        share = min(place - np.float32(k), np.float32(1.0))
        out[i] = curve[k] + share * (curve[k + 1] - curve[k])


def tone_curve(contrast: float) -> Float32[np.ndarray, " N"]:
    """Table a camera's curve: lights roll off instead of clipping, and contrast turns about middle grey.

    Args:
        contrast: 0 is straight, 1 very hard; negative is faded.
    """
    straight = CURVE_LIGHT ** (1.0 / GAMMA)
    knee = 0.78
    over = np.maximum(straight - knee, 0.0)
    rolled = np.minimum(straight, knee) + (1.0 - knee) * (1.0 - np.exp(-over / (1.0 - knee)))
    hard = np.where(rolled < 0.5, 4 * rolled**3, 1 - 4 * (1 - rolled) ** 3)
    faded = 0.5 + 0.6 * (rolled - 0.5)
    mixed = rolled + contrast * (hard - rolled) if contrast >= 0.0 else rolled - contrast * (faded - rolled)
    return np.clip(mixed, 0.0, 1.0).astype(np.float32)


def finish_photo(
    linear: Colour, spec: PhotoSpec, rng: np.random.Generator, region: Labels | None = None
) -> UInt8[np.ndarray, "H W 3"]:
    """Take the photograph.

    Args:
        linear: linear light, 1 is white.
        spec: camera and development.
        rng: for the sensor's noise.
        region: `FaceRegion` of each pixel; with it, the ground is kept from swallowing the head's outline.
    """
    if region is not None:
        linear = set_off(linear, region, CONTRAST)
    height, width = linear.shape[:2]
    unit = height / 256.0
    light = gaussian_blur(linear, spec.defocus * unit)
    if spec.motion > 0.0:
        light = _shaken(light, spec.motion * unit, spec.motion_angle)
    picture = _developed(light, spec, rng)
    if spec.resolution < 1.0:
        small = resize(picture, max(round(height * spec.resolution), 8), max(round(width * spec.resolution), 8))
        picture = resize(small, height, width)
    soft = blur_plane(luma(picture), 1.0 * unit if spec.sharpening > 0.0 else 0.0)
    done = np.zeros(picture.shape, np.uint8)
    _sharpen(picture, soft, np.float32(spec.sharpening), done)
    return done if spec.jpeg_quality is None else jpeg_round_trip(done, spec.jpeg_quality)


@kernel()
@no_type_check
def _sharpen(picture, soft, amount, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Add what a blur took from the grey, and round to bytes."""
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            r, g, b = picture[y, x, 0], picture[y, x, 1], picture[y, x, 2]
            halo = amount * (grey_of(r, g, b) - soft[y, x])
            for c in range(3):
                value = min(max(picture[y, x, c] + halo, np.float32(0.0)), np.float32(1.0))
                out[y, x, c] = np.uint8(value * np.float32(255.0) + np.float32(0.5))


def _developed(light: Colour, spec: PhotoSpec, rng: np.random.Generator) -> Colour:
    """Exposure, white balance, the lens's fall-off towards the corners, the sensor's noise and the tone curve."""
    height, width = light.shape[:2]
    warm, pink = spec.temperature, spec.tint
    gains = 2.0**spec.exposure * np.array([1.0 + warm + 0.5 * pink, 1.0 - pink, 1.0 - warm + 0.5 * pink])
    grain = rng.integers(0, 2**32, (height, width), np.uint32)
    # Colour noise is coarser, as after demosaicing.
    speckle = rng.integers(0, 2**32, (height // 2 + 1, width // 2 + 1, 3), np.uint32)
    saturation = spec.saturation if spec.process == "colour" else 0.0
    numbers = np.array([spec.vignette, spec.noise, spec.noise * spec.chroma_noise, saturation], np.float32)
    tones = (gains.astype(np.float32), np.array(PROCESSES[spec.process], np.float32))
    out = np.zeros(light.shape, np.float32)
    _develop(np.ascontiguousarray(light), (grain, speckle), tones, numbers, tone_curve(spec.contrast), out)
    return out


@kernel()
@no_type_check
def _develop(light, noise, tones, numbers, curve, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    height, width = light.shape[:2]
    vignette, fine, coarse, saturation = numbers
    one, last = np.float32(1.0), len(curve) - 1
    scale = np.float32(last / np.sqrt(CURVE_END))
    for y in range(height):
        v = np.float32(2 * y + 1) / np.float32(height) - one
        for x in range(width):
            u = np.float32(2 * x + 1) / np.float32(width) - one
            square = np.float32(0.5) * (u * u + v * v)
            fall = one - vignette * square * np.sqrt(square)
            grain = fine * _normal(noise[0][y, x])
            # Photon noise grows with the root of the light, here of the green; middle grey is 0.18 of white.
            deviation = np.sqrt(
                np.float32(0.15) + np.float32(0.85 / 0.18) * max(light[y, x, 1] * fall, np.float32(0.0))
            )
            for c in range(3):
                value = light[y, x, c] * fall * tones[0][c]
                value += deviation * (grain + coarse * _normal(noise[1][y // 2, x // 2, c]))
                place = np.sqrt(max(value, np.float32(0.0))) * scale
                k = min(int(place), last - 1)
                share = min(place - np.float32(k), one)
                out[y, x, c] = curve[k] + share * (curve[k + 1] - curve[k])
            r, g, b = out[y, x, 0], out[y, x, 1], out[y, x, 2]
            grey = grey_of(r, g, b) * (one - saturation)
            for c in range(3):
                out[y, x, c] = (grey + saturation * out[y, x, c]) * tones[1][c]


@inlined()
@no_type_check
def _normal(bits):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Nearly normal noise from 32 random bits: the sum of four bytes, to mean 0 and deviation 1."""
    total = np.int32(bits & 255) + np.int32((bits >> 8) & 255) + np.int32((bits >> 16) & 255) + np.int32(bits >> 24)
    return np.float32(total - 510) * np.float32(1.0 / 147.8)


def _shaken(light: Colour, length: float, angle: float) -> Colour:
    """Average copies along a line."""
    count = max(int(np.ceil(length)), 2)
    total = np.zeros_like(light)
    for step in np.linspace(-0.5, 0.5, count) * length:
        dy, dx = round(-step * np.sin(angle)), round(step * np.cos(angle))
        rows = (np.arange(len(light)) + dy).clip(0, len(light) - 1)
        columns = (np.arange(light.shape[1]) + dx).clip(0, light.shape[1] - 1)
        total += light[rows][:, columns]
    return total / np.float32(count)
