"""Arrays of a pickled PyTorch module, from the records that `inert_pickle` reads; nothing of it is executed.

A tensor is `_rebuild_tensor_v2(storage, offset, size, stride, …)`, a parameter `_rebuild_parameter(tensor, …)`, and
the storage in a plain pickle `_load_from_bytes(file)`, whose bytes are a file of `torch.save` in its form before
1.6: pickles of a magic number, a version, the machine, the storage's identity and a list of keys, then a count and
the numbers.
"""

import struct
from collections.abc import Iterator

import numpy as np

from toonface.io.inert_pickle import Record, loads_next

MAGIC = 0x1950A86A20F9469CFC6C
TYPES = {
    "FloatStorage": np.dtype("<f4"),
    "DoubleStorage": np.dtype("<f8"),
    "HalfStorage": np.dtype("<f2"),
    "LongStorage": np.dtype("<i8"),
    "IntStorage": np.dtype("<i4"),
    "ByteStorage": np.dtype("u1"),
    "BoolStorage": np.dtype("?"),
}
"""Of PyTorch's storages."""
PLAIN = 4
"""Pickles in front of the list of keys: magic number, version, machine, storage."""


def module_arrays(module: object, prefix: str = "") -> Iterator[tuple[str, np.ndarray]]:
    """Yield dotted name and array of each parameter and buffer of a pickled module.

    Args:
        module: what `inert_pickle` read.
        prefix: of the names.

    Raises:
        ValueError: it is no module, or a tensor in it has another form.
    """
    state = _state(module)
    for kind in ("_parameters", "_buffers"):
        for name, value in _dict(state, kind).items():
            if value is not None:
                yield f"{prefix}{name}", tensor_array(value)
    for name, inner in _dict(state, "_modules").items():
        if inner is not None:
            yield from module_arrays(inner, f"{prefix}{name}.")


def _state(module: object) -> dict:
    match module:
        case Record(state=dict() as state):
            return state
        case Record(name="_reconstruct_persistent_obj", args=({"state": dict() as state},)):
            return state
    raise ValueError(f"it holds {str(module)[:80]}, expected a module of PyTorch")


def _dict(state: dict, name: str) -> dict:
    found = state.get(name)
    if not isinstance(found, dict):
        raise ValueError(f"a module has no {name}, expected a dict of them")
    return found


def tensor_array(value: object) -> np.ndarray:
    """Return the numbers of a pickled tensor or parameter.

    Args:
        value: a record.

    Raises:
        ValueError: it has another form, or reaches beyond its storage.
    """
    match value:
        case Record(name="_rebuild_parameter" | "_rebuild_parameter_with_state", args=(inner, *_)):
            return tensor_array(inner)
        case Record(name="_rebuild_tensor_v2", args=(storage, int() as offset, tuple() as size, tuple() as stride, *_)):
            return _strided(_storage(storage), offset, size, stride)
    raise ValueError(f"a tensor is stored as {str(value)[:80]}, expected _rebuild_tensor_v2")


def _strided(storage: np.ndarray, offset: int, size: tuple, stride: tuple) -> np.ndarray:
    whole = len(size) == len(stride) and all(isinstance(n, int) and n >= 0 for n in (*size, *stride, offset))
    last = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True)) if whole else 0
    if not whole or (0 not in size and last >= len(storage)):
        raise ValueError(f"a tensor of size {size} and stride {stride} reaches beyond its storage of {len(storage)}")
    steps = [step * storage.itemsize for step in stride]
    return np.lib.stride_tricks.as_strided(storage[offset:], size, steps, writeable=False).copy()


def _storage(value: object) -> np.ndarray:
    match value:
        case Record(name="_load_from_bytes", args=(bytes() | bytearray() as data,)):
            return _saved_storage(bytes(data))
    raise ValueError(f"numbers are stored as {str(value)[:80]}, expected a file of torch.save in a pickle")


def _saved_storage(data: bytes) -> np.ndarray:
    place, values = 0, []
    for _ in range(PLAIN + 1):
        value, place = loads_next(data, place)
        values.append(value)
    match values:
        case [magic, _, _, Record(name="persistent_id", args=(("storage", Record(name=kind), key, *_),)), [only]] if (
            magic == MAGIC and key == only and kind in TYPES
        ):
            return _numbers(data[place:], TYPES[kind])
    raise ValueError("a storage has another form than torch.save writes")


def _numbers(data: bytes, dtype: np.dtype) -> np.ndarray:
    (count,) = struct.unpack_from("<q", data) if len(data) >= 8 else (-1,)
    if count < 0 or len(data) != 8 + count * dtype.itemsize:
        raise ValueError(f"a storage says that it has {count} numbers, and has {len(data) - 8} bytes of them")
    return np.frombuffer(data, dtype, count, 8)
