"""How a mesh gives way when some of its points are brought together: smoothly, and only near them. numpy, scipy.

Of all displacements that change what rows over the vertices say by given amounts, and that vanish beyond a reach, the
one with the least Dirichlet energy is linear in the amounts: u = K⁻¹ Cᵀ (C K⁻¹ Cᵀ)⁻¹ a, with K the Laplacian and C the
rows. The matrix depends on the rest shape alone.
"""

import numpy as np
from jaxtyping import Float
from scipy import sparse
from scipy.sparse.linalg import splu
from scipy.spatial import cKDTree

from toonface.geometry.transfer import mesh_laplacian
from toonface.types import Faces, Vertices

SMALLEST = 1e-6
"""Rows that others say already, up to this share of the largest, ask for nothing of their own."""


def smooth_closing(
    rows: sparse.csr_array, vertices: Vertices, *, faces: Faces, reach: float
) -> Float[np.ndarray, "V R"]:
    """Return the matrix from amounts to displacements: rows @ it @ amounts = amounts for rows that do not contradict.

    Args:
        rows: one per amount, over the vertices.
        vertices: at rest, metres.
        faces: triangles.
        reach: metres from the rows' vertices beyond which nothing moves.

    Raises:
        ValueError: the rows are over another number of vertices, name none, or the reach is not above 0.
    """
    named = np.unique(rows.indices[rows.data != 0.0])
    if rows.shape[1] != len(vertices) or not len(named) or not reach > 0.0:
        raise ValueError(
            f"rows are over {rows.shape[1]} vertices and name {len(named)}, reach is {reach}; "
            f"expected {len(vertices)}, some, above 0"
        )
    free = np.flatnonzero(cKDTree(vertices[named]).query(vertices)[0] < reach)
    stiffness = mesh_laplacian(vertices, faces)[free][:, free]
    # Where the reach takes in a whole piece of the mesh, this keeps it from floating; elsewhere it is too weak to tell.
    stiffness = stiffness + 1e-6 * sparse.eye_array(len(free))
    factor = splu(stiffness.tocsc(), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
    within = rows.toarray()[:, free]
    response = factor.solve(np.ascontiguousarray(within.T))
    closing = np.zeros((len(vertices), rows.shape[0]))
    closing[free] = response @ np.linalg.pinv(within @ response, rcond=SMALLEST)
    return closing
