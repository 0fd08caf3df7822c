"""Teeth and tongue of a rigged head: they follow the jaw that the lips show, and stay behind the skin of the chin."""

import numpy as np
from jaxtyping import Float
from scipy import sparse
from scipy.spatial import cKDTree

from toonface.geometry.normals import vertex_normals
from toonface.morphable.face_model import FaceModel, Points
from toonface.morphable.regions import SkinRegion

EYE_POINTS = 4
"""The last points of the model: centre and rim of each eyeball."""
LIPS, CHIN = 0.008, 0.070
"""Metres from the lips: skin of the chin begins and ends there."""
STILL = 1e-4
"""Metres; lips that a shape moves by less do not show a jaw that moves."""
BEHIND = 1e-3
"""Metres that lower teeth stay behind the skin."""
PUSHES = 6
"""What one push clears may touch elsewhere."""
LARGEST_PUSH = 0.010
"""Metres; a head that needs more has no room for teeth, and moving them further makes it worse."""


def lip_contact_rows(model: FaceModel) -> sparse.csr_array:
    """Return rows over the cage: from the lower lip to the facing point of the upper one, on LOD0.

    Args:
        model: the face model.
    """
    matrix, lips = model.skin.subdivision.matrix, model.lips
    rows = np.arange(len(lips.upper)).repeat(2)
    lower = sparse.csr_array(
        (lips.weights.ravel(), (rows, lips.lower.ravel())), shape=(len(lips.upper), matrix.shape[0])
    )
    return (matrix[lips.upper] - lower @ matrix).tocsr()


class MouthParts:
    """What does not depend on the head.

    Args:
        model: the face model; its mean head and the columns of A_exp are the template.
    """

    def __init__(self, model: FaceModel) -> None:
        self.count = model.skin.count
        skin = model.mean[: self.count].astype(np.float64)
        basis = model.expression_basis.astype(np.float64)
        self.inner = basis[:, self.count : -EYE_POINTS]
        self.lips = np.unique(model.lips.lower)
        self.lip_offsets = basis[:, self.lips].mean(axis=1)
        used = {name: np.unique(model.parts[name].matrix.indices) - self.count for name in ("teeth_lower", "tongue")}
        self.jaw = np.concatenate([used["teeth_lower"], used["tongue"]])
        teeth = self.inner[:, used["teeth_lower"]].mean(axis=1)
        length = (self.lip_offsets**2).sum(axis=1)
        along = (teeth * self.lip_offsets).sum(axis=1) / np.maximum(length, STILL**2)
        self.share = np.where(length > STILL**2, np.clip(along, 0.0, 1.0), 0.0)
        """How far the jaw goes with the lower lip, by shape."""
        self.part = model.parts["teeth_lower"]
        around = cKDTree(skin[np.concatenate([self.lips, np.unique(model.lips.upper)])]).query(skin)[0]
        outside = np.isin(model.skin.region, [SkinRegion.FACE, SkinRegion.NECK])
        below = skin[:, 1] < skin[self.lips, 1].min()
        self.chin = np.flatnonzero(outside & below & (around > LIPS) & (around < CHIN))
        faces = model.skin.faces[1]
        self.chin_faces = faces[np.isin(faces, self.chin).any(axis=1)]

    def follow(
        self, similarity: Float[np.ndarray, "3 3"], skin_offsets: Float[np.ndarray, "64 S 3"]
    ) -> Float[np.ndarray, "64 I 3"]:
        """Return the offsets of teeth and tongue: the template's in the head's frame, as far as its lower lip goes.

        Args:
            similarity: from the template's mouth to the head's, a turn times a stretch.
            skin_offsets: of the head's cage.
        """
        offsets = self.inner @ similarity.T
        apart = skin_offsets[:, self.lips].mean(axis=1) - self.lip_offsets @ similarity.T
        offsets[:, self.jaw] += (self.share[:, None] * apart)[:, None]
        return offsets

    def hide_at_rest(self, neutral: Points) -> tuple[Points, float]:
        """Move teeth and tongue back, all together, until no lower tooth is outside the skin; tell how far, metres.

        Args:
            neutral: points of the head.
        """
        push = self._push(neutral)
        hidden = neutral.copy()
        hidden[self.count : -EYE_POINTS] += push
        return hidden, float(np.linalg.norm(push))

    def hide_in_shapes(self, neutral: Points, offsets: Float[np.ndarray, "64 P 3"]) -> float:
        """Hold lower teeth and tongue back, in place, where a shape would take teeth through the skin.

        Returns the largest correction, metres.

        Args:
            neutral: points of the head.
            offsets: of its shapes.
        """
        largest = 0.0
        for number in np.flatnonzero(self.share):
            push = self._push(neutral + offsets[number])
            offsets[number, self.count + self.jaw] += push
            largest = max(largest, float(np.linalg.norm(push)))
        return largest

    def outside(self, points: Points) -> tuple[Float[np.ndarray, " N"], Float[np.ndarray, "N 3"]]:
        """Return how far each vertex of the lower teeth is outside the chin's skin, metres, and which way that is.

        Args:
            points: of a head in any expression.
        """
        skin = points[: self.count]
        teeth = self.part.matrix @ points + self.part.offsets
        nearest = self.chin[cKDTree(skin[self.chin]).query(teeth)[1]]
        outward = vertex_normals(skin, self.chin_faces)[nearest]
        return ((teeth - skin[nearest]) * outward).sum(axis=1), outward

    def _push(self, points: Points) -> Float[np.ndarray, "3"]:
        """The shift of the lower teeth that takes them behind the skin; zero where they are."""
        moved, total = points, np.zeros(3)
        lower = self.count + self.jaw
        for _ in range(PUSHES):
            depth, outward = self.outside(moved)
            worst = int(np.argmax(depth))
            if depth[worst] <= -BEHIND:
                break
            step = -(depth[worst] + BEHIND) * outward[worst]
            moved = moved.copy()
            moved[lower] += step
            total += step
        length = float(np.linalg.norm(total))
        return total * min(1.0, LARGEST_PUSH / max(length, 1e-9))
