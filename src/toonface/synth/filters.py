"""Operations on whole pictures that the finishes share: sizes, blurs, smoothing, outlines, palettes.

Pictures are float32, rows × columns × channels, sRGB in [0, 1] unless said otherwise; lengths are in their pixels.
"""

from dataclasses import dataclass
from typing import TypeAlias, no_type_check

import numpy as np
from jaxtyping import Float, Float32, Int, Int16, UInt8
from numba import njit

from toonface.synth.surface import RGB
from toonface.types import FaceRegion

Picture: TypeAlias = Float32[np.ndarray, "H W C"]
Colour: TypeAlias = Float32[np.ndarray, "H W 3"]
Tone: TypeAlias = RGB | Float[np.ndarray, "3"]
Plane: TypeAlias = Float32[np.ndarray, "H W"]
Labels: TypeAlias = UInt8[np.ndarray, "H W"]

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""Weights of encoded red, green and blue (ITU-R BT.601)."""
OPPONENT = np.array([[0.299, 0.587, 0.114], [-0.30, -0.45, 0.75], [0.80, -0.67, -0.13]], np.float32)
"""Grey, blue against yellow, red against green: distances are roughly those that people see."""
LARGEST_SIGMA = 4.0
"""Pixels; a wider blur works on a smaller picture."""
DEPTH_STEP = 0.005
"""Metres from one pixel to the next, beyond what the slopes beside explain, that make an outline."""

# What is drawn as one body: there is no line between nose and cheek.
GROUPS = np.zeros(256, np.uint8)
GROUPS[FaceRegion.SKIN :] = 1
for _group, _regions in enumerate(
    (
        (FaceRegion.EYE_LEFT, FaceRegion.EYE_RIGHT),
        (FaceRegion.LIP_UPPER, FaceRegion.LIP_LOWER),
        (FaceRegion.INNER_MOUTH,),
        (FaceRegion.HAIR,),
        (FaceRegion.FACIAL_HAIR,),
        (FaceRegion.GLASSES,),
        (FaceRegion.HAT, FaceRegion.CLOTH, FaceRegion.OTHER),
    ),
    start=2,
):
    GROUPS[list(_regions)] = _group
HAIR_GROUP = int(GROUPS[FaceRegion.HAIR])

# Weight of the line between two groups, by the higher number and the lower; 0.65 is a hair line and 1 a full one.
LINES = np.zeros((9, 9), np.float32)
LINES[1:, 0] = 1.0
LINES[2, 1], LINES[3, 1], LINES[4, 1:4], LINES[5, 1:5], LINES[7, 1:7], LINES[8, 1:8] = 0.67, 0.63, 0.68, 0.95, 0.66, 0.9
LINES = np.maximum(LINES, LINES.T)


@dataclass(frozen=True, kw_only=True)
class ToonBuffers:
    """A rendered scene from which a cartoon picture is made.

    Raises:
        ValueError: the buffers differ in size.
    """

    linear: Colour
    """The shaded picture with its background, linear light."""
    albedo: Colour
    """Colour of the surfaces without light, sRGB."""
    region: Labels
    """`FaceRegion` of each pixel."""
    normals: Colour
    """Unit normals in the camera's axes; anything where there is only background."""
    depth: Plane
    """Metres, larger is nearer; very low where there is only background."""
    part: Int16[np.ndarray, "H W"]
    """Number of the surface, −1 where there is only background."""

    def __post_init__(self) -> None:
        for name in ("albedo", "region", "normals", "depth", "part"):
            shape = getattr(self, name).shape[:2]
            if shape != self.linear.shape[:2]:
                raise ValueError(f"{name} has size {shape}, expected that of linear, {self.linear.shape[:2]}")


def luma(picture: Colour) -> Plane:
    """Return the grey value of each pixel."""
    return picture @ LUMA


def to_bytes(picture: Colour) -> UInt8[np.ndarray, "H W 3"]:
    """Round [0, 1] to bytes; what is outside is clipped."""
    return (np.clip(picture, 0.0, 1.0) * np.float32(255.0) + np.float32(0.5)).astype(np.uint8)


