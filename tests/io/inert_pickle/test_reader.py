"""Whole pickles: what Python wrote comes back, what is hostile does nothing, and what is broken is one ValueError."""

import collections
import os
import pickle
import struct
import types

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st

from toonface.io.inert_pickle import Record, load, loads, loads_next

RNG = np.random.default_rng(3)
ARRAYS = {
    "vector": RNG.normal(size=7),
    "single": RNG.normal(size=(2, 3, 4)).astype(np.float32),
    "fortran": np.asfortranarray(RNG.normal(size=(3, 5))),
    "indices": np.arange(6, dtype=np.uint32).reshape(2, 3),
    "moved axes": np.moveaxis(RNG.normal(size=(2, 3, 4)), 0, 1),
    "every other": RNG.normal(size=(4, 6))[::2, ::3],
    "truth": np.array([True, False]),
    "complex": np.array([1 + 2j]),
    "big endian": np.arange(3, dtype=">i4"),
    "text": np.array(["jaw", "lip"]),
    "bytes": np.array([b"jaw", b"lip"]),
    "empty": np.zeros((0, 3)),
    "zero axes": np.array(1.5),
}


class Hostile:
    def __init__(self, command):
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_come_back(name, protocol):
    array = ARRAYS[name]
    found = loads(pickle.dumps([array, array.T], protocol))
    for value, expected in zip(found, [array, array.T], strict=True):
        assert value.dtype == expected.dtype
        np.testing.assert_array_equal(value, expected)


@pytest.mark.parametrize("protocol", range(6))
def test_scalars_containers_and_types_come_back(protocol):
    value = {
        "scalar": np.float32(1.5),
        "bytes": [b"", b"\xff\x00"],
        "ordered": collections.OrderedDict(b=1, a=2),
        "set": {1, 2},
        "dtype": np.dtype(">u2"),
    }
    assert loads(pickle.dumps(value, protocol)) == value


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("form", ["csc", "csr"])
def test_a_sparse_matrix_is_a_record_with_its_arrays(form, protocol):
    matrix = scipy.sparse.random(4, 6, density=0.5, format=form, random_state=1)
    record = loads(pickle.dumps(matrix, protocol))
    assert isinstance(record, Record)
    assert record.name.startswith(form)
    rebuilt = type(matrix)((record.state["data"], record.state["indices"], record.state["indptr"]), shape=(4, 6))
    np.testing.assert_array_equal(rebuilt.toarray(), matrix.toarray())


@pytest.mark.parametrize("protocol", range(6))
def test_a_chumpy_array_is_its_array(protocol, monkeypatch):
    # The package itself is not needed, only a class of its name that pickles as it does.
    module = types.ModuleType("chumpy.ch")
    module.Ch = type("Ch", (), {"__module__": "chumpy.ch"})
    monkeypatch.setitem(__import__("sys").modules, "chumpy", types.ModuleType("chumpy"))
    monkeypatch.setitem(__import__("sys").modules, "chumpy.ch", module)
    leaf = module.Ch()
    leaf.__dict__.update(x=np.arange(6.0).reshape(2, 3), _dirty_vars=set(), _itr=None)
    found = loads(pickle.dumps({"shapedirs": leaf}, protocol))
    np.testing.assert_array_equal(found["shapedirs"], leaf.x)


def python_2_string(data, protocol):
    """As `cPickle` of Python 2 writes a `str`."""
    if protocol == 2:
        return b"T" + struct.pack("<i", len(data)) + data
    escaped = b"".join(
        b"\\x%02x" % byte if byte < 32 or byte > 126 or byte in b"\\'" else bytes([byte]) for byte in data
    )
    return b"S'" + escaped + b"'\n"


@pytest.mark.parametrize("protocol", [0, 2])
def test_an_array_of_python_2_comes_back(protocol):
    array = RNG.normal(size=(2, 3))
    data = b"".join(
        [
            b"\x80\x02" if protocol == 2 else b"",
            b"(d" + python_2_string(b"v_template", protocol),
            b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\nt" + python_2_string(b"b", protocol) + b"tR",
            b"(I1\n(I2\nI3\nt",
            b"cnumpy\ndtype\n(" + python_2_string(b"f8", protocol) + b"I0\nI1\ntR",
            b"(I3\n" + python_2_string(b"<", protocol) + b"NNNI-1\nI-1\nI0\ntb",
            b"I00\n" + python_2_string(array.tobytes(), protocol) + b"tb",
            b"s.",
        ]
    )
    np.testing.assert_array_equal(loads(data)["v_template"], array)


