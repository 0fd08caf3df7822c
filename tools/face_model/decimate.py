"""Thin out a dense mesh without touching its texture: half-edge collapses, cheapest quadric first."""

import heapq
from collections import defaultdict

import numpy as np
from jaxtyping import Float, Int


def collapse_flat_edges(
    vertices: Float[np.ndarray, "N 3"],
    faces: Int[np.ndarray, "F 3"],
    uv_faces: Int[np.ndarray, "F 3"],
    *,
    limit: int,
) -> tuple[Int[np.ndarray, "G 3"], Int[np.ndarray, "G 3"]]:
    """Merge vertices into neighbours until at most `limit` are used.

    A vertex moves into a neighbour (Garland and Heckbert 1997, with end points as the only candidates), so that what
    remains is a subset of the vertices and keeps their bindings. Borders and texture seams stay as they are; a
    collapse that would turn a triangle over or make an edge non-manifold is left out.

    Args:
        vertices: positions.
        faces: triangles.
        uv_faces: texture triangles.
        limit: vertices to keep; more remain where borders and seams need them.
    """
    mesh = _Editable(vertices, faces, uv_faces)
    heap = [entry for vertex in sorted(mesh.around) for entry in mesh.candidates(vertex)]
    heapq.heapify(heap)
    count = len(mesh.around)
    while heap and count > limit:
        _, vertex, target, age = heapq.heappop(heap)
        if vertex not in mesh.around or target not in mesh.around or mesh.age[vertex] != age:
            continue
        if not mesh.collapse(vertex, target):
            continue
        count -= 1
        for changed in sorted(mesh.ring(target) | {target}):
            mesh.age[changed] += 1
            for entry in mesh.candidates(changed):
                heapq.heappush(heap, entry)
    alive = sorted(set().union(*mesh.around.values()))
    return mesh.faces[alive], mesh.uv_faces[alive]


class _Editable:
    def __init__(self, vertices: np.ndarray, faces: np.ndarray, uv_faces: np.ndarray) -> None:
        self.vertices, self.faces, self.uv_faces = vertices, faces.copy(), uv_faces.copy()
        self.around: dict[int, set[int]] = defaultdict(set)
        uv_of, sides = defaultdict(set), defaultdict(int)
        for face, (corners, uv_corners) in enumerate(zip(faces.tolist(), uv_faces.tolist(), strict=True)):
            for at in range(3):
                self.around[corners[at]].add(face)
                uv_of[corners[at]].add(uv_corners[at])
                sides[tuple(sorted((corners[at], corners[at - 1])))] += 1
        border = {vertex for side, count in sides.items() if count != 2 for vertex in side}
        self.locked = border | {vertex for vertex, uv in uv_of.items() if len(uv) > 1}
        self.age = defaultdict(int)
        self.quadric = np.zeros((len(vertices), 4, 4))
        a, b, c = (vertices[faces[:, corner]] for corner in range(3))
        normal = np.cross(b - a, c - a)
        length = np.linalg.norm(normal, axis=1, keepdims=True)
        plane = np.concatenate([normal / (length + 1e-30), np.zeros((len(faces), 1))], axis=1)
        plane[:, 3] = -(plane[:, :3] * a).sum(axis=1)
        for corner in range(3):
            np.add.at(self.quadric, faces[:, corner], 0.5 * length[:, :, None] * plane[:, :, None] * plane[:, None])

    def ring(self, vertex: int) -> set[int]:
        return set(self.faces[sorted(self.around[vertex])].ravel().tolist()) - {vertex}

    def candidates(self, vertex: int) -> list[tuple[float, int, int, int]]:
        if vertex in self.locked:
            return []
        entries = []
        for target in sorted(self.ring(vertex)):
            at = np.append(self.vertices[target], 1.0)
            # A little of the edge's length prefers short edges where everything is flat.
            length = np.linalg.norm(self.vertices[target] - self.vertices[vertex])
            cost = float(at @ self.quadric[vertex] @ at) + 1e-4 * float(length) ** 4
            entries.append((cost, vertex, target, self.age[vertex]))
        return entries

    def collapse(self, vertex: int, target: int) -> bool:
        shared = self.around[vertex] & self.around[target]
        if len(shared) != 2 or len(self.ring(vertex) & self.ring(target)) != 2:
            return False
        moved = sorted(self.around[vertex] - shared)
        before = self.faces[moved]
        after = np.where(before == vertex, target, before)
        if (self._normals(before) * self._normals(after)).sum(axis=1).min(initial=1.0) < 0.2:
            return False
        at_target = {int(self.uv_faces[face][self.faces[face] == target][0]) for face in shared}
        if len(at_target) != 1:  # the tip of a texture seam
            return False
        self.uv_faces[moved] = np.where(before == vertex, at_target.pop(), self.uv_faces[moved])
        self.faces[moved] = after
        for gone in shared:
            for corner in self.faces[gone].tolist():
                self.around[corner].discard(gone)
        self.around[target].update(moved)
        del self.around[vertex]
        self.quadric[target] += self.quadric[vertex]
        return True

    def _normals(self, faces: np.ndarray) -> np.ndarray:
        a, b, c = (self.vertices[faces[:, corner]] for corner in range(3))
        normal = np.cross(b - a, c - a)
        return normal / (np.linalg.norm(normal, axis=1, keepdims=True) + 1e-30)