def blend(under: Colour | Tone, over: Colour | Tone, cover: Plane) -> Colour:
    """Lay one picture or colour over another: 0 shows what is under, 1 what is over.

    Args:
        under: a picture, or one colour.
        over: a picture, or one colour; with black under it, `cover` is a factor on it.
        cover: in [0, 1], or beyond it to exaggerate.
    """
    shape = (*cover.shape, 3)
    out = np.zeros(shape, np.float32)
    low, high = (np.broadcast_to(np.asarray(picture, np.float32), shape) for picture in (under, over))
    _blend(low, high, np.ascontiguousarray(cover, np.float32), out)
    return out


@njit(cache=True, fastmath=True)
@no_type_check
def _blend(under, over, cover, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            for c in range(3):
                out[y, x, c] = under[y, x, c] + cover[y, x] * (over[y, x, c] - under[y, x, c])


def saturate(picture: Colour, amount: float) -> Colour:
    """Move colours away from their grey, or with an amount below 1 towards it; 0 leaves grey."""
    out = np.zeros(picture.shape, np.float32)
    _saturate(np.ascontiguousarray(picture, np.float32), np.float32(amount), out)
    return out


@njit(cache=True, fastmath=True)
@no_type_check
def _saturate(picture, amount, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            r, g, b = picture[y, x, 0], picture[y, x, 1], picture[y, x, 2]
            grey = (np.float32(0.299) * r + np.float32(0.587) * g + np.float32(0.114) * b) * (np.float32(1.0) - amount)
            out[y, x, 0], out[y, x, 1], out[y, x, 2] = grey + amount * r, grey + amount * g, grey + amount * b


def resize(picture: Picture, height: int, width: int) -> Float32[np.ndarray, "{height} {width} C"]:
    """Resample with a triangle filter: linear when enlarging, averaging when shrinking.

    Args:
        picture: any number of channels.
        height: wanted rows, at least 1.
        width: wanted columns, at least 1.
    """

    out = np.zeros((height, width, picture.shape[2]), np.float32)
    down, across = _taps(picture.shape[0], height), _taps(picture.shape[1], width)
    _resample(np.ascontiguousarray(picture, np.float32), down, across, out)
    return out


def _taps(before: int, after: int) -> tuple[Int[np.ndarray, " N"], Float32[np.ndarray, "N K"]]:
    """First input line of each output line, and the weights from there on."""
    reach = max(before / after, 1.0)
    centres = (np.arange(after) + 0.5) * before / after
    first = np.floor(centres - reach + 0.5).astype(np.int64)
    offsets = first[:, None] + np.arange(int(np.ceil(2.0 * reach))) + 0.5 - centres[:, None]
    weights = np.maximum(1.0 - np.abs(offsets) / reach, 0.0)
    return first, (weights / weights.sum(1, keepdims=True)).astype(np.float32)


@njit(cache=True, fastmath=True)
@no_type_check
def _resample(source, down, across, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    rows, columns, channels = source.shape
    line = np.zeros(columns * channels, np.float32)
    for y in range(out.shape[0]):
        line[:] = 0.0
        for k in range(down[1].shape[1]):
            weight, row = down[1][y, k], source[min(max(down[0][y] + k, 0), rows - 1)].reshape(-1)
            for i in range(len(line)):
                line[i] += weight * row[i]
        for x in range(out.shape[1]):
            for c in range(channels):
                total = np.float32(0.0)
                for k in range(across[1].shape[1]):
                    at = min(max(across[0][x] + k, 0), columns - 1)
                    total += across[1][x, k] * line[at * channels + c]
                out[y, x, c] = total


def gaussian_blur(picture: Picture, sigma: float) -> Picture:
    """Blur with a Gaussian; the border goes on outside.

    Args:
        picture: any number of channels.
        sigma: standard deviation in pixels; below 0.15 nothing happens.
    """
    if sigma < 0.15:
        return picture
    height, width = picture.shape[:2]
    if sigma > LARGEST_SIGMA and min(height, width) > 8:
        step = min(sigma / (0.5 * LARGEST_SIGMA), min(height, width) / 4)
        small = resize(picture, round(height / step), round(width / step))
        # The two resamplings blur by themselves, by about this much.
        left = np.sqrt(max((sigma / step) ** 2 - 0.33, 0.0))
        return resize(gaussian_blur(small, min(float(left), LARGEST_SIGMA)), height, width)
    reach = int(np.ceil(2.6 * sigma))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    out = np.zeros((height, width * picture.shape[2]), np.float32)
    source = np.ascontiguousarray(picture, np.float32).reshape(height, -1)
    _convolve(source, (weights / weights.sum()).astype(np.float32), picture.shape[2], out)
    return out.reshape(picture.shape)


@njit(cache=True, fastmath=True)
@no_type_check
def _convolve(source, weights, channels, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    height, width = source.shape
    margin = (len(weights) // 2) * channels
    line = np.zeros(width + 2 * margin, np.float32)
    middle = line[margin : margin + width]
    for y in range(height):
        middle[:] = 0.0
        for k in range(len(weights)):
            weight, row = weights[k], source[min(max(y + k - len(weights) // 2, 0), height - 1)]
            for i in range(width):
                middle[i] += weight * row[i]
        for i in range(margin):
            line[i] = middle[i % channels]
            line[margin + width + i] = middle[width - channels + i % channels]
        for k in range(len(weights)):
            weight, shifted = weights[k], line[k * channels : k * channels + width]
            for i in range(width):
                out[y, i] += weight * shifted[i]


def smooth_within(picture: Picture, label: Labels, *, sigma: float, contrast: float) -> Picture:
    """Smooth a picture but not across labels or strong edges (domain transform, Gastal and Oliveira 2011, section 5).

    Args:
        picture: any number of channels.
        label: pixels of different labels never mix.
        sigma: reach where the picture is even, above 0.
        contrast: sum of the channels' differences that counts as an edge, above 0; smaller keeps more.
    """
    height, _, channels = picture.shape
    out = np.array(picture, np.float32, order="C")
    # Two rounds; the sigmas are those of the paper's Eq. 14, and the second is half the first.
    rate = np.float32(np.sqrt(2.0) / (sigma * np.sqrt(0.8)))
    right, down = np.zeros(picture.shape, np.float32), np.zeros(picture.shape, np.float32)
    _feedback(out, label, rate, np.float32(sigma / contrast), (right, down))
    flat = tuple(array.reshape(height, -1) for array in (out, right, down))
    for _ in range(2):
        _recurse_rows(flat[0], flat[1], channels)
        _recurse_columns(flat[0], flat[2])
        right *= right
        down *= down
    return out


@njit(cache=True, fastmath=True)
@no_type_check
def _feedback(picture, label, rate, stiffness, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    height, width, channels = picture.shape
    for axis in range(2):
        dy, dx = axis, 1 - axis
        for y in range(dy, height):
            for x in range(dx, width):
                if label[y, x] == label[y - dy, x - dx]:
                    change = np.float32(0.0)
                    for c in range(channels):
                        change += abs(picture[y, x, c] - picture[y - dy, x - dx, c])
                    # An exponential, as a limit of a power.
                    share = np.float32(1.0) - rate * (np.float32(1.0) + stiffness * change) * np.float32(0.0625)
                    # The least share is still a normal number after its fifth square: denormal ones are slow.
                    share = share if share > np.float32(0.08) else np.float32(0.0)
                    share *= share
                    share *= share
                    share *= share
                    share *= share
                    for c in range(channels):
                        out[axis][y, x, c] = share


@njit(cache=True, fastmath=True)
@no_type_check
def _recurse_rows(picture, right, channels):  # noqa: ANN001, ANN202 - compiled, types inferred
    height, width = picture.shape
    # Four rows at a time, because each step waits for the one before it in its row.
    for top in range(0, height, 4):
        bottom = min(top + 4, height)
        for i in range(channels, width):
            for y in range(top, bottom):
                picture[y, i] += right[y, i] * (picture[y, i - channels] - picture[y, i])
        for i in range(width - channels - 1, -1, -1):
            for y in range(top, bottom):
                picture[y, i] += right[y, i + channels] * (picture[y, i + channels] - picture[y, i])


@njit(cache=True, fastmath=True)
@no_type_check
def _recurse_columns(picture, down):  # noqa: ANN001, ANN202 - compiled, types inferred
    height, width = picture.shape
    for y in range(1, height):
        for i in range(width):
            picture[y, i] += down[y, i] * (picture[y - 1, i] - picture[y, i])
    for y in range(height - 2, -1, -1):
        for i in range(width):
            picture[y, i] += down[y + 1, i] * (picture[y + 1, i] - picture[y, i])


def kuwahara(picture: Colour, radius: float) -> Colour:
    """Paint over a picture: each pixel takes the colour of the evenest of eight neighbourhoods around it.

    A generalised Kuwahara filter (Papari et al. 2007) whose sectors are shifted Gaussians, so that one blur serves all.

    Args:
        picture: three channels.
        radius: reach, above 0.
    """
    grey = luma(picture)
    moments = gaussian_blur(np.dstack([picture, grey * grey]), 0.45 * radius)
    _weigh_evenness(moments)
    angles = np.arange(8) * np.pi / 4
    steps = np.rint(0.75 * radius * np.stack([np.sin(angles), np.cos(angles)], axis=1)).astype(np.int64)
    out = np.zeros_like(picture)
    _sum_shifted(moments, steps, out)
    return out


@njit(cache=True, fastmath=True)
@no_type_check
def _weigh_evenness(moments):  # noqa: ANN001, ANN202 - compiled, types inferred
    for row in moments:
        for m in row:
            grey = np.float32(0.299) * m[0] + np.float32(0.587) * m[1] + np.float32(0.114) * m[2]
            weight = np.float32(0.01) / (max(m[3] - grey * grey, np.float32(0.0)) + np.float32(2e-4))
            weight *= weight
            m[3] = weight * weight
            for c in range(3):
                m[c] *= m[3]


@njit(cache=True, fastmath=True)
@no_type_check
def _sum_shifted(moments, steps, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    height, width = moments.shape[:2]
    total = np.zeros((width, 4), np.float32)
    for y in range(height):
        total[:] = 0.0
        for i in range(len(steps)):
            row, dx = moments[min(max(y + steps[i, 0], 0), height - 1)], steps[i, 1]
            for x in range(width):
                near = row[min(max(x + dx, 0), width - 1)]
                for c in range(4):
                    total[x, c] += near[c]
        for x in range(width):
            for c in range(3):
                out[y, x, c] = total[x, c] / total[x, 3]


def palette_of(pixels: Float32[np.ndarray, "N 3"], count: int) -> Float32[np.ndarray, "K 3"]:
    """Choose colours that stand for many: k-means in `OPPONENT` space, started at the most different ones.

    Args:
        pixels: at least one; about a thousand of them are looked at.
        count: how many colours, at least 1.
    """
    sample = np.ascontiguousarray(pixels[:: max(len(pixels) // 1000, 1)] @ OPPONENT.T)
    centres = np.repeat(sample.mean(0, keepdims=True), count, axis=0)
    gap = ((sample - centres[0]) ** 2).sum(1)
    for k in range(1, count):
        centres[k] = sample[gap.argmax()]
        gap = np.minimum(gap, ((sample - centres[k]) ** 2).sum(1))
    for _ in range(6):
        nearest = ((centres**2).sum(1) - 2.0 * sample @ centres.T).argmin(1)
        mass = np.bincount(nearest, minlength=count)[:, None]
        sums = np.stack([np.bincount(nearest, channel, count) for channel in sample.T], axis=1)
        centres = np.where(mass > 0, sums / np.maximum(mass, 1), centres).astype(np.float32)
    return np.clip(centres @ np.linalg.inv(OPPONENT).T, 0.0, 1.0).astype(np.float32)


def nearest_colour(picture: Colour, palette: Float32[np.ndarray, "K 3"]) -> Int[np.ndarray, "H W"]:
    """Return for each pixel the number of the colour of a palette that is nearest in `OPPONENT` space."""
    out = np.zeros(picture.shape[:2], np.int64)
    _nearest(np.ascontiguousarray(picture) @ OPPONENT.T, (palette @ OPPONENT.T).astype(np.float32), out)
    return out


@njit(cache=True, fastmath=True)
@no_type_check
def _nearest(picture, palette, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            best = np.float32(1e9)
            for k in range(len(palette)):
                gap = np.float32(0.0)
                for c in range(3):
                    gap += (picture[y, x, c] - palette[k, c]) ** 2
                if gap < best:
                    best = gap
                    out[y, x] = k


def body_groups(region: Labels, unit: float) -> Labels:
    """Merge regions into bodies that are drawn with one outline, and tidy the strands at the edge of the hair.

    Args:
        region: `FaceRegion` of each pixel.
        unit: pixels over which single strands are lost.
    """
    group = GROUPS[region]
    hair = group == HAIR_GROUP
    if not hair.any():
        return group
    share = gaussian_blur(np.dstack([hair, group == 0]).astype(np.float32), 1.1 * unit)
    bald = np.where(share[..., 1] > 0.5 * (1.0 - share[..., 0]), 0, 1).astype(np.uint8)
    tidy = np.where(hair, bald, group)
    return np.where((share[..., 0] > 0.5) & (tidy < 2), np.uint8(HAIR_GROUP), tidy)


def ink_lines(buffers: ToonBuffers, group: Labels, width: float) -> Plane:
    """Return how much of each pixel outlines cover: between bodies, where depth jumps, and along creases.

    Args:
        buffers: of the scene.
        group: from `body_groups`.
        width: of the strongest lines in pixels, above 0; fine ones are about half as wide.
    """
    crossing = np.zeros((*group.shape, 2), np.float32)
    _cross(group, np.maximum(buffers.depth, np.float32(-9.0)), buffers.normals, LINES, crossing)
    sigma = max(0.6, 0.5 * width)
    spread = gaussian_blur(crossing, sigma)
    # A long line of weight 1 has density 1 in its middle, whatever its direction: the two axes are legs of a triangle.
    density = np.sqrt(spread[..., 0] ** 2 + spread[..., 1] ** 2) * np.float32(sigma * np.sqrt(2.0 * np.pi))
    edge = np.exp(-0.5 * (0.5 * width / sigma) ** 2)
    half = 0.5 * edge * 0.5 * width / sigma**2
    return np.clip((density - np.float32(edge - half)) * np.float32(0.5 / half), 0.0, 1.0)


@njit(cache=True, fastmath=True)
@no_type_check
def _cross(group, depth, normals, lines, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    height, width = group.shape
    for axis in range(2):
        dy, dx = axis, 1 - axis
        for y in range(dy, height - 2 * dy):
            for x in range(dx, width - 2 * dx):
                a, b = group[y, x], group[y + dy, x + dx]
                weight = lines[a, b]
                if a > 0 and b > 0 and (a != 5 or b != 5):
                    step = abs(depth[y, x] - depth[y + dy, x + dx])
                    slope = abs(depth[y - dy, x - dx] - depth[y, x])
                    slope = max(slope, abs(depth[y + dy, x + dx] - depth[y + 2 * dy, x + 2 * dx]))
                    jump = (step - np.float32(2.0) * slope) / np.float32(0.02)
                    if a == b and jump > np.float32(0.25):
                        weight = max(weight, min(np.float32(0.65) + np.float32(0.35) * jump, np.float32(1.0)))
                # The line lies between the two pixels.
                out[y, x, axis] += np.float32(0.5) * weight
                out[y + dy, x + dx, axis] += np.float32(0.5) * weight
