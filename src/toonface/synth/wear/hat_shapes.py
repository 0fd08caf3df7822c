"""The shape of each kind of hat, on the grid of a head."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

from toonface.synth.wear.garments import Piece, plain, shade
from toonface.synth.wear.hat_spec import HatSpec
from toonface.synth.wear.head_grid import ANGLES, COLUMNS, HAT_AXIS, HOOD_AXIS, ROWS
from toonface.synth.wear.torso import body_rings
from toonface.worn.lofts import Grid, Profile, blend_rings, folds, grid_normals, mesh_of, tube, unit


def _rows(spec: HatSpec, polar: Float[np.ndarray, "M K"]) -> Float[np.ndarray, "M K"]:
    """Turn angles from the pole into rows of the grid."""
    return polar * ((ROWS - 1) / spec.axis.reach)


def _dome(
    shell: Grid,
    spec: HatSpec,
    shares: Float[np.ndarray, " M"],
    lift: Float[np.ndarray, "M _"] | Float[np.ndarray, " M"],
) -> Float[np.ndarray, "M K 3"]:
    """Return rows of a hat, at shares of the way from the pole to its edge, lifted off the head by metres."""
    axis = spec.axis
    grid = blend_rings(shell, _rows(spec, shares[:, None] * spec.edge(ANGLES)))
    return grid + np.reshape(lift, (len(shares), -1, 1)) * unit(grid - axis.centre)


_FABRIC = np.array([0.0, 0.06, 0.14, 0.24, 0.35, 0.46, 0.57, 0.67, 0.76, 0.84, 0.91, 0.96, 1.0])


def _beanie(shell: Grid, spec: HatSpec) -> list[Piece]:
    loose = 0.006 + 0.022 * spec.bulk * np.clip(1.0 - _FABRIC / 0.72, 0.0, 1.0) ** 0.8
    crown = _dome(shell, spec, _FABRIC, loose)
    crown[:, :, 2] -= 0.6 * spec.bulk * np.clip(loose - 0.006, 0.0, None)[:, None]
    crown += (0.0022 * (1.0 - _FABRIC[:, None]) * folds(crown, spec.seed, 0.06))[..., None] * unit(
        crown - HAT_AXIS.centre
    )
    ribs = 0.0007 * np.cos(np.arange(COLUMNS) * np.pi)
    shares = np.array([0.68, 0.685, 0.72, 0.85, 0.97, 1.0, 0.995])
    lift = np.array([0.006, 0.0115, 0.0135, 0.013, 0.0125, 0.010, 0.002])[:, None] + ribs
    pieces = [_striped(crown, spec), plain(mesh_of(_dome(shell, spec, shares, lift)), shade(spec.colour, 0.9))]
    if spec.bulk > 0.72:
        top = crown[0, 0]
        ball = top + HAT_AXIS.pole * 0.014 + 0.020 * _sphere()
        ball += (0.0016 * folds(ball, spec.seed + 3, 0.012))[..., None] * _sphere()
        pieces.append(plain(mesh_of(ball), spec.second))
    return pieces


def _cap(shell: Grid, spec: HatSpec) -> list[Piece]:
    front = np.clip(np.cos(ANGLES), 0.0, 1.0) ** 1.5
    rise = np.sin(np.clip(_FABRIC, 0.0, 1.0) * np.pi)[:, None]
    crown = _dome(shell, spec, _FABRIC, 0.006 + 0.004 * (1.0 - _FABRIC[:, None]) + 0.011 * front * rise)
    hem = _dome(shell, spec, np.array([0.97, 0.975, 1.0, 0.99]), np.array([0.005, 0.0075, 0.0072, 0.001]))
    button = crown[0, 0] + 0.005 * _sphere()
    trim = spec.second if spec.pattern == "stripes" else spec.colour
    visor = mesh_of(_visor(hem[2], spec), closed=False)
    cloth = [plain(mesh_of(crown), spec.colour), plain(mesh_of(hem), shade(spec.colour, 0.9))]
    return [*cloth, plain(mesh_of(button), trim), plain(visor, shade(trim, 0.95))]


def _visor(rim: Float[np.ndarray, "K 3"], spec: HatSpec) -> Float[np.ndarray, "M L 3"]:
    """Return the visor of a cap as a grid that goes out below its upper side and back under it."""
    angle = np.linspace(-1.12, 1.12, 25)
    place = angle % (2.0 * np.pi) * (COLUMNS / (2.0 * np.pi))
    low, closed = place.astype(int), np.concatenate([rim, rim[:1]])
    start = closed[low] + (place - low)[:, None] * (closed[low + 1] - closed[low])
    along = np.sqrt(np.clip(1.0 - (angle / 1.12) ** 2, 0.0, 1.0))[:, None]
    length = (0.060 + 0.016 * spec.bulk) * along
    share = np.array([0.0, 0.3, 0.6, 0.88, 1.0, 1.0, 0.88, 0.5, 0.0])[:, None, None]
    under = np.array([0, 0, 0, 0, 0.4, 1, 1, 1, 1])[:, None, None]
    narrow = start * [0.92, 1.0, 1.0]
    grid = start + share * (narrow - start) + share * length * [0.0, -0.10, 1.0]
    bow = 4.5 * grid[..., :1] ** 2 * share * along + 0.010 * share**2 * along
    return grid - [0.0, 1.0, 0.0] * (bow + 0.0028 * under) + [0.0, 0.003, 0.0]


def _fedora(shell: Grid, spec: HatSpec) -> list[Piece]:
    axis = HAT_AXIS
    base = _dome(shell, spec, np.array([1.0]), np.array([0.006]))[0]
    middle = base.mean(axis=0)
    tall = 0.105 + 0.02 * spec.bulk
    share = np.array([0.0, 0.18, 0.4, 0.65, 0.85, 0.95, 1.0, 1.0, 0.98, 0.94])[:, None, None]
    narrow = np.array([1.0, 0.985, 0.95, 0.90, 0.86, 0.81, 0.72, 0.5, 0.25, 0.0])[:, None, None]
    up = unit(0.75 * axis.pole + np.array([0.0, 0.25, 0.0]))
    crown = (middle + (base - middle) * narrow + tall * share * up)[::-1]
    across = crown - middle
    pinch = np.exp(-((across[..., 0] / 0.022) ** 2)) * np.clip(across @ up / tall - 0.55, 0.0, 1.0)
    dent = np.exp(-((np.abs(np.abs(ANGLES - np.pi) - np.pi + 0.75) / 0.4) ** 2)) * np.clip(
        across @ up / tall - 0.3, 0.0, 0.5
    )
    crown = crown - (0.045 * pinch)[..., None] * up - (0.16 * dent)[..., None] * across * [1.0, 0.0, 0.3]
    out = np.array([0.0, 0.35, 0.7, 0.95, 1.0, 1.0, 0.95, 0.5, 0.0])[:, None]
    wide = (0.045 + 0.022 * spec.bulk) * out
    away = unit((base - middle) * [1.0, 0.0, 1.0])
    curl = 0.010 * out**2 * np.cos(2.0 * ANGLES + np.pi) - 0.012 * out**2 * np.clip(np.cos(ANGLES), 0.0, 1.0)
    under = np.array([0, 0, 0, 0, 0.3, 0.7, 1, 1, 1])[:, None]
    brim = base + wide[..., None] * away + (curl - 0.003 * under)[..., None] * np.array([0.0, 1.0, 0.0])
    ribbon = [
        base + (base - middle) * grow + tall * level * up
        for level, grow in ((0.21, -0.01), (0.20, 0.014), (0.02, 0.024))
    ]
    return [plain(mesh_of(crown), spec.colour), plain(mesh_of(brim), spec.colour),
            plain(mesh_of(np.stack(ribbon)), spec.second)]  # fmt: skip


def _headband(shell: Grid, spec: HatSpec) -> list[Piece]:
    wide = 0.16 + 0.14 * spec.bulk
    shares = 1.0 - wide * np.array([1.02, 1.0, 0.9, 0.5, 0.1, 0.0, -0.02])
    lift = np.array([0.001, 0.005, 0.0075, 0.0082, 0.0075, 0.005, 0.001])
    band = _dome(shell, spec, shares, lift)
    return [_striped(band, spec)]


def _bandana(shell: Grid, spec: HatSpec) -> list[Piece]:
    cloth = _dome(shell, spec, np.append(_FABRIC, 0.995), np.append(np.full(13, 0.005), 0.0))
    cloth[:-1] += (0.0018 * folds(cloth[:-1], spec.seed, 0.05, (1.0, 2.0, 1.0)))[..., None] * unit(
        cloth[:-1] - HAT_AXIS.centre
    )
    knot = cloth[-3, COLUMNS // 2]
    pieces = [_striped(cloth, spec), plain(mesh_of(knot + _sphere() * [0.016, 0.011, 0.009]), spec.colour)]
    for side in (1.0, -1.0):
        path = knot + np.array(
            [[0, 0, 0], [0.014 * side, -0.012, -0.010], [0.022 * side, -0.040, -0.010], [0.030 * side, -0.065, -0.002]]
        )
        profile = Profile(across=np.array([0.005, 0.010, 0.013, 0.012]), along=0.0022, power=2.5)
        pieces.append(plain(tube(path, profile, np.array([0.0, 0.3, -1.0])), shade(spec.colour, 0.95)))
    return pieces


def _beret(shell: Grid, spec: HatSpec) -> list[Piece]:
    share = np.array([0.0, 0.2, 0.4, 0.58, 0.74, 0.87, 0.96, 1.0])
    crown = _dome(shell, spec, share, 0.012 + 0.0 * share)
    rim = crown[-1].mean(axis=0)
    wide = (0.015 + 0.010 * spec.bulk) * np.array([0.0, 0.4, 0.9, 1.25, 1.30, 1.05, 0.5, 0.0])
    lower = np.array([0.05, 0.05, 0.04, 0.02, 0.0, -0.04, -0.04, 0.0])
    away = unit((crown - rim) - ((crown - rim) @ HAT_AXIS.pole)[..., None] * HAT_AXIS.pole)
    slant = 1.0 + 0.45 * np.cos(ANGLES - 1.9)
    crown = crown + (wide[:, None] * slant)[..., None] * away - (0.05 * lower)[:, None, None] * HAT_AXIS.pole
    crown += (0.003 * folds(crown, spec.seed, 0.09))[..., None] * np.array([0.0, 1.0, 0.0])
    band = _dome(
        shell, spec, np.array([0.955, 0.96, 0.98, 1.0, 0.997]), np.array([0.005, 0.0105, 0.0115, 0.0105, 0.001])
    )
    stalk = tube(
        crown[0, 0] + np.array([[0, -0.002, 0], [0, 0.010, -0.003]]),
        Profile(across=0.0022, along=0.0022),
        np.array([1.0, 0, 0]),
    )
    return [
        plain(mesh_of(crown), spec.colour),
        plain(mesh_of(band), shade(spec.colour, 0.85)),
        plain(stalk, spec.colour),
    ]


_DRAPE = np.array(
    [
        (0.060, -0.010, -0.016, 0.046, -0.066, -0.058, -0.010, 2.0),
        (0.090, -0.012, -0.045, 0.064, -0.084, -0.092, -0.032, 2.0),
        (0.100, -0.028, -0.105, 0.060, -0.122, -0.108, -0.100, 2.1),
        (0.135, -0.038, -0.133, 0.070, -0.162, -0.126, -0.140, 2.3),
        (0.172, -0.042, -0.148, 0.092, -0.208, -0.138, -0.185, 2.4),
        (0.198, -0.042, -0.180, 0.108, -0.258, -0.144, -0.240, 2.5),
        (0.210, -0.042, -0.250, 0.118, -0.320, -0.146, -0.320, 2.5),
    ]
)
"""Rings of the cloth that hangs from a headscarf over the shoulders, in the columns of `torso.BUST_RINGS`."""


def _headscarf(shell: Grid, spec: HatSpec) -> list[Piece]:
    hull = _hull(shell, spec, 0.004, 0.0025)
    drape = blend_rings(body_rings(_DRAPE), np.broadcast_to(np.linspace(0.0, 6.0, 20)[:, None], (20, COLUMNS)))
    slanted = folds(drape, spec.seed + 1, 0.055, (0.5, 1.6, 0.8)) * np.linspace(0.3, 1.0, 20)[:, None]
    drape = drape + (0.0045 * slanted)[..., None] * grid_normals(drape)
    band = _dome(shell, spec, np.array([0.97, 0.98, 1.03, 1.035]), np.array([0.0015, 0.0028, 0.0024, -0.002]))
    return [_striped(hull, spec), plain(mesh_of(drape), spec.colour), plain(mesh_of(band), spec.second)]


def _hood(shell: Grid, spec: HatSpec) -> list[Piece]:
    hull = _hull(shell, spec, 0.012 + 0.010 * spec.bulk, 0.0045)
    above = np.clip(np.cos(ANGLES), 0.0, 1.0)
    hull = hull + (np.linspace(0.3, 1.0, len(hull))[:, None] * above * 0.010)[..., None] * np.array([0.0, 1.0, 0.3])
    rim = hull[-3]
    hem = tube(rim, Profile(across=0.0075, along=0.006, sides=8), unit(rim - HOOD_AXIS.centre), closed=True)
    drape = body_rings(_DRAPE[:4]) * [1.06, 1.0, 1.04]
    neck = blend_rings(drape, np.broadcast_to(np.linspace(0.0, 3.0, 10)[:, None], (10, COLUMNS)))
    neck = neck + (0.004 * folds(neck, spec.seed + 1, 0.06))[..., None] * grid_normals(neck)
    return [plain(mesh_of(hull), spec.colour), plain(hem, shade(spec.colour, 0.93)), plain(mesh_of(neck), spec.colour)]


def _hull(shell: Grid, spec: HatSpec, clearance: float, wrinkles: float) -> Float[np.ndarray, "M K 3"]:
    """Return the part of a hood on the head, its edge turned in."""
    shares = np.concatenate([np.linspace(0.0, 0.94, 17), [0.98, 1.0, 0.995]])
    lift = np.concatenate([np.full(18, clearance), [0.7 * clearance, -0.001]])
    grid = _dome(shell, spec, shares, lift)
    fade = np.concatenate([np.linspace(0.4, 1.0, 14), np.linspace(1.0, 0.2, 4), [0.0, 0.0]])[:, None]
    return grid + (wrinkles * fade * folds(grid, spec.seed, 0.075, (1.2, 1.0, 0.5)))[..., None] * unit(
        grid - HOOD_AXIS.centre
    )


def _striped(grid: Grid, spec: HatSpec) -> Piece:
    mesh, colour = plain(mesh_of(grid), spec.colour)
    if spec.pattern == "stripes":
        colour[(np.arange(len(mesh[0])) // COLUMNS % 4) < 2] = spec.second
    return mesh, colour


def _sphere() -> Grid:
    polar, angle = np.linspace(0.0, np.pi, 9)[:, None], np.linspace(0.0, 2.0 * np.pi, 17)[:-1]
    return np.stack([np.sin(polar) * np.sin(angle), np.cos(polar) + 0.0 * angle, np.sin(polar) * np.cos(angle)], axis=2)


MAKERS: dict[str, Callable[[Grid, HatSpec], list[Piece]]] = {
    "beanie": _beanie, "cap": _cap, "fedora": _fedora, "headband": _headband, "headscarf": _headscarf, "hood": _hood,
    "beret": _beret, "bandana": _bandana,
}  # fmt: skip
