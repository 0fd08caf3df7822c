"""Laws of bringing points together: amounts are met, nothing moves far away, and the way there is the smoothest."""

import numpy as np
import pytest
from scipy import sparse

from toonface.geometry.closing import smooth_closing
from toonface.geometry.transfer import mesh_laplacian

SIDE, STEP = 15, 0.002


@pytest.fixture
def sheet():
    """A square sheet of 28 mm, slightly bent."""
    x, y = np.meshgrid(np.arange(SIDE) * STEP, np.arange(SIDE) * STEP)
    vertices = np.stack([x, y, 10.0 * x * y], axis=-1).reshape(-1, 3)
    corner = (np.arange(SIDE - 1)[:, None] * SIDE + np.arange(SIDE - 1)).ravel()
    first = np.stack([corner, corner + 1, corner + SIDE], axis=1)
    second = np.stack([corner + 1, corner + SIDE + 1, corner + SIDE], axis=1)
    return vertices, np.concatenate([first, second])


@pytest.fixture
def rows():
    """From vertex 110 to 112, and from between 96 and 97 to 126."""
    values, places = [-1.0, 1.0, -0.5, -0.5, 1.0], ([0, 0, 1, 1, 1], [110, 112, 96, 97, 126])
    return sparse.csr_array((values, places), shape=(2, SIDE * SIDE))


def test_amounts_are_met(sheet, rows):
    vertices, faces = sheet
    closing = smooth_closing(rows, vertices, faces=faces, reach=0.01)
    amounts = np.array([[0.001, -0.002, 0.003], [0.0, 0.004, 0.001]])
    np.testing.assert_allclose(rows @ closing @ amounts, amounts, atol=1e-12)


def test_rows_said_twice_are_met_once(sheet, rows):
    vertices, faces = sheet
    twice = sparse.csr_array(sparse.vstack([rows, rows]))
    closing = smooth_closing(twice, vertices, faces=faces, reach=0.01)
    amounts = np.array([1.0, 2.0, 1.0, 2.0])
    np.testing.assert_allclose(twice @ closing @ amounts, amounts, atol=1e-9)


def test_nothing_moves_beyond_the_reach(sheet, rows):
    vertices, faces = sheet
    closing = smooth_closing(rows, vertices, faces=faces, reach=0.005)
    apart = np.linalg.norm(vertices[:, None] - vertices[[110, 112, 96, 97, 126]], axis=2).min(axis=1)
    assert not closing[apart >= 0.005].any()
    assert closing[apart < 0.005].any(axis=1).sum() > 20


def test_no_other_displacement_that_meets_the_amounts_is_smoother(sheet, rows):
    vertices, faces = sheet
    closing = smooth_closing(rows, vertices, faces=faces, reach=0.01)
    moved = closing @ np.array([0.001, -0.002])
    laplacian = mesh_laplacian(vertices, faces)
    free = np.flatnonzero(closing.any(axis=1))
    rng = np.random.default_rng(0)
    dense = rows.toarray()[:, free]
    for _ in range(20):
        other = 1e-4 * rng.standard_normal(len(free))
        other -= np.linalg.pinv(dense) @ (dense @ other)
        changed = moved.copy()
        changed[free] += other
        assert changed @ (laplacian @ changed) > moved @ (laplacian @ moved)


def test_a_reach_or_rows_that_say_nothing_are_refused(sheet, rows):
    vertices, faces = sheet
    with pytest.raises(ValueError, match=r"reach is 0\.0"):
        smooth_closing(rows, vertices, faces=faces, reach=0.0)
    with pytest.raises(ValueError, match="name 0"):
        smooth_closing(0.0 * rows, vertices, faces=faces, reach=0.01)
    with pytest.raises(ValueError, match="rows are over 225 vertices"):
        smooth_closing(rows, vertices[:-1], faces=faces, reach=0.01)
