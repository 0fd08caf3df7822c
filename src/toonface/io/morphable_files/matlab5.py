"""Numbers out of a MATLAB file of version 5 (also called 6 and 7): plain Python, because damage must not crash it.

`scipy.io.loadmat` (1.17) ends the whole process with a bus error on some damaged files. The format is that of "MAT-File
Format" (MathWorks): a header of 128 bytes, then elements, each a tag of type and size with its data, padded to 8 bytes.
"""

import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from toonface.io.morphable_files.checks import MAX_FILE_BYTES

_HEADER_BYTES = 128
_INT8, _INT32, _UINT32, _MATRIX, _COMPRESSED = 1, 5, 6, 14, 15
_NUMBER_TYPES = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
_NUMBER_CLASSES = {6: "f8", 7: "f4", 8: "i1", 9: "u1", 10: "i2", 11: "u2", 12: "i4", 13: "u4", 14: "i8", 15: "u8"}
_COMPLEX = 0x0800
_MAX_AXES = 32


@dataclass(frozen=True)
class _Element:
    type: int
    data: memoryview


def read_matlab5(data: bytes) -> dict[str, object]:
    """Return the variables of a file: an array where one is a full array of real numbers, else None.

    Args:
        data: the whole file, compressed or not, of either byte order.

    Raises:
        ValueError: it is of another version or truncated, an element is malformed, or it unpacks to too much.
    """
    byte_order = _byte_order(data)
    left = MAX_FILE_BYTES
    variables: dict[str, object] = {}
    for element in _elements(memoryview(data)[_HEADER_BYTES:], byte_order):
        if element.type == _COMPRESSED:
            unpacked = _unpacked(element.data, left)
            left -= len(unpacked)
            variables.update(_variable(inner, byte_order) for inner in _elements(memoryview(unpacked), byte_order))
        else:
            variables.update([_variable(element, byte_order)])
    return variables


def _byte_order(data: bytes) -> str:
    byte_order = {b"IM": "<", b"MI": ">"}.get(data[126:128])
    version = None if byte_order is None else int(np.frombuffer(data, f"{byte_order}u2", 1, 124)[0]) >> 8
    if byte_order is None or version != 1:
        raise ValueError(f"expected a MATLAB file of version 5, found one that begins with {data[:20]!r}")
    return byte_order


def _elements(data: memoryview, byte_order: str) -> Iterator[_Element]:
    """The elements that follow each other until the data ends."""
    position = 0
    while position < len(data):
        if len(data) - position < 8:
            raise ValueError(f"expected a tag of 8 bytes, found {len(data) - position}: the MATLAB file is truncated")
        first, second = (int(word) for word in np.frombuffer(data, f"{byte_order}u4", 2, position))
        if first >> 16:  # a small element: size and type share a word, the data is the other one
            kind, size, start, end = first & 0xFFFF, first >> 16, position + 4, position + 8
        else:
            kind, size, start = first, second, position + 8
            end = start + size + (-size % 8 if kind != _COMPRESSED else 0)
        # Some writers leave out the padding of the last element.
        if start + size > min(len(data), end):
            found = max(0, len(data) - start)
            raise ValueError(f"expected an element of {size} bytes, found {found}: the MATLAB file is truncated")
        yield _Element(kind, data[start : start + size])
        position = end


def _unpacked(data: memoryview, limit: int) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(data, limit)
    except zlib.error as error:
        raise ValueError(f"expected a compressed variable, found a damaged one in the MATLAB file ({error})") from error
    if not unpacker.eof:
        raise ValueError(
            f"expected a compressed variable of at most {limit} bytes, found more or a truncated MATLAB file"
        )
    return unpacked


def _variable(element: _Element, byte_order: str) -> tuple[str, object]:
    """Name and value of a variable: an element made of elements, flags, sizes, name and numbers."""
    if element.type != _MATRIX:
        raise ValueError(f"expected a variable of type {_MATRIX} in the MATLAB file, found type {element.type}")
    parts = list(islice(_elements(element.data, byte_order), 5))  # a fifth is the imaginary part, or tells a cell
    if [part.type for part in parts[:3]] != [_UINT32, _INT32, _INT8] or len(parts[0].data) != 8:
        raise ValueError("expected a variable of a MATLAB file to begin with flags, sizes and name, found others")
    flags = int(np.frombuffer(parts[0].data, f"{byte_order}u4")[0])
    name = bytes(parts[2].data).decode("latin-1")
    number_class = _NUMBER_CLASSES.get(flags & 0xFF)
    if number_class is None or flags & _COMPLEX or len(parts) != 4:
        return name, None
    return name, _array(_numbers(parts[3], byte_order), _numbers(parts[1], byte_order).tolist(), number_class)


def _numbers(element: _Element, byte_order: str) -> np.ndarray:
    dtype = np.dtype(byte_order + _NUMBER_TYPES.get(element.type, "V1"))
    if dtype.kind == "V" or len(element.data) % dtype.itemsize:
        raise ValueError(f"expected numbers in the MATLAB file, found type {element.type} in {len(element.data)} bytes")
    return np.frombuffer(element.data, dtype) if len(element.data) else np.zeros(0, dtype)


def _array(values: np.ndarray, shape: list[int], number_class: str) -> np.ndarray:
    if not 2 <= len(shape) <= _MAX_AXES or min(shape) < 0 or math.prod(shape) != values.size:
        raise ValueError(f"expected numbers for the shape {shape[:4]} in the MATLAB file, found {values.size}")
    # Whole numbers are stored in the smallest type that holds them, whatever the type of the variable.
    return values.astype(number_class, copy=False).reshape(shape, order="F")
