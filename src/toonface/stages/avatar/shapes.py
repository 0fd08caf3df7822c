"""A head and all its blendshapes: what an avatar is made of."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32

from toonface.morphable.eyes import Eyeballs
from toonface.morphable.face_model import FaceModel, Points, pose_head, shape_offsets, skin_vertices, weights_of
from toonface.morphable.names import ARKIT_SHAPES, EXTRAS, SHAPES, VISEMES
from toonface.types import Vertices

TARGETS: dict[str, dict[str, float]] = {**{name: {name: 1.0} for name in ARKIT_SHAPES}, **VISEMES, **EXTRAS}
"""The 72 targets of an avatar, in order: each a mix of `names.SHAPES`."""
MIXES: Float32[np.ndarray, "72 64"] = np.stack([weights_of(mix) for mix in TARGETS.values()]).astype(np.float32)
"""The same as numbers, one row per target."""


@dataclass(frozen=True, kw_only=True)
class HeadShapes:
    """A neutral head and how each of the 64 shapes moves it. Metres."""

    neutral: Points
    """The model's points."""
    skin: Vertices
    """Skin of the neutral head on LOD0."""
    eyes: Eyeballs
    """At rest: they look straight ahead."""
    shapes: Float32[np.ndarray, "64 P 3"]
    """Offsets of the points at weight 1."""
    skin_shapes: Float32[np.ndarray, "64 V 3"]
    """Offsets of LOD0 at weight 1."""


def own_shapes(model: FaceModel, neutral: Points) -> HeadShapes:
    """Give a head the model's own shapes: constant offsets, with lids that close on this head's eyes.

    Args:
        model: the face model.
        neutral: points of any head of this topology.
    """
    rest = pose_head(model, neutral, np.zeros(len(SHAPES)))
    skin = skin_vertices(model, rest)
    moved = [skin_vertices(model, pose_head(model, neutral, weights_of({name: 1.0}))) - skin for name in SHAPES]
    return HeadShapes(
        neutral=neutral,
        skin=skin,
        eyes=rest.eyes,
        shapes=np.stack([shape_offsets(model, neutral, name) for name in SHAPES]).astype(np.float32),
        skin_shapes=np.stack(moved).astype(np.float32),
    )


def mixed(offsets: Float32[np.ndarray, "64 N 3"]) -> Float[np.ndarray, "72 N 3"]:
    """Turn offsets of the 64 shapes into those of the 72 targets.

    Args:
        offsets: of any points, one block per shape.
    """
    return np.tensordot(MIXES, offsets, axes=1)
