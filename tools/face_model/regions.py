"""Name what each point of the skin belongs to."""

import numpy as np
from jaxtyping import Float, Int

from tools.face_model.atlas import uv_islands
from tools.face_model.cage import Cage
from tools.face_model.hair import is_ear
from toonface.morphable.regions import SkinRegion


def skin_regions(cage: Cage, skin: Float[np.ndarray, "S 3"]) -> Int[np.ndarray, " S"]:
    """Name the region of each cage point.

    Args:
        cage: of the head; its texture islands tell mouth bag, sockets and neck.
        skin: positions on the mean head, which tell ears, face and scalp.
    """
    region = np.full(cage.skin_count, int(SkinRegion.SCALP))
    face = (skin[:, 2] > 0.028) & (skin[:, 1] < 0.092) & (skin[:, 1] > -0.085)
    region[face] = SkinRegion.FACE
    region[is_ear(skin)] = SkinRegion.EAR
    islands = uv_islands(cage.uv_quads, len(cage.uv))
    for island in np.unique(islands):
        inside = islands == island
        points = np.unique(cage.quads[inside])
        border = np.unique(cage.quads[~inside])
        inner = np.setdiff1d(points, border)
        if inside.sum() == inside.size or not len(inner):
            continue
        name = _island_region(skin[points], inside.sum())
        if name is not None:
            region[inner] = name
    return region


def _island_region(points: np.ndarray, quads: int) -> SkinRegion | None:
    if quads > 1000:
        return None
    if np.ptp(points[:, 0]) > 0.12:
        return SkinRegion.NECK
    return SkinRegion.MOUTH if abs(points[:, 0].mean()) < 0.005 else SkinRegion.SOCKET
