"""Deformation transfer between meshes of the same triangles (Eq. 14 to 16 of the paper; Sumner and Popović 2004).

A deformation of the template turns each triangle by Q_j (Eq. 15). On the target, positions are sought whose triangles
turn alike: the sum of |Q_j - Q'_j|² over the triangles, by area, is least (Eq. 16). The fourth vertex of Eq. 14 occurs
in its own triangle alone and can be eliminated: what is left compares what Q does within the target's triangle, and its
normal equations are a Laplacian over the vertices (Botsch et al. 2006, section 3). The matrix depends on the target,
not on the deformations; it is factored once for all of them.

Two things are added. The target is not the template, so "alike" is meant in its own frame: Q_j is taken there by the
local map J from template to target, J Q_j J⁻¹; with J = I this is Eq. 16. And a weak pull towards J times the
template's own offset keeps what Eq. 16 leaves open, such as a shift of the whole mesh. Both make the transfer exact
wherever the target is an affine copy of the template.
"""

import numpy as np
from jaxtyping import Float
from scipy import sparse
from scipy.sparse.linalg import splu

from toonface.types import Faces, Vertices

PULL = 1e-2
"""Weight of the pull, where a vertex' own share of the Laplacian is 1."""
LEAST_AREA = 1e-12
"""Square metres; smaller triangles turn nothing."""
COLUMNS_AT_ONCE = 16
"""Right-hand sides that are solved together; more run out of the cache."""

Offsets = Float[np.ndarray, "K V 3"]


def deformation_gradients(vertices: Vertices, offsets: Offsets, faces: Faces) -> Float[np.ndarray, "K F 3 3"]:
    """Return Q_j - I for every triangle and deformation (Eq. 14 and 15); zero where a triangle has no area.

    Args:
        vertices: undeformed, metres.
        offsets: of each deformation.
        faces: triangles.
    """
    before = _spans(vertices[None], faces)[0]
    whole = np.abs(np.linalg.det(before)) > LEAST_AREA**1.5
    inverse = np.linalg.inv(np.where(whole[:, None, None], before, np.eye(3)))
    turned = np.zeros((len(offsets), len(faces), 3, 3))
    for deformed, offset in zip(turned, offsets, strict=True):
        moving = whole & (offset[faces] != 0.0).any(axis=(1, 2))
        after = _spans((vertices + offset)[None], faces[moving])[0]
        deformed[moving] = after @ inverse[moving] - np.eye(3)
    return turned


