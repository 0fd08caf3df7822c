"""Collect arrays into the one buffer of a GLB file, with views and accessors that say what is where."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int

from toonface.stages.gltf.layout import ALIGNMENT, COMPONENTS, WIDTHS, Json, padded

KINDS = {width: kind for kind, width in WIDTHS.items()}
SparseRows = tuple[Int[np.ndarray, "_"], np.ndarray]
"""Numbers of elements, and their values; all other elements are zero."""


class Packer:
    """A growing buffer; every method returns the numbers by which the JSON part refers to what it added."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.accessors: list[Json] = []
        self.views: list[Json] = []
        self._pieces: list[bytes] = []
        self._length = 0

    @property
    def binary(self) -> bytes:
        """Everything so far; its length is a multiple of `ALIGNMENT`."""
        return b"".join(self._pieces)

    def view(self, data: bytes, purpose: int | None = None, stride: int | None = None) -> int:
        """Add bytes.

        Args:
            data: any number of bytes, at least one.
            purpose: ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER, or None for what no vertex is made of.
            stride: bytes from one element to the next, or None where the reader must not ask.
        """
        view: Json = {"buffer": 0, "byteOffset": self._length, "byteLength": len(data)}
        if purpose is not None:
            view["target"] = purpose
        if stride is not None:
            view["byteStride"] = stride
        self.views.append(view)
        self._pieces.append(padded(data))
        self._length += len(self._pieces[-1])
        return len(self.views) - 1

    def array(
        self, rows: np.ndarray, purpose: int | None = None, *, extent: bool = False, fractions: bool = False
    ) -> int:
        """Add one accessor.

        Args:
            rows: one row per element, of a type in `layout.DTYPES`.
            purpose: as in `view`.
            extent: whether the accessor states the smallest and the largest number of each column.
            fractions: whether integers stand for fractions of their type's largest number.
        """
        return self.arrays([rows], purpose, extent=extent, fractions=fractions)[0]

    def arrays(
        self, blocks: Sequence[np.ndarray], purpose: int | None = None, *, extent: bool = False, fractions: bool = False
    ) -> list[int]:
        """Add several accessors of one form, which lie one after the other in one view.

        Args:
            blocks: rows × columns each, all of the same shape and type.
            purpose: as in `view`; attributes of vertices are filled up to a multiple of 4 bytes per element.
            extent: as in `array`.
            fractions: as in `array`.
        """
        rows, columns = blocks[0].shape
        itemsize = blocks[0].itemsize
        attribute = purpose is not None and columns > 1
        width = -(-columns * itemsize // ALIGNMENT) * ALIGNMENT // itemsize if attribute else columns
        filled = np.zeros((len(blocks), rows, width), blocks[0].dtype)
        filled[..., :columns] = blocks
        stride = width * itemsize
        view = self.view(filled.tobytes(), purpose, stride if attribute else None)
        numbers = []
        for number, block in enumerate(blocks):
            place: Json = {"bufferView": view, "byteOffset": number * rows * stride}
            numbers.append(self._accessor(block, place, extent=extent, fractions=fractions))
        return numbers

    def sparse_arrays(
        self, blocks: Sequence[SparseRows], count: int, *, extent: bool = False, fractions: bool = False
    ) -> list[int]:
        """Add several accessors most of whose elements are zero.

        Readers want at least one entry, so an accessor of zeros states that its first element is zero. Accessors that
        state the same elements share the list of them.

        Args:
            blocks: the others, all with values of one width and type.
            count: elements of each accessor, at least 1.
            extent: as in `array`; zero is among the numbers where an element is not stated.
            fractions: as in `array`.
        """
        index_type = np.dtype("<u2") if count <= np.iinfo(np.uint16).max else np.dtype("<u4")
        stated = [_at_least_one(*block) for block in blocks]
        distinct = {indices.tobytes(): indices.astype(index_type) for indices, _ in stated}
        places = dict(zip(distinct, _starts(list(distinct.values())), strict=True))
        index_view = self.view(np.concatenate(list(distinct.values())).tobytes())
        value_view = self.view(np.concatenate([values for _, values in stated]).tobytes())
        numbers = []
        for start, (indices, values) in zip(_starts([rows for _, rows in stated]), stated, strict=True):
            seen = values if len(indices) == count else np.vstack([values, np.zeros_like(values[:1])])
            number = self._accessor(seen, {}, extent=extent, fractions=fractions)
            index_place = {"bufferView": index_view, "byteOffset": places[indices.tobytes()]}
            value_place = {"bufferView": value_view, "byteOffset": start}
            self.accessors[number]["count"] = count
            self.accessors[number]["sparse"] = {
                "count": len(indices),
                "indices": {**index_place, "componentType": COMPONENTS[index_type]},
                "values": value_place,
            }
            numbers.append(number)
        return numbers

    def _accessor(self, rows: np.ndarray, place: Json, *, extent: bool, fractions: bool) -> int:
        accessor: Json = {
            **place,
            "componentType": COMPONENTS[rows.dtype],
            "count": len(rows),
            "type": KINDS[rows.shape[1]],
        }
        if fractions:
            accessor["normalized"] = True
        if extent:
            accessor["min"], accessor["max"] = rows.min(axis=0).tolist(), rows.max(axis=0).tolist()
        self.accessors.append(accessor)
        return len(self.accessors) - 1


def _at_least_one(indices: Int[np.ndarray, " N"], values: np.ndarray) -> SparseRows:
    return (indices, values) if len(indices) else (np.zeros(1, np.int64), np.zeros((1, values.shape[1]), values.dtype))


def _starts(blocks: list[np.ndarray]) -> list[int]:
    """Where each of some blocks begins when they lie one after the other, bytes."""
    return np.cumsum([0, *(block.nbytes for block in blocks)])[:-1].tolist()
