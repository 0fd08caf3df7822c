"""Keep a thin part above a surface, also between its vertices."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, Int

from toonface.geometry.barycentric import ClosestPoints, SurfacePoints, closest_points_on_mesh, evaluate
from toonface.geometry.normals import vertex_normals

ROUNDS = 4
"""Passes that raise vertices until the middles of their edges are clear too."""
MOST = 3.0
"""Largest raise by these passes, in clearances: a long edge through a hollow must not fling its ends away."""


@dataclass(frozen=True, kw_only=True)
class Surface:
    """A closed or open mesh whose normals tell outside from inside."""

    vertices: Float[np.ndarray, "V 3"]
    faces: Int[np.ndarray, "F 3"]

    @cached_property
    def normals(self) -> Float[np.ndarray, "V 3"]:
        """Unit normals of the vertices, outwards."""
        return vertex_normals(self.vertices, self.faces)

    def project(
        self, queries: Float[np.ndarray, "N 3"]
    ) -> tuple[ClosestPoints, Float[np.ndarray, "N 3"], Float[np.ndarray, " N"]]:
        """Find the foot of each query, the outward normal there and the height above it, negative inside.

        Args:
            queries: points near the surface.
        """
        feet = closest_points_on_mesh(self.vertices, self.faces, queries)
        normals = evaluate(feet.points, self.normals)
        normals = normals / np.linalg.norm(normals, axis=1, keepdims=True)
        height = ((queries - evaluate(feet.points, self.vertices)) * normals).sum(axis=1)
        return feet, normals, np.sign(height) * feet.distances


@dataclass(frozen=True, kw_only=True)
class Lifted:
    """A part that is clear of the surface."""

    vertices: Float[np.ndarray, "N 3"]
    feet: SurfacePoints
    """The surface point below every vertex."""


def float_above(
    vertices: Float[np.ndarray, "N 3"],
    faces: Int[np.ndarray, "F 3"],
    surface: Surface,
    *,
    clearance: float,
    flatten: bool = False,
    ignore: Bool[np.ndarray, " V"] | None = None,
) -> Lifted:
    """Raise what lies in or too near a surface.

    A vertex at height h < 2c (clearance c) goes to c + c·exp((h - 2c) / 2c): the order of layers is kept.

    Args:
        vertices: of the part, metres.
        faces: its triangles; the middles of their edges are kept clear too.
        surface: what must not show through.
        clearance: height to keep, metres.
        flatten: put every vertex exactly at the clearance before the middles are looked at.
        ignore: vertices of the surface that do not repel (ears, through which strands may pass).
    """
    feet, normals, height = surface.project(vertices)
    wanted = np.where(
        height < 2 * clearance, clearance * (1 + np.exp((height - 2 * clearance) / (2 * clearance))), height
    )
    if flatten:
        wanted = np.full(len(vertices), clearance)
    if ignore is not None:
        wanted = np.where(ignore[feet.points.corners].any(axis=1), height, wanted)
    foot = evaluate(feet.points, surface.vertices)
    edges = np.unique(np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1), axis=0)
    placed = np.where((wanted != height)[:, None], foot + wanted[:, None] * normals, vertices)
    rise = np.zeros(len(vertices))
    for _ in range(ROUNDS):
        middle_feet, _, middle = surface.project((placed + rise[:, None] * normals)[edges].mean(axis=1))
        low = np.clip(clearance - middle, 0.0, MOST * clearance)
        if ignore is not None:
            low[ignore[middle_feet.points.corners].any(axis=1)] = 0.0
        more = np.zeros(len(vertices))
        np.maximum.at(more, edges, low[:, None].repeat(2, axis=1))
        rise = np.minimum(rise + more, MOST * clearance)
    return Lifted(vertices=placed + rise[:, None] * normals, feet=feet.points)
