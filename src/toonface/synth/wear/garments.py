"""Pieces that clothes are made of, each a mesh with colours, laid over the rings of a torso (`torso`).

Places on the torso are given as a ring (from 0 at the throat to `LAST` at the chest) for each column round the neck.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from toonface.synth.wear.torso import ANGLES, COLUMNS, LAST
from toonface.types import FaceRegion
from toonface.worn.lofts import (
    Grid,
    Mesh,
    Profile,
    blend_rings,
    blend_rows,
    folds,
    grid_normals,
    join,
    mesh_of,
    tube,
)
from toonface.worn.surface import RGB, Material, Surface

Piece = tuple[Mesh, Float[np.ndarray, "_ 3"]]
"""A mesh and the sRGB colour of each of its vertices."""
Columns = Float[np.ndarray, " K"]
FROM_FRONT = np.abs((ANGLES + np.pi) % (2.0 * np.pi) - np.pi)
"""Angle of each column from the front, radians in [0, π]."""
_ROWS = np.concatenate([[0.004, 0.0, 0.012], np.linspace(0.045, 1.0, 17) ** 1.15])
_STRIPES = np.linspace(0.06, 1.0, 17) ** 1.1
_STRIPED_ROWS = np.concatenate([[0.004, 0.0, 0.012], (_STRIPES[:, None] + [-0.0015, 0.0015]).ravel()])
"""Shares of the way down of a panel's rows; under stripes two rows lie close together wherever the colour changes."""


def cloth(pieces: Sequence[Piece]) -> Surface:
    """Join pieces into one surface.

    Args:
        pieces: at least one.
    """
    vertices, faces = join([mesh for mesh, _ in pieces])
    return Surface(
        vertices=vertices,
        faces=faces,
        material=Material.CLOTH,
        region=FaceRegion.CLOTH,
        colour=np.concatenate([colour for _, colour in pieces]),
        two_sided=True,
    )


def plain(mesh: Mesh, colour: RGB) -> Piece:
    """Give a mesh one colour.

    Args:
        mesh: vertices and triangles.
        colour: sRGB in [0, 1].
    """
    return mesh, np.tile(np.array(colour), (len(mesh[0]), 1))


def shade(colour: RGB, share: float = 0.88) -> RGB:
    """Darken a colour.

    Args:
        colour: sRGB in [0, 1].
        share: factor.
    """
    return (share * colour[0], share * colour[1], share * colour[2])


def round_neckline(front: float, side: float, back: float) -> Columns:
    """Return the ring at which a garment begins, smoothly from front to back.

    Args:
        front: ring in front.
        side: ring on the shoulders.
        back: ring behind.
    """
    cosine = np.cos(ANGLES)
    return side + 0.5 * (front - back) * cosine + (0.5 * (front + back) - side) * cosine**2