@pytest.mark.parametrize("protocol", range(6))
def test_a_hostile_pickle_does_nothing(protocol, tmp_path):
    mark = tmp_path / "ran"
    data = pickle.dumps({"v_template": Hostile(f"touch {mark}")}, protocol)
    record = loads(data)["v_template"]
    assert isinstance(record, Record)
    assert record.name == "system"
    assert not mark.exists()


@pytest.mark.parametrize("protocol", range(6))
def test_an_array_of_objects_is_refused(protocol):
    data = pickle.dumps(np.array([{}, None], dtype=object), protocol)
    with pytest.raises(ValueError, match="'O8' are refused"):
        loads(data)


def test_pickles_that_follow_each_other_are_read_in_turn():
    data = pickle.dumps([1], 2) + pickle.dumps({"a": 2}, 4) + b"tail"
    first, middle = loads_next(data, 0)
    second, end = loads_next(data, middle)
    assert (first, second, data[end:]) == ([1], {"a": 2}, b"tail")
    assert loads(data) == [1]


def test_tensors_of_a_network_are_records_of_their_storage():
    torch = pytest.importorskip("torch")
    layer = torch.nn.Linear(2, 1)
    record = loads(pickle.dumps(layer))
    assert record.path == "torch.nn.modules.linear.Linear"
    weight = record.state["_parameters"]["weight"]
    assert weight.path == "torch._utils._rebuild_parameter"
    storage, offset, size, *_ = weight.args[0].args
    assert (storage.path, offset, size) == ("torch.storage._load_from_bytes", 0, (1, 2))
    # The storage is a file of its own: pickles that follow each other, then the numbers.
    stored, position = storage.args[0], 0
    for _ in range(5):
        value, position = loads_next(stored, position)
    assert len(value) == 1
    numbers = np.frombuffer(stored[position + 8 :], dtype=np.float32)
    np.testing.assert_array_equal(numbers, layer.weight.detach().numpy().ravel())


def test_a_file_is_named_in_the_message(tmp_path):
    good, bad = tmp_path / "good.pkl", tmp_path / "bad.pkl"
    good.write_bytes(pickle.dumps([1]))
    bad.write_bytes(b"\x80\x04")
    assert load(good) == [1]
    with pytest.raises(ValueError, match=r"bad\.pkl: not a readable pickle, near byte 2: it ends before its STOP"):
        load(str(bad))
    with pytest.raises(ValueError, match=r"none\.pkl: cannot be read: No such file"):
        load(tmp_path / "none.pkl")


def test_a_file_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr("toonface.io.inert_pickle.reader.MAX_FILE_BYTES", 3)
    path = tmp_path / "large.pkl"
    path.write_bytes(b"NNN.")
    with pytest.raises(ValueError, match="it has 4 bytes, expected at most 3"):
        load(path)


VALID = [pickle.dumps({"arrays": ARRAYS, "ordered": collections.OrderedDict(a={1})}, protocol) for protocol in range(6)]


@pytest.mark.parametrize("data", VALID, ids=range(6))
def test_every_truncation_is_a_value_error(data):
    for end in range(0, len(data), 1 + len(data) // 300):
        with pytest.raises(ValueError):
            loads(data[:end])


def read_or_refuse(data):
    try:
        loads(data)
    except ValueError as error:
        assert "\n" not in str(error)
        assert len(str(error)) < 300


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_random_bytes_are_read_or_are_a_value_error(data):
    read_or_refuse(data)


OPCODES = st.sampled_from(
    [bytes([code]) for code in b"()]}0123.NK\x85\x86\x87\x88\x8f\x90\x91\x93\x94abcdegilopqrstu\x81\x92"]
)


@given(
    st.lists(OPCODES | st.binary(max_size=2) | st.sampled_from([b"cnumpy\ndtype\n", b"S'f8'\n", b"h\x00"]), max_size=40)
)
@settings(max_examples=300, deadline=None)
def test_random_opcodes_are_read_or_are_a_value_error(pieces):
    read_or_refuse(b"".join(pieces) + b".")


@given(st.sampled_from(VALID), st.lists(st.tuples(st.integers(0), st.integers(0, 255)), min_size=1, max_size=4))
@settings(max_examples=300, deadline=None)
def test_a_changed_pickle_is_read_or_is_a_value_error(data, changes):
    changed = bytearray(data)
    for position, byte in changes:
        changed[position % len(changed)] = byte
    read_or_refuse(bytes(changed))
