"""Which visible triangles of a head's skin are turned over; `geometry.flips` for this model's topology."""

import numpy as np
from jaxtyping import Bool

from toonface.geometry.flips import ring_agreement, triangle_rings
from toonface.morphable.face_model import FaceModel
from toonface.morphable.regions import SkinRegion
from toonface.types import Vertices


class FoldGuard:
    """Rings and visibility of LOD0's triangles, found once per model.

    Args:
        model: the face model.
    """

    def __init__(self, model: FaceModel) -> None:
        matrix = model.skin.subdivision.matrix
        self._faces = model.skin.faces[0]
        self._rings = triangle_rings(self._faces, matrix.shape[0])
        hidden = np.isin(model.skin.region, [SkinRegion.MOUTH, SkinRegion.SOCKET]).astype(float)
        self.visible: Bool[np.ndarray, " F"] = ~((matrix @ hidden)[self._faces] >= 0.5).any(axis=1)
        """Triangles that can be seen: neither between the lips, nor in the mouth or the sockets."""

    def upright(self, skin: Vertices) -> Bool[np.ndarray, " F"]:
        """Mark the visible triangles that are not against their ring.

        Args:
            skin: vertices of LOD0.
        """
        return (ring_agreement(skin, self._faces, self._rings) >= 0.0) & self.visible

    def folded(self, skin: Vertices, upright: Bool[np.ndarray, " F"]) -> Bool[np.ndarray, " F"]:
        """Mark the triangles that are against their ring and were not before.

        Args:
            skin: vertices of LOD0.
            upright: those of the skin before, from `upright`.
        """
        return (ring_agreement(skin, self._faces, self._rings) < 0.0) & upright
