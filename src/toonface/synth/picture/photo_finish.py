"""What a camera and a photograph's later life do to light: exposure, lens, sensor, development, compression."""

from typing import no_type_check

import numpy as np
from jaxtyping import Float32, UInt8

from toonface.geometry.kernels import inlined, kernel
from toonface.synth.picture.filters import (
    Colour,
    Labels,
    Picture,
    blur_plane,
    gaussian_blur,
    grey_of,
    luma,
    resize,
    to_bytes,
)
from toonface.synth.picture.jpeg import jpeg_round_trip
from toonface.synth.picture.photo_spec import PROCESSES, PhotoSpec
from toonface.synth.picture.set_off import set_off
from toonface.worn.surface import GAMMA

CURVE_POINTS, CURVE_END = 4097, 4.0
"""Curves are tabled over the square root of the light, from none to `CURVE_END`."""
CURVE_LIGHT = (np.linspace(0.0, np.sqrt(CURVE_END), CURVE_POINTS) ** 2).astype(np.float32)
PLAIN_CURVE = np.minimum(CURVE_LIGHT, 1.0) ** np.float32(1.0 / GAMMA)

CONTRAST = 0.08
"""Least difference in grey between the head's outline and the ground, of which photographs often have little."""


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
    rows = len(linear)
    place = np.zeros(out[0].size, np.int32)
    _apply_curve(np.ascontiguousarray(linear, np.float32).reshape(rows, -1), curve, place, out.reshape(rows, -1))
    return out


@kernel()
@no_type_check
def _apply_curve(linear, curve, place, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    for y in range(len(out)):
        _find(linear[y], np.float32(len(curve) - 1), place)
        row = out[y]
        for i in range(len(row)):
            row[i] = curve[place[i]]


@inlined()
@no_type_check
def _find(light, last, place):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Nearest points of a curve."""
    scale = last / np.float32(np.sqrt(CURVE_END))
    for i in range(len(place)):
        at = np.sqrt(max(light[i], np.float32(0.0))) * scale + np.float32(0.5)
        place[i] = np.int32(min(at, last))


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
    grey = luma(picture)
    halo = np.float32(spec.sharpening) * (grey - blur_plane(grey, 1.0 * unit if spec.sharpening > 0.0 else 0.0))
    done = to_bytes(picture + halo[..., None])
    return done if spec.jpeg_quality is None else jpeg_round_trip(done, spec.jpeg_quality)


def _developed(light: Colour, spec: PhotoSpec, rng: np.random.Generator) -> Colour:
    """Exposure, white balance, the lens's fall-off towards the corners, the sensor's noise and the tone curve."""
    height, width = light.shape[:2]
    warm, pink = spec.temperature, spec.tint
    gains = 2.0**spec.exposure * np.array([1.0 + warm + 0.5 * pink, 1.0 - pink, 1.0 - warm + 0.5 * pink])
    # Colour noise is coarser, as after demosaicing.
    grain, speckle = _bytes(rng, (height, 4, width)), _bytes(rng, (height // 2 + 1, 4, 3 * (width // 2 + 1)))
    saturation = spec.saturation if spec.process == "colour" else 0.0
    numbers = np.array([spec.vignette, spec.noise, spec.noise * spec.chroma_noise, saturation], np.float32)
    squares = np.repeat((np.arange(width) + 0.5) * 2.0 / width - 1.0, 3).astype(np.float32) ** 2
    lines = (np.tile(gains.astype(np.float32), width), squares, np.zeros((4, 3 * width + 3), np.float32))
    out = np.zeros((height, 3 * width), np.float32)
    source = np.ascontiguousarray(light).reshape(height, -1)
    white, place = np.array(PROCESSES[spec.process], np.float32), np.zeros(3 * width, np.int32)
    _develop(source, (grain, speckle), numbers, lines, (tone_curve(spec.contrast), place, white), out)
    return out.reshape(light.shape)


def _bytes(rng: np.random.Generator, shape: tuple[int, int, int]) -> UInt8[np.ndarray, "A B C"]:
    return np.frombuffer(rng.bytes(int(np.prod(shape))), np.uint8).reshape(shape)


@kernel()
@no_type_check
def _develop(light, noise, numbers, lines, curve, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    height = len(light)
    gains, squares, scratch = lines
    length = light.shape[1]
    noise_line, exposed = scratch[0][:length], scratch[1][:length]
    for y in range(height):
        v = np.float32(2 * y + 1) / np.float32(height) - np.float32(1.0)
        if numbers[1] > 0.0:
            _draw_noise(noise[0][y], noise[1][y >> 1], numbers, (scratch[2], scratch[3]), noise_line)
        _expose(light[y], (gains, squares, noise_line), (numbers[0], v * v), exposed)
        _find(exposed, np.float32(len(curve[0]) - 1), curve[1])
        _print(curve, numbers[3], out[y])


@inlined()
@no_type_check
def _draw_noise(grain, speckle, numbers, lines, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    fine, coarse = lines
    _normals(grain, numbers[1], fine)
    _normals(speckle, numbers[2], coarse)
    for x in range(len(out) // 3):
        k = 3 * (x >> 1)
        out[3 * x], out[3 * x + 1], out[3 * x + 2] = (
            fine[x] + coarse[k],
            fine[x] + coarse[k + 1],
            fine[x] + coarse[k + 2],
        )


@inlined()
@no_type_check
def _expose(light, lines, numbers, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Light that the sensor sees, with the lens's fall-off, and its noise."""
    gains, squares, noise = lines
    vignette, square_down = numbers
    one, half = np.float32(1.0), np.float32(0.5)
    for i in range(len(out)):
        square = half * (squares[i] + square_down)
        seen = light[i] * (one - vignette * square * np.sqrt(square))
        # Photon noise grows with the root of the light; middle grey is 0.18 of white.
        deviation = np.sqrt(np.float32(0.15) + np.float32(0.85 / 0.18) * max(seen, np.float32(0.0)))
        out[i] = seen * gains[i] + deviation * noise[i]


@inlined()
@no_type_check
def _print(curve, saturation, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    table, place, white = curve
    for x in range(len(out) // 3):
        r, g, b = table[place[3 * x]], table[place[3 * x + 1]], table[place[3 * x + 2]]
        grey = grey_of(r, g, b) * (np.float32(1.0) - saturation)
        out[3 * x] = white[0] * (grey + saturation * r)
        out[3 * x + 1] = white[1] * (grey + saturation * g)
        out[3 * x + 2] = white[2] * (grey + saturation * b)


@inlined()
@no_type_check
def _normals(bits, deviation, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Nearly normal noise: the sum of four random bytes, to mean 0 and a deviation."""
    first, second, third, fourth = bits[0], bits[1], bits[2], bits[3]
    scale = deviation * np.float32(1.0 / 147.8)
    for i in range(len(first)):
        total = np.int32(first[i]) + np.int32(second[i]) + np.int32(third[i]) + np.int32(fourth[i])
        out[i] = scale * np.float32(np.int32(total) - np.int32(510))


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
