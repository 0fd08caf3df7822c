"""What a texture needs of the model alone: charts, left and right, neighbours, and what is where on the skin."""

import numpy as np
from scipy import sparse

from toonface.geometry.bake import draw_charts
from toonface.geometry.mirror import mirror_table
from toonface.geometry.smoothstep import smoothstep
from toonface.geometry.topology import edges
from toonface.morphable.face_model import FaceModel, subdivide
from toonface.morphable.regions import SkinRegion
from toonface.morphable.skin_areas import height_above_hairline, height_above_jaw, is_ear

MIRROR_TOLERANCE_M = 1e-4
BORDER_M = 0.003
"""Half the width over which scalp and neck begin."""
UPPER_M = 0.01
"""Half the width over which the upper face begins."""
HAIRLINE, WEAKEST_LINK = 0.25, 0.02
"""Where the scalp's share changes by so much along an edge, the edge is as weak as that."""
UPPER_LID = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.4, 0.8, 1.0)
LOWER_LID = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.3, 0.8, 1.0, 1.0, 1.0, 1.0)
"""How much each ring of a lid's grid may show the picture, from inside outwards: lashes, liner and the fold may not."""


class SkinBaker:
    """What depends on the model alone."""

    def __init__(self, model: FaceModel, size: int = 2048) -> None:
        """Prepare the atlas.

        Args:
            model: the face model.
            size: texels of a side.

        Raises:
            ValueError: the size is below 1.
        """
        self.model = model
        self.faces = model.skin.faces[0]
        self.charts = draw_charts(model.skin.uv[0], model.skin.uv_faces[0], size)
        rest = subdivide(model, model.mean[: model.skin.count])
        self.mirror = mirror_table(rest, MIRROR_TOLERANCE_M)
        shares = model.skin.subdivision.matrix @ np.eye(len(SkinRegion))[model.skin.region]
        self.mouth = np.clip(shares[:, SkinRegion.MOUTH], 0.0, 1.0)
        self.outer = 1.0 - np.clip(self.mouth + shares[:, SkinRegion.SOCKET], 0.0, 1.0)
        """1 on the skin that others see; 0 in the mouth and behind the lids, which are ours."""
        self.ear = is_ear(rest).astype(float)
        self.scalp = smoothstep(-BORDER_M, BORDER_M, height_above_hairline(rest)) * self.outer * (1.0 - self.ear)
        self.neck = smoothstep(BORDER_M, -BORDER_M, height_above_jaw(rest)) * self.outer * (1.0 - self.ear)
        self.face = np.clip(self.outer - self.ear - self.scalp - self.neck, 0.0, 1.0)
        tip = rest[rest[:, 2].argmax(), 1]
        self.upper = self.face * smoothstep(tip - UPPER_M, tip + UPPER_M, rest[:, 1])
        """1 on the face above the tip of the nose, where no beard grows."""
        self.lid = 1.0 - np.clip(model.skin.subdivision.matrix @ _beside_eyes(model), 0.0, 1.0)
        self.usable = self.outer * (1.0 - self.lid)
        """How much the picture may be used, by what is where."""
        self.links = edges(self.faces)
        """Pairs of neighbours."""
        first, second = self.links.T
        change = np.abs(self.scalp[first] - self.scalp[second])
        self.strength = np.maximum(1.0 - change / HAIRLINE, WEAKEST_LINK)
        """Of each pair: weak across the hairline, so that the hair's colour does not run into the face."""
        count = len(rest)
        links = sparse.coo_array((np.ones(len(first)), (first, second)), shape=(count, count))
        self.neighbours = (links + links.T).tocsr()
        self.degree = np.asarray(self.neighbours.sum(axis=1))
        """Neighbours of each vertex."""


def _beside_eyes(model: FaceModel) -> np.ndarray:
    """1 over the cage, and less on the lids."""
    cage = np.ones(model.skin.count)
    for grid in model.lids:
        rings = np.where(grid.side[None] >= 0.0, np.array(UPPER_LID)[:, None], np.array(LOWER_LID)[:, None])
        np.minimum.at(cage, grid.table.ravel(), rings.ravel())
    return cage
