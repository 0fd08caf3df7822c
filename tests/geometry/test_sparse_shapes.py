"""Laws of blendshapes held as lists: the dense sum, nothing at rest, and lists no longer than what moves."""

import jaxtyping
import numpy as np
import pytest

from toonface.geometry.sparse_shapes import BLOCK, SparseShapes


@pytest.fixture
def dense():
    """Rest and five shapes over 40 vertices; each moves a few of them, the last one none."""
    rng = np.random.default_rng(0)
    shapes = rng.normal(size=(5, 40, 3)) * (rng.uniform(size=(5, 40, 1)) < 0.3)
    shapes[-1] = 0.0
    return rng.normal(size=(40, 3)), shapes


@pytest.mark.parametrize("seed", range(4))
def test_a_pose_is_the_dense_sum(dense, seed):
    rest, shapes = dense
    weights = np.random.default_rng(seed).uniform(-0.5, 1.5, 5)
    expected = rest + np.tensordot(weights, shapes, axes=1)
    np.testing.assert_allclose(SparseShapes(rest, shapes).pose(weights), expected, atol=1e-5)


def test_no_weight_is_rest_and_weight_one_is_the_shape(dense):
    rest, shapes = dense
    sparse = SparseShapes(rest, shapes)
    assert np.array_equal(sparse.pose(np.zeros(5)), rest.astype(np.float32))
    np.testing.assert_allclose(sparse.pose(np.eye(5)[2]), rest + shapes[2], atol=1e-6)


def test_lists_hold_each_moved_vertex_once_and_what_it_does(dense):
    rest, shapes = dense
    sparse = SparseShapes(rest, shapes)
    moved = np.flatnonzero(shapes.any(axis=(0, 2)))
    assert np.array_equal(np.unique(sparse.order), moved)
    assert sparse.entries == np.count_nonzero(shapes.any(axis=2))
    assert len(sparse.order) % BLOCK == 0 and len(sparse.order) - len(moved) < BLOCK
    for block, vertices in enumerate(sparse.order.reshape(-1, BLOCK)):
        rows = slice(sparse.starts[block], sparse.starts[block + 1])
        listed = sparse.shape_of[rows]
        assert np.array_equal(listed, np.flatnonzero(shapes[:, vertices].any(axis=(1, 2))))
        expected = shapes[listed][:, vertices].astype(np.float32)
        assert np.array_equal(sparse.offsets[rows].reshape(expected.shape), expected)


@pytest.mark.parametrize("count", [0, 1, BLOCK, BLOCK + 1, 3 * BLOCK - 1])
def test_any_number_of_vertices_may_move(count):
    rng = np.random.default_rng(count)
    rest, shapes = rng.normal(size=(3 * BLOCK, 3)), np.zeros((2, 3 * BLOCK, 3))
    shapes[:, rng.permutation(3 * BLOCK)[:count]] = rng.normal(size=(2, count, 3))
    expected = rest + 0.5 * shapes[0] - shapes[1]
    np.testing.assert_allclose(SparseShapes(rest, shapes).pose(np.array([0.5, -1.0])), expected, atol=1e-6)


def test_what_moves_less_than_the_least_is_left_out(dense):
    rest, shapes = dense
    sparse = SparseShapes(rest, shapes, least=100.0)
    assert sparse.entries == 0
    assert np.array_equal(sparse.pose(np.ones(5)), rest.astype(np.float32))


def test_an_array_is_reused(dense):
    rest, shapes = dense
    sparse, out = SparseShapes(rest, shapes), np.full((40, 3), np.nan, np.float32)
    for weights in (np.ones(5), np.zeros(5)):
        sparse.pose_into(weights, out)
        assert np.array_equal(out, sparse.pose(weights))


def test_wrong_input_is_refused(dense, monkeypatch):
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
    rest, shapes = dense
    with pytest.raises(ValueError, match=r"shapes are of \(39, 3\), expected the shape of rest, \(40, 3\)"):
        SparseShapes(rest, shapes[:, 1:])
    with pytest.raises(ValueError, match="not finite"):
        SparseShapes(rest, np.where(shapes == 0.0, np.nan, shapes))
    sparse = SparseShapes(rest, shapes)
    with pytest.raises(ValueError, match="there are 4 weights"):
        sparse.pose(np.zeros(4))
    with pytest.raises(ValueError, match="expected finite numbers"):
        sparse.pose(np.full(5, np.inf))
