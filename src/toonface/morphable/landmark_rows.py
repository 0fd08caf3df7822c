"""The landmarks as rows over the model's points: linear in them, and so in its coefficients."""

import numpy as np
from jaxtyping import Float, Int
from scipy import sparse

from toonface.morphable.face_model import FaceModel
from toonface.morphable.landmarks import CONTOUR, LANDMARK_COUNT, silhouette_steps


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
        self._steps = steps
        self.matrix: sparse.csr_array = (sparse.vstack([rest, paths]).tocsr() @ subdivided).tocsr()
        """(68 + 17 K) x S."""

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