def v_neckline(rings: Grid, lowest: float, back: float) -> Columns:
    """Return the ring at which a garment with a straight V begins.

    Args:
        rings: of the torso.
        lowest: height of the V's tip, metres.
        back: ring behind and at the sides.
    """
    at = np.linspace(2.0, LAST, 80)
    points = blend_rows(rings, at)
    corner = blend_rows(rings, np.array([back]))[0, COLUMNS // 4]
    line = lowest + (corner[1] - lowest) * np.minimum(np.abs(points[..., 0]) / corner[0], 1.0)
    below = points[..., 1] - line
    first = np.maximum((below < 0.0).argmax(axis=0), 1)
    over, under = below[first - 1, np.arange(COLUMNS)], below[first, np.arange(COLUMNS)]
    crossing = at[first - 1] + (at[1] - at[0]) * np.clip(over / np.maximum(over - under, 1e-9), 0.0, 1.0)
    return np.where(
        np.abs(FROM_FRONT) < 0.5 * np.pi, np.maximum(crossing, back), round_neckline(back, back, back - 0.3)
    )


def panel(
    rings: Grid, top: Columns, thickness: float, *, wrinkles: float = 0.002, seed: int = 0, striped: bool = False
) -> tuple[Float[np.ndarray, "M K 3"], Float[np.ndarray, "M K"]]:
    """Lay cloth over the torso from a neckline down; its edge is turned in to the skin.

    Args:
        rings: of the torso.
        top: the neckline.
        thickness: distance from the skin, metres.
        wrinkles: height of the folds, metres.
        seed: of the folds.
        striped: whether the rows are those of stripes.

    Returns:
        Its points, and the ring on which each of them lies.
    """
    share = _STRIPED_ROWS if striped else _ROWS
    at = top + (LAST - top) * share[:, None]
    grid = blend_rings(rings, at)
    lift = thickness * np.concatenate([[-0.4, 0.7, 1.0], np.ones(len(share) - 3)])[:, None]
    fade = np.clip((at - top) / 2.5, 0.0, 1.0)
    lift = lift + wrinkles * fade * (folds(grid, seed, 0.085, (1.0, 0.6, 1.0)) + 0.35 * fade)
    return grid + lift[..., None] * grid_normals(grid), at


def band(rings: Grid, top: Columns, height: float, thickness: float) -> Mesh:
    """Run a knitted band round a neckline.

    Args:
        rings: of the torso.
        top: the neckline.
        height: of the band, metres.
        thickness: half of it stands out of the skin, metres.
    """
    curve, below = blend_rings(rings, np.stack([top, np.minimum(top + 0.2, LAST)]))
    outward = grid_normals(np.stack([curve, below]))[0]
    return tube(
        curve + outward * 0.5 * thickness,
        Profile(across=thickness, along=0.5 * height, sides=6, power=2.6),
        below - curve,
        closed=True,
    )


def turned_collar(rings: Grid, low: float, high: Columns, thickness: float) -> Mesh:
    """Make the doubled tube of a turtleneck.

    Args:
        rings: of the torso.
        low: ring at which the outer layer ends, in front.
        high: ring of the upper edge.
        thickness: of the doubled cloth, metres.
    """
    bottom = round_neckline(low, low - 0.25, low - 0.4)
    share = np.array([-0.05, -0.02, 0.15, 0.5, 0.85, 0.97, 1.0, 0.97, 0.8])[:, None]
    lift = np.array([0.15, 0.8, 1.1, 1.0, 1.05, 1.0, 0.6, 0.15, -0.3])[:, None]
    grid = blend_rings(rings, bottom + (high - bottom) * share)[::-1]
    wave = 1.0 + 0.12 * folds(grid, 5, 0.05, (1.0, 2.0, 1.0))
    return mesh_of(grid + (thickness * lift[::-1] * wave)[..., None] * grid_normals(grid))


def leaf_collar(rings: Grid, opening: int, point: float, high: float = 2.3) -> Mesh:
    """Make a shirt's collar: a stand round the neck and the leaf that is folded over it.

    Args:
        rings: of the torso.
        opening: columns left open on either side of the middle.
        point: how much farther the leaf hangs down in front, in rings.
        high: ring of its upper edge behind.
    """
    inner = slice(opening, COLUMNS - opening + 1)
    angle = FROM_FRONT[inner]
    ahead = np.exp(-((angle - angle.min()) / 0.45))
    upper = high + 0.75 * np.exp(-((angle / 0.8) ** 2))
    edge = 3.75 + 0.35 * np.cos(angle) + point * ahead
    share = np.array([[0.0], [0.05], [0.3], [0.65], [1.0], [0.985]])
    at = np.concatenate([[3.7 + 0 * angle, 0.5 * (3.7 + upper), upper + 0.02], upper + (edge - upper) * share])
    lift = np.array([0.001, 0.0035, 0.0045, 0.0065, 0.0085, 0.0105, 0.0105, 0.0080, 0.0035])[:, None]
    full = np.zeros((len(at), COLUMNS))
    full[:, inner] = at
    grid = blend_rings(rings, full)
    grid = (grid + lift[..., None] * grid_normals(grid))[:, inner]
    side = np.sign(np.sin(ANGLES[inner]))
    grid[3:, :, 0] += 0.018 * side * ahead * np.array([0.0, 0.05, 0.3, 0.65, 1.0, 1.0])[:, None]
    return mesh_of(grid, closed=False)


def places(rings: Grid, at: Float[np.ndarray, "M N"], angle: Float[np.ndarray, "M N"]) -> Float[np.ndarray, "M N 3"]:
    """Return any points of the torso.

    Args:
        rings: of the torso.
        at: ring of each point.
        angle: round the neck, radians from the front to the character's left.
    """
    column = angle % (2.0 * np.pi) * (COLUMNS / (2.0 * np.pi))
    low = column.astype(np.int64)
    share = (column - low)[..., None].reshape(-1, 1)
    flat_at, left = at.ravel(), low.ravel() % COLUMNS
    first, second = (blend_rings(rings[:, (left + step) % COLUMNS], flat_at[None])[0] for step in (0, 1))
    return (first + share * (second - first)).reshape(*at.shape, 3)


def lapels(rings: Grid, edge: Columns, width: float, lift: float) -> Mesh:
    """Make the lapels and the collar of a jacket along the edge of its opening.

    Args:
        rings: of the torso.
        edge: the jacket's neckline; `LAST` in front, where it is open.
        width: factor of the lapels' width.
        lift: height over the skin, metres.
    """
    inner = slice(1, COLUMNS)
    angle, top = FROM_FRONT[inner], edge[inner]
    side = np.sign(np.pi - ANGLES[inner])
    aside = width * np.interp(angle, (0.1, 0.3, 0.58, 0.66, 0.74, 0.95, 1.3), (0.0, 0.16, 0.34, 0.20, 0.34, 0.26, 0.0))
    below = np.interp(angle, (0.1, 0.5, 0.6, 0.74, 0.95, 1.4, 3.2), (0.0, -0.2, -0.6, 0.2, 0.7, 1.0, 0.9))
    share = np.array([[0.0], [0.0], [0.12], [0.5], [1.0], [0.99]])
    where = ANGLES[inner] + side * aside * share
    at = np.minimum(top + below * share, LAST)
    grid = places(rings, at, where)
    height = lift * np.array([0.2, 1.35, 1.7, 1.6, 1.45, 0.9])[:, None, None]
    outward = unit_outward(grid)
    return mesh_of(grid + height * outward, closed=False)


def unit_outward(points: Grid) -> Grid:
    """Return rough outward directions of the torso: away from the spine and up on the shoulders.

    Args:
        points: on the torso.
    """
    ways = points - np.array([0.0, -0.32, -0.05])
    return ways / np.maximum(np.sqrt((ways**2).sum(axis=2, keepdims=True)), 1e-9)


def rope(rings: Grid, at: Columns, profile: Profile, out: float | Columns) -> Float[np.ndarray, "L S 3"]:
    """Return the points of a closed tube round the neck.

    Args:
        rings: of the torso.
        at: ring along which it runs.
        profile: its cut.
        out: distance of its middle from the skin, metres.
    """
    curve, below = blend_rings(rings, np.stack([at, at + 0.2]))
    outward = grid_normals(np.stack([curve, below]))[0]
    middle = curve + outward * np.reshape(out, (-1, 1))
    return tube(middle, profile, below - curve, closed=True)[0].reshape(COLUMNS + 1, profile.sides, 3)
