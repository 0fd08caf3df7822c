"""Lashes that stand on the lids' edges and turn with them."""

import numpy as np
from jaxtyping import Float
from scipy import sparse

from tools.face_model.loops import Loops
from tools.face_model.parts import PartRecord
from toonface.geometry.subdivide import Subdivision, triangulate

ROOT_RING, INNER_RING, OUTER_RING = 3, 1, 5
"""Lashes grow on the first; the second and third give the lid's thickness and its skin, which turn with it."""
SAMPLES = 4
"""Points between two columns of the lid."""
ROWS = np.linspace(0.0, 1.0, 6)
"""Places along a lash."""
UPPER = {"out": 2.2, "up": 2.6, "fan": 0.75, "columns": (0.5, 0.5)}
LOWER = {"out": 1.5, "up": -0.3, "fan": 0.40, "columns": (2.0, 1.0)}
PICTURE = (128, 512)


def lash_part(eye: Loops, subdivision: Subdivision, points: Float[np.ndarray, "P 3"], mirror: np.ndarray) -> PartRecord:
    """Build the lashes of both eyes as one part without offsets: every vertex is a sum of lid points.

    Args:
        eye: loops of the left eye.
        subdivision: of the skin cage.
        points: of the mean head.
        mirror: cage point on the other side of each skin point.
    """
    rows, uv, quads, start = [], [], [], 0
    for side in (np.arange(len(mirror)), mirror):
        for upper, style in ((True, UPPER), (False, LOWER)):
            weights, place = _strip(eye, side, len(mirror), upper=upper, style=style)
            count = len(place) // len(ROWS)
            grid = np.arange(len(place)).reshape(count, len(ROWS))
            cells = np.stack([grid[:-1, :-1], grid[1:, :-1], grid[1:, 1:], grid[:-1, 1:]], axis=-1).reshape(-1, 4)
            rows.append(weights @ subdivision.matrix[: len(mirror)])
            uv.append(place)
            quads.append(cells + start)
            start += len(place)
    skin = sparse.vstack(rows).tocsr()
    matrix = sparse.hstack([skin, sparse.csr_array((start, len(points) - skin.shape[1]))]).tocsr()
    faces = triangulate(np.concatenate(quads))
    return PartRecord(
        name="lashes",
        faces=faces,
        uv=np.concatenate(uv),
        uv_faces=faces,
        matrix=matrix,
        offsets=np.zeros((start, 3)),
        follows="expression",
        texture="lashes",
        alpha="blend",
    )


def _strip(
    eye: Loops, side: np.ndarray, skin_count: int, *, upper: bool, style: dict
) -> tuple[sparse.csr_array, Float[np.ndarray, "N 2"]]:
    """Weights of one lid's lashes over the skin, and their places in the picture (upper lashes in its upper half)."""
    columns = (
        np.arange(0, eye.corner + 1) if upper else np.append(np.arange(eye.table.shape[1], eye.corner, -1), eye.corner)
    )
    columns = columns % eye.table.shape[1]
    first, last = style["columns"][0], len(columns) - 1 - style["columns"][1]
    weights, place = [], []
    for along in np.linspace(first, last, int((last - first) * SAMPLES) + 1):
        share = (along - first) / (last - first)
        root, inner, outer = (
            _spline(side[eye.ring(ring)[columns]], along, skin_count) for ring in (ROOT_RING, INNER_RING, OUTER_RING)
        )
        ahead = _spline(side[eye.ring(ROOT_RING)[columns]], min(along + 0.5, len(columns) - 1), skin_count)
        behind = _spline(side[eye.ring(ROOT_RING)[columns]], max(along - 0.5, 0), skin_count)
        length = np.sin(np.pi * (0.12 + 0.76 * share)) ** 0.6 * (0.75 + 0.4 * share)
        for row in ROWS:
            tip = root + length * style["out"] * row * (root - inner) + length * style["up"] * row**1.8 * (outer - root)
            weights.append(tip + style["fan"] * row * length * 2.2 * (share - 0.42) * (ahead - behind))
            place.append((share, 0.5 - 0.48 * row if upper else 0.52 + 0.46 * row))
    return sparse.csr_array(np.array(weights)), np.array(place)


def _spline(points: np.ndarray, along: float, count: int) -> np.ndarray:
    """Weights of a Catmull-Rom spline through a row of points."""
    low = int(min(np.floor(along), len(points) - 2))
    t = along - low
    basis = 0.5 * np.array([-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, -(t**2) + t**3])
    weights = np.zeros(count)
    np.add.at(weights, points[np.clip(np.arange(low - 1, low + 3), 0, len(points) - 1)], basis)
    return weights


def lash_picture(rng: np.random.Generator) -> Float[np.ndarray, "H W 2"]:
    """Draw lashes as tapered strokes: luminance and alpha, upper lashes in the upper half."""
    height, width = PICTURE
    y, x = np.mgrid[0:height, 0:width] + 0.5
    alpha = np.zeros(PICTURE)
    for upper, count, thickness in ((True, 74, 3.0), (False, 40, 2.0)):
        along = (height / 2 - y if upper else y - height / 2) / (height / 2)
        for root in np.linspace(4, width - 4, count):
            reach, lean = rng.uniform(0.62, 1.0), rng.normal(0.0, 7.0)
            row = along / reach
            centre = root + rng.normal(0.0, 1.2) + lean * np.clip(row, 0, 1) ** 2
            stroke = thickness * np.clip(1.0 - row, 0.0, 1.0) ** 0.7 * rng.uniform(0.7, 1.1)
            alpha = np.maximum(alpha, np.clip(stroke - np.abs(x - centre) + 0.5, 0.0, 1.0) * ((row >= 0) & (row <= 1)))
    return np.stack([np.full(PICTURE, 0.5), alpha], axis=-1)
