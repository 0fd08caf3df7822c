"""How the neighbourhood of each point of a template is mapped to another mesh: smooth affine maps, read off positions.

Around each point the other mesh is the template under an affine map, fitted by weighted least squares (the moving least
squares of Levin 1998, linear case). Maps are linear in the other mesh's positions, so the template's part is computed
once. An affine copy gives its own matrix everywhere.
"""

import numpy as np
from jaxtyping import Float, Int
from scipy import sparse
from scipy.spatial import cKDTree

from toonface.types import Vertices

REACH = 2.5
"""Neighbours within so many radii count."""
MOST_NEIGHBOURS = 96
"""Of a point; of more, evenly many are taken."""

FLAT = 1e-6
"""Of the variance of a neighbourhood, across it: below this it is a plane, which maps nothing across itself."""


class LocalMaps:
    """The linear part of the map around each point.

    Args:
        template: positions in metres.
        radius: of the Gaussian that weighs neighbours, metres.

    Raises:
        ValueError: the radius is not above 0, there are fewer than four points, or those around one lie in a plane.
    """

    def __init__(self, template: Vertices, radius: float) -> None:
        if not radius > 0.0 or len(template) < 4:
            raise ValueError(
                f"radius is {radius} and there are {len(template)} points, expected above 0 and at least 4"
            )
        rows, columns, values = [], [], []
        for index, around in enumerate(_neighbours(template, radius)):
            arms = template[around] - template[index]
            weights = np.exp(-0.5 * (arms**2).sum(axis=1) / radius**2)
            weights /= weights.sum()
            centred = arms - weights @ arms
            moments = centred.T @ (weights[:, None] * centred)
            if np.linalg.matrix_rank(moments, tol=FLAT * np.trace(moments)) < 3:
                raise ValueError(
                    f"the points within {REACH * radius:g} m of point {index} lie in a plane, expected not to"
                )
            rows.append(np.repeat(3 * index + np.arange(3), len(around)))
            columns.append(np.tile(around, 3))
            values.append(np.linalg.solve(moments, (weights[:, None] * centred).T).ravel())
        shape = (3 * len(template), len(template))
        entries = np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))
        self._reader = sparse.csr_array(entries, shape=shape)
        self._template = template

    def of(self, target: Vertices) -> Float[np.ndarray, "V 3 3"]:
        """Return the matrix that maps template directions to the target's, around each point.

        Args:
            target: positions in metres, in the template's order.

        Raises:
            ValueError: it has another number of points.
        """
        if target.shape != self._template.shape:
            raise ValueError(f"target has shape {target.shape}, expected the template's, {self._template.shape}")
        return (self._reader @ target).reshape(-1, 3, 3).transpose(0, 2, 1)


def _neighbours(template: Vertices, radius: float) -> list[Int[np.ndarray, " N"]]:
    found = cKDTree(template).query_ball_point(template, REACH * radius, return_sorted=True)
    result = []
    for around in found:
        chosen = np.asarray(around, dtype=np.int64)
        if len(chosen) > MOST_NEIGHBOURS:
            chosen = chosen[np.linspace(0, len(chosen) - 1, MOST_NEIGHBOURS).astype(np.int64)]
        result.append(chosen)
    return result
