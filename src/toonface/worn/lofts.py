"""Shared shapes of what is worn: grids, tubes along curves, rings that are blended, folds.

A grid's rows run downwards and its columns to the character's left when it is seen from the front, so that its
triangles are counter-clockwise from outside.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import no_type_check

import numpy as np
from jaxtyping import Float, Int
from numba import njit

from toonface.types import Faces

Grid = Float[np.ndarray, "R K 3"]
"""Points in rows and columns, metres."""
Mesh = tuple[Float[np.ndarray, "_ 3"], Int[np.ndarray, "_ 3"]]
_SHORTEST = 1e-12


def grid_faces(rows: int, columns: int, *, closed: bool = True) -> Faces:
    """Return the triangles of a grid of points, row after row.

    Args:
        rows: at least 2.
        columns: at least 2.
        closed: whether the last column is joined to the first.

    Raises:
        ValueError: there is no triangle in such a grid.
    """
    if rows < 2 or columns < 2:
        raise ValueError(f"the grid has {rows} x {columns} points, expected at least 2 x 2")
    faces = np.zeros((2 * (rows - 1) * (columns if closed else columns - 1), 3), np.int64)
    _fill_faces(rows, columns, closed, faces)
    return faces


@njit(cache=True)
@no_type_check
def _fill_faces(rows, columns, closed, faces):  # noqa: ANN001, ANN202 - compiled, types inferred
    face = 0
    for i in range(rows - 1):
        for k in range(columns if closed else columns - 1):
            a, b = i * columns + k, i * columns + (k + 1) % columns
            c, d = a + columns, b + columns
            faces[face, 0], faces[face, 1], faces[face, 2] = a, c, d
            faces[face + 1, 0], faces[face + 1, 1], faces[face + 1, 2] = a, d, b
            face += 2


def mesh_of(grid: Grid, *, closed: bool = True) -> Mesh:
    """Turn a grid of points into vertices and triangles.

    Args:
        grid: points.
        closed: whether the last column is joined to the first.
    """
    return grid.reshape(-1, 3), grid_faces(grid.shape[0], grid.shape[1], closed=closed)


def join(meshes: Sequence[Mesh]) -> Mesh:
    """Put meshes into one.

    Args:
        meshes: at least one.
    """
    starts = np.cumsum([0, *(len(vertices) for vertices, _ in meshes[:-1])])
    faces = [faces + start for (_, faces), start in zip(meshes, starts, strict=True)]
    return np.concatenate([vertices for vertices, _ in meshes]), np.concatenate(faces)


def unit(vectors: Float[np.ndarray, "*N 3"]) -> Float[np.ndarray, "*N 3"]:
    """Scale vectors to length 1; zero stays zero.

    Args:
        vectors: of any length.
    """
    return vectors / np.maximum(np.sqrt((vectors**2).sum(axis=-1, keepdims=True)), _SHORTEST)


def superellipse(
    angles: Float[np.ndarray, " N"], power: float
) -> tuple[Float[np.ndarray, " N"], Float[np.ndarray, " N"]]:
    """Return cosine and sine of a rounded square: power 2 is the circle, larger is squarer.

    Args:
        angles: radians.
        power: at least 1.
    """
    cosine, sine = np.cos(angles), np.sin(angles)
    share = 2.0 / power
    return np.sign(cosine) * np.abs(cosine) ** share, np.sign(sine) * np.abs(sine) ** share


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What a tube looks like where it is cut."""

    across: float | Float[np.ndarray, " N"]
    """Half its size across `up`, metres, of all or at each point of the curve."""
    along: float | Float[np.ndarray, " N"]
    """Half its size along `up`."""
    sides: int = 8
    power: float = 2.0
    """Of `superellipse`."""


def tube(
    curve: Float[np.ndarray, "N 3"], profile: Profile, up: Float[np.ndarray, "*N 3"], *, closed: bool = False
) -> Mesh:
    """Sweep a profile along a curve; open ends are rounded off.

    Args:
        curve: points in order, at least 2.
        profile: the cut.
        up: direction that the profile's second axis keeps to, one for all or one per point; not along the curve.
        closed: whether the curve is a ring.
    """
    count, sides = len(curve), profile.sides
    cosine, sine = superellipse(np.arange(sides) * (2.0 * np.pi / sides), profile.power)
    sizes = np.zeros((count, 2))
    sizes[:, 0], sizes[:, 1] = profile.across, profile.along
    rows = np.zeros((count + (1 if closed else 4), sides, 3))
    ups = np.ascontiguousarray(np.broadcast_to(up, curve.shape), np.float64)
    _sweep(np.ascontiguousarray(curve), ups, sizes, np.stack([cosine, sine]), closed, rows)
    return mesh_of(rows)


