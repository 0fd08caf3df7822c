"""Read pickles that others wrote as data: lists, dicts, numpy arrays and records, and nothing is ever run."""

import io
from pathlib import Path

from toonface.io.inert_pickle.machine import run
from toonface.io.inert_pickle.values import resolve

MAX_FILE_BYTES = 2**31

_COPIES_PER_BYTE = 4
_FREE_COPIED_BYTES = 2**24


def loads(data: bytes) -> object:
    """Read a pickle. What follows its STOP is ignored, as Python ignores it.

    Args:
        data: protocols 0 to 5, of Python 2 (whose strings become text, one character per byte) or 3.

    Returns:
        Plain containers, atoms, numpy arrays (they may be read-only) and `Record`s for everything else.

    Raises:
        ValueError: it is malformed, larger than it has a right to be, or has an array of Python objects.
    """
    value, _ = loads_next(data, 0)
    return value


def loads_next(data: bytes, start: int) -> tuple[object, int]:
    """Read one of several pickles that follow each other, and tell where the next one begins.

    Args:
        data: as for `loads`.
        start: index of the pickle's first byte.

    Raises:
        ValueError: as for `loads`.
    """
    stream = io.BytesIO(data)
    stream.seek(start)
    try:
        root = run(stream)
    except ValueError as error:
        raise ValueError(f"not a readable pickle, near byte {stream.tell()}: {_one_line(error)}") from error
    try:
        value = resolve(root, max_copied_bytes=_COPIES_PER_BYTE * len(data) + _FREE_COPIED_BYTES)
    except ValueError as error:
        raise ValueError(f"not a readable pickle: {_one_line(error)}") from error
    return value, stream.tell()


def load(path: Path | str) -> object:
    """Read the pickle in a file.

    Args:
        path: of at most `MAX_FILE_BYTES` bytes.

    Raises:
        ValueError: as for `loads`, or the file cannot be read; the message names it.
    """
    try:
        size = Path(path).stat().st_size
        if size > MAX_FILE_BYTES:
            raise ValueError(f"it has {size} bytes, expected at most {MAX_FILE_BYTES}")
        return loads(Path(path).read_bytes())
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _one_line(error: ValueError) -> str:
    return " ".join(str(error).split())[:200]
