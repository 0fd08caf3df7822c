"""What hangs on the skin: teeth, tongue, brows and hair, each a linear function of the model's points."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, Int
from scipy import sparse

from tools.face_model.cage import Cage
from tools.face_model.decimate import collapse_flat_edges
from tools.face_model.hair import HAIR, HairMesh, hair_mesh
from tools.face_model.lift import Surface, float_above
from tools.face_model.sources import MakeHuman, Proxy
from toonface.geometry.barycentric import SurfacePoints
from toonface.geometry.subdivide import catmull_clark, triangulate

BROWS = tuple(f"eyebrow{number:03d}" for number in range(1, 13))
BROW_CLEARANCE = 0.00045
"""How far the brows float above the subdivided skin, metres."""
MAX_TEETH_VERTICES = 1500
THROAT = 0.008
"""Gums that reach farther behind the last tooth than this (metres) are never seen."""


@dataclass(frozen=True, kw_only=True)
class PartRecord:
    """A mesh that rides on the model's points: vertices = matrix @ points + offsets, in metres."""

    name: str
    faces: Int[np.ndarray, "F 3"]
    uv: Float[np.ndarray, "T 2"]
    """Origin at the top left."""
    uv_faces: Int[np.ndarray, "F 3"]
    matrix: sparse.csr_array
    """N × P; every row sums to 1."""
    offsets: Float[np.ndarray, "N 3"]
    follows: Literal["expression", "identity"]
    """Hair ignores the expression, so that a raised brow does not lift the fringe."""
    texture: str | None
    """Stem of the picture's file name."""
    alpha: Literal["opaque", "mask", "blend"]

    def vertices(self, points: Float[np.ndarray, "P 3"]) -> Float[np.ndarray, "N 3"]:
        """Place the part on the points of a head.

        Args:
            points: in the order of the model, metres.
        """
        return self.matrix @ points + self.offsets


def build_parts(
    source: MakeHuman, cage: Cage, base_vertices: Float[np.ndarray, "B 3"], points: Float[np.ndarray, "P 3"]
) -> list[PartRecord]:
    """Bind all parts to the mean head.

    Args:
        source: the opened packages.
        cage: the skin and control points that were kept.
        base_vertices: mean head as a whole base mesh, metres, in any frame.
        points: the same head's points in the order of the model (the cage's, then the eyes), origin at the cage's.
    """
    kept = cage.kept[: cage.groups["helper-tongue"].stop]
    base = base_vertices + (points[: len(kept)] - base_vertices[kept]).mean(axis=0)
    subdivision = catmull_clark(cage.quads, cage.skin_count)
    skin = Surface(
        vertices=subdivision.matrix @ points[: cage.skin_count],
        faces=triangulate(subdivision.quads),
    )
    parts = _teeth(source.proxy("teeth/Teeth_Base/Teeth_Base"), cage, base, points)
    tongue = source.proxy("tongue/tongue01/tongue01")
    parts.append(_mouth_part("tongue", tongue, np.arange(len(tongue.mesh.quads)), cage, base, points))
    for name in BROWS:
        proxy = source.proxy(f"eyebrows/{name}/{name}")
        parts.append(_brow(name, proxy, skin, subdivision.matrix, base, points))
    for name in HAIR:
        mesh = hair_mesh(source, name, base, skin, points[: cage.skin_count])
        parts.append(_hair_part(mesh, points))
    return parts


def bind(
    proxy: Proxy, cage: Cage, points: Float[np.ndarray, "P 3"], vertices: Float[np.ndarray, "N 3"]
) -> tuple[sparse.csr_array, Float[np.ndarray, "N 3"]]:
    """Turn a proxy's references to the base mesh into a matrix over the model's points.

    Args:
        proxy: its weights of zero may refer to points that were not kept.
        cage: tells where the base mesh's vertices are among the points.
        points: the head on which the part was placed.
        vertices: where the part lies on that head.

    Returns:
        matrix and offsets with `matrix @ points + offsets = vertices`; every row of the matrix sums to 1.

    Raises:
        ValueError: a reference that counts was not kept.
    """
    used = np.abs(proxy.weights) > 1e-9
    rows = np.nonzero(used)[0]
    weights = (proxy.weights / proxy.weights.sum(axis=1, keepdims=True))[used]
    columns = cage.index_of(proxy.references[used])
    matrix = sparse.csr_array((weights, (rows, columns)), shape=(len(vertices), len(points)))
    return matrix, vertices - matrix @ points


def ride(surface: SurfacePoints, matrix: sparse.csr_array, point_count: int) -> sparse.csr_array:
    """Express surface points of a refined mesh in the model's points.

    Args:
        surface: on the refined mesh.
        matrix: refined vertices from cage points.
        point_count: columns of the result, at least those of the matrix.
    """
    rows = np.arange(len(surface.corners))[:, None].repeat(3, axis=1)
    on_refined = sparse.csr_array(
        (surface.weights.ravel(), (rows.ravel(), surface.corners.ravel())), (len(rows), matrix.shape[0])
    )
    product = sparse.csr_array(on_refined @ matrix)
    product.resize((len(rows), point_count))
    return product


