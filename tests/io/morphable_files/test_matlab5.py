"""The reader of MATLAB files agrees with what scipy writes, and damage is a ValueError, never a crash."""

import numpy as np
import pytest
import scipy.io
from hypothesis import given, settings
from hypothesis import strategies as st

from toonface.io.morphable_files import matlab5
from toonface.io.morphable_files.matlab5 import read_matlab5

RNG = np.random.default_rng(4)
VARIABLES = {
    "double": RNG.normal(size=(5, 3)),
    "single": RNG.normal(size=(4, 1)).astype(np.float32),
    "cube": RNG.normal(size=(2, 3, 4)),
    "one": np.array([[7.5]]),
    "none": np.zeros((0, 3)),
    "fortran": np.asfortranarray(RNG.normal(size=(3, 4))),
} | {dtype: np.arange(6, dtype=dtype).reshape(2, 3) for dtype in ("i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8")}


def saved(tmp_path, values, **options):
    path = tmp_path / "file.mat"
    scipy.io.savemat(path, values, **options)
    return path.read_bytes()


@pytest.mark.parametrize("compressed", [False, True])
def test_every_type_of_number_comes_back(tmp_path, compressed):
    found = read_matlab5(saved(tmp_path, VARIABLES, do_compression=compressed))
    assert found.keys() == VARIABLES.keys()
    for name, expected in VARIABLES.items():
        assert found[name].dtype == expected.dtype
        np.testing.assert_array_equal(found[name], expected)


@pytest.mark.parametrize("compressed", [False, True])
def test_what_is_no_full_array_of_real_numbers_is_none(tmp_path, compressed):
    others = {
        "text": "jaw",
        "complex": np.array([[1j]]),
        "cell": np.array([{}, 2], dtype=object),
        "struct": {"a": 1},
        "sparse": scipy.sparse.eye_array(3, format="csc"),
    }
    found = read_matlab5(saved(tmp_path, others | {"x": np.ones((2, 2))}, do_compression=compressed))
    np.testing.assert_array_equal(found.pop("x"), np.ones((2, 2)))
    assert found == dict.fromkeys(others)


def by_hand(byte_order, values):
    """A file as MATLAB writes it on a machine of either byte order: doubles that are whole are stored as bytes."""
    ints = np.dtype(byte_order + "u4")

    def element(kind, data):
        return np.array([kind, len(data)], ints).tobytes() + data + bytes(-len(data) % 8)

    def small(kind, data):
        return np.array([len(data) << 16 | kind], ints).tobytes() + data.ljust(4, b"\0")

    parts = [
        element(6, np.array([6, 0], ints).tobytes()),
        element(5, np.array(values.shape, ints).tobytes()),
        small(1, b"tl"),
        element(2, values.astype("u1").tobytes(order="F")),
    ]
    version = np.array([0x0100], byte_order + "u2").tobytes() + (b"IM" if byte_order == "<" else b"MI")
    return b"MATLAB 5.0 MAT-file".ljust(124) + version + element(14, b"".join(parts))


@pytest.mark.parametrize("byte_order", "<>")
def test_both_byte_orders_and_small_storage_are_read(byte_order):
    values = np.arange(12.0).reshape(4, 3)
    found = read_matlab5(by_hand(byte_order, values))["tl"]
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, values)


@pytest.mark.parametrize(
    "data, message",
    [
        pytest.param(b"", "expected a MATLAB file of version 5", id="empty"),
        pytest.param(
            b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM", "expected a MATLAB file of version 5", id="7.3"
        ),
        pytest.param(by_hand("<", np.ones((2, 2)))[:130], "expected a tag of 8 bytes, found 2", id="tag"),
        pytest.param(by_hand("<", np.ones((2, 2)))[:150], "expected an element of .* found", id="element"),
        pytest.param(by_hand("<", np.ones((2, 2)))[:128] + b"\x09\0\0\0\0\0\0\0", "type 14 .* found type 9", id="type"),
        pytest.param(by_hand("<", np.ones((2, 2)))[:128] + b"\x0e\0\0\0\0\0\0\0", "to begin with flags", id="no parts"),
        pytest.param(
            by_hand("<", np.ones((2, 2)))[:128] + b"\x0f\0\0\0\x02\0\0\0xy", "found a damaged one", id="not zlib"
        ),
    ],
)
def test_malformed_files_are_refused(data, message):
    with pytest.raises(ValueError, match=message):
        read_matlab5(data)


def test_numbers_that_do_not_fill_their_shape_are_refused():
    data = bytearray(by_hand("<", np.ones((2, 2))))
    position = data.index(b"\x05\0\0\0\x08\0\0\0") + 8
    for size in (3, 2**31 - 1, 2**32 - 1):
        data[position : position + 4] = size.to_bytes(4, "little")
        with pytest.raises(ValueError, match=r"expected numbers for the shape .* found 4"):
            read_matlab5(bytes(data))


def test_a_variable_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    data = saved(tmp_path, {"a": np.zeros((100, 100)), "b": np.zeros((100, 100))}, do_compression=True)
    assert len(data) < 1000
    monkeypatch.setattr(matlab5, "MAX_FILE_BYTES", 170_000)
    read_matlab5(data)
    monkeypatch.setattr(matlab5, "MAX_FILE_BYTES", 150_000)
    with pytest.raises(ValueError, match=r"at most 69.* bytes, found more"):
        read_matlab5(data)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("matlab")
    return [saved(folder, VARIABLES | {"text": "jaw"}, do_compression=packed) for packed in (False, True)]


@pytest.mark.parametrize("which", [0, 1])
def test_every_truncation_is_read_or_is_a_value_error(files, which):
    for end in range(0, len(files[which]), 5):
        try:
            assert len(read_matlab5(files[which][:end])) <= len(VARIABLES)
        except ValueError as error:
            assert "MATLAB" in str(error)


@given(st.integers(0, 1), st.lists(st.tuples(st.integers(0), st.integers(0, 255)), min_size=1, max_size=4))
@settings(max_examples=300, deadline=None)
def test_a_changed_file_is_read_or_is_a_value_error(files, which, changes):
    changed = bytearray(files[which])
    for position, byte in changes:
        changed[position % len(changed)] = byte
    try:
        read_matlab5(bytes(changed))
    except ValueError as error:
        assert "MATLAB" in str(error)
