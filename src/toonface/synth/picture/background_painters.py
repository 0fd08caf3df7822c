"""The kinds of background, each painted on a square canvas of linear light from five colours."""

from collections.abc import Callable
from typing import TypeAlias, no_type_check

import numpy as np
from jaxtyping import Float, Float32

from toonface.geometry.kernels import kernel
from toonface.synth.picture.filters import Plane, blend
from toonface.synth.picture.noise import halftone, strand_noise, tileable_noise

BLACK = (0.0, 0.0, 0.0)
COLOURS = 5
"""Colours of a background."""
Canvas: TypeAlias = Float32[np.ndarray, "N N 3"]
Palette: TypeAlias = Float32[np.ndarray, "5 3"]


def _grid(side: int) -> tuple[Plane, Plane]:
    """Rows and columns of the pixel centres, in [0, 1]."""
    line = ((np.arange(side) + 0.5) / side).astype(np.float32)
    return np.repeat(line[:, None], side, axis=1), np.repeat(line[None], side, axis=0)


def _fill(side: int, colour: Float32[np.ndarray, "3"]) -> Canvas:
    return np.ascontiguousarray(np.broadcast_to(colour, (side, side, 3)), np.float32)


def _step(value: Plane, width: float) -> Plane:
    """0 below zero and 1 above, over a width."""
    return np.clip(value / np.float32(width) + np.float32(0.5), 0.0, 1.0)


