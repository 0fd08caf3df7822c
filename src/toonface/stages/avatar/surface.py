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


@dataclass(frozen=True, kw_only=True)
class Motion:
    """How targets move a surface: worked out once for all meshes that are cut from it."""

    names: tuple[str, ...]
    offsets: Float[np.ndarray, "T V 3"]
    """Zero where a vertex stays, metres."""
    turns: Float[np.ndarray, "T V 3"] | None
    """Change of the unit normals; None where nobody asks for it."""
    stated: Bool[np.ndarray, "T V"]
    """Whether a target moves or turns a vertex. What no target moves is turned by none."""
    moving: Bool[np.ndarray, " V"]
    """Whether some target moves a vertex."""


def motion_of(surface: Surface, *, turned: bool) -> Motion:
    """Work out how targets move a surface.

    Args:
        surface: with or without targets.
        turned: whether to compute how they turn its normals, which takes most of the time.
    """
    offsets = np.zeros((0, len(surface.vertices), 3))
    if surface.targets:
        offsets = np.stack(list(surface.targets.values())).astype(np.float64)
    moves = np.einsum("tvk,tvk->tv", offsets, offsets) > surface.still**2
    moving = moves.any(axis=0)
    turns, stated = None, moves
    if turned and surface.normals is None:
        turns = np.stack([_turned(surface, one) for one in offsets]) if len(offsets) else np.zeros_like(offsets)
        stated = moves | ((np.einsum("tvk,tvk->tv", turns, turns) > TURN**2) & moving)
    return Motion(
        names=tuple(surface.targets),
        offsets=np.where(moves[..., None], offsets, 0.0),
        turns=turns,
        stated=stated,
        moving=moving,
    )


def mesh_of(surface: Surface, motion: Motion, name: str, taken: Bool[np.ndarray, " F"] | None = None) -> AssetMesh:
    """Make a mesh of some of a surface's triangles.

    Normals are those of the whole surface, so that meshes cut from one surface join without a seam. Vertices that no
    target moves keep theirs in every target, for the same reason. Targets that move nothing of the mesh are kept.

    Args:
        surface: the whole.
        motion: of the whole.
        name: of the mesh.
        taken: whether each triangle is in it; None for all.
    """
    chosen = np.ones(len(surface.faces), bool) if taken is None else taken
    corners = join_corners(surface.faces[chosen], surface.uv_faces[chosen])
    normals = surface.normals if surface.normals is not None else _filled(surface.vertices, surface.faces)
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
        targets=tuple(_target(motion, number, corners.vertex) for number in range(len(motion.names))),
        light=light,
    )


def sides(surface: Surface) -> tuple[Bool[np.ndarray, " F"], Bool[np.ndarray, " F"]]:
    """Tell which triangles are on the character's left, and which on the right."""
    left = surface.vertices[surface.faces, 0].mean(axis=1) > 0.0
    return left, ~left


def without_idle_targets(mesh: AssetMesh) -> AssetMesh:
    """Leave out the targets that move nothing of a mesh."""
    return replace(mesh, targets=tuple(target for target in mesh.targets if len(target.vertices)))


def _target(motion: Motion, number: int, vertex: Int[np.ndarray, " N"]) -> AssetTarget:
    """A vertex that moves in some target is left out of those that neither move nor turn it."""
    kept = np.flatnonzero(motion.stated[number][vertex])
    offsets = motion.offsets[number][vertex[kept]].astype(np.float32)
    turns = np.zeros_like(offsets)
    if motion.turns is not None:
        turns = motion.turns[number][vertex[kept]].astype(np.float32)
    return AssetTarget(name=motion.names[number], vertices=kept, offsets=offsets, normal_offsets=turns)


def _turned(surface: Surface, offsets: Vertices) -> Float[np.ndarray, "V 3"]:
    if not offsets.any():
        return np.zeros_like(offsets)
    before = _filled(surface.vertices, surface.faces)
    return _filled(surface.vertices + offsets, surface.faces) - before


def _filled(vertices: Vertices, faces: Faces) -> Float[np.ndarray, "V 3"]:
    """Unit normals; a vertex whose triangles cancel looks ahead."""
    normals = vertex_normals(np.ascontiguousarray(vertices, np.float64), faces)
    lost = ~normals.any(axis=1)
    normals[lost] = (0.0, 0.0, 1.0)
    return normals