@njit(cache=True)
@no_type_check
def _sweep(curve, ups, sizes, profile, closed, rows):  # noqa: ANN001, ANN202 - compiled, types inferred
    count, sides = len(curve), profile.shape[1]
    first = 0 if closed else 2
    for i in range(count):
        after = (i + 1) % count if closed else min(i + 1, count - 1)
        before = (i - 1) % count if closed else max(i - 1, 0)
        tangent = curve[after] - curve[before]
        tangent /= max(np.sqrt((tangent**2).sum()), 1e-12)
        side = np.cross(ups[i], tangent)
        side /= max(np.sqrt((side**2).sum()), 1e-12)
        above = np.cross(tangent, side)
        for axis in range(3):
            across, along = sizes[i, 0] * side[axis], sizes[i, 1] * above[axis]
            for k in range(sides):
                spread = across * profile[0, k] - along * profile[1, k]
                rows[first + i, k, axis] = curve[i, axis] + spread
                if not closed and (i == 0 or i == count - 1):
                    # Two more rows round off an end: a smaller profile a little farther out, and a point.
                    outward = tangent[axis] * (sizes[i, 1] if i else -sizes[i, 1])
                    near, far = (1, 0) if i == 0 else (count + 2, count + 3)
                    rows[near, k, axis] = curve[i, axis] + 0.72 * spread + 0.5 * outward
                    rows[far, k, axis] = curve[i, axis] + 0.7 * outward
    if closed:
        rows[count] = rows[0]


def blend_rings(rings: Grid, at: Float[np.ndarray, "M K"]) -> Float[np.ndarray, "M K 3"]:
    """Read a surface between its rings, on the Catmull-Rom curve of each column.

    Args:
        rings: at least 2 rings of K points.
        at: which ring each point lies on, fractions in between; clipped to the first and the last one.
    """
    out = np.zeros((*at.shape, 3))
    _blend(np.ascontiguousarray(rings), np.ascontiguousarray(at), out)
    return out


@njit(cache=True)
@no_type_check
def _blend(rings, at, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    last = len(rings) - 1
    for i in range(at.shape[0]):
        for k in range(at.shape[1]):
            place = min(max(at[i, k], 0.0), float(last))
            low = min(int(place), last - 1)
            t = place - low
            for axis in range(3):
                b, c = rings[low, k, axis], rings[low + 1, k, axis]
                a = rings[low - 1, k, axis] if low > 0 else 2.0 * b - c
                d = rings[low + 2, k, axis] if low + 2 <= last else 2.0 * c - b
                bend = 2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)
                out[i, k, axis] = b + 0.5 * t * (c - a + t * bend)


def blend_rows(rings: Grid, at: Float[np.ndarray, " M"]) -> Float[np.ndarray, "M K 3"]:
    """Do what `blend_rings` does where all columns of a row lie on the same ring.

    Args:
        rings: at least 2 rings.
        at: which ring each row lies on.
    """
    return blend_rings(rings, np.broadcast_to(at[:, None], (len(at), rings.shape[1])))


def grid_normals(grid: Grid, *, closed: bool = True) -> Grid:
    """Return the unit normals of a grid, out of its front.

    Args:
        grid: points, at least 2 rows.
        closed: whether the last column is joined to the first.
    """
    out = np.zeros_like(grid)
    _normals(np.ascontiguousarray(grid), closed, out)
    return out


@njit(cache=True)
@no_type_check
def _normals(grid, closed, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    rows, columns = grid.shape[0], grid.shape[1]
    for i in range(rows):
        above, below = max(i - 1, 0), min(i + 1, rows - 1)
        for k in range(columns):
            left = (k - 1) % columns if closed else max(k - 1, 0)
            right = (k + 1) % columns if closed else min(k + 1, columns - 1)
            x, u = grid[below, k, 0] - grid[above, k, 0], grid[i, right, 0] - grid[i, left, 0]
            y, v = grid[below, k, 1] - grid[above, k, 1], grid[i, right, 1] - grid[i, left, 1]
            z, w = grid[below, k, 2] - grid[above, k, 2], grid[i, right, 2] - grid[i, left, 2]
            nx, ny, nz = y * w - z * v, z * u - x * w, x * v - y * u
            length = max(np.sqrt(nx * nx + ny * ny + nz * nz), 1e-15)
            out[i, k, 0], out[i, k, 1], out[i, k, 2] = nx / length, ny / length, nz / length


def folds(
    points: Float[np.ndarray, "*N 3"],
    seed: int,
    wavelength: float,
    stretch: tuple[float, float, float] = (1.0, 1.0, 1.0),
) -> Float[np.ndarray, "*N"]:
    """Return smooth noise in about [-1, 1] for the folds of cloth: a sum of waves in random directions.

    Args:
        points: metres.
        seed: another seed, other folds.
        wavelength: metres.
        stretch: factor of the noise's frequency along each axis.
    """
    rng = np.random.default_rng(seed)
    directions = unit(rng.normal(size=(5, 3))) * np.array(stretch) * rng.uniform(0.6, 1.5, (5, 1))
    phases = rng.uniform(0.0, 2.0 * np.pi, 5)
    flat = np.ascontiguousarray(points).reshape(-1, 3)
    out = np.zeros(len(flat))
    _waves(flat, directions * (2.0 * np.pi / wavelength), phases, out)
    return out.reshape(points.shape[:-1])


@njit(cache=True)
@no_type_check
def _waves(points, directions, phases, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    for i in range(len(points)):
        total, product = 0.0, 2.0
        for k in range(5):
            wave = phases[k]
            for axis in range(3):
                wave += directions[k, axis] * points[i, axis]
            if k < 3:
                total += np.sin(wave)
            else:
                product *= np.sin(wave)
        # A product among the sum: folds come and go instead of running on for ever.
        out[i] = (total + product) / 3.0