@kernel()
@no_type_check
def _stamp(canvas, shapes, disc):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Draw boxes or discs: centre x, y, half width, half height, red, green, blue, opacity; lengths in sides."""
    side = canvas.shape[0]
    for s in shapes:
        cx, cy, w, h = s[0] * side, s[1] * side, max(s[2] * side, 0.5), max(s[3] * side, 0.5)
        for y in range(max(int(cy - h - 1), 0), min(int(cy + h + 2), side)):
            for x in range(max(int(cx - w - 1), 0), min(int(cx + w + 2), side)):
                dx, dy = abs(x + 0.5 - cx), abs(y + 0.5 - cy)
                if disc:
                    cover = (1.0 - np.sqrt((dx / w) ** 2 + (dy / h) ** 2)) * min(w, h) + 0.5
                else:
                    cover = min(w - dx, h - dy) + 0.5
                cover = min(max(cover, 0.0), 1.0) * s[7]
                for c in range(3):
                    canvas[y, x, c] += np.float32(cover) * (np.float32(s[4 + c]) - canvas[y, x, c])


def _shapes(place: Float[np.ndarray, "N 4"], colour: np.ndarray, opacity: float = 1.0) -> Float[np.ndarray, "N 8"]:
    count = len(place)
    return np.hstack([place, np.broadcast_to(colour, (count, 3)), np.full((count, 1), opacity)])


def _plain(rng: np.random.Generator, side: int, colours: Palette) -> Canvas:
    return _fill(side, colours[0])


def _gradient(rng: np.random.Generator, side: int, colours: Palette) -> Canvas:
    y, x = _grid(side)
    angle = rng.uniform(0.0, 2.0 * np.pi)
    along = np.float32(np.cos(angle)) * (x - np.float32(0.5)) + np.float32(np.sin(angle)) * (y - np.float32(0.5))
    return blend(colours[0], colours[1], np.clip(along * np.float32(0.9) + np.float32(0.5), 0.0, 1.0))


def _studio(rng: np.random.Generator, side: int, colours: Palette) -> Canvas:
    y, x = _grid(side)
    cx, cy, reach = rng.uniform(0.3, 0.7), rng.uniform(0.25, 0.6), rng.uniform(0.35, 0.8)
    glow = np.exp(-((x - np.float32(cx)) ** 2 + (y - np.float32(cy)) ** 2) / np.float32(reach**2))
    cloth = tileable_noise(rng, side, 3, period=3) - np.float32(0.5)
    light = np.float32(rng.uniform(0.15, 0.5)) + glow * (1 + np.float32(rng.uniform(0.0, 0.35)) * cloth)
    return blend(BLACK, colours[0], light)


def _bokeh(rng: np.random.Generator, side: int, colours: Palette) -> Canvas:
    noise = tileable_noise(rng, side, 2, period=2)
    canvas = blend(0.25 * colours[0], 0.5 * colours[1], noise)
    count = int(rng.integers(12, 60))
    radius = rng.uniform(0.02, 0.09) * rng.uniform(0.75, 1.0, (count, 1))
    place = np.hstack([rng.random((count, 1)), rng.beta(2.0, 2.6, (count, 1)), radius, radius])
    lamps = colours[rng.integers(1, COLOURS, count)] ** 0.5 * rng.uniform(0.4, 1.5, (count, 1))
    warm = lamps * np.array([1.15, 1.0, 0.75])
    shapes = np.hstack([place, warm, rng.uniform(0.15, 0.7, (count, 1))])
    _stamp(canvas, shapes, disc=True)
    return canvas


def _room(rng: np.random.Generator, side: int, colours: Palette) -> Canvas:
    y, x = _grid(side)
    canvas = _fill(side, colours[0] * np.float32(0.8))
    floor = rng.uniform(0.7, 1.1)
    boxes = [_shapes(np.array([[0.5, floor + 0.5, 0.5, 0.5]]), 0.5 * colours[1])]
    for _ in range(rng.integers(2, 6)):
        cx, cy, w, h = rng.random(), rng.uniform(0.15, 0.8), rng.uniform(0.05, 0.2), rng.uniform(0.06, 0.28)
        colour = colours[rng.integers(COLOURS)]
        boxes += [
            _shapes(np.array([[cx, cy, w, h]]), 0.45 * colour),
            _shapes(np.array([[cx, cy, 0.88 * w, 0.92 * h]]), colour),
        ]
    if rng.random() < 0.5:
        boxes.append(_shelves(rng, colours))
    if rng.random() < 0.45:
        cx, cy, (w, h) = rng.choice([rng.uniform(0.0, 0.3), rng.uniform(0.7, 1.0)]), 0.3, rng.uniform(0.12, 0.25, 2)
        panes = np.array([[cx - 0.5 * w, cy, 0.45 * w, 1.25 * h], [cx + 0.5 * w, cy, 0.45 * w, 1.25 * h]])
        boxes.append(_shapes(np.array([[cx, cy, w * 1.12, 1.35 * h]]), 0.7 * colours[4] + 0.2))
        boxes.append(_shapes(panes, np.array([1.1, 1.25, 1.4])))
    _stamp(canvas, np.vstack(boxes), disc=False)
    cx, cy = rng.random(), rng.uniform(0.1, 0.6)
    lamp = np.exp(-((x - np.float32(cx)) ** 2 + (y - np.float32(cy)) ** 2) * np.float32(5.0))
    return blend(BLACK, canvas, np.float32(0.55) + np.float32(0.75) * lamp)


def _shelves(rng: np.random.Generator, colours: Palette) -> Float[np.ndarray, "N 8"]:
    """A bookcase: boards, and the backs of books on them."""
    left, top, rows, pitch = rng.uniform(-0.1, 0.6), rng.uniform(0.0, 0.3), rng.integers(2, 5), rng.uniform(0.13, 0.2)
    half = 0.5 * rows * pitch
    boxes = [_shapes(np.array([[left + 0.25, top + half, 0.27, half + 0.02]]), 0.2 * colours[2])]
    for row in range(rows):
        base = top + (row + 1) * pitch
        at = np.cumsum(rng.uniform(0.012, 0.035, 16))
        tall = rng.uniform(0.3, 0.46, 16) * pitch
        place = np.stack([left + at, base - tall, np.full(16, 0.011), tall], axis=1)
        shade = colours[rng.integers(COLOURS, size=16)] * rng.uniform(0.3, 1.0, (16, 1))
        boxes += [_shapes(place, shade), _shapes(np.array([[left + 0.25, base + 0.008, 0.27, 0.01]]), 0.5 * colours[2])]
    return np.vstack(boxes)


def _landscape(rng: np.random.Generator, side: int, colours: Palette) -> Canvas:
    y, _ = _grid(side)
    noise = tileable_noise(rng, side, 4, period=3)
    sky = np.array([0.20, 0.42, 0.85]) * 0.6 + 0.4 * colours[0] if rng.random() < 0.7 else colours[0]
    clouds = np.clip((noise - np.float32(rng.uniform(0.4, 0.75))) * np.float32(3.0), 0.0, 1.0)
    canvas = blend(blend(sky, (0.85, 0.88, 0.9), y * y), (1.0, 1.0, 1.0), clouds)
    green = np.array([0.10, 0.16, 0.04]) * 0.75 + 0.2 * colours[1]
    horizon = rng.uniform(0.35, 0.75)
    for layer in range(int(rng.integers(2, 5))):
        ridge = noise[(layer * side) // 5] - np.float32(0.5)
        top = horizon + 0.09 * layer + 0.22 * ridge
        haze = 0.5 ** (layer + 1)
        near = (1 - haze) * green * rng.uniform(0.6, 1.5) + haze * sky
        texture = 1 + np.float32(0.5 * (1 - haze)) * (np.roll(noise, 31 * (layer + 1), axis=1) - np.float32(0.5))
        canvas = blend(canvas, blend(BLACK, near, texture), _step(y - top, 0.012))
    return canvas


def _city(rng: np.random.Generator, side: int, colours: Palette) -> Canvas:
    y, _ = _grid(side)
    night = rng.random() < 0.4
    sky = colours[0] * (0.06 if night else 0.9)
    canvas = blend(sky, sky * (2.0 if night else 0.8), y)
    for layer in range(3):
        count = 7
        tops, wide = rng.uniform(0.05, 0.6, count) + 0.08 * layer, rng.uniform(0.05, 0.12, count)
        at = (np.arange(count) + rng.uniform(0.2, 0.8, count)) / count
        dim = (0.05 if night else 0.35) * rng.uniform(0.6, 1.4, (count, 1))
        shade = colours[rng.integers(1, COLOURS, count)] * dim + (0.35 - 0.15 * layer) * sky
        _stamp(canvas, _shapes(np.stack([at, 0.5 * (1.1 + tops), wide, 0.5 * (1.1 - tops)], axis=1), shade), disc=False)
        # Windows in 4 columns and 14 floors of each building; nearer buildings cover the lower ones.
        across, down = np.tile(np.linspace(-0.75, 0.75, 4), 14), np.repeat(np.linspace(0.04, 0.95, 14), 4)
        middle = np.stack([np.add.outer(at, 0.0 * across) + np.outer(wide, across), np.add.outer(tops, down)], axis=-1)
        size = np.stack([np.outer(0.13 * wide, np.ones(56)), np.full((count, 56), 0.018)], axis=-1)
        place = np.concatenate([middle, size], axis=-1).reshape(-1, 4)
        lit = rng.random((len(place), 1)) < (0.45 if night else 0.9)
        glass = np.where(lit, np.array([1.0, 0.75, 0.4]) if night else 0.5 * sky + 0.05, 0.02)
        _stamp(canvas, _shapes(place, glass * rng.uniform(0.3, 1.0, (len(place), 1)), 0.85), disc=False)
    return canvas


def _blocks(rng: np.random.Generator, side: int, rows: int, *, brick: bool) -> tuple[Plane, Plane]:
    """Courses of bricks or tiles: the joints between them, and a random value of each."""
    y, x = _grid(side)
    columns = max(rows // 2, 2) if brick else rows
    course = np.floor(y * rows)
    across = x * columns + (np.float32(0.5) * (course % 2) if brick else 0)
    fy, fx = np.abs(y * rows - course - np.float32(0.5)), np.abs(across - np.floor(across) - np.float32(0.5))
    joint = np.maximum(_step(fy - np.float32(0.44), 0.05), _step(fx - np.float32(0.44 if not brick else 0.47), 0.04))
    values = rng.random((rows + 1, columns + 2)).astype(np.float32)
    return joint, values[course.astype(np.int64), np.floor(across).astype(np.int64)]


def _bricks(rng: np.random.Generator, side: int, colours: Palette) -> Canvas:
    joint, value = _blocks(rng, side, int(rng.integers(9, 20)), brick=True)
    brick = np.array([0.36, 0.13, 0.08]) * np.float32(0.5) + np.float32(0.5) * colours[0]
    rough = tileable_noise(rng, side, 3, period=16)
    wall = blend(BLACK, brick, np.float32(0.3) + np.float32(0.5) * value + np.float32(0.5) * rough)
    return blend(wall, np.float32(0.75) * colours[1], joint)


def _tiles(rng: np.random.Generator, side: int, colours: Palette) -> Canvas:
    joint, value = _blocks(rng, side, int(rng.integers(5, 12)), brick=False)
    picked = _step(value - np.float32(rng.uniform(0.5, 1.0)), 0.01)
    tile = blend(BLACK, blend(colours[0], colours[1], picked), np.float32(0.9) + np.float32(0.15) * value)
    return blend(tile, np.float32(0.6) * colours[2], joint)


def _wood(rng: np.random.Generator, side: int, colours: Palette) -> Canvas:
    planks = int(rng.integers(4, 9))
    _, x = _grid(side)
    number = np.floor(x * planks)
    fibre = strand_noise(rng, side, 2, strands=24, stretch=12)
    seam = _step(np.abs(x * planks - number - np.float32(0.5)) - np.float32(0.48), 0.03)
    tone = (
        np.float32(0.55)
        + np.float32(0.5) * fibre
        + np.float32(0.35) * rng.random(planks + 1).astype(np.float32)[number.astype(np.int64)]
    )
    wood = np.array([0.42, 0.22, 0.10]) * np.float32(0.6) + np.float32(0.4) * colours[0]
    return blend(BLACK, wood, tone * (1 - np.float32(0.7) * seam))


def _wallpaper(rng: np.random.Generator, side: int, colours: Palette) -> Canvas:
    y, x = _grid(side)
    count, kind = int(rng.integers(5, 14)), rng.integers(3)
    u, v = np.sin(2 * np.pi * count * x), np.sin(2 * np.pi * count * y)
    figure = (
        u * np.abs(u),
        u * v + np.float32(0.4) * np.cos(4 * np.pi * count * x),
        np.maximum(u, v) - np.float32(0.6),
    )[kind]
    contrast = np.float32(rng.uniform(0.2, 0.8))
    return blend(colours[0], colours[1], contrast * _step(figure, 0.5))


def _foliage(rng: np.random.Generator, side: int, colours: Palette) -> Canvas:
    count = 420
    canvas = blend(np.array([0.015, 0.03, 0.01]), np.array([0.12, 0.18, 0.05]), tileable_noise(rng, side, 3, period=3))
    leaf = np.array([0.10, 0.19, 0.03]) * 0.7 + 0.3 * colours[0] * np.array([0.6, 0.8, 0.3])
    depth = np.linspace(0.25, 1.5, count)[:, None] * rng.uniform(0.4, 1.3, (count, 1))
    place = np.hstack([rng.random((count, 2)), rng.uniform(0.01, 0.045, (count, 2))])
    shapes = _shapes(place, leaf * depth, 0.8)
    if rng.random() < 0.5:
        shapes[-14:, 4:7] = rng.choice([1.0, 1.6]) * colours[rng.integers(1, COLOURS)]
    _stamp(canvas, shapes, disc=True)
    return canvas


def _abstract(rng: np.random.Generator, side: int, colours: Palette) -> Canvas:
    canvas = _fill(side, colours[0])
    for disc in (True, False, True):
        count = int(rng.integers(3, 12))
        size = rng.uniform(0.02, 0.25, (count, 1))
        place = np.hstack([rng.random((count, 2)), size, size * rng.choice([1.0, 0.4, 2.0], (count, 1))])
        _stamp(canvas, _shapes(place, colours[rng.integers(1, COLOURS, count)], rng.uniform(0.6, 1.0)), disc=disc)
    return canvas


def _curtain(rng: np.random.Generator, side: int, colours: Palette) -> Canvas:
    y, x = _grid(side)
    bend = tileable_noise(rng, side, 2, period=3, stretch=3) - np.float32(0.5)
    count = rng.uniform(5.0, 14.0)
    fold = np.sin(2 * np.pi * np.float32(count) * (x + np.float32(0.12) * bend)) * np.float32(0.5) + np.float32(0.5)
    light = np.float32(0.3) + np.float32(0.6) * fold**1.5 + np.float32(0.4) * bend
    return blend(BLACK, colours[0], light * (np.float32(1.1) - np.float32(0.4) * y))


def _rays(rng: np.random.Generator, side: int, colours: Palette) -> Canvas:
    y, x = _grid(side)
    dy, dx = y - np.float32(rng.uniform(0.35, 0.65)), x - np.float32(rng.uniform(0.3, 0.7))
    spokes = int(rng.integers(8, 24))
    wave = np.sin(spokes * np.arctan2(dy, dx))
    sharp = np.hypot(dy, dx) * np.float32(0.5 * side / spokes)
    return blend(colours[0], colours[1], np.clip(wave * sharp + np.float32(0.5), 0.0, 1.0))


def _dots(rng: np.random.Generator, side: int, colours: Palette) -> Canvas:
    y, x = _grid(side)
    fade = np.clip((y if rng.random() < 0.5 else x) * np.float32(0.75), 0.02, 0.7)
    return blend(colours[0], colours[1], halftone(fade, angle=0.785, pitch=side / rng.uniform(14.0, 28.0)))


PAINTERS: dict[str, Callable[[np.random.Generator, int, Palette], Canvas]] = {
    "plain": _plain, "gradient": _gradient, "studio": _studio, "bokeh": _bokeh, "room": _room, "landscape": _landscape,
    "city": _city, "bricks": _bricks, "tiles": _tiles, "wood": _wood, "wallpaper": _wallpaper, "foliage": _foliage,
    "shapes": _abstract, "curtain": _curtain, "rays": _rays, "dots": _dots,
}  # fmt: skip
