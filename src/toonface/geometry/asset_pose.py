"""Pose an asset as a viewer does: weights of its targets, then turns of its joints. numpy only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from toonface.geometry.asset import Asset, AssetJoint, AssetMesh
from toonface.geometry.normals import vertex_normals
from toonface.geometry.rotation import Rotation
from toonface.types import Vertices

WELD_M = 2e-5
"""Vertices that are closer at rest are one for the normals: quantised files move them apart by less."""


@dataclass(frozen=True, kw_only=True)
class PosedMesh:
    """Where a mesh is in one pose."""

    vertices: Vertices
    """Metres."""
    normals: Vertices
    """Unit length."""


class AssetPoser:
    """Poses one asset; the constructor finds which vertices of different meshes are one place.

    Args:
        asset: what to pose.
    """

    def __init__(self, asset: Asset) -> None:
        self.asset = asset
        self.resting = [mesh.positions.astype(np.float64) for mesh in asset.meshes]
        self.starts = np.cumsum([0, *(len(places) for places in self.resting)])
        stacked = np.concatenate(self.resting)
        _, first, self.places = np.unique(
            np.round(stacked / WELD_M).astype(np.int64), axis=0, return_index=True, return_inverse=True
        )
        self.first = first
        faces = [mesh.faces + start for mesh, start in zip(asset.meshes, self.starts[:-1], strict=True)]
        self.faces = self.places.reshape(-1)[np.concatenate(faces)]
        self.rest_normals = vertex_normals(stacked[first], self.faces)

    def pose(self, weights: Mapping[str, float], turns: Mapping[str, Rotation]) -> list[PosedMesh]:
        """Return each mesh in one pose. Normals turn as those of the triangles do, so that no border shows.

        Args:
            weights: of targets by name, 0 for those that are not given; meshes without a target ignore it.
            turns: of joints by name, from their rest.

        Raises:
            ValueError: no mesh has a target of a name, or there is no joint of a name.
        """
        known = {target.name for mesh in self.asset.meshes for target in mesh.targets}
        _check_names("target", weights, known)
        _check_names("joint", turns, {joint.name for joint in self.asset.joints})
        moved = [posed_vertices(mesh, weights) for mesh in self.asset.meshes]
        normals = self._normals(moved)
        if not turns:
            return [PosedMesh(vertices=v, normals=n) for v, n in zip(moved, normals, strict=True)]
        matrices, shifts = joint_moves(self.asset.joints, turns)
        posed = []
        for mesh, vertices, normal in zip(self.asset.meshes, moved, normals, strict=True):
            turned = np.einsum("vk,vkij->vij", mesh.weights.astype(np.float64), matrices[mesh.joints])
            shift = np.einsum("vk,vki->vi", mesh.weights.astype(np.float64), shifts[mesh.joints])
            there = np.einsum("vij,vj->vi", turned, vertices) + shift
            posed.append(PosedMesh(vertices=there, normals=_unit(np.einsum("vij,vj->vi", turned, normal))))
        return posed

    def _normals(self, moved: list[np.ndarray]) -> list[np.ndarray]:
        own = [mesh.normals.astype(np.float64) for mesh in self.asset.meshes]
        if all(now is rest or np.array_equal(now, rest) for now, rest in zip(moved, self.resting, strict=True)):
            return own
        changed = vertex_normals(np.concatenate(moved)[self.first], self.faces) - self.rest_normals
        spread = changed[self.places.reshape(-1)]
        borders = zip(self.starts[:-1], self.starts[1:], strict=True)
        return [_unit(rest + spread[start:stop]) for rest, (start, stop) in zip(own, borders, strict=True)]


def posed_vertices(mesh: AssetMesh, weights: Mapping[str, float]) -> Vertices:
    """Return the vertices of a mesh under targets, metres.

    Args:
        mesh: with or without targets.
        weights: by name.
    """
    vertices = mesh.positions.astype(np.float64)
    for target in mesh.targets:
        weight = weights.get(target.name, 0.0)
        if weight:
            vertices[target.vertices] += weight * target.offsets
    return vertices


def joint_moves(
    joints: Sequence[AssetJoint], turns: Mapping[str, Rotation]
) -> tuple[Float[np.ndarray, "J 3 3"], Float[np.ndarray, "J 3"]]:
    """Return for each joint how it moves a point that it carries: matrix and then shift.

    Args:
        joints: parents before children, with the axes of the whole at rest.
        turns: by name; joints without one go with their parent.
    """
    matrices, shifts = np.tile(np.eye(3), (len(joints), 1, 1)), np.zeros((len(joints), 3))
    for number, joint in enumerate(joints):
        place, own = np.array(joint.position), turns.get(joint.name, np.eye(3))
        matrix, shift = own, place - own @ place
        if joint.parent >= 0:
            shift = matrices[joint.parent] @ shift + shifts[joint.parent]
            matrix = matrices[joint.parent] @ matrix
        matrices[number], shifts[number] = matrix, shift
    return matrices, shifts


def _unit(vectors: Vertices) -> Vertices:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def _check_names(what: str, given: Mapping[str, object], known: set[str]) -> None:
    strange = sorted(given.keys() - known)
    if strange:
        raise ValueError(f"there is no {what} {strange[0]!r}, expected one of the asset's {len(known)}")
