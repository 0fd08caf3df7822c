"""What is packed is read again."""

import numpy as np
import pytest

from toonface.stages.gltf.layout import ARRAY_BUFFER, read_accessor
from toonface.stages.gltf.packer import Packer


def read(packer, number):
    return read_accessor({"accessors": packer.accessors, "bufferViews": packer.views}, packer.binary, number)


@pytest.mark.parametrize("kind", ["<f4", "<i2", "<i1", "<u1", "<u2", "<u4"])
@pytest.mark.parametrize("columns", [1, 2, 3, 4])
def test_blocks_come_back(kind, columns):
    packer, rng = Packer(), np.random.default_rng(0)
    blocks = [rng.integers(0, 100, (5, columns)).astype(kind) for _ in range(3)]
    numbers = packer.arrays(blocks, ARRAY_BUFFER)
    for block, number in zip(blocks, numbers, strict=True):
        np.testing.assert_array_equal(read(packer, number), block)


@pytest.mark.parametrize("kind", ["<f4", "<i2", "<i1"])
def test_sparse_equals_dense(kind):
    packer, rng = Packer(), np.random.default_rng(0)
    dense = np.zeros((9, 3), kind)
    dense[[2, 5, 8]] = rng.integers(1, 100, (3, 3))
    (number,) = packer.sparse_arrays([(np.array([2, 5, 8]), dense[[2, 5, 8]])], 9, extent=True)
    np.testing.assert_array_equal(read(packer, number), dense)
    assert packer.accessors[number]["min"] == dense.min(axis=0).tolist()
    assert packer.accessors[number]["max"] == dense.max(axis=0).tolist()


def test_nothing_stated_is_all_zero_and_still_has_an_entry():
    packer = Packer()
    (number,) = packer.sparse_arrays([(np.zeros(0, np.int64), np.zeros((0, 3), np.float32))], 4)
    assert packer.accessors[number]["sparse"]["count"] == 1
    np.testing.assert_array_equal(read(packer, number), np.zeros((4, 3)))


def test_accessors_that_state_the_same_elements_share_their_list():
    packer, rng = Packer(), np.random.default_rng(0)
    blocks = [(np.array(rows), rng.normal(size=(2, 3)).astype(np.float32)) for rows in ([1, 3], [0, 2], [1, 3])]
    numbers = packer.sparse_arrays(blocks, 4)
    for (rows, values), number in zip(blocks, numbers, strict=True):
        np.testing.assert_array_equal(read(packer, number)[rows], values)
    assert packer.views[packer.accessors[0]["sparse"]["indices"]["bufferView"]]["byteLength"] == 4 * 2


def test_many_elements_have_wide_indices():
    packer, count = Packer(), 70_000
    (number,) = packer.sparse_arrays([(np.array([count - 1]), np.ones((1, 3), np.float32))], count)
    assert read(packer, number)[-1].tolist() == [1.0, 1.0, 1.0]


def test_every_view_begins_at_a_multiple_of_four_bytes():
    packer = Packer()
    for size in (1, 3, 4, 6):
        packer.array(np.zeros((size, 3), np.int8), ARRAY_BUFFER)
        packer.sparse_arrays([(np.array([0]), np.ones((1, 3), np.int16))], size)
    assert all(view["byteOffset"] % 4 == 0 for view in packer.views)
    assert all(view.get("byteStride", 4) % 4 == 0 for view in packer.views)


def test_fractions_span_their_interval():
    packer = Packer()
    number = packer.array(np.array([[-32767, 0, 32767]], np.dtype("<i2")), ARRAY_BUFFER, fractions=True)
    assert read(packer, number).tolist() == [[-1.0, 0.0, 1.0]]


def test_an_accessor_beyond_its_view_is_refused():
    packer = Packer()
    number = packer.array(np.zeros((4, 3), np.float32))
    packer.accessors[number]["count"] = 5
    with pytest.raises(ValueError, match="beyond the end"):
        read(packer, number)
