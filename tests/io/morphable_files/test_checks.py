"""Every fault of a file becomes one line that names the file, what was expected and what was found."""

import numpy as np
import pytest

from toonface.io.morphable_files.checks import (
    as_faces,
    as_points,
    as_vector,
    check_readable,
    expecting,
    naming,
    numbered,
    numbers,
    scaled_columns,
)


@pytest.mark.parametrize(
    "error, message",
    [
        (ValueError("two\nlines"), "face.mat: two lines"),
        (FileNotFoundError(2, "No such file or directory"), "face.mat: cannot be read: No such file or directory"),
        (OSError("disc on fire"), "face.mat: cannot be read: disc on fire"),
    ],
)
def test_a_fault_names_the_file_in_one_line(error, message):
    with pytest.raises(ValueError) as caught, naming("face.mat"):
        raise error
    assert str(caught.value) == message


@pytest.mark.parametrize("error", [KeyError("x"), RuntimeError("x"), MemoryError("x"), OSError("x"), ValueError("x")])
def test_a_fault_of_a_library_says_what_was_expected(error):
    with pytest.raises(ValueError, match=r"expected a cake, found a file that does not read as one \('?x'?\)"):
        with expecting("a cake"):
            raise error


def test_an_interruption_is_not_a_fault_of_the_file():
    with pytest.raises(KeyboardInterrupt), naming("face.mat"), expecting("a cake"):
        raise KeyboardInterrupt


def test_an_empty_a_huge_and_a_missing_file_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("toonface.io.morphable_files.checks.MAX_FILE_BYTES", 3)
    path = tmp_path / "file"
    for content in (b"", b"1234"):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=f"expected a file of 1 to 3 bytes, found {len(content)}"):
            check_readable(path)
    path.write_bytes(b"123")
    check_readable(path)
    for missing in (tmp_path / "none", tmp_path):
        with pytest.raises(OSError):
            check_readable(missing)


@pytest.mark.parametrize(
    "values, message",
    [
        pytest.param({"b": 1, "a": 2, "__c__": 3}, "expected 'x' in it, found a, b$", id="missing"),
        pytest.param({}, "expected 'x' in it, found nothing", id="empty"),
        pytest.param({"x": [1.0]}, "to be an array of numbers, found 'list'", id="list"),
        pytest.param({"x": np.array(["a"])}, "to be an array of numbers, found type <U1", id="text"),
        pytest.param({"x": np.zeros(3)}, r"to have the shape \(any, 3\), found \(3,\)", id="vector"),
        pytest.param({"x": np.zeros((3, 2))}, r"to have the shape \(any, 3\), found \(3, 2\)", id="columns"),
    ],
)
def test_contents_that_do_not_fit_are_quoted(values, message):
    with pytest.raises(ValueError, match=message):
        numbers(values, "x", (None, 3))


def test_contents_that_fit_are_returned():
    array = np.zeros((7, 3), dtype=np.uint8)
    assert numbers({"x": array}, "x", (None, 3)) is array


@pytest.mark.parametrize("shape", [(), (4,), (4, 1), (1, 4)])
def test_rows_columns_and_single_numbers_are_vectors(shape):
    assert as_vector(np.ones(shape), "x").ndim == 1


def test_a_matrix_is_no_vector():
    with pytest.raises(ValueError, match=r"'x' to be a vector, found the shape \(2, 2\)"):
        as_vector(np.ones((2, 2)), "x")


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.uint64, np.float32, np.float64])
def test_faces_count_from_zero_in_any_type(dtype):
    faces = as_faces(np.array([[1, 2, 3]], dtype=dtype), "f", first_index=1)
    assert faces.dtype == np.int64
    np.testing.assert_array_equal(faces, [[0, 1, 2]])


@pytest.mark.parametrize("value", [0.5, np.nan, np.inf, 1e300])
def test_faces_are_whole_numbers(value):
    with pytest.raises(ValueError, match="'f' to hold whole numbers"):
        as_faces(np.array([[0.0, 1.0, value]]), "f", first_index=0)


def test_points_are_rows_of_three():
    np.testing.assert_array_equal(as_points(np.arange(6.0), "x"), [[0, 1, 2], [3, 4, 5]])
    for length in (0, 4):
        with pytest.raises(ValueError, match=f"three numbers per vertex, found {length} in all"):
            as_points(np.zeros(length), "x")


def test_columns_are_scaled_one_by_one_in_single_precision():
    basis = np.arange(12.0).reshape(6, 2)
    columns = scaled_columns(basis, np.array([2.0, 10.0]))
    assert columns.dtype == np.float32
    for vertex in range(2):
        for axis in range(3):
            np.testing.assert_array_equal(columns[vertex, axis], basis[3 * vertex + axis] * [2, 10])


def test_columns_too_large_for_single_precision_are_infinite_without_a_warning():
    assert np.isinf(scaled_columns(np.full((3, 1), 1e300), np.ones(1))).all()
    assert np.isinf(scaled_columns(np.full((3, 1), 1e30), np.full(1, 1e30))).all()


def test_columns_of_whole_numbers_are_scaled():
    np.testing.assert_array_equal(scaled_columns(np.arange(3)[:, None], np.ones(1)), [[[0], [1], [2]]])


def test_names_are_numbered():
    assert numbered("expression", 2) == ("expression000", "expression001")
