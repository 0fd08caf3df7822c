"""Opcodes are read as Python's own disassembler reads them, strings of Python 2 included."""

import io
import pickle
import pickletools

import numpy as np
import pytest

from toonface.io.inert_pickle import opcodes
from toonface.io.inert_pickle.opcodes import read_opcodes

SAMPLE = {"a": [1, -70000, 2**70, 1.5, None, True], "ü€": (b"\x00\xff", {1, 2}), "array": np.arange(300.0)}


def names(data):
    return [name for name, _ in read_opcodes(io.BytesIO(data))]


@pytest.mark.parametrize("protocol", range(6))
def test_names_and_arguments_agree_with_pickletools(protocol):
    data = pickle.dumps(SAMPLE, protocol)
    found = [*read_opcodes(io.BytesIO(data)), ("STOP", None)]
    expected = [(opcode.name, argument) for opcode, argument, _ in pickletools.genops(data)]
    assert [name for name, _ in found] == [name for name, _ in expected]
    for (name, argument), (_, other) in zip(found, expected, strict=True):
        assert (" ".join(argument) if name in ("GLOBAL", "INST") else argument) == other


def test_the_stream_is_left_behind_the_stop():
    stream = io.BytesIO(b"K\x01.tail")
    assert list(read_opcodes(stream)) == [("BININT1", 1)]
    assert stream.read() == b"tail"


def test_a_string_of_python_2_has_one_character_per_byte():
    (operation,) = read_opcodes(io.BytesIO(rb"S'\x00\xff\n\t\r\\ \'" + b'"' + b"'\n."))
    assert operation == ("STRING", "\x00\xff\n\t\r\\ '\"")


@pytest.mark.parametrize(
    "data, message",
    [
        pytest.param(b"", "ends before its STOP", id="empty"),
        pytest.param(b"N", "ends before its STOP", id="no stop"),
        pytest.param(b"\xff.", "byte ff is not an opcode", id="unknown"),
        pytest.param(b"cos\nsystem", "ends within a line", id="line without end"),
        pytest.param(b"X\x05\x00\x00\x00ab.", "only 3 remain", id="string cut"),
        pytest.param(b"Sab\n.", "no quotes", id="unquoted"),
        pytest.param(b"S'ab\"\n.", "no quotes", id="quotes differ"),
        pytest.param(b"S'\n.", "no quotes", id="one quote"),
        pytest.param(b"S'\\q'\n.", "which Python 2 does not write", id="unknown escape"),
        pytest.param(b"S'a\\'\n.", "which Python 2 does not write", id="escape at the end"),
        pytest.param(b"Ix\n.", "invalid literal", id="not a number"),
        pytest.param(b"c\xff\nx\n.", "can't decode", id="name is not UTF-8"),
    ],
)
def test_malformed_opcodes_are_refused(data, message):
    with pytest.raises(ValueError, match=message):
        names(data)


def test_too_many_opcodes_are_refused(monkeypatch):
    monkeypatch.setattr(opcodes, "MAX_OPCODES", 10)
    assert len(names(b"N" * 9 + b".")) == 9
    with pytest.raises(ValueError, match="more than 10 opcodes"):
        names(b"N" * 10 + b".")
