"""Cut the head out of the base mesh: the skin cage, and the control points that the teeth and the tongue hang on."""

from collections import defaultdict, deque
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from tools.face_model.sources import MakeHuman, QuadMesh

HEAD_HEIGHT = 0.60
"""Body quads above this height (metres) are head and neck: a clean ring of 46 edges round the neck."""
BUST_RINGS = 5
"""Rings of quads that are added below it; the fifth ends in a smooth loop over the collar bones."""
CONTROL_GROUPS = ("helper-upper-teeth", "helper-lower-teeth", "helper-tongue", "helper-l-eye", "helper-r-eye")


@dataclass(frozen=True, kw_only=True)
class Cage:
    """What is kept of the base mesh; everything else of the model is linear in its points."""

    kept: Int[np.ndarray, "C"]
    """Base-mesh vertex of every cage point: the skin first, then the groups of control points."""
    skin_count: int
    quads: Int[np.ndarray, "Q 4"]
    uv_quads: Int[np.ndarray, "Q 4"]
    uv: Float[np.ndarray, "T 2"]
    groups: dict[str, slice]
    """Control group → its cage points."""
    origin: Float[np.ndarray, "3"]
    """Base-mesh position of the model's origin, the joint on which the head turns."""

    def index_of(self, base_vertices: Int[np.ndarray, "..."]) -> Int[np.ndarray, "..."]:
        """Translate base-mesh vertices to cage points.

        Raises:
            ValueError: a vertex was not kept.
        """
        table = np.full(self.kept.max() + 1, -1)
        table[self.kept] = np.arange(len(self.kept))
        if base_vertices.max() > self.kept.max() or (table[base_vertices] < 0).any():
            raise ValueError("a vertex of the base mesh is not part of the cage")
        return table[base_vertices]


def cut_head(source: MakeHuman) -> Cage:
    """Keep the skin above the bust line and the control points.

    Args:
        source: the opened packages.
    """
    base = source.base
    body = base.groups["body"]
    body = body[_ring_distance(base, body) <= BUST_RINGS]
    skin = np.unique(base.quads[body])
    groups, points = {}, [skin]
    for name in CONTROL_GROUPS:
        members = np.unique(base.quads[base.groups[name]])
        start = sum(map(len, points))
        groups[name] = slice(start, start + len(members))
        points.append(members)
    table = np.full(len(base.vertices), -1)
    table[skin] = np.arange(len(skin))
    uv_used, uv_quads = np.unique(base.uv_quads[body], return_inverse=True)
    joint = np.unique(base.quads[base.groups["joint-head"]])
    return Cage(
        kept=np.concatenate(points),
        skin_count=len(skin),
        quads=table[base.quads[body]],
        uv_quads=uv_quads.reshape(-1, 4),
        uv=base.uv[uv_used],
        groups=groups,
        origin=base.vertices[joint].mean(0),
    )


def _ring_distance(base: QuadMesh, body: np.ndarray) -> np.ndarray:
    """Count the rings of quads between each body quad and the head; -1 never occurs on a connected body."""
    quads = base.quads[body]
    beside = defaultdict(list)
    for face, quad in enumerate(quads):
        for a, b in zip(quad, np.roll(quad, -1), strict=True):
            beside[min(a, b), max(a, b)].append(face)
    distance = np.where(base.vertices[quads].mean(1)[:, 1] > HEAD_HEIGHT, 0, -1)
    queue = deque(np.flatnonzero(distance == 0))
    while queue:
        face = queue.popleft()
        quad = quads[face]
        for a, b in zip(quad, np.roll(quad, -1), strict=True):
            for other in beside[min(a, b), max(a, b)]:
                if distance[other] < 0:
                    distance[other] = distance[face] + 1
                    queue.append(other)
    return distance
