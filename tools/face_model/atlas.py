"""A new texture layout for the head: MakeHuman's islands, turned upright, enlarged and packed without the body's."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy import sparse
from scipy.sparse import csgraph

from tools.face_model.cage import Cage

PADDING = 10.0 / 2048.0
"""Free border round every island, in texture widths: 20 px between neighbours at 2048²."""


@dataclass(frozen=True, kw_only=True)
class Atlas:
    """Texture coordinates of the skin cage, origin at the top left."""

    uv: Float[np.ndarray, "T 2"]
    uv_quads: Int[np.ndarray, "Q 4"]
    islands: Int[np.ndarray, " Q"]
    """Island of every quad, the largest first: head, mouth bag, bust, two eye sockets."""


def head_atlas(cage: Cage) -> Atlas:
    """Lay out the skin of the head in the unit square, the face upright and seen from the front.

    Every island is only turned, enlarged and moved, all by the same factor, so that textures carry over without
    stretching. The head fills the width; below it stand the bust between the eye sockets, then the mouth bag. The
    layout mirrors the left half of the face to the right by u → 1 - u, as well as MakeHuman's own does (1e-3).

    Args:
        cage: from `cut_head`.
    """
    islands = uv_islands(cage.uv_quads, len(cage.uv))
    top_left = cage.uv * [1.0, -1.0] + [0.0, 1.0]
    top_left = np.where(_member(cage.uv_quads, islands, 0, len(cage.uv)), _clockwise(top_left), top_left)
    head, mouth, bust, first_socket, second_socket = (
        np.unique(cage.uv_quads[islands == island]) for island in range(islands.max() + 1)
    )
    # MakeHuman draws the right socket to the left of the left one, as one who faces the head sees them.
    sockets = sorted((first_socket, second_socket), key=lambda points: top_left[points, 0].mean())
    rows = [[head], [sockets[0], bust, sockets[1]], [mouth]]
    return Atlas(uv=stack_rows(top_left, rows), uv_quads=cage.uv_quads, islands=islands)


def uv_islands(uv_quads: Int[np.ndarray, "Q 4"], count: int) -> Int[np.ndarray, " Q"]:
    """Number the connected pieces of a layout by falling number of quads.

    Args:
        uv_quads: indices of texture coordinates.
        count: number of texture coordinates; all must be used.
    """
    starts, ends = uv_quads[:, :1].repeat(3, 1).ravel(), uv_quads[:, 1:].ravel()
    graph = sparse.coo_array((np.ones(len(starts)), (starts, ends)), (count, count))
    _, labels = csgraph.connected_components(graph, directed=False)
    of_quad = labels[uv_quads[:, 0]]
    order = np.argsort(-np.bincount(of_quad), kind="stable")
    rank = np.zeros(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank[of_quad]


def stack_rows(uv: Float[np.ndarray, "T 2"], rows: list[list[Int[np.ndarray, " N"]]]) -> Float[np.ndarray, "T 2"]:
    """Place islands in centred rows from top to bottom, all enlarged by the one factor that fills the first row.

    Args:
        uv: any scale.
        rows: the points of each island, row by row from left to right.

    Raises:
        ValueError: the rows do not fit into the square.
    """
    sizes = [[np.ptp(uv[points], axis=0) for points in row] for row in rows]
    room = 1.0 - 2.0 * PADDING * np.array([len(row) for row in rows])
    scale = min(float(space / sum(size[0] for size in row)) for space, row in zip(room, sizes, strict=True))
    height = sum(scale * max(size[1] for size in row) + 2.0 * PADDING for row in sizes)
    if height > 1.0:
        raise ValueError(f"the islands are {height:.3f} high, expected at most 1")
    gap = (1.0 - height) / len(rows)
    placed = np.zeros_like(uv)
    top = 0.5 * gap
    for row, row_sizes in zip(rows, sizes, strict=True):
        slack = (1.0 - sum(scale * size[0] + 2.0 * PADDING for size in row_sizes)) / len(row)
        left, tallest = 0.5 * slack, max(size[1] for size in row_sizes)
        for points, size in zip(row, row_sizes, strict=True):
            corner = np.array([left + PADDING, top + PADDING + 0.5 * scale * (tallest - size[1])])
            placed[points] = (uv[points] - uv[points].min(axis=0)) * scale + corner
            left += scale * size[0] + 2.0 * PADDING + slack
        top += scale * tallest + 2.0 * PADDING + gap
    return placed


def _clockwise(uv: np.ndarray) -> np.ndarray:
    """Turn by a quarter: what points left in the picture (MakeHuman's foreheads) then points up."""
    return np.stack([1.0 - uv[:, 1], uv[:, 0]], axis=1)


def _member(uv_quads: np.ndarray, islands: np.ndarray, island: int, count: int) -> np.ndarray:
    """Mark the texture coordinates of one island, as a column."""
    mask = np.zeros((count, 1), bool)
    mask[uv_quads[islands == island]] = True
    return mask
