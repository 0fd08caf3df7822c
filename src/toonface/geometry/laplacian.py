"""The uniform Laplacian of a mesh: each vertex against the mean of its neighbours. numpy and scipy only."""

import numpy as np
from scipy import sparse

from toonface.geometry.topology import edges
from toonface.types import Faces, check_indices


def uniform_laplacian(faces: Faces, vertex_count: int) -> sparse.csr_array:
    """Build L with L v = mean over the neighbours of (v - neighbour) (Eq. 9 of the paper).

    It depends on the triangles alone. Rows of vertices in no triangle are zero; every row sums to 0.

    Args:
        faces: triangles.
        vertex_count: number of vertices they index.

    Raises:
        ValueError: an index is out of range.
    """
    check_indices("faces", faces, vertex_count)
    first, second = edges(faces).T
    rows, columns = np.concatenate([first, second]), np.concatenate([second, first])
    valence = np.bincount(rows, minlength=vertex_count)
    share = -1.0 / valence[rows]
    beside = sparse.csr_array((share, (rows, columns)), shape=(vertex_count, vertex_count))
    return (sparse.diags_array((valence > 0).astype(np.float64)) + beside).tocsr()
