"""Pictures without a face, for counting false ones: 500, the same every time.

Three in ten are backgrounds of photo-style portraits, two of toon-style ones (rooms, streets, foliage, patterns). The
rest is harder: patches of several such pictures side by side; pictures strewn with round and square objects, which are
shaded, rimmed and spotted like balls, buttons, plates and plugs; and hair, hats, necks and clothes, cut out of
synthetic portraits where their parsing shows no pixel of a face, and enlarged.
"""

from collections.abc import Callable, Iterator

import numpy as np
from jaxtyping import Bool, Float, Float32

from toonface.synth.labels import Sample
from toonface.synth.picture.backgrounds import background, sample_background
from toonface.synth.picture.filters import gaussian_blur, resize, to_bytes
from toonface.synth.picture.jpeg import jpeg_round_trip
from toonface.synth.picture.photo_finish import encode
from toonface.types import FaceRegion, Picture

Canvas = Float32[np.ndarray, "H W 3"]

FACELESS_SEED = 971_005
FACELESS_COUNT = 500
TURNS = ("photo", "photo", "photo", "toon", "toon", "patches", "objects", "objects", "clipping", "clipping")
"""What the pictures show, over and over."""
SIDES = (96, 640)
"""Longer sides, pixels."""

CLOTHING = (FaceRegion.HAIR, FaceRegion.HAT, FaceRegion.CLOTH, FaceRegion.NECK)
HARMLESS = (*CLOTHING, FaceRegion.BACKGROUND)
"""Everything else is part of a face, or covers one."""
TRIES, LEAST_CLOTHING = 400, 0.5
CLIPPING_SIDES = (0.12, 0.4)
"""Of what is cut out, in sides of the portrait."""


def faceless_pictures(portrait: Callable[[int], Sample], count: int = FACELESS_COUNT) -> Iterator[Picture]:
    """Draw pictures without a face.

    Args:
        portrait: returns portrait number i, of any style, from which hair and clothes are clipped.
        count: how many; fewer are the first of more.
    """
    clippings = _clippings(portrait)
    for index in range(count):
        rng = np.random.default_rng(np.random.SeedSequence((FACELESS_SEED, index)))
        long = int(np.exp(rng.uniform(*np.log(SIDES))))
        kind = TURNS[index % len(TURNS)]
        if kind == "clipping":
            yield _finish(rng, resize(next(clippings), long, long))
        else:
            canvas = {"photo": _photo, "toon": _toon, "patches": _patches, "objects": _objects}[kind](rng, long)
            yield _finish(rng, _trimmed(rng, canvas))


def clip_faceless(sample: Sample, rng: np.random.Generator) -> Canvas | None:
    """Cut a square of hair and clothes out of a portrait, in which no pixel is of a face; None where there is none.

    Args:
        sample: square portrait.
        rng: chooses the square.
    """
    size = len(sample.picture)
    face = _summed(~np.isin(sample.labels.parsing, HARMLESS))
    clothing = _summed(np.isin(sample.labels.parsing, CLOTHING))
    for _ in range(TRIES):
        side = max(int(rng.uniform(*CLIPPING_SIDES) * size), 1)
        top, left = rng.integers(0, size - side + 1, 2)
        bounds = int(top), int(left), int(top) + side, int(left) + side
        if _sum_in(face, bounds) == 0 and _sum_in(clothing, bounds) >= LEAST_CLOTHING * side**2:
            return sample.picture[bounds[0] : bounds[2], bounds[1] : bounds[3]].astype(np.float32) / np.float32(255.0)
    return None


def _clippings(portrait: Callable[[int], Sample]) -> Iterator[Canvas]:
    number = 0
    while True:
        rng = np.random.default_rng(np.random.SeedSequence((FACELESS_SEED, FACELESS_COUNT, number)))
        clipping = clip_faceless(portrait(number), rng)
        number += 1
        if clipping is not None:
            yield clipping


def _photo(rng: np.random.Generator, size: int) -> Canvas:
    return encode(background(sample_background(rng), size))


def _toon(rng: np.random.Generator, size: int) -> Canvas:
    return encode(background(sample_background(rng, toon=True), size))


