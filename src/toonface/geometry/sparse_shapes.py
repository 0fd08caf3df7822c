"""Blendshapes as lists of the vertices that each moves, added to a rest shape (Eq. 13 of the paper). numpy, numba.

A frame is bound by memory, so the lists are laid out for reading once, from front to back. Vertices that the same
shapes move stand together in blocks of `BLOCK`; a block lists its shapes, and each of them moves the whole block,
with zeros where it does not. So no entry needs the number of its vertex, and the sums of a block stay in registers.
"""

from typing import no_type_check

import numpy as np
from jaxtyping import Bool, Float, Float32, Int

from toonface.geometry.kernels import kernel

LEAST = 1e-6
"""Metres; what a shape moves by less is left out."""
BLOCK = 32
"""Vertices. Of a head, 8 hold 8 % of zeros and take twice as long; 16, 14 % and a fifth longer; 64 are no faster."""
WIDTH = 3 * BLOCK


class SparseShapes:
    """S_0 and B_exp, prepared for one pose after another.

    Args:
        rest: S_0, metres.
        shapes: B_exp, metres at weight 1.
        least: metres by which a vertex has to move to be in a shape's list.

    Raises:
        ValueError: rest and shapes have different numbers of vertices, or a number is not finite.
    """

    def __init__(
        self, rest: Float[np.ndarray, "V 3"], shapes: Float[np.ndarray, "K V 3"], *, least: float = LEAST
    ) -> None:
        if shapes.shape[1:] != rest.shape:
            raise ValueError(f"shapes are of {shapes.shape[1:]}, expected the shape of rest, {rest.shape}")
        if not np.isfinite(rest).all() or not np.isfinite(shapes).all():
            raise ValueError("rest or shapes have values that are not finite, expected none")
        self.rest = np.ascontiguousarray(rest, dtype=np.float32)
        self.count = len(shapes)
        """K, the number of shapes."""
        moving = np.any(np.abs(shapes) > least, axis=2)
        self.entries = int(moving.sum())
        """Pairs of a shape and a vertex that it moves."""
        moved = np.flatnonzero(moving.any(axis=0))
        ordered = moved[_together(moving[:, moved])]
        # The last block is filled up with its last vertex, which is then written several times with one value.
        filling = np.repeat(ordered[-1:], -len(ordered) % BLOCK)
        self.order: Int[np.ndarray, " B"] = np.concatenate([ordered, filling]).astype(np.int32)
        """The moved vertices, block by block."""
        blocks = np.any(moving[:, self.order].reshape(len(shapes), len(self.order) // BLOCK, BLOCK), axis=2).T
        self.starts: Int[np.ndarray, " B1"] = np.concatenate([[0], np.cumsum(blocks.sum(axis=1))]).astype(np.int64)
        """Block b has the rows `starts[b]` to `starts[b + 1]` of the next two."""
        numbers, shape_of = np.nonzero(blocks)
        self.shape_of: Int[np.ndarray, " R"] = shape_of.astype(np.int32)
        """Which shape a row is of."""
        vertices = self.order.reshape(-1, BLOCK)[numbers]
        kept = moving[shape_of[:, None], vertices]
        offsets = np.where(kept[..., None], shapes[shape_of[:, None], vertices], 0.0)
        self.offsets: Float32[np.ndarray, "R W"] = offsets.reshape(-1, WIDTH).astype(np.float32)
        """Metres: x, y, z of the block's first vertex, then of the next."""
        self._resting = self.rest[self.order].reshape(-1, WIDTH)

    @property
    def bytes_touched(self) -> int:
        """What a pose with no weight of 0 reads and writes at least."""
        read = (self.offsets, self.shape_of, self.starts, self.order, self._resting, self.rest)
        return sum(array.nbytes for array in read) + self.rest.nbytes + 4 * 3 * len(self.order)

    def pose(self, weights: Float[np.ndarray, " K"]) -> Float32[np.ndarray, "V 3"]:
        """Return S_0 + B_exp β, metres.

        Args:
            weights: β; usually in [0, 1], any number is added as it is.

        Raises:
            ValueError: as for `pose_into`.
        """
        out = np.zeros_like(self.rest)
        self.pose_into(weights, out)
        return out

    def pose_into(self, weights: Float[np.ndarray, " K"], out: Float32[np.ndarray, "V 3"]) -> None:
        """Write S_0 + B_exp β into an array that is reused from frame to frame.

        Args:
            weights: β.
            out: overwritten.

        Raises:
            ValueError: the number of weights or the shape of `out` is wrong, or a weight is not finite.
        """
        if len(weights) != self.count or out.shape != self.rest.shape:
            raise ValueError(
                f"there are {len(weights)} weights and out has shape {out.shape}, "
                f"expected {self.count} and {self.rest.shape}"
            )
        if not np.isfinite(weights).all():
            raise ValueError(f"weights are {weights}, expected finite numbers")
        out[:] = self.rest
        lists = (self.starts, self.shape_of, self.offsets)
        _add(weights.astype(np.float32), lists, self.order, self._resting, out, np.zeros(WIDTH, np.float32))


def _together(moving: Bool[np.ndarray, "K N"]) -> Int[np.ndarray, " N"]:
    """Sort vertices so that neighbours are moved by much the same shapes: by Gray codes, the most moving shape first.

    From one Gray code to the next a single digit changes. Plain binary order pads blocks by 1 % more.
    """
    digits = moving[np.argsort(-moving.sum(axis=1), kind="stable")]
    return np.lexsort(np.bitwise_xor.accumulate(digits, axis=0)[::-1])


@kernel()
@no_type_check
def _add(weights, lists, order, resting, out, sums):  # noqa: ANN001, ANN202 - compiled, types inferred
    starts, shape_of, offsets = lists
    for b in range(len(starts) - 1):
        for j in range(WIDTH):
            sums[j] = resting[b, j]
        for row in range(starts[b], starts[b + 1]):
            weight = weights[shape_of[row]]
            if weight == 0.0:
                continue
            for j in range(WIDTH):
                sums[j] += weight * offsets[row, j]
        for i in range(BLOCK):
            v = order[b * BLOCK + i]
            out[v, 0] = sums[3 * i]
            out[v, 1] = sums[3 * i + 1]
            out[v, 2] = sums[3 * i + 2]
