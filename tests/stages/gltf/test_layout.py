"""The container: what is joined comes apart again, and damage is told."""

import struct

import pytest

from toonface.stages.gltf.layout import join_glb, padded, split_glb

DOCUMENT = {"asset": {"version": "2.0"}, "name": "Ärmel"}


@pytest.mark.parametrize("binary", [b"", b"\1\2\3\4", b"\1\2\3\4\5"])
def test_what_is_joined_comes_apart_again(binary):
    document, numbers = split_glb(join_glb(DOCUMENT, binary))
    assert document == DOCUMENT and numbers == padded(binary)


def test_lengths_are_those_of_the_file_and_chunks_are_aligned():
    data = join_glb(DOCUMENT, b"\1\2\3")
    magic, version, length, text = struct.unpack_from("<4sIII", data)
    assert (magic, version, length) == (b"glTF", 2, len(data))
    assert text % 4 == 0 and len(data) % 4 == 0


@pytest.mark.parametrize("cut", [0, 10, 19, 40, -1])
def test_a_truncated_file_is_refused(cut):
    with pytest.raises(ValueError, match="bytes"):
        split_glb(join_glb(DOCUMENT, bytes(64))[:cut])


def test_another_kind_of_file_is_refused():
    with pytest.raises(ValueError, match="begins with"):
        split_glb(b"\x89PNG" + bytes(60))


def test_damaged_text_is_refused():
    with pytest.raises(ValueError, match="JSON is damaged"):
        split_glb(join_glb(DOCUMENT, b"").replace(b'{"asset"', b'}"asset"'))
