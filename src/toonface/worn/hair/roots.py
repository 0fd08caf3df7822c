"""Hair that has been bent stays on the head: nothing sinks below the scalp, and roots stay where they were."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.spatial import KDTree

from toonface.geometry.smoothstep import smoothstep
from toonface.types import Vertices
from toonface.worn.hair.hair import HairTables
from toonface.worn.surface import Sitter

ROOT_M, FREE_M = 0.0005, 0.0025
"""Metres above the skin up to which hair keeps its height, and from which it is free."""
GAP_M = 0.0045
"""Metres that free hair keeps from the skin, where it has not grown nearer: its triangles are large, and would cut
through a round scalp if their corners lay on it."""
NEAR_M = 0.030
"""Metres beyond which the skin is not asked."""
BURIED_M = 0.004, 0.008
"""Metres below the skin from which hair is left alone: it is not seen, and belongs to another side of the neck."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The skin that hair stands on, without the ears."""

    points: Vertices
    normals: Float[np.ndarray, "V 3"]
    tree: KDTree

    def height(self, vertices: Vertices) -> tuple[Float[np.ndarray, " N"], Float[np.ndarray, "N 3"]]:
        """Return how far vertices are above the skin, metres, negative below it, and the skin's normal there.

        Args:
            vertices: metres. Beyond `NEAR_M` the height is the plain distance.
        """
        away, index = self.tree.query(vertices)
        normals = self.normals[index]
        height = np.einsum("nc,nc->n", vertices - self.points[index], normals)
        return np.where(away > NEAR_M, away, height), normals


def find_ground(sitter: Sitter, tables: HairTables) -> Ground:
    """Prepare the skin of a head.

    Args:
        sitter: the head.
        tables: of its model.
    """
    usable = ~tables.scalp.ears
    return Ground(
        points=sitter.skin[usable],
        normals=sitter.normals[usable],
        tree=KDTree(np.ascontiguousarray(sitter.skin[usable])),
    )


def keep_roots(ground: Ground, old: Float[np.ndarray, " N"], after: Vertices) -> Vertices:
    """Move bent hair along the skin's normals until none of it is below where it may be.

    Args:
        ground: from `find_ground`.
        old: heights of the hair as it grew, metres; what was tucked into the skin stays tucked.
        after: bent.
    """
    new, normals = ground.height(after)
    rooted = 1.0 - smoothstep(ROOT_M, FREE_M, old)
    wanted = rooted * np.minimum(old, FREE_M) + (1.0 - rooted) * np.maximum(new, np.clip(old, 0.0, GAP_M))
    asked = (new < NEAR_M) * smoothstep(-BURIED_M[1], -BURIED_M[0], old)
    return after + (asked * (wanted - new))[:, None] * normals
