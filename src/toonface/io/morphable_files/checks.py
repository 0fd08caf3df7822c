"""What the readers share: one clear message for whatever is wrong with a file, and shapes that are as expected."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int

MAX_FILE_BYTES = 2**31

NEUTRAL_ALBEDO = (0.80, 0.62, 0.54)
"""sRGB of every vertex of a model that comes without colours: a mid skin tone."""


@contextmanager
def naming(path: Path | str) -> Iterator[None]:
    """Turn whatever goes wrong inside into a `ValueError` of one line that begins with the path.

    Args:
        path: what is being read.
    """
    try:
        yield
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {_one_line(error.strerror or error)}") from error
    except ValueError as error:
        raise ValueError(f"{path}: {_one_line(error)}") from error


@contextmanager
def expecting(format_name: str) -> Iterator[None]:
    """Turn any exception of the library that reads a format into a `ValueError` that says which format was expected.

    Args:
        format_name: as in "a MATLAB file of version 5".
    """
    try:
        yield
    except Exception as error:  # a damaged file can make a library raise nearly anything
        reason = str(error) or type(error).__name__
        raise ValueError(f"expected {format_name}, found a file that does not read as one ({reason})") from error


def check_readable(path: Path) -> None:
    """Raise unless the path is a file that may be read whole.

    Args:
        path: a file.

    Raises:
        OSError: it is missing or is not a file.
        ValueError: it is empty, or larger than `MAX_FILE_BYTES`.
    """
    with path.open("rb"):
        size = path.stat().st_size
    if not 0 < size <= MAX_FILE_BYTES:
        raise ValueError(f"expected a file of 1 to {MAX_FILE_BYTES} bytes, found {size}")


def numbers(values: Mapping[str, object], name: str, shape: tuple[int | None, ...]) -> np.ndarray:
    """Return one array of numbers out of a file's contents.

    Args:
        values: the file's contents.
        name: which of them.
        shape: expected sizes; None stands for any.

    Raises:
        ValueError: it is missing, is no array of real numbers, or has another shape.
    """
    if name not in values:
        found = ", ".join(sorted(str(key) for key in values if not str(key).startswith("__")))
        raise ValueError(f"expected {name!r} in it, found {found[:120] or 'nothing'}")
    array = values[name]
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "iuf":
        kind = f"type {array.dtype}" if isinstance(array, np.ndarray) else repr(type(array).__name__)
        raise ValueError(f"expected {name!r} to be an array of numbers, found {kind}")
    wanted = ", ".join("any" if size is None else str(size) for size in shape)
    if array.ndim != len(shape) or any(
        size not in (None, actual) for size, actual in zip(shape, array.shape, strict=True)
    ):
        raise ValueError(f"expected {name!r} to have the shape ({wanted}), found {array.shape}")
    return array


def as_vector(array: np.ndarray, name: str) -> Float[np.ndarray, " N"]:
    """Return the numbers of a row, a column or a vector.

    Args:
        array: at most one axis is longer than 1.
        name: what it is called in the message.

    Raises:
        ValueError: it is a matrix.
    """
    if array.size != max(array.shape, default=1):
        raise ValueError(f"expected {name!r} to be a vector, found the shape {array.shape}")
    return array.ravel().astype(np.float64)


def as_faces(array: np.ndarray, name: str, *, first_index: int) -> Int[np.ndarray, "F 3"]:
    """Return triangles that count vertices from 0.

    Args:
        array: (F, 3), whole numbers of any type.
        name: what it is called in the message.
        first_index: what the file calls the first vertex, 0 or 1.

    Raises:
        ValueError: an index is not a whole number of a size that a vertex can have.
    """
    if array.size and not (np.isfinite(array).all() and (array == np.floor(array)).all() and abs(array).max() < 2**31):
        raise ValueError(f"expected {name!r} to hold whole numbers, found others")
    return array.astype(np.int64) - first_index


def as_points(vector: Float[np.ndarray, " N"], name: str) -> Float[np.ndarray, "V 3"]:
    """Return x, y, z of one vertex after the other as rows.

    Args:
        vector: 3 V numbers.
        name: what it is called in the message.

    Raises:
        ValueError: its length is not a multiple of 3.
    """
    if len(vector) == 0 or len(vector) % 3:
        raise ValueError(f"expected {name!r} to hold three numbers per vertex, found {len(vector)} in all")
    return vector.reshape(-1, 3)


def scaled_columns(basis: np.ndarray, scales: Float[np.ndarray, " K"]) -> Float[np.ndarray, "V 3 K"]:
    """Multiply each column by its scale, in single precision: these are the large arrays.

    Args:
        basis: (3 V, K), or (V, 3, K).
        scales: standard deviation times unit of each column.
    """
    with np.errstate(over="ignore", invalid="ignore"):  # the model refuses what is not finite
        columns = np.multiply(basis, scales.astype(np.float32), dtype=np.float32, casting="same_kind")
    return columns.reshape(-1, 3, len(scales))


def numbered(stem: str, count: int) -> tuple[str, ...]:
    """Return names for axes that have none, as in "expression007".

    Args:
        stem: what all begin with.
        count: how many.
    """
    return tuple(f"{stem}{index:03d}" for index in range(count))


def _one_line(message: object) -> str:
    return " ".join(str(message).split())[:400]
