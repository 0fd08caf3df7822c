"""How each garment is put together from pieces (`garments`)."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

from toonface.synth.wear.cloth_spec import ClothSpec
from toonface.synth.wear.garments import (
    FROM_FRONT,
    Piece,
    band,
    lapels,
    leaf_collar,
    panel,
    places,
    plain,
    rope,
    round_neckline,
    shade,
    turned_collar,
    unit_outward,
    v_neckline,
)
from toonface.synth.wear.torso import COLUMNS, LAST, SEAM
from toonface.worn.lofts import Grid, Mesh, Profile, folds, mesh_of, tube


def _t_shirt(rings: Grid, spec: ClothSpec) -> tuple[list[Piece], float]:
    top = round_neckline(3.7 + 0.9 * spec.depth, 3.5 + 0.3 * spec.depth, 3.3)
    trim = spec.second if spec.pattern == "two-tone" else shade(spec.colour)
    return [_body(rings, top, spec, 0.0030), plain(band(rings, top + 0.12, 0.015, 0.0028), trim)], float(top.max())


def _v_neck(rings: Grid, spec: ClothSpec) -> tuple[list[Piece], float]:
    top = v_neckline(rings, -0.165 - 0.055 * spec.depth, 3.5)
    return [
        _body(rings, top, spec, 0.0030),
        plain(band(rings, top + 0.08, 0.010, 0.0026), shade(spec.colour)),
    ], float(top.max())


def _tank(rings: Grid, spec: ClothSpec) -> tuple[list[Piece], float]:
    # It rises to the straps.
    top = round_neckline(7.0 + 0.7 * spec.depth, 9.2, 7.6) - 1.1 * np.exp(-(((FROM_FRONT - 0.6) / 0.2) ** 2))
    pieces = [_body(rings, top, spec, 0.0030), plain(band(rings, top + 0.05, 0.008, 0.0026), shade(spec.colour))]
    angle = np.linspace(0.58, 2.5, 20)
    at = 4.9 + 3.0 * (angle - 1.5) ** 2
    for side in (1.0, -1.0):
        path = places(rings, at[None], side * angle[None])
        path = path + 0.0030 * unit_outward(path)
        profile = Profile(across=0.007 + 0.012 * (1.0 - spec.depth), along=0.0035, power=3.0)
        pieces.append(plain(tube(path[0], profile, unit_outward(path)[0]), spec.colour))
    return pieces, float(LAST)


def _boat(rings: Grid, spec: ClothSpec) -> tuple[list[Piece], float]:
    top = round_neckline(4.2 + 0.8 * spec.depth, 5.0 + 1.2 * spec.depth, 4.0 + 0.6 * spec.depth)
    return [
        _body(rings, top, spec, 0.0035),
        plain(band(rings, top + 0.04, 0.006, 0.0030), shade(spec.colour)),
    ], float(top.max())


def _shirt(rings: Grid, spec: ClothSpec) -> tuple[list[Piece], float]:
    opening = 0.4 + 3.0 * max(spec.depth - 0.4, 0.0)
    top = round_neckline(3.6, 3.4, 3.2) + opening * np.clip(1.0 - FROM_FRONT / 0.5, 0.0, 1.0)
    collar = leaf_collar(rings, 1 + int(3.0 * spec.depth), 1.3)
    colour = spec.second if spec.pattern == "two-tone" else spec.colour
    return [_body(rings, top, spec, 0.0030), plain(collar, colour), *_buttons(rings, top[0], spec)], float(top.max())


def _buttons(rings: Grid, top: float, spec: ClothSpec) -> list[Piece]:
    """Return the strip down the front, and its buttons."""
    at = np.linspace(top + 0.1, LAST - 0.2, 16)
    middle = places(rings, at[None], np.zeros((1, 16)))[0] + np.array([0.0, 0.0, 0.0045])
    forward = np.array([0.0, 0.35, 1.0])
    strip = tube(middle, Profile(across=0.013, along=0.0022, power=4.0, sides=10), forward)
    dots = []
    for place in middle[2::4]:
        ends = place + np.array([[0.0, 0.0, 0.001], [0.0, 0.001, 0.0030]])
        dots.append(plain(tube(ends, Profile(across=0.0048, along=0.0048), np.array([0.0, 1.0, 0.0])), spec.second))
    return [plain(strip, shade(spec.colour, 0.94)), *dots]


def _turtleneck(rings: Grid, spec: ClothSpec) -> tuple[list[Piece], float]:
    top = round_neckline(3.0, 2.8, 2.6)
    high = round_neckline(1.3, 1.0, 0.8) - 0.4 * spec.depth
    return [
        _body(rings, top, spec, 0.0045),
        plain(turned_collar(rings, 3.5, high, 0.0075), shade(spec.colour, 0.96)),
    ], SEAM - 1.0


def _hoodie(rings: Grid, spec: ClothSpec) -> tuple[list[Piece], float]:
    top = round_neckline(4.0 + 0.4 * spec.depth, 3.6, 3.3)
    pieces = [_body(rings, top, spec, 0.0060, 0.0045)]
    behind = 0.5 - 0.5 * np.cos(FROM_FRONT)
    if not spec.hood_up:
        lying = Profile(across=0.006 + 0.026 * behind**2, along=0.012 + 0.030 * behind, sides=12)
        hood = rope(rings, round_neckline(4.1, 3.5, 3.0), lying, 0.006 + 0.030 * behind**2)
        hood = hood + (0.003 * folds(hood, spec.seed + 1, 0.06))[..., None] * np.array([0.3, 1.0, 0.3])
        pieces.append(plain(mesh_of(hood), spec.colour))
        edge = Profile(across=0.005 + 0.007 * behind, along=0.009 + 0.012 * behind, sides=10)
        rim = rope(rings, round_neckline(3.9, 3.0, 2.6), edge, 0.006 + 0.014 * behind)
        pieces.append(plain(mesh_of(rim), shade(spec.colour)))
    for side in (1.0, -1.0):
        at = np.linspace(4.2, 7.6 + 0.5 * side, 12)
        path = places(rings, at[None], side * np.linspace(0.42, 0.30, 12)[None])[0] + np.array([0.0, 0.0, 0.011])
        path[:, 0] += 0.002 * np.sin(at * 2.0)
        pieces.append(plain(tube(path, Profile(across=0.0026, along=0.0026, sides=6), _FORWARD), spec.second))
    return pieces, float(top.max())


def _jacket(rings: Grid, spec: ClothSpec) -> tuple[list[Piece], float]:
    beneath = ClothSpec(garment="t-shirt", colour=spec.second, depth=0.6 * spec.depth, seed=spec.seed)
    pieces, lowest = _t_shirt(rings, beneath)
    return [*pieces, *_outer(rings, spec)], lowest


def _suit(rings: Grid, spec: ClothSpec) -> tuple[list[Piece], float]:
    beneath = ClothSpec(garment="shirt", colour=spec.second, second=spec.second, depth=0.0, seed=spec.seed)
    pieces, lowest = _shirt(rings, beneath)
    tie = _tie(rings) if spec.depth < 0.6 else []
    hue = (0.55 * np.array(spec.colour) + np.array([0.25, 0.04, 0.06])).tolist()
    return [*pieces, *[plain(mesh, (hue[0], hue[1], hue[2])) for mesh in tie], *_outer(rings, spec)], lowest


def _outer(rings: Grid, spec: ClothSpec) -> list[Piece]:
    """Return an open jacket with its lapels."""
    edge = np.interp(FROM_FRONT, (0.09, 0.10, 0.85, 1.25, np.pi), (LAST, 10.4, 4.1, 3.5, 3.1))
    grid, at = panel(rings, edge, 0.010, wrinkles=0.003, seed=spec.seed, striped=spec.pattern == "stripes")
    folded = lapels(rings, edge, 1.0 + 0.3 * spec.depth, 0.011)
    return [(mesh_of(grid), _painted(at, spec)), plain(folded, shade(spec.colour, 0.93))]


def _tie(rings: Grid) -> list[Mesh]:
    at = np.linspace(4.3, LAST, 14)
    middle = places(rings, at[None], np.zeros((1, 14)))[0] + np.array([0.0, 0.0, 0.009])
    knot = places(rings, np.array([[3.55, 4.0, 4.5]]), np.zeros((1, 3)))[0] + np.array([0.0, 0.0, 0.009])
    blade = tube(middle, Profile(across=np.linspace(0.012, 0.034, 14), along=0.0035, power=3.0), _FORWARD)
    return [blade, tube(knot, Profile(across=np.array([0.017, 0.015, 0.010]), along=0.007, power=2.6), _FORWARD)]


def _scarf(rings: Grid, spec: ClothSpec) -> tuple[list[Piece], float]:
    under = ClothSpec(garment="t-shirt", colour=spec.second, depth=0.0, seed=spec.seed)
    pieces, lowest = _t_shirt(rings, under)
    for turn, (front, side, back) in enumerate(((2.7, 2.1, 1.9), (4.1, 3.2, 2.9))):
        size = 1.0 + 0.25 * np.sin(FROM_FRONT * 2.0 + turn) ** 2
        thick = Profile(across=0.015 * size, along=0.021 * size, sides=14)
        loop = rope(rings, round_neckline(front, side, back), thick, 0.009 + 0.004 * turn)
        phase = np.arange(14) * (2.0 * np.pi / 14) * 3.0 + 2.5 * np.linspace(0.0, 2.0 * np.pi, COLUMNS + 1)[:, None]
        middle = loop.mean(axis=1, keepdims=True)
        bulge = 1.0 + 0.10 * np.sin(phase) + 0.10 * folds(loop, spec.seed + turn, 0.04)
        pieces.append(_striped(mesh_of(middle + (loop - middle) * _closing(bulge)[..., None]), spec, 14))
    at = np.linspace(4.0, 9.6, 20)
    tail = places(rings, at[None], np.interp(at, (4.0, 9.6), (0.5, 0.42))[None])[0] + np.array([0.0, 0.0, 0.020])
    width = Profile(across=np.interp(at, (4.0, 6.0, 9.6), (0.020, 0.034, 0.040)), along=0.009, sides=12, power=2.4)
    pieces.append(_striped(tube(tail, width, _FORWARD), spec, 12))
    return pieces, lowest


def _closing(values: Float[np.ndarray, "N M"]) -> Float[np.ndarray, "N M"]:
    """Make the last row equal the first, so that a ring closes."""
    drift = np.linspace(0.0, 1.0, len(values))[:, None] ** 4
    return values + drift * (values[:1] - values[-1:])


def _striped(mesh: Mesh, spec: ClothSpec, sides: int) -> Piece:
    rows = np.arange(len(mesh[0])) // sides % 8 < 2
    second = np.array(spec.second if spec.pattern != "plain" else spec.colour)
    return mesh, np.where(rows[:, None], second, np.array(spec.colour))


def _body(rings: Grid, top: Float[np.ndarray, " K"], spec: ClothSpec, thick: float, wrinkles: float = 0.0025) -> Piece:
    grid, at = panel(rings, top, thick, wrinkles=wrinkles, seed=spec.seed, striped=spec.pattern == "stripes")
    return mesh_of(grid), _painted(at, spec)


def _painted(at: Float[np.ndarray, "R K"], spec: ClothSpec) -> Float[np.ndarray, "N 3"]:
    """Colour the rows and columns of a panel by its pattern."""
    if spec.pattern == "plain":
        return np.tile(np.array(spec.colour), (at.size, 1))
    rows, columns = np.indices(at.shape)
    share = {
        "two-tone": (rows > 11) * 1.0,
        "stripes": ((rows - 2) // 2 % 2 == 1) * 1.0,
        "checks": 0.3 * (rows % 4 < 2) + 0.3 * (columns % 4 < 2),
    }[spec.pattern].ravel()[:, None]
    return np.array(spec.colour) * (1.0 - share) + np.array(spec.second) * share


_FORWARD = np.array([0.0, 0.35, 1.0])
TAILORS: dict[str, Callable[[Grid, ClothSpec], tuple[list[Piece], float]]] = {
    "t-shirt": _t_shirt, "v-neck": _v_neck, "tank": _tank, "boat": _boat, "shirt": _shirt, "turtleneck": _turtleneck,
    "hoodie": _hoodie, "jacket": _jacket, "suit": _suit, "scarf": _scarf,
}  # fmt: skip
"""Garment → its pieces, and the lowest ring at which bare skin is seen."""
