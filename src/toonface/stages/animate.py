"""Move a rigged head, frame by frame: S* = S_0 + B_exp β (Eq. 13 of the paper)."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Float32

from toonface.geometry.sparse_shapes import SparseShapes
from toonface.morphable.eyes import Eyeballs, gaze_rotations
from toonface.morphable.rigged_head import RiggedHead


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A rigged head in one expression."""

    points: Float32[np.ndarray, "P 3"]
    """Of the model, metres; teeth, tongue, brows and lashes are `part.matrix @ points + part.offsets`."""
    skin: Float32[np.ndarray, "V 3"]
    """LOD0, metres."""
    eyes: Eyeballs


class Animator:
    """Poses one head; the constructor makes the lists of what each shape moves.

    Args:
        rigged: the head.
    """

    def __init__(self, rigged: RiggedHead) -> None:
        self.eyes = rigged.eyes
        self.points = SparseShapes(rigged.neutral, rigged.shapes)
        self.skin = SparseShapes(rigged.skin, rigged.skin_shapes)


def animate(animator: Animator, weights: Float[np.ndarray, "64"]) -> Frame:
    """Pose a head: plain sums of its shapes, as game engines make them, and eyeballs that look where eyeLook says.

    Args:
        animator: of the head.
        weights: β in [0, 1], by `names.SHAPES`.

    Raises:
        ValueError: there is another number of weights, or one is not finite.
    """
    return Frame(
        points=animator.points.pose(weights),
        skin=animator.skin.pose(weights),
        eyes=replace(animator.eyes, rotations=gaze_rotations(weights)),
    )
