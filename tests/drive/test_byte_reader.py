"""Laws of the reader of packets: it never reads past the end, and what it gives is the packet in order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toonface.drive.byte_reader import ByteReader


@given(st.lists(st.binary(max_size=9)))
def test_parts_that_are_taken_one_after_the_other_are_the_packet(parts):
    reader = ByteReader(b"".join(parts), "packet")
    assert [reader.take(len(part)) for part in parts] == parts
    reader.end()


@pytest.mark.parametrize("count", [-1, 4])
def test_no_more_than_there_is_is_taken(count):
    reader = ByteReader(b"abc", "packet")
    with pytest.raises(ValueError, match=rf"packet wants {count} bytes at 0, expected 0 to 3"):
        reader.take(count)
    assert reader.left == 3


def test_numbers_are_cut_off_by_the_end():
    with pytest.raises(ValueError, match="wants 4 bytes"):
        ByteReader(b"abc", "packet").unpack(">i")


def test_a_string_ends_at_its_zero():
    reader = ByteReader(b"ab\0c", "packet")
    assert reader.take_until_zero() == b"ab"
    assert reader.left == 1
    with pytest.raises(ValueError, match="without an end"):
        reader.take_until_zero()


def test_text_that_is_not_utf8_is_quoted():
    reader = ByteReader(b"", "packet")
    assert reader.text("é".encode()) == "é"
    with pytest.raises(ValueError, match=r"b'\\xff', expected UTF-8"):
        reader.text(b"\xff")


def test_what_is_left_over_is_an_error():
    with pytest.raises(ValueError, match="1 bytes behind its end at 0"):
        ByteReader(b"a", "packet").end()