class DeformationTransfer:
    """Transfers deformations to one target; the constructor factors its matrix.

    Args:
        target: undeformed, metres.
        faces: triangles.
        maps: J around each vertex, from the template to the target.

    Raises:
        ValueError: the numbers of vertices disagree, or a position is not finite.
    """

    def __init__(self, target: Vertices, faces: Faces, maps: Float[np.ndarray, "V 3 3"]) -> None:
        if len(maps) != len(target) or not np.isfinite(target).all():
            raise ValueError(f"target has {len(target)} vertices, maps {len(maps)}; expected as many, all finite")
        self._faces, self._maps = faces, maps
        gradients, areas = hat_gradients(target, faces)
        self._face_maps = maps[faces].mean(axis=1)
        # Rows times Q_j - I of the template: J (Q_j - I) J⁻¹ applied to the gradient of each corner's hat function.
        self._seen = np.linalg.solve(self._face_maps[:, None], gradients[..., None])[..., 0] * areas[:, None, None]
        laplacian = _laplacian(gradients, areas, faces, len(target))
        own = laplacian.diagonal()
        self._pull = PULL * np.where(own > 0.0, own, 1.0)
        system = (laplacian + sparse.diags_array(self._pull)).tocsc()
        self._factor = splu(system, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
        count = len(faces)
        columns = np.arange(3 * count)
        self._scatter = sparse.csr_array((np.ones(3 * count), (faces.ravel(), columns)), shape=(len(target), 3 * count))

    def transfer(self, offsets: Offsets, gradients: Float[np.ndarray, "K F 3 3"]) -> Offsets:
        """Return the offsets of the deformed target.

        Args:
            offsets: of the template's deformations.
            gradients: of the same, `deformation_gradients`.
        """
        count, vertices = len(offsets), len(self._maps)
        wanted = self._pull[:, None] * map_offsets(self._maps, offsets)
        right = np.zeros((vertices, count, 3))
        for index, turned in enumerate(gradients):
            moving = np.flatnonzero(turned.any(axis=(1, 2)))
            pulls = np.zeros((len(self._faces), 3, 3))
            pulls[moving] = self._seen[moving] @ (self._face_maps[moving] @ turned[moving]).transpose(0, 2, 1)
            right[:, index] = self._scatter @ pulls.reshape(-1, 3) + wanted[index]
        flat = right.reshape(vertices, -1)
        solved = np.zeros_like(flat)
        for start in range(0, flat.shape[1], COLUMNS_AT_ONCE):
            some = slice(start, start + COLUMNS_AT_ONCE)
            solved[:, some] = self._factor.solve(np.ascontiguousarray(flat[:, some]))
        return np.ascontiguousarray(solved.reshape(vertices, count, 3).transpose(1, 0, 2))


def map_offsets(maps: Float[np.ndarray, "V 3 3"], offsets: Offsets) -> Offsets:
    """Return J times the offset of each vertex.

    Args:
        maps: J around each vertex.
        offsets: of any number of deformations.
    """
    return np.matmul(offsets.transpose(1, 0, 2), maps.transpose(0, 2, 1)).transpose(1, 0, 2)


def hat_gradients(vertices: Vertices, faces: Faces) -> tuple[Float[np.ndarray, "F 3 3"], Float[np.ndarray, " F"]]:
    """Return the gradient of each corner's hat function, per triangle and corner, and the triangles' areas.

    The hat function of a corner is 1 there and 0 at the two others; gradients lie in the triangle, in 1 / metre. Both
    are zero for a triangle without area.

    Args:
        vertices: metres.
        faces: triangles.
    """
    corners = vertices[faces]
    opposite = corners[:, [2, 0, 1]] - corners[:, [1, 2, 0]]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    square = (normal**2).sum(axis=1)
    whole = square > (2.0 * LEAST_AREA) ** 2
    scale = np.where(whole, 1.0 / np.where(whole, square, 1.0), 0.0)
    return np.cross(normal[:, None], opposite) * scale[:, None, None], 0.5 * np.sqrt(square) * whole


def mesh_laplacian(vertices: Vertices, faces: Faces) -> sparse.csr_array:
    """Return the matrix of the Dirichlet energy: positive semidefinite, V x V, without unit.

    Args:
        vertices: metres.
        faces: triangles.
    """
    return _laplacian(*hat_gradients(vertices, faces), faces, len(vertices))


def _laplacian(
    gradients: Float[np.ndarray, "F 3 3"], areas: Float[np.ndarray, " F"], faces: Faces, count: int
) -> sparse.csr_array:
    products = areas[:, None, None] * (gradients @ gradients.transpose(0, 2, 1))
    rows, columns = np.repeat(faces, 3, axis=1).ravel(), np.tile(faces, (1, 3)).ravel()
    return sparse.csr_array((products.ravel(), (rows, columns)), shape=(count, count))


def _spans(vertices: Float[np.ndarray, "K V 3"], faces: Faces) -> Float[np.ndarray, "K F 3 3"]:
    """Columns v2 - v1, v3 - v1, v4 - v1 of each triangle (Eq. 14); no area gives zeros in the last one."""
    first, second, third = (vertices[:, faces[:, k]] for k in range(3))
    normal = np.cross(second - first, third - first)
    length = np.sqrt(np.linalg.norm(normal, axis=-1, keepdims=True))
    fourth = normal / np.where(length > 0.0, length, 1.0)
    return np.stack([second - first, third - first, fourth], axis=-1)
