"""Laws of Live Link Face: hand-made bytes of both layouts are read, and damage is a `ValueError` and nothing else."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toonface.drive.live_link import LiveLinkPacket, LiveLinkTime, decode_live_link, encode_live_link
from toonface.drive.live_link_face import LiveLinkFace

DEVICE = "0F53DC1F-1FCB-4B5E-8A46-D1D6AAC10A33"
NAME = "iPhone é"
FLOATS = [k / 64 for k in range(61)]
TIME = struct.pack(">ifii", 1234, 0.5, 60, 1)
FACE = b"\x3d" + struct.pack(">61f", *FLOATS)
# As PyLiveLinkFace describes it: a little-endian 6, then "$" and the device; "$" is the length of the device, 36.
STRINGS_FIRST = struct.pack("<i", 6) + b"$" + DEVICE.encode() + struct.pack(">i", 9) + NAME.encode() + TIME + FACE
STRINGS_LAST = b"\x05" + TIME + FACE + struct.pack(">i", 9) + NAME.encode() + struct.pack(">i", 36) + DEVICE.encode()

times = st.builds(
    dict,
    frame=st.integers(-(2**31), 2**31 - 1),
    fraction=st.floats(0, 1, width=32, exclude_max=True),
    numerator=st.integers(1, 2**31 - 1),
    denominator=st.integers(1, 2**31 - 1),
)
floats = st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=61, max_size=61)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def packet(values=FLOATS, *, device=DEVICE, subject=NAME, **time):
    values = np.array(values, dtype=float)
    return LiveLinkPacket(
        device=device,
        subject=subject,
        time=LiveLinkTime(**({"frame": 1234, "fraction": 0.5, "numerator": 60, "denominator": 1} | time)),
        face=LiveLinkFace(weights=values[:52], head=values[52:55], eyes=values[55:].reshape(2, 3)),
    )


def same(one, other):
    assert (one.device, one.subject, one.time) == (other.device, other.subject, other.time)
    for name in ("weights", "head", "eyes"):
        np.testing.assert_array_equal(getattr(one.face, name), getattr(other.face, name))


def test_the_packet_is_as_long_as_its_description_says():
    assert len(STRINGS_FIRST) == 306 + len(NAME.encode())


@pytest.mark.parametrize("data", [STRINGS_FIRST, STRINGS_LAST], ids=["strings first", "strings last"])
def test_bytes_laid_out_by_hand_are_read(data):
    found = decode_live_link(data)
    assert (found.device, found.subject) == (DEVICE, NAME)
    assert found.time.seconds == pytest.approx(1234.5 / 60)
    np.testing.assert_array_equal(found.face.weights, FLOATS[:52])
    np.testing.assert_array_equal(found.face.head, FLOATS[52:55])
    np.testing.assert_array_equal(found.face.eyes.ravel(), FLOATS[55:])


def test_bytes_laid_out_by_hand_are_written():
    assert encode_live_link(packet()) == STRINGS_FIRST
    assert encode_live_link(packet(), "strings last")[1:] == STRINGS_LAST[1:]


def test_without_a_face_the_packet_stops_after_the_name():
    data = STRINGS_FIRST[: -len(TIME) - len(FACE)]
    found = decode_live_link(data)
    assert found == LiveLinkPacket(device=DEVICE, subject=NAME)
    assert encode_live_link(found) == data


@pytest.mark.parametrize("layout", ["strings first", "strings last"])
@given(floats, texts, texts, times)
def test_decoding_undoes_encoding(layout, values, device, subject, time):
    sent = packet(values, device=device, subject=subject, **time)
    same(decode_live_link(encode_live_link(sent, layout)), sent)


@given(st.binary(max_size=400) | st.binary(max_size=400).map(lambda rest: b"\x06\0\0\0\x01a\0\0\0\x01b" + rest))
def test_any_bytes_are_a_packet_or_a_value_error(data):
    try:
        decode_live_link(data)
    except ValueError as error:
        assert "expected" in str(error)


@pytest.mark.parametrize("whole", [STRINGS_FIRST, STRINGS_LAST], ids=["strings first", "strings last"])
def test_every_shorter_or_longer_packet_is_refused(whole):
    no_face = len(STRINGS_FIRST) - len(TIME) - len(FACE)
    for length in set(range(len(whole))) - ({no_face} if whole is STRINGS_FIRST else set()):
        with pytest.raises(ValueError, match="expected"):
            decode_live_link(whole[:length])
    with pytest.raises(ValueError, match="expected"):
        decode_live_link(whole + b"\0")


def test_the_first_version_of_unreal_s_plugin_is_refused():
    # Version 1 as its source writes it: subject, seconds as a double, frame number, count, 51 values.
    data = b"\x01" + struct.pack(">i6sdI", 6, b"iPhone", 12.5, 750) + b"\x33" + struct.pack(">51f", *FLOATS[:51])
    with pytest.raises(ValueError, match="expected"):
        decode_live_link(data)


@given(st.sampled_from([STRINGS_FIRST, STRINGS_LAST]), st.integers(0, 300), st.integers(0, 255))
def test_a_changed_byte_is_a_packet_or_a_value_error(whole, place, byte):
    try:
        decode_live_link(whole[:place] + bytes([byte]) + whole[place + 1 :])
    except ValueError as error:
        assert "expected" in str(error)


def changed(place, layout, *values):
    size = struct.calcsize(layout)
    return STRINGS_FIRST[:place] + struct.pack(layout, *values) + STRINGS_FIRST[place + size :]


AFTER_NAME = 5 + 36 + 4 + 9


@pytest.mark.parametrize(
    "data, what",
    [
        (b"", "begins with b'', expected a version from 1 to 6"),
        (b"\x07" + STRINGS_FIRST[1:], "expected a version from 1 to 6"),
        (changed(1, ">i", -1), "wants -1 bytes"),
        (changed(1, ">i", 2**31 - 1), "wants 2147483647 bytes at 5"),
        (changed(5, "1s", b"\xff"), "expected UTF-8"),
        (changed(AFTER_NAME + 4, ">f", np.nan), "fraction of the frame is nan"),
        (changed(AFTER_NAME + 8, ">i", 0), "the frame rate is 0 / 1, expected both above 0"),
        (changed(AFTER_NAME + 16, "B", 52), "has 52 values, expected 61"),
        (changed(AFTER_NAME + 17 + 4 * 17, ">f", np.inf), "jawOpen is inf, expected a finite number"),
        (STRINGS_FIRST + b"ab", "2 bytes behind its end"),
    ],
)
def test_a_malformed_packet_says_what_was_found_and_expected(data, what):
    with pytest.raises(ValueError, match=what):
        decode_live_link(data)


@pytest.mark.parametrize(
    "make, what",
    [
        (lambda: encode_live_link(packet(subject="\ud800")), "has a UTF-8 form"),
        (lambda: encode_live_link(packet(frame=2**31)), "numbers of 32 bits"),
        (lambda: encode_live_link(packet(numerator=0)), "expected both above 0"),
        (lambda: encode_live_link(packet([np.nan, *FLOATS[1:]])), "eyeBlinkLeft is nan"),
        (lambda: encode_live_link(packet([1e300, *FLOATS[1:]])), "1e\\+300 in size"),
        (lambda: encode_live_link(LiveLinkPacket(device="", subject=""), "strings last"), "has no face"),
        (lambda: LiveLinkPacket(device="", subject="", face=packet().face), "expected both or neither"),
    ],
)
def test_what_has_no_bytes_is_not_encoded(make, what):
    with pytest.raises(ValueError, match=what):
        make()
