"""The records that mean an array: numpy's own, and the leaves and reorderings of chumpy."""

import math
import re
from collections.abc import Callable

import numpy as np

from toonface.io.inert_pickle.record import Budget, Record

_DTYPE = re.compile(r"[|<>=]?(b1|\?|[iu][1248]|f[248]|c(8|16)|[SU][1-9]\d{0,5})")
_MAX_AXES = 32


def raw_bytes(data: object, budget: Budget) -> bytes | bytearray:
    """Return the bytes of an array: themselves, or those that Python 2 wrote as text of one byte per character.

    Args:
        data: bytes, or text below U+0100.
        budget: pays for turning text into bytes.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(data, str):
        budget.spend(len(data))
        return data.encode("latin-1")
    if isinstance(data, bytes | bytearray):
        return data
    raise ValueError(f"the data of an array is of type {type(data).__name__}, expected bytes")


def _dtype(record: Record, budget: Budget) -> object:
    """`numpy.dtype(code, align, copy)`, whose state is (version, byte order, ...)."""
    code = record.args[0] if record.args else None
    if not isinstance(code, str) or not _DTYPE.fullmatch(code):
        raise ValueError(f"numpy arrays of type {str(code)[:20]!r} are refused, expected numbers or text")
    match record.state:
        case (_, "<" | ">" as order, *_):
            return np.dtype(code).newbyteorder(order)
        case None | (_, "|" | "=", *_):
            return np.dtype(code)
    raise ValueError("a numpy type has a state of unknown form")


def _array(record: Record, budget: Budget) -> object:
    """`_reconstruct(ndarray, (0,), b"b")`, whose state is (version, shape, dtype, is Fortran order, bytes)."""
    match record.args, record.state:
        case (Record(module="numpy", name="ndarray"), *_), (_, shape, np.dtype() as dtype, fortran, data):
            return _view(shape, dtype, raw_bytes(data, budget), order="F" if fortran else "C")
    raise ValueError("a numpy array has a state of unknown form")


def _scalar(record: Record, budget: Budget) -> object:
    """`scalar(dtype, bytes)`."""
    match record.args:
        case (np.dtype() as dtype, data):
            return _view((), dtype, raw_bytes(data, budget), order="C")[()]
    raise ValueError("a numpy scalar has arguments of unknown form")


def _from_buffer(record: Record, budget: Budget) -> object:
    """`_frombuffer(bytes, dtype, shape, order)` of protocol 5, with the order of the axes where that is "K"."""
    match record.args:
        case (data, np.dtype() as dtype, shape, "K", tuple() as axes) if _is_permutation(axes):
            return _view(shape, dtype, raw_bytes(data, budget), order="C").transpose(axes)
        case (data, np.dtype() as dtype, shape, "C" | "F" as order):
            return _view(shape, dtype, raw_bytes(data, budget), order=order)
    raise ValueError("a numpy array has arguments of unknown form")


def _view(shape: object, dtype: np.dtype, data: bytes | bytearray, *, order: str) -> np.ndarray:
    sizes = _shape(shape)
    expected = math.prod(sizes) * dtype.itemsize
    if len(data) != expected:
        raise ValueError(f"a numpy array of shape {sizes} and type {dtype} needs {expected} bytes, found {len(data)}")
    return np.ndarray(sizes, dtype, buffer=data, order="F" if order == "F" else "C")


def _is_permutation(axes: tuple) -> bool:
    return all(isinstance(axis, int) for axis in axes) and sorted(axes) == list(range(len(axes)))


def _shape(shape: object) -> tuple[int, ...]:
    if not isinstance(shape, tuple | list) or len(shape) > _MAX_AXES:
        raise ValueError(f"an array has a shape of type {type(shape).__name__}, expected a short tuple")
    if not all(isinstance(size, int) and 0 <= size < 2**40 for size in shape):
        raise ValueError("an array has a shape that is not made of whole numbers from 0 up")
    return tuple(shape)


def _chumpy_leaf(record: Record, budget: Budget) -> object:
    """`Ch`, whose state holds its array as `x`."""
    match record.state:
        case {"x": np.ndarray() as array}:
            return array
    return record


def _chumpy_select(record: Record, budget: Budget) -> object:
    """`Select`: the elements `idxs` of the flattened array `a`, in the shape `preferred_shape` if there is one."""
    match record.state:
        case {"a": np.ndarray() as source, "idxs": np.ndarray() as indices, **others}:
            if indices.dtype.kind not in "iu" or (
                indices.size and not 0 <= indices.min() <= indices.max() < source.size
            ):
                raise ValueError("a chumpy selection has indices outside its array")
            budget.spend(source.nbytes + indices.size * source.itemsize)
            return _reshaped(source.ravel()[indices], others.get("preferred_shape"))
    return record


def _chumpy_reshape(record: Record, budget: Budget) -> object:
    """`Reshape`: the array `a` in the shape `newshape`."""
    match record.state:
        case {"a": np.ndarray() as source, "newshape": tuple() as shape} if -1 not in shape:
            budget.spend(source.nbytes)
            return _reshaped(source, shape)
    return record


def _reshaped(array: np.ndarray, shape: object) -> np.ndarray:
    return array if shape is None else array.reshape(_shape(shape))


ARRAY_MEANINGS: dict[str, Callable[[Record, Budget], object]] = {
    "numpy.dtype": _dtype,
    # numpy 2 moved its insides from `core` to `_core`.
    "numpy.core.multiarray._reconstruct": _array,
    "numpy._core.multiarray._reconstruct": _array,
    "numpy.core.multiarray.scalar": _scalar,
    "numpy._core.multiarray.scalar": _scalar,
    "numpy.core.numeric._frombuffer": _from_buffer,
    "numpy._core.numeric._frombuffer": _from_buffer,
    # chumpy's arrays remember how they were computed: SMPL, MANO and FLAME files are full of them.
    "chumpy.ch.Ch": _chumpy_leaf,
    "chumpy.reordering.Select": _chumpy_select,
    "chumpy.reordering.Reshape": _chumpy_reshape,
}
"""Path of the global that is called, to the function that says what the call means."""
