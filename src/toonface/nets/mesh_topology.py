"""Triangles as PyTorch wants them, and which two of them share each edge: made once per mesh, for all batches."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor

from toonface.types import Faces

KEY_BASE = 2**31
"""Vertex indices lie below it, so that two of them make one 64-bit key."""
NO_TRIANGLE = -1
"""Beyond the edge of an open mesh, and where a pixel shows the background."""


@dataclass(frozen=True, kw_only=True)
class Topology:
    """What a mesh's triangles say without positions."""

    faces: Int[Tensor, "F 3"]
    """Vertex indices, counter-clockwise seen from outside."""
    edges: Int[Tensor, "E 3"]
    """The two ends of each edge, and the third corner of the first triangle at it."""
    sides: Int[Tensor, "E 2"]
    """The two triangles at each edge; the second is `NO_TRIANGLE` at a boundary."""
    vertex_count: int
    """How many vertices the mesh has at least."""

    def to(self, device: torch.device | str) -> "Topology":
        """Return the same topology on a device.

        Args:
            device: where to put it.
        """
        faces, edges, sides = (tensor.to(device) for tensor in (self.faces, self.edges, self.sides))
        return Topology(faces=faces, edges=edges, sides=sides, vertex_count=self.vertex_count)


def topology_of(faces: Faces, *, device: torch.device | str | None = None) -> Topology:
    """Find the edges of a mesh, or of several whose triangles were put one after the other.

    Args:
        faces: consistently wound triangles. Where more than two share an edge, each of them has a boundary there.
        device: where to put the result; None for PyTorch's default.

    Raises:
        ValueError: there is no triangle, or an index is negative.
    """
    if not len(faces) or faces.min() < 0:
        raise ValueError(f"{len(faces)} faces with indices from {faces.min(initial=0)}, expected some, from 0")
    corners = np.asarray(faces, np.int64)
    # Both ends and the opposite corner of the three edges of each triangle.
    half_edges = np.concatenate([np.roll(corners, shift, axis=1) for shift in range(3)])
    owners = np.tile(np.arange(len(corners)), 3)
    low, high = np.sort(half_edges[:, :2], axis=1).T
    keys = low * KEY_BASE + high
    order = np.argsort(keys, kind="stable")
    _, first, counts = np.unique(keys[order], return_index=True, return_counts=True)
    paired = first[counts == 2]
    single = np.flatnonzero(np.repeat(counts != 2, counts))
    chosen = order[np.concatenate([paired, single])]
    beyond = np.concatenate([owners[order[paired + 1]], np.full(len(single), NO_TRIANGLE)])
    return Topology(
        faces=torch.tensor(corners, device=device),
        edges=torch.tensor(half_edges[chosen], device=device),
        sides=torch.tensor(np.stack([owners[chosen], beyond], axis=1), device=device),
        vertex_count=int(corners.max()) + 1,
    )
