"""Laws of OSC: bytes as the specification lays them out, inverses, and malformed packets that say what is wrong."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toonface.drive.osc import (
    DEEPEST,
    IMMEDIATELY,
    OscBundle,
    OscMessage,
    decode_osc,
    encode_osc,
    message,
    messages_of,
)

# The two examples of the specification, byte by byte.
OSCILLATOR = b"/oscillator/4/frequency\0,f\0\0" + bytes.fromhex("43dc0000")
FOO = (
    b"/foo\0\0\0\0,iisff\0\0" + bytes.fromhex("000003e8 ffffffff") + b"hello\0\0\0" + bytes.fromhex("3f9df3b6 40b5b22d")
)

strings = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=9)
arguments = st.one_of(
    st.tuples(st.just("i"), st.integers(-(2**31), 2**31 - 1)),
    st.tuples(st.just("h"), st.integers(-(2**63), 2**63 - 1)),
    st.tuples(st.just("f"), st.floats(width=32, allow_nan=False)),
    st.tuples(st.just("d"), st.floats(allow_nan=False)),
    st.tuples(st.just("s"), strings),
    st.tuples(st.just("b"), st.binary(max_size=9)),
    st.sampled_from([("T", True), ("F", False), ("N", None)]),
)
messages = st.tuples(strings, st.lists(arguments, max_size=6))
plans = st.recursive(
    messages, lambda inner: st.tuples(st.integers(0, 2**64 - 1), st.lists(inner, max_size=3)), max_leaves=5
)


def built(plan):
    """A packet: a name and its arguments make a message, a number and its parts a bundle."""
    first, rest = plan
    if isinstance(first, int):
        return OscBundle(time_tag=first, packets=tuple(built(part) for part in rest))
    tags, values = "".join(tag for tag, _ in rest), tuple(value for _, value in rest)
    return OscMessage(address=f"/{first}", tags=tags, values=values)


@pytest.mark.parametrize(
    "packet, data",
    [
        (message("/oscillator/4/frequency", 440.0), OSCILLATOR),
        (message("/foo", 1000, -1, "hello", *struct.unpack(">ff", bytes.fromhex("3f9df3b640b5b22d"))), FOO),
        (message("/a", *(True, False, None)), b"/a\0\0,TFN\0\0\0\0"),
        (message("/a", b"12345"), b"/a\0\0,b\0\0\0\0\0\x0512345\0\0\0"),
        (OscMessage(address="/a", tags="hd", values=(-2, 0.5)), b"/a\0\0,hd\0" + struct.pack(">qd", -2, 0.5)),
        (message("/abc"), b"/abc\0\0\0\0,\0\0\0"),
        (OscBundle(time_tag=IMMEDIATELY, packets=()), b"#bundle\0\0\0\0\0\0\0\0\x01"),
        (
            OscBundle(time_tag=2**63, packets=(message("/a"), message("/b", 1))),
            b"#bundle\0\x80\0\0\0\0\0\0\0" + b"\0\0\0\x08/a\0\0,\0\0\0" + b"\0\0\0\x0c/b\0\0,i\0\0\0\0\0\x01",
        ),
    ],
    ids=lambda value: None if isinstance(value, bytes) else str(getattr(value, "address", "bundle")),
)
def test_packets_are_laid_out_as_the_specification_says(packet, data):
    assert encode_osc(packet) == data
    assert decode_osc(data) == packet


@given(plans)
def test_decoding_undoes_encoding(plan):
    packet = built(plan)
    assert decode_osc(encode_osc(packet)) == packet


@given(st.binary(max_size=80) | st.binary(max_size=60).map(lambda rest: b"#bundle\0" + rest))
def test_any_bytes_are_a_packet_or_a_value_error(data):
    try:
        packet = decode_osc(data)
    except ValueError:
        return
    again = encode_osc(packet)
    assert encode_osc(decode_osc(again)) == again


@given(plans, st.data())
def test_a_damaged_packet_is_a_packet_or_a_value_error(plan, data):
    damaged = bytearray(encode_osc(built(plan)))
    place = data.draw(st.integers(0, len(damaged) - 1))
    damaged[place] = data.draw(st.integers(0, 255))
    length = data.draw(st.integers(0, len(damaged)))
    for broken in (bytes(damaged), bytes(damaged[:length])):
        try:
            decode_osc(broken)
        except ValueError as error:
            assert "expected" in str(error)


def test_numbers_of_numpy_that_are_python_numbers_have_their_tag():
    assert message("/a", np.float64(0.5)) == message("/a", 0.5)


def test_tags_may_be_missing_where_there_are_no_arguments():
    assert decode_osc(b"/VMC/Ext/Blend/Apply\0\0\0\0") == message("/VMC/Ext/Blend/Apply")


def test_messages_come_in_order_out_of_nested_bundles():
    a, b, c = (message(f"/{name}") for name in "abc")
    inner = OscBundle(time_tag=IMMEDIATELY, packets=(b,))
    assert list(messages_of(OscBundle(time_tag=IMMEDIATELY, packets=(a, inner, c)))) == [a, b, c]


def nested(depth):
    data = b""
    for _ in range(depth):
        data = b"#bundle\0" + struct.pack(">Q", 1) + (struct.pack(">i", len(data)) + data if data else b"")
    return data


def test_bundles_lie_as_deep_as_is_read():
    assert encode_osc(decode_osc(nested(DEEPEST))) == nested(DEEPEST)


@pytest.mark.parametrize("depth", [DEEPEST + 1, 3000])
def test_a_tower_of_bundles_does_not_exhaust_the_stack(depth):
    with pytest.raises(ValueError, match=f"{DEEPEST + 1} deep, expected at most {DEEPEST}"):
        decode_osc(nested(depth))


@pytest.mark.parametrize(
    "data, what",
    [
        (b"", "without an end, expected a zero byte"),
        (b"/a\0", "3 bytes, expected a multiple of 4"),
        (b"/abc", "without an end, expected a zero byte"),
        (b"abc\0,\0\0\0", "'abc', expected one that begins with a slash"),
        (b"/a\0\0i\0\0\0\0\0\0\x01", "'i', expected a comma first"),
        (b"/a\0\0,q\0\0", "'q', expected one of i f s b"),
        (b"/a\0\0,i\0\0", "wants 4 bytes at 8, expected 0 to 0"),
        (b"/a\0\0,i\0\0\0\0\0\x01\0\0\0\0", "4 bytes behind its end"),
        (b"/a\0x,\0\0\0", "filled up with b'x', expected zeros"),
        (b"/a\0\0,b\0\0\xff\xff\xff\xff", "wants -1 bytes"),
        (b"/\xff\0\0,\0\0\0", "expected UTF-8"),
        (b"#bundle\0\0\0\0\0", "wants 8 bytes"),
        (b"#bundle\0\0\0\0\0\0\0\0\x01\0\0\0\x02/a\0\0", "2 bytes, expected a multiple of 4"),
        (b"#bundle\0\0\0\0\0\0\0\0\x01\xff\xff\xff\xfc", "wants -4 bytes"),
    ],
)
def test_a_malformed_packet_says_what_was_found_and_expected(data, what):
    with pytest.raises(ValueError, match=what):
        decode_osc(data)


@pytest.mark.parametrize(
    "packet, what",
    [
        (message("a"), "'a', expected one that begins with a slash"),
        (message("/a\0b"), "no zero character"),
        (message("/\ud800"), "has a UTF-8 form"),
        (message("/a", 2**31), "2147483648, expected one that fits into type 'i'"),
        (message("/a", 1e300), "expected one that fits into type 'f'"),
        (OscMessage(address="/a", tags="i", values=(0.5,)), "0.5 with type tag 'i', expected int"),
        (OscMessage(address="/a", tags="f", values=(True,)), "True with type tag 'f', expected float"),
        (OscMessage(address="/a", tags="T", values=(False,)), "False with type tag 'T', expected one of"),
        (OscMessage(address="/a", tags="x", values=(1,)), "1 with type tag 'x', expected one of"),
        (OscMessage(address="/a", tags="", values=(1,)), "expected one tag for each"),
        (OscBundle(time_tag=-1, packets=()), "-1, expected 64 bits"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_has_no_bytes_is_not_encoded(packet, what):
    with pytest.raises(ValueError, match=what):
        encode_osc(packet)
