"""A surface of a head before it is cut: vertices, how targets move them, and what it becomes in an asset."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Float32, Int, UInt8

from toonface.geometry.asset import AssetMaterial, AssetMesh, AssetTarget
from toonface.geometry.normals import vertex_normals
from toonface.geometry.partition import join_corners
from toonface.types import UV, Faces, Vertices

TURN = 0.02
"""Change of a unit normal, about one degree, below which a vertex that stays is left out of a target."""


@dataclass(frozen=True, kw_only=True)
class Surface:
    """One surface of a head with one material; texture coordinates have an index of their own."""

    vertices: Vertices
    faces: Faces
    uv: UV
    uv_faces: Faces
    material: AssetMaterial
    joints: UInt8[np.ndarray, "V 4"]
    weights: Float32[np.ndarray, "V 4"]
    targets: dict[str, Float[np.ndarray, "V 3"]]
    """Offsets of every vertex, metres, by name."""
    light: Float[np.ndarray, " V"] | None = None
    """Light that reaches each vertex, in [0, 1]; None for all of it."""
    normals: Float[np.ndarray, "V 3"] | None = None
    """Unit normals where they are not those of the triangles; then targets do not turn them."""
    still: float = 2e-4
    """Metres; a vertex that a target moves less stays where it is. The default is a pixel of a head 1,000 high."""

    def moving(self) -> Bool[np.ndarray, " V"]:
        """Tell which vertices some target moves."""
        result = np.zeros(len(self.vertices), bool)
        for offsets in self.targets.values():
            result |= self.moved(offsets)
        return result

    def moved(self, offsets: Float[np.ndarray, "V 3"]) -> Bool[np.ndarray, " V"]:
        """Tell which vertices are moved enough."""
        return np.einsum("vk,vk->v", offsets, offsets) > self.still**2


def mesh_of(surface: Surface, name: str, taken: Bool[np.ndarray, " F"] | None = None) -> AssetMesh:
    """Make a mesh of some of a surface's triangles.

    Normals are those of the whole surface, so that meshes cut from one surface join without a seam. Vertices that no
    target moves keep theirs in every target, for the same reason. Targets that move nothing of the mesh are kept.

    Args:
        surface: the whole.
        name: of the mesh.
        taken: whether each triangle is in it; None for all.
    """
    chosen = np.ones(len(surface.faces), bool) if taken is None else taken
    corners = join_corners(surface.faces[chosen], surface.uv_faces[chosen])
    normals = surface.normals if surface.normals is not None else _filled(surface.vertices, surface.faces)
    moving = surface.moving()
    targets = [
        _target(surface, target, np.flatnonzero(moving[corners.vertex]), corners.vertex) for target in surface.targets
    ]
    light = None
    if surface.light is not None and surface.light[corners.vertex].min() < 1.0:
        light = np.round(255.0 * surface.light[corners.vertex]).astype(np.uint8)
    return AssetMesh(
        name=name,
        positions=surface.vertices[corners.vertex].astype(np.float32),
        normals=normals[corners.vertex].astype(np.float32),
        uv=surface.uv[corners.uv].astype(np.float32),
        faces=corners.faces,
        material=surface.material,
        joints=surface.joints[corners.vertex],
        weights=surface.weights[corners.vertex],
        targets=tuple(targets),
        light=light,
    )


def without_idle_targets(mesh: AssetMesh) -> AssetMesh:
    """Leave out the targets that move nothing of a mesh."""
    return replace(mesh, targets=tuple(target for target in mesh.targets if len(target.vertices)))


def _target(surface: Surface, name: str, moving: Int[np.ndarray, " M"], vertex: Int[np.ndarray, " N"]) -> AssetTarget:
    """A vertex that moves in some target is left out of those that neither move nor turn it."""
    offsets = surface.targets[name]
    turned = np.zeros_like(offsets)
    if surface.normals is None and offsets.any():
        before = _filled(surface.vertices, surface.faces)
        turned = _filled(surface.vertices + offsets, surface.faces) - before
    moves = surface.moved(offsets)
    turns = np.einsum("vk,vk->v", turned, turned) > TURN**2
    kept = moving[(moves | turns)[vertex[moving]]]
    return AssetTarget(
        name=name,
        vertices=kept,
        offsets=np.where(moves[:, None], offsets, 0.0)[vertex[kept]].astype(np.float32),
        normal_offsets=turned[vertex[kept]].astype(np.float32),
    )


def _filled(vertices: Vertices, faces: Faces) -> Float[np.ndarray, "V 3"]:
    """Unit normals; a vertex whose triangles cancel looks ahead."""
    normals = vertex_normals(np.ascontiguousarray(vertices, np.float64), faces)
    lost = ~normals.any(axis=1)
    normals[lost] = (0.0, 0.0, 1.0)
    return normals
