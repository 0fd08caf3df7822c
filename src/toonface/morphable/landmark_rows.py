"""The landmarks as rows over the model's points: linear in them, and so in its coefficients."""

import numpy as np
from jaxtyping import Float, Int
from scipy import sparse

from toonface.morphable.face_model import LID_SHAPES, FaceModel, Points, turn_lids
from toonface.morphable.landmarks import CONTOUR, LANDMARK_COUNT, silhouette_steps
from toonface.morphable.lids import LidMotion, combine_motions


class LandmarkRows:
    """Rows over the skin's cage: first the 68 landmarks at rest, then every step of the 17 contour paths.

    Args:
        model: the face model.
    """

    def __init__(self, model: FaceModel) -> None:
        table, subdivided = model.landmarks, model.skin.subdivision.matrix
        steps = table.paths.shape[1]
        rest = _pick(table.corners, table.weights, len(model.albedo_mean))
        paths = _pick(table.paths.reshape(-1, 2), table.path_weights.reshape(-1, 2), len(model.albedo_mean))
        self._model, self._steps = model, steps
        self.matrix: sparse.csr_array = (sparse.vstack([rest, paths]).tocsr() @ subdivided).tocsr()
        """(68 + 17 K) x S."""
        self.identity = self.through(model.identity_basis)
        """Motion of each row per coefficient, R x 3 x 80."""
        self.expression = self.through(model.expression_basis)
        """The same of the constant columns of A_exp, R x 3 x 64; lids turn otherwise, see `posed`."""
        self._lids = [self.matrix[:, grid.table.ravel()] for grid in model.lids]
        self._mean_turns = [
            {number: self._turned(model.mean, side, motion) for number, motion in LID_SHAPES[side].items()}
            for side in range(2)
        ]

    def through(self, basis: Float[np.ndarray, "K P 3"]) -> Float[np.ndarray, "R 3 K"]:
        """Return how far each row moves with each offset of a basis.

        Args:
            basis: offsets of the model's points.
        """
        skin = basis[:, : self.matrix.shape[1]]
        flat = self.matrix @ skin.transpose(1, 2, 0).reshape(skin.shape[1], -1).astype(np.float64)
        return flat.reshape(-1, 3, len(basis))

    def posed(self, neutral: Points, weights: Float[np.ndarray, "64"]) -> Float[np.ndarray, "R 3"]:
        """Return where all rows are on a posed head: those of `neutral + expression_offsets(model, neutral, weights)`.

        Args:
            neutral: points of any neutral head of this topology.
            weights: α_exp in [0, 1].
        """
        places = self.matrix @ neutral[: self.matrix.shape[1]] + self.expression @ weights
        for side in range(2):
            moving = {number: weights[number] for number in LID_SHAPES[side] if weights[number]}
            if moving:
                total = combine_motions([(weight, LID_SHAPES[side][number]) for number, weight in moving.items()])
                places += self._turned(neutral, side, total)
                places -= sum(weight * self._mean_turns[side][number] for number, weight in moving.items())
        return places

    def _turned(self, neutral: Points, side: int, motion: LidMotion) -> Float[np.ndarray, "R 3"]:
        return self._lids[side] @ turn_lids(self._model, neutral, side, motion).reshape(-1, 3)

    def seen(self, places: Float[np.ndarray, "R 3"], rotation: Float[np.ndarray, "3 3"]) -> Int[np.ndarray, "68"]:
        """Choose the row of each landmark for a pose: contour points slide to the silhouette.

        Args:
            places: where all rows are, `matrix @ cage`.
            rotation: from the head to the camera.
        """
        rows = np.arange(LANDMARK_COUNT)
        paths = places[LANDMARK_COUNT:].reshape(-1, self._steps, 3)
        rows[CONTOUR] = LANDMARK_COUNT + self._steps * np.arange(len(paths)) + silhouette_steps(paths, rotation)
        return rows


def _pick(vertices: Int[np.ndarray, "N K"], weights: Float[np.ndarray, "N K"], count: int) -> sparse.csr_array:
    rows = np.arange(len(vertices)).repeat(vertices.shape[1])
    return sparse.csr_array((weights.ravel(), (rows, vertices.ravel())), shape=(len(vertices), count))
