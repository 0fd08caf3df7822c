"""Live Link Face: the packets that Epic's telephone app sends at UDP port 11111, read and written.

All numbers are big-endian, strings are UTF-8 behind a 32-bit length in bytes. Version 6, as the app sends it:

    version (1 byte) | device | subject | time | 61 (1 byte) | 61 × float32

where time is frame number, fraction of a frame (float32), numerator and denominator of the frame rate. A packet
without a face stops after the subject. The older layout has the strings last:

    version (1 byte) | time | 61 (1 byte) | 61 × float32 | subject | device

Sources: think-biq/LLV, `src/llv/gesicht.py` (version 6) and `readme.md` (the older one); JimWest/PyLiveLinkFace, which
takes version and the length of the device for one little-endian number and a dollar sign: the same bytes.
"""

import struct
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from toonface.drive.byte_reader import ByteReader
from toonface.drive.live_link_face import VALUES, LiveLinkFace, face_of_values, values_of_face

PORT = 11111
VERSION = 6

Layout: TypeAlias = Literal["strings first", "strings last"]


@dataclass(frozen=True, kw_only=True)
class LiveLinkTime:
    """When a frame was taken."""

    frame: int
    fraction: float
    """Of a frame, in [0, 1)."""
    numerator: int
    """Frames in `denominator` seconds."""
    denominator: int

    @property
    def seconds(self) -> float:
        """Since frame 0."""
        return (self.frame + self.fraction) * self.denominator / self.numerator


@dataclass(frozen=True, kw_only=True)
class LiveLinkPacket:
    """One packet.

    Raises:
        ValueError: there is a time without a face, or a face without a time.
    """

    device: str
    """Identifies the telephone."""
    subject: str
    """What the user calls it."""
    time: LiveLinkTime | None = None
    face: LiveLinkFace | None = None
    """None, like the time, where the telephone sees no face."""

    def __post_init__(self) -> None:
        if (self.time is None) != (self.face is None):
            raise ValueError(f"the packet has time {self.time} and face {self.face}, expected both or neither")


def encode_live_link(packet: LiveLinkPacket, layout: Layout = "strings first") -> bytes:
    """Return the bytes of a packet.

    Args:
        packet: without a face only its strings are sent.
        layout: "strings first" is that of the app.

    Raises:
        ValueError: a number does not fit, a string has no UTF-8 form, or there is no face for "strings last".
    """
    device, subject = _string(packet.device), _string(packet.subject)
    body = b""
    if packet.face is not None and packet.time is not None:
        body = _time(packet.time) + _values(packet.face)
    if layout == "strings first":
        return bytes([VERSION]) + device + subject + body
    if not body:
        raise ValueError("the packet has no face, expected one with strings last")
    return bytes([VERSION]) + body + subject + device


def decode_live_link(data: bytes) -> LiveLinkPacket:
    """Read a packet in either layout. Its length says which: every byte must belong to something.

    Args:
        data: all bytes of one packet.

    Raises:
        ValueError: the bytes are no such packet.
    """
    if not data or not 1 <= data[0] <= VERSION:
        raise ValueError(f"the Live Link packet begins with {data[:1]!r}, expected a version from 1 to {VERSION}")
    try:
        return _decode_strings_first(data)
    except ValueError as error:
        try:
            return _decode_strings_last(data)
        except ValueError:
            raise error from None


def _decode_strings_first(data: bytes) -> LiveLinkPacket:
    reader = _reader(data)
    device, subject = _take_string(reader), _take_string(reader)
    if not reader.left:
        return LiveLinkPacket(device=device, subject=subject)
    time, face = _take_time(reader), _take_face(reader)
    reader.end()
    return LiveLinkPacket(device=device, subject=subject, time=time, face=face)


def _decode_strings_last(data: bytes) -> LiveLinkPacket:
    reader = _reader(data)
    time, face = _take_time(reader), _take_face(reader)
    subject, device = _take_string(reader), _take_string(reader)
    reader.end()
    return LiveLinkPacket(device=device, subject=subject, time=time, face=face)


def _reader(data: bytes) -> ByteReader:
    reader = ByteReader(data, "Live Link packet")
    reader.take(1)
    return reader


def _take_string(reader: ByteReader) -> str:
    (length,) = reader.unpack(">i")
    return reader.text(reader.take(length))


def _take_time(reader: ByteReader) -> LiveLinkTime:
    frame, fraction, numerator, denominator = reader.unpack(">ifii")
    time = LiveLinkTime(frame=frame, fraction=fraction, numerator=numerator, denominator=denominator)
    _check_time(time)
    return time


def _take_face(reader: ByteReader) -> LiveLinkFace:
    (count,) = reader.unpack(">B")
    if count != len(VALUES):
        raise ValueError(f"the Live Link packet has {count} values, expected {len(VALUES)}")
    return face_of_values(np.array(reader.unpack(f">{count}f")))


def _check_time(time: LiveLinkTime) -> None:
    if not np.isfinite(time.fraction):
        raise ValueError(f"the fraction of the frame is {time.fraction}, expected a finite number")
    if time.numerator < 1 or time.denominator < 1:
        raise ValueError(f"the frame rate is {time.numerator} / {time.denominator}, expected both above 0")


def _string(text: str) -> bytes:
    try:
        data = text.encode()
    except UnicodeEncodeError:
        raise ValueError(f"a string is {text!r}, expected one that has a UTF-8 form") from None
    return struct.pack(">i", len(data)) + data


def _time(time: LiveLinkTime) -> bytes:
    _check_time(time)
    try:
        return struct.pack(">ifii", time.frame, time.fraction, time.numerator, time.denominator)
    except (struct.error, OverflowError):
        raise ValueError(f"the time is {time}, expected numbers of 32 bits") from None


def _values(face: LiveLinkFace) -> bytes:
    values = values_of_face(face)
    face_of_values(values)
    try:
        return struct.pack(f">B{len(values)}f", len(values), *values)
    except OverflowError:
        raise ValueError(f"a value is {np.abs(values).max():g} in size, expected numbers of 32 bits") from None
