"""Laplacian deformation (Eq. 10 of the paper): anchors pull a mesh, and its Laplacian coordinates stay. numpy, scipy.

The minimum of |L V' - L V|² + Σ h_i |V'_i - V_i|² + Σ w_k |c_k V' - p_k|² is V' = V + G (P - C V) with a matrix G that
depends on the topology, the anchors and their weights alone, not on any positions. Other weights for some anchors
change the factor by a low rank, which the matrix inversion lemma (Woodbury 1950) accounts for without factoring again.
"""

import numpy as np
from jaxtyping import Float, Int
from scipy import sparse
from scipy.sparse.linalg import splu

from toonface.types import Vertices

COLUMNS_AT_ONCE = 16
"""Right-hand sides that are solved together; more run out of the cache."""


class LaplacianDeformer:
    """Everything about a deformation that depends on topology and anchors.

    Args:
        laplacian: L, V x V.
        anchors: C, K x V; each row is a point of the mesh as a weighted sum of its vertices.
        weights: w, one per anchor, at least 0; those with weight 0 pull only where `weights` says so.
        hold: h, one per vertex, at least 0: how strongly it stays where it is.
        near: vertices of which `displace_near` tells the motion.

    Raises:
        ValueError: the shapes disagree, a weight is negative or not finite, or anchors and holds do not fix every piece
            of the mesh.
    """

    def __init__(
        self,
        laplacian: sparse.csr_array,
        anchors: sparse.csr_array,
        *,
        weights: Float[np.ndarray, " K"],
        hold: Float[np.ndarray, " V"],
        near: Int[np.ndarray, " N"] | None = None,
    ) -> None:
        count, points = laplacian.shape[0], anchors.shape[0]
        if laplacian.shape != (count, count) or anchors.shape[1] != count or hold.shape != (count,):
            raise ValueError(
                f"laplacian is {laplacian.shape}, anchors {anchors.shape}, hold {hold.shape}, expected V x V, K x V, V"
            )
        _check_weights("weights", weights, points)
        _check_weights("hold", hold, count)
        self.anchors, self.weights = anchors, weights
        system = laplacian.T @ laplacian + sparse.diags_array(hold)
        system = (system + anchors.T @ sparse.diags_array(weights) @ anchors).tocsc()
        try:
            factor = splu(system, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
        except RuntimeError:
            raise ValueError("some piece of the mesh is neither held nor anchored, expected all to be") from None
        self._response = np.zeros((points, count))
        for start in range(0, points, COLUMNS_AT_ONCE):
            some = slice(start, start + COLUMNS_AT_ONCE)
            self._response[some] = factor.solve(anchors[some].T.toarray()).T
        self._near_response = self._response[:, [] if near is None else near]
        self._coupling = np.ascontiguousarray((anchors @ self._response.T).T)

    def deform(
        self, vertices: Vertices, targets: Float[np.ndarray, "K 3"], weights: Float[np.ndarray, " K"] | None = None
    ) -> Vertices:
        """Move a mesh so that its anchors come to their targets.

        Args:
            vertices: of the mesh.
            targets: of all anchors; those of anchors with weight 0 do not count, but must be finite.
            weights: other weights than the constructor's.
        """
        return vertices + self.displace(targets - self.anchors @ vertices, weights)

    def displace(
        self, pulls: Float[np.ndarray, "K 3"], weights: Float[np.ndarray, " K"] | None = None
    ) -> Float[np.ndarray, "V 3"]:
        """Compute how every vertex moves.

        Args:
            pulls: from each anchor to its target.
            weights: other weights than the constructor's.

        Raises:
            ValueError: there is not one pull per anchor, or a weight is negative or not finite.
        """
        return self._product(pulls, weights, self._response)

    def displace_near(
        self, pulls: Float[np.ndarray, "K 3"], weights: Float[np.ndarray, " K"] | None = None
    ) -> Float[np.ndarray, "N 3"]:
        """Compute how the vertices that the constructor was told move: a part of `displace`, in a part of its time.

        Args:
            pulls: from each anchor to its target.
            weights: other weights than the constructor's.

        Raises:
            ValueError: as for `displace`.
        """
        return self._product(pulls, weights, self._near_response)

    def _product(
        self,
        pulls: Float[np.ndarray, "_ 3"],
        weights: Float[np.ndarray, " _"] | None,
        response: Float[np.ndarray, "K N"],
    ) -> Float[np.ndarray, "N 3"]:
        if pulls.shape != (len(self.weights), 3):
            raise ValueError(f"pulls have shape {pulls.shape}, expected ({len(self.weights)}, 3)")
        chosen = self.weights if weights is None else weights
        _check_weights("weights", chosen, len(self.weights))
        force = chosen[:, None] * pulls
        changed = np.flatnonzero(chosen != self.weights)
        if len(changed):
            force[changed] -= self._correction(force, changed, (chosen - self.weights)[changed])
        acting = np.flatnonzero(force.any(axis=1))
        # Neighbouring anchors are read where they lie: copying their rows would take longer than the product.
        runs = np.split(acting, np.flatnonzero(np.diff(acting) > 1) + 1) if len(acting) else []
        moved = np.zeros((3, response.shape[1]))
        for run in runs:
            rows = slice(run[0], run[-1] + 1)
            moved += force[rows].T @ response[rows]
        return np.ascontiguousarray(moved.T)

    def _correction(
        self, force: Float[np.ndarray, "K 3"], changed: np.ndarray, by: Float[np.ndarray, " R"]
    ) -> Float[np.ndarray, "R 3"]:
        """What changed weights take from the force: (1 + Δ S)⁻¹ Δ S f, with S the anchors' response to each other."""
        coupling = self._coupling[changed]
        inner = np.eye(len(changed)) + by[:, None] * coupling[:, changed]
        return np.linalg.solve(inner, by[:, None] * (coupling @ force))


def _check_weights(name: str, weights: Float[np.ndarray, " N"], count: int) -> None:
    if weights.shape != (count,):
        raise ValueError(f"{name} have shape {weights.shape}, expected ({count},)")
    if not (np.isfinite(weights).all() and (weights >= 0.0).all()):
        raise ValueError(f"{name} lie in [{weights.min()}, {weights.max()}], expected finite, at least 0")
