"""Read the opcodes of a pickle and their arguments, as `pickletools` lists them, protocols 0 to 5."""

import pickletools
import re
from collections.abc import Iterator
from io import BytesIO

MAX_OPCODES = 500_000
"""One byte of a file can make an object of several hundred bytes. Large networks need some 100,000 opcodes."""

_BY_CODE = {opcode.code: opcode for opcode in pickletools.opcodes}

_PLAIN_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"\\": b"\\", b"'": b"'", b'"': b'"'}


def read_opcodes(stream: BytesIO) -> Iterator[tuple[str, object]]:
    """Yield name and argument of each opcode up to STOP, which is read but not yielded.

    Args:
        stream: positioned at the pickle's first byte. Afterwards it stands behind the STOP.

    Raises:
        ValueError: an opcode is unknown, an argument is malformed or truncated, or there are more than `MAX_OPCODES`.
    """
    for _ in range(MAX_OPCODES):
        code = stream.read(1)
        if not code:
            raise ValueError("it ends before its STOP opcode")
        opcode = _BY_CODE.get(code.decode("latin-1"))
        if opcode is None:
            raise ValueError(f"byte {code.hex()} is not an opcode")
        if opcode.name == "STOP":
            return
        yield opcode.name, _argument(opcode, stream)
    raise ValueError(f"it has more than {MAX_OPCODES} opcodes")


def _argument(opcode: pickletools.OpcodeInfo, stream: BytesIO) -> object:
    # pickletools reads lines as ASCII and trips over the strings of Python 2.
    if opcode.name == "STRING":
        return _unquoted(_line(stream))
    if opcode.name == "PERSID":
        return _line(stream).decode("latin-1")
    if opcode.name in ("GLOBAL", "INST"):
        return _line(stream).decode("utf-8"), _line(stream).decode("utf-8")
    return None if opcode.arg is None else opcode.arg.reader(stream)


def _line(stream: BytesIO) -> bytes:
    line = stream.readline()
    if not line.endswith(b"\n"):
        raise ValueError("it ends within a line")
    return line[:-1]


def _unquoted(line: bytes) -> str:
    """A string as Python 2 printed it, with its quotes and escapes."""
    if len(line) < 2 or line[:1] not in (b"'", b'"') or line[-1:] != line[:1]:
        raise ValueError("a string has no quotes around it")
    return re.sub(rb"\\(x[0-9a-fA-F]{2}|.?)", _unescaped, line[1:-1], flags=re.DOTALL).decode("latin-1")


def _unescaped(match: re.Match[bytes]) -> bytes:
    escape = match.group(1)
    if len(escape) == 3:
        return bytes.fromhex(escape[1:].decode())
    if escape not in _PLAIN_ESCAPES:
        raise ValueError(f"a string has the escape {match.group(0)!r}, which Python 2 does not write")
    return _PLAIN_ESCAPES[escape]
