"""Records that mean an array become that array, and malformed ones are refused before memory is touched."""

import numpy as np
import pytest

from toonface.io.inert_pickle.arrays import ARRAY_MEANINGS, raw_bytes
from toonface.io.inert_pickle.record import Budget, Record
from toonface.io.inert_pickle.values import resolve


def resolved(root, max_copied_bytes=10_000):
    return resolve(root, max_copied_bytes=max_copied_bytes)


def dtype(code="f8", order="<"):
    return Record("numpy", "dtype", (code, False, True), state=(3, order, None, None, None, -1, -1, 0))


def array(content, data=None, shape=None):
    content = np.asarray(content)
    state = (1, content.shape if shape is None else shape, dtype(content.dtype.str[1:]), False)
    return Record(
        "numpy._core.multiarray",
        "_reconstruct",
        (Record("numpy", "ndarray"), (0,), b"b"),
        state=(*state, content.tobytes() if data is None else data),
    )


def from_buffer(data, shape, order, *axes):
    return Record("numpy._core.numeric", "_frombuffer", (data, dtype(), shape, order, *axes))


def chumpy(name, **state):
    return Record("chumpy.reordering" if name != "Ch" else "chumpy.ch", name, (), state=state)


def test_bytes_are_themselves_and_text_is_one_byte_per_character():
    data = b"\x00\xff"
    assert raw_bytes(data, Budget(0)) is data
    budget = Budget(2)
    assert raw_bytes("\x00\xff", budget) == data
    assert budget.left == 0


@pytest.mark.parametrize("data, message", [("€", "can't encode"), ([], "of type list, expected bytes")])
def test_what_is_no_byte_is_refused(data, message):
    with pytest.raises(ValueError, match=message):
        raw_bytes(data, Budget(100))


@pytest.mark.parametrize("path", ARRAY_MEANINGS)
def test_a_known_global_that_is_not_called_stays_a_record(path):
    module, _, name = path.rpartition(".")
    assert isinstance(resolved(Record(module, name)), Record)


def test_byte_order_is_kept():
    swapped = np.arange(3, dtype=">f8")
    record = array(swapped)
    record.state = (1, (3,), dtype("f8", ">"), False, swapped.tobytes())
    np.testing.assert_array_equal(resolved(record), np.arange(3.0))


def test_an_array_looks_into_its_bytes_without_a_copy():
    data = np.arange(3.0).tobytes()
    result = resolved(array(np.arange(3.0), data=data), max_copied_bytes=0)
    assert np.shares_memory(result, np.frombuffer(data))


def test_axes_of_a_buffer_are_put_in_order():
    expected = np.arange(24.0).reshape(2, 3, 4)
    data = expected.tobytes()
    np.testing.assert_array_equal(resolved(from_buffer(data, (2, 3, 4), "C")), expected)
    np.testing.assert_array_equal(resolved(from_buffer(data, (4, 3, 2), "F")), expected.T)
    np.testing.assert_array_equal(resolved(from_buffer(data, (2, 3, 4), "K", (1, 2, 0))), expected.transpose(1, 2, 0))


def test_chumpy_leaves_and_selections_are_their_arrays():
    data = np.arange(12.0).reshape(3, 4)
    leaf = chumpy("Ch", x=array(data))
    np.testing.assert_array_equal(resolved(leaf), data)
    indices = array(np.array([11, 0]))
    np.testing.assert_array_equal(resolved(chumpy("Select", a=leaf, idxs=indices)), [11, 0])
    shaped = chumpy("Select", a=leaf, idxs=indices, preferred_shape=(2, 1))
    np.testing.assert_array_equal(resolved(shaped), [[11], [0]])
    np.testing.assert_array_equal(resolved(chumpy("Reshape", a=leaf, newshape=(4, 3))), data.reshape(4, 3))


@pytest.mark.parametrize("state", [{}, {"x": 3}, {"a": 1, "idxs": 2}, {"a": 1, "newshape": (1,)}])
@pytest.mark.parametrize("name", ["Ch", "Select", "Reshape"])
def test_chumpy_without_an_array_stays_a_record(name, state):
    assert isinstance(resolved(chumpy(name, **state)), Record)


@pytest.mark.parametrize(
    "root, message",
    [
        pytest.param(dtype("O8"), "'O8' are refused", id="objects"),
        pytest.param(dtype("V8"), "'V8' are refused", id="raw"),
        pytest.param(dtype("f8,f8"), "are refused", id="fields"),
        pytest.param(dtype(("f8", (2**40,))), "are refused", id="array as type"),
        pytest.param(Record("numpy", "dtype", ("f8",), state=(3,)), "unknown form", id="dtype state"),
        pytest.param(array([1.0], data=b"1234567"), "needs 8 bytes, found 7", id="short"),
        pytest.param(array([1.0], shape=(2**39,)), "found 8", id="large"),
        pytest.param(array([1.0], shape=(-1,)), "whole numbers from 0 up", id="negative size"),
        pytest.param(array([1.0], shape=(1.5,)), "whole numbers from 0 up", id="fraction of a size"),
        pytest.param(array([1.0], shape=(1,) * 33), "expected a short tuple", id="many axes"),
        pytest.param(array([1.0], shape=3), "expected a short tuple", id="size for shape"),
        pytest.param(array([1.0], data=["a"]), "of type list, expected bytes", id="list of objects"),
        pytest.param(Record("numpy._core.multiarray", "_reconstruct", ()), "unknown form", id="no state"),
        pytest.param(Record("numpy._core.multiarray", "scalar", (1, 2)), "unknown form", id="scalar"),
        pytest.param(from_buffer(bytes(8), (1,), "A"), "unknown form", id="order"),
        pytest.param(from_buffer(bytes(8), (1,), "K", (0, 0)), "unknown form", id="axes"),
        pytest.param(from_buffer(bytes(8), (1,), "K", (None,)), "unknown form", id="no axes"),
        pytest.param(from_buffer(bytes(8), (1,), "K", (0, 1)), "axes don't match", id="axes of another shape"),
        pytest.param(chumpy("Select", a=array([1.0]), idxs=array([1])), "outside its array", id="selection too far"),
        pytest.param(chumpy("Select", a=array([1.0]), idxs=array([0.0])), "outside its array", id="float selection"),
        pytest.param(chumpy("Reshape", a=array([1.0]), newshape=(2,)), "cannot reshape", id="other size"),
    ],
)
def test_what_is_known_but_malformed_is_refused(root, message):
    with pytest.raises(ValueError, match=message):
        resolved(root)


def test_copies_of_one_string_have_a_limit():
    text = "\x00" * 8000
    uses = [array(np.zeros(1000), data=text) for _ in range(3)]
    assert len(resolved(uses, max_copied_bytes=24_000)) == 3
    with pytest.raises(ValueError, match="many times the size"):
        resolved(uses, max_copied_bytes=23_999)


def test_selections_from_one_array_have_a_limit():
    source, indices = array(np.zeros(10)), array(np.zeros(1000, dtype=np.int8))
    with pytest.raises(ValueError, match="many times the size"):
        resolved([chumpy("Select", a=source, idxs=indices) for _ in range(2)])
