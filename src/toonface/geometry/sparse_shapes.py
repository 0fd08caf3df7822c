"""Blendshapes as lists of the vertices that each moves, added to a rest shape (Eq. 13 of the paper). numpy, numba."""

from typing import no_type_check

import numpy as np
from jaxtyping import Float, Float32, Int

from toonface.geometry.kernels import kernel

LEAST = 1e-6
"""Metres; what a shape moves by less is left out."""


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
        moving = (np.abs(shapes) > least).any(axis=2)
        self.starts: Int[np.ndarray, " K1"] = np.concatenate([[0], np.cumsum(moving.sum(axis=1))]).astype(np.int64)
        """Shape k moves `vertices[starts[k] : starts[k + 1]]`."""
        self.vertices: Int[np.ndarray, " N"] = np.nonzero(moving)[1].astype(np.int32)
        self.offsets: Float32[np.ndarray, "N 3"] = np.ascontiguousarray(shapes[moving], dtype=np.float32)

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
        if len(weights) != len(self.starts) - 1 or out.shape != self.rest.shape:
            raise ValueError(
                f"there are {len(weights)} weights and out has shape {out.shape}, "
                f"expected {len(self.starts) - 1} and {self.rest.shape}"
            )
        if not np.isfinite(weights).all():
            raise ValueError(f"weights are {weights}, expected finite numbers")
        out[:] = self.rest
        _add(weights.astype(np.float32), self.starts, self.vertices, self.offsets, out)


@kernel()
@no_type_check
def _add(weights, starts, vertices, offsets, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    for k in range(len(weights)):
        weight = weights[k]
        if weight == 0.0:
            continue
        for n in range(starts[k], starts[k + 1]):
            v = vertices[n]
            out[v, 0] += weight * offsets[n, 0]
            out[v, 1] += weight * offsets[n, 1]
            out[v, 2] += weight * offsets[n, 2]