def _teeth(proxy: Proxy, cage: Cage, base: np.ndarray, points: np.ndarray) -> list[PartRecord]:
    """Split the gums into jaws (the throat, where both meet, is dropped)."""
    vertices = proxy.vertices(base)
    parts = []
    for name, group in (("teeth_upper", "helper-upper-teeth"), ("teeth_lower", "helper-lower-teeth")):
        ours: np.ndarray = np.isin(proxy.references, cage.kept[cage.groups[group]]) | (np.abs(proxy.weights) <= 1e-9)
        whole = np.isin(proxy.mesh.quads, np.flatnonzero(ours.all(axis=1))).all(axis=1)
        deepest = vertices[_crowns(proxy)][:, 2].min() - THROAT
        quads = np.flatnonzero(whole & (vertices[proxy.mesh.quads][:, :, 2].min(axis=1) > deepest))
        parts.append(_mouth_part(name, proxy, quads, cage, base, points))
    return parts


def _crowns(proxy: Proxy) -> np.ndarray:
    """Find the vertices of the teeth: all that are not connected with the gums, the largest piece."""
    corners = proxy.mesh.quads
    starts, ends = corners[:, :1].repeat(3, 1).ravel(), corners[:, 1:].ravel()
    graph = sparse.coo_array((np.ones(len(starts)), (starts, ends)), (len(proxy.references),) * 2)
    _, labels = sparse.csgraph.connected_components(graph, directed=False)
    return np.flatnonzero(labels != np.bincount(labels).argmax())


def _mouth_part(
    name: str, proxy: Proxy, quads: np.ndarray, cage: Cage, base: np.ndarray, points: np.ndarray
) -> PartRecord:
    vertices = proxy.vertices(base)
    faces, uv_faces = triangulate_pair(proxy.mesh.quads[quads], proxy.mesh.uv_quads[quads])
    faces, uv_faces = collapse_flat_edges(vertices, faces, uv_faces, limit=MAX_TEETH_VERTICES)
    matrix, offsets = bind(proxy, cage, points, vertices)
    used, faces = np.unique(faces, return_inverse=True)
    uv_used, uv_faces = np.unique(uv_faces, return_inverse=True)
    return PartRecord(
        name=name,
        faces=faces.reshape(-1, 3),
        uv=proxy.mesh.uv[uv_used] * [1.0, -1.0] + [0.0, 1.0],
        uv_faces=uv_faces.reshape(-1, 3),
        matrix=sparse.csr_array(matrix[used]),
        offsets=offsets[used],
        follows="expression",
        texture="tongue" if name == "tongue" else "teeth",
        alpha="opaque",
    )


def _brow(
    name: str, proxy: Proxy, skin: Surface, refined: sparse.csr_array, base: np.ndarray, points: np.ndarray
) -> PartRecord:
    """Lay a brow on the refined skin; each vertex then rides on the surface point below it."""
    faces, uv_faces = triangulate_pair(proxy.mesh.quads, proxy.mesh.uv_quads)
    lifted = float_above(proxy.vertices(base), faces, skin, clearance=BROW_CLEARANCE, flatten=True)
    matrix = ride(lifted.feet, refined, len(points))
    return PartRecord(
        name=name,
        faces=faces,
        uv=brow_window(proxy.mesh.uv * [1.0, -1.0] + [0.0, 1.0])[0],
        uv_faces=uv_faces,
        matrix=matrix,
        offsets=lifted.vertices - matrix @ points,
        follows="expression",
        texture=name,
        alpha="blend",
    )


def brow_window(uv: Float[np.ndarray, "T 2"]) -> tuple[Float[np.ndarray, "T 2"], tuple[float, float]]:
    """Use the rows of the picture that a brow needs: most of the source's square is empty.

    Args:
        uv: origin at the top left.

    Returns:
        the coordinates in the cut picture, and the first and last row of the cut as parts of the square's height.
    """
    first, last = max(float(uv[:, 1].min()), 0.0), min(float(uv[:, 1].max()), 1.0)
    return (uv - [0.0, first]) / [1.0, last - first], (first, last)


def _hair_part(mesh: HairMesh, points: np.ndarray) -> PartRecord:
    matrix = sparse.csr_array(mesh.matrix)
    matrix.resize((len(mesh.vertices), len(points)))
    return PartRecord(
        name=mesh.name,
        faces=mesh.faces,
        uv=mesh.uv,
        uv_faces=mesh.uv_faces,
        matrix=matrix,
        offsets=mesh.vertices - matrix @ points,
        follows="identity",
        texture=mesh.name,
        alpha="mask",
    )


def triangulate_pair(
    quads: Int[np.ndarray, "Q 4"], uv_quads: Int[np.ndarray, "Q 4"]
) -> tuple[Int[np.ndarray, "F 3"], Int[np.ndarray, "F 3"]]:
    """Split quads and their texture quads along the same diagonal.

    Args:
        quads: a quad that repeats its third corner gives one triangle.
        uv_quads: as many.
    """
    pairs = np.stack([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]], axis=1).reshape(-1, 3)
    uv_pairs = np.stack([uv_quads[:, [0, 1, 2]], uv_quads[:, [0, 2, 3]]], axis=1).reshape(-1, 3)
    real = (pairs[:, 0] != pairs[:, 1]) & (pairs[:, 1] != pairs[:, 2]) & (pairs[:, 2] != pairs[:, 0])
    return pairs[real], uv_pairs[real]