def _patches(rng: np.random.Generator, size: int) -> Canvas:
    """Four pictures that meet somewhere in the middle."""
    canvas = _photo(rng, size)
    row, column = (rng.uniform(0.25, 0.75, 2) * size).astype(int)
    canvas[:row, column:] = _toon(rng, size)[:row, column:]
    canvas[row:, :column] = _photo(rng, size)[row:, :column]
    canvas[row:, column:] = _toon(rng, size)[row:, column:]
    return canvas


def _objects(rng: np.random.Generator, size: int) -> Canvas:
    canvas = _photo(rng, size) if rng.random() < 0.5 else _toon(rng, size)
    for _ in range(rng.integers(1, 9)):
        centre, radii = rng.uniform(0.1, 0.9, 2) * size, rng.uniform(0.05, 0.35) * size * rng.uniform(0.6, 1.0, 2)
        _place_object(rng, canvas, centre, radii)
    return canvas


def _place_object(
    rng: np.random.Generator, canvas: Canvas, centre: Float[np.ndarray, "2"], radii: Float[np.ndarray, "2"]
) -> None:
    """Draw a shaded ellipse or rounded box, with a rim and spots or without."""
    rows, columns = np.mgrid[: len(canvas), : len(canvas)].astype(np.float32) + 0.5
    angle = rng.uniform(0.0, np.pi)
    x, y = columns - centre[0], rows - centre[1]
    across, down = (
        (np.cos(angle) * x + np.sin(angle) * y) / radii[0],
        (np.cos(angle) * y - np.sin(angle) * x) / radii[1],
    )
    power = 2.0 if rng.random() < 0.7 else 6.0
    away = (np.abs(across) ** power + np.abs(down) ** power) ** (1.0 / power)
    cover = np.clip((1.0 - away) * radii.min(), 0.0, 1.0)[..., None]
    light = rng.uniform(-0.6, 0.6, 2)
    tone = 1.0 + (light[0] * across + light[1] * down)[..., None] * (away < 1.0)[..., None]
    colour = rng.uniform(0.05, 0.95, 3) * tone
    if rng.random() < 0.4:
        colour = np.where((away > rng.uniform(0.75, 0.92))[..., None], rng.uniform(0.0, 1.0, 3), colour)
    for _ in range(rng.integers(0, 5)):
        place, radius = rng.uniform(-0.7, 0.7, 2), rng.uniform(0.05, 0.25)
        spot = (across - place[0]) ** 2 + (down - place[1]) ** 2 < radius**2
        colour = np.where(spot[..., None], rng.uniform(0.0, 1.0, 3), colour)
    canvas[:] = np.clip(canvas + cover * (colour - canvas), 0.0, 1.0)


def _trimmed(rng: np.random.Generator, canvas: Canvas) -> Float32[np.ndarray, "R C 3"]:
    """Cut half of the pictures to an oblong."""
    size, share = len(canvas), rng.uniform(0.5, 1.0)
    if rng.random() < 0.5:
        return canvas
    short = max(int(share * size), 8)
    return canvas[:short] if rng.random() < 0.5 else np.ascontiguousarray(canvas[:, :short])


def _finish(rng: np.random.Generator, canvas: Canvas) -> Picture:
    """Blur some, make some grey, add grain, compress."""
    soft = gaussian_blur(canvas, float(rng.uniform(0.5, 2.5))) if rng.random() < 0.3 else canvas
    if rng.random() < 0.1:
        soft = np.repeat(soft.mean(axis=2, keepdims=True), 3, axis=2)
    grain = (rng.uniform(0.0, 0.03) * rng.standard_normal(soft.shape)).astype(np.float32)
    return jpeg_round_trip(to_bytes(soft + grain), int(rng.integers(55, 96)))


def _summed(mask: Bool[np.ndarray, "H W"]) -> np.ndarray:
    """Table of sums from which that of any rectangle is read."""
    return np.pad(mask.astype(np.int64).cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))


def _sum_in(table: np.ndarray, bounds: tuple[int, int, int, int]) -> int:
    top, left, bottom, right = bounds
    return int(table[bottom, right] - table[top, right] - table[bottom, left] + table[top, left])
