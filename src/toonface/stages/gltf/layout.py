"""How a GLB file is laid out (glTF 2.0, section 4.4): a header, a chunk of JSON and one of numbers."""

import json
import struct
from typing import Any

import numpy as np

from toonface.types import check_indices

Json = dict[str, Any]

MAGIC, VERSION = 0x46546C67, 2
JSON_CHUNK, BINARY_CHUNK = 0x4E4F534A, 0x004E4942
ALIGNMENT = 4
"""Bytes; chunks and views begin at a multiple of it."""

BYTE, UBYTE, SHORT, USHORT, UINT, FLOAT = 5120, 5121, 5122, 5123, 5125, 5126
"""Component types of accessors."""
DTYPES: dict[int, np.dtype] = {
    BYTE: np.dtype("<i1"),
    UBYTE: np.dtype("<u1"),
    SHORT: np.dtype("<i2"),
    USHORT: np.dtype("<u2"),
    UINT: np.dtype("<u4"),
    FLOAT: np.dtype("<f4"),
}
COMPONENTS = {dtype: number for number, dtype in DTYPES.items()}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
"""Numbers per element."""
ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER = 34962, 34963
"""What a view is for: attributes of vertices, indices of triangles."""
QUANTIZATION = "KHR_mesh_quantization"
SPECULAR = "KHR_materials_specular"


def padded(data: bytes, filler: bytes = b"\0") -> bytes:
    """Fill bytes up to a multiple of `ALIGNMENT`."""
    return data + filler * (-len(data) % ALIGNMENT)


def join_glb(document: Json, binary: bytes) -> bytes:
    """Put a GLB file together; the same document and bytes give the same file.

    Args:
        document: the JSON part; its first buffer is the binary one.
        binary: may be empty, then there is no chunk for it.
    """
    text = padded(json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode(), b" ")
    chunks = struct.pack("<II", len(text), JSON_CHUNK) + text
    if binary:
        numbers = padded(binary)
        chunks += struct.pack("<II", len(numbers), BINARY_CHUNK) + numbers
    return struct.pack("<III", MAGIC, VERSION, 12 + len(chunks)) + chunks


def split_glb(data: bytes) -> tuple[Json, bytes]:
    """Take a GLB file apart into its JSON part and its numbers.

    Args:
        data: of the file.

    Raises:
        ValueError: it is no GLB file of version 2, is truncated, or its JSON part is damaged.
    """
    if len(data) < 20:
        raise ValueError(f"the file has {len(data)} bytes, expected a GLB file")
    magic, version, length = struct.unpack_from("<III", data)
    if magic != MAGIC or version != VERSION:
        raise ValueError(f"the file begins with {data[:8]!r}, expected that of a GLB file of version {VERSION}")
    if length != len(data):
        raise ValueError(f"the file has {len(data)} bytes, expected {length}; it is truncated or damaged")
    chunks = _chunks(data)
    if JSON_CHUNK not in chunks:
        raise ValueError("the file has no chunk of JSON; it is damaged")
    try:
        document = json.loads(chunks[JSON_CHUNK])
    except ValueError as error:
        raise ValueError(f"the file's JSON is damaged ({error})") from None
    if not isinstance(document, dict):
        raise ValueError(f"the file's JSON is a {type(document).__name__}, expected an object")
    return document, chunks.get(BINARY_CHUNK, b"")


def _chunks(data: bytes) -> dict[int, bytes]:
    chunks: dict[int, bytes] = {}
    start = 12
    while start + 8 <= len(data):
        size, kind = struct.unpack_from("<II", data, start)
        if start + 8 + size > len(data):
            raise ValueError(f"a chunk of {size} bytes reaches beyond the end of the file; it is damaged")
        chunks.setdefault(kind, data[start + 8 : start + 8 + size])
        start += 8 + size
    return chunks


def read_accessor(document: Json, binary: bytes, number: int) -> np.ndarray:
    """Return the numbers of an accessor: one row per element, sparse entries put in, normalised ones as fractions.

    Args:
        document: JSON part of the file.
        binary: its numbers.
        number: of the accessor.

    Raises:
        ValueError: the accessor or what it reads from is not there, or reaches beyond its end.
    """
    check_indices("accessors", np.array([number]), len(document["accessors"]))
    accessor = document["accessors"][number]
    dtype, width = DTYPES[accessor["componentType"]], WIDTHS[accessor["type"]]
    if "bufferView" in accessor:
        rows = _read_view(document, binary, accessor, (accessor["count"], dtype, width)).copy()
    else:
        rows = np.zeros((accessor["count"], width), dtype)
    if "sparse" in accessor:
        entry = accessor["sparse"]
        index_dtype = DTYPES[entry["indices"]["componentType"]]
        indices = _read_view(document, binary, entry["indices"], (entry["count"], index_dtype, 1))[:, 0]
        check_indices("sparse indices", indices.astype(np.int64), accessor["count"])
        rows[indices] = _read_view(document, binary, entry["values"], (entry["count"], dtype, width))
    return _fractions(rows) if accessor.get("normalized") else rows


def _read_view(document: Json, binary: bytes, place: Json, form: tuple[int, np.dtype, int]) -> np.ndarray:
    count, dtype, width = form
    view = document["bufferViews"][place["bufferView"]]
    start = view.get("byteOffset", 0) + place.get("byteOffset", 0)
    tight = dtype.itemsize * width
    stride = view.get("byteStride", tight)
    end = start + stride * (count - 1) + tight if count else start
    if end > view.get("byteOffset", 0) + view["byteLength"] or end > len(binary):
        raise ValueError(f"an accessor reads up to byte {end}, beyond the end of its view")
    return np.ndarray((count, width), dtype, binary, start, (stride, dtype.itemsize))


def _fractions(rows: np.ndarray) -> np.ndarray:
    """Undo the normalisation (section 3.6.2.2 of glTF): integers of a kind become numbers in [-1, 1] or [0, 1]."""
    return np.maximum(rows / np.float32(np.iinfo(rows.dtype).max), np.float32(-1.0)).astype(np.float32)
