"""Open Sound Control 1.0: messages and bundles as bytes (Wright, opensoundcontrol.org/spec-1_0).

Numbers are big-endian; strings end with a zero byte and everything is filled with zeros to multiples of 4 bytes.
Besides the four types that the specification demands (i, f, s, b) there are T, F, N, h and d of its common extensions.
Strings are UTF-8, as the VMC protocol wants it; those of the specification are ASCII, which is the same bytes.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from toonface.drive.byte_reader import ByteReader

OscValue: TypeAlias = int | float | str | bytes | bool | None

NUMBERS = {"i": (">i", int), "h": (">q", int), "f": (">f", float), "d": (">d", float)}
"""Type tag → format of the bytes, and the Python type."""
CONSTANTS: dict[str, OscValue] = {"T": True, "F": False, "N": None}
"""Type tag → value of an argument that takes no bytes."""
GUESSES = {int: "i", float: "f", str: "s", bytes: "b"}
"""Type of a value → the tag that `message` gives it."""
IMMEDIATELY = 1
"""The time tag that means "now"."""
BUNDLE = b"#bundle\0"
DEEPEST = 8
"""Bundles in bundles that are read; deeper ones come from nobody and would exhaust the stack."""


@dataclass(frozen=True, kw_only=True)
class OscMessage:
    """An address and its arguments."""

    address: str
    """Begins with a slash."""
    tags: str
    """One type tag per value: i, f, s, b, T, F, N, h or d."""
    values: tuple[OscValue, ...]


@dataclass(frozen=True, kw_only=True)
class OscBundle:
    """Packets that belong together."""

    time_tag: int
    """NTP time: seconds since 1900 in the upper 32 bits, fractions in the lower; 1 is "now"."""
    packets: tuple["OscMessage | OscBundle", ...]


OscPacket: TypeAlias = OscMessage | OscBundle


def message(address: str, *values: OscValue) -> OscMessage:
    """Make a message whose tags follow from the Python types: int → i, float → f, and so on; never h or d.

    Args:
        address: begins with a slash.
        values: the arguments.
    """
    return OscMessage(address=address, tags="".join(_guess(value) for value in values), values=values)


def messages_of(packet: OscPacket) -> Iterator[OscMessage]:
    """Yield the messages of a packet in order, those in bundles too.

    Args:
        packet: of any kind.
    """
    if isinstance(packet, OscMessage):
        yield packet
        return
    for inner in packet.packets:
        yield from messages_of(inner)


def encode_osc(packet: OscPacket) -> bytes:
    """Return the bytes of a packet.

    Args:
        packet: a message or a bundle.

    Raises:
        ValueError: an address has no slash, tags do not fit the values, a number does not fit into its type, or a
            string has a zero character or no UTF-8 form.
    """
    if isinstance(packet, OscMessage):
        return _encode_message(packet)
    if not 0 <= packet.time_tag < 2**64:
        raise ValueError(f"the time tag is {packet.time_tag}, expected 64 bits without a sign")
    parts = [encode_osc(inner) for inner in packet.packets]
    sized = b"".join(struct.pack(">i", len(part)) + part for part in parts)
    return BUNDLE + struct.pack(">Q", packet.time_tag) + sized


def decode_osc(data: bytes) -> OscPacket:
    """Read a packet; what is decoded can be encoded again, to the same packet.

    A message that ends after its address has no arguments: old senders leave out the tags then.

    Args:
        data: all bytes of one packet.

    Raises:
        ValueError: the bytes are no OSC packet.
    """
    return _decode(data, 0)


def _guess(value: OscValue) -> str:
    if isinstance(value, bool):
        return "T" if value else "F"
    return next((tag for kind, tag in GUESSES.items() if isinstance(value, kind)), "N")


def _decode(data: bytes, depth: int) -> OscPacket:
    if len(data) % 4:
        raise ValueError(f"an OSC packet has {len(data)} bytes, expected a multiple of 4")
    return _decode_bundle(data, depth) if data.startswith(BUNDLE) else _decode_message(data)


def _decode_bundle(data: bytes, depth: int) -> OscBundle:
    if depth >= DEEPEST:
        raise ValueError(f"OSC bundles lie {depth + 1} deep, expected at most {DEEPEST}")
    reader = ByteReader(data, "OSC bundle")
    reader.take(len(BUNDLE))
    (time_tag,) = reader.unpack(">Q")
    packets = []
    while reader.left:
        (size,) = reader.unpack(">i")
        packets.append(_decode(reader.take(size), depth + 1))
    return OscBundle(time_tag=time_tag, packets=tuple(packets))


def _decode_message(data: bytes) -> OscMessage:
    reader = ByteReader(data, "OSC message")
    address = _take_string(reader)
    if not address.startswith("/"):
        raise ValueError(f"the OSC address is {address!r}, expected one that begins with a slash")
    tags = _take_string(reader) if reader.left else ","
    if not tags.startswith(","):
        raise ValueError(f"the OSC type tags of {address} are {tags!r}, expected a comma first")
    values = tuple(_take_value(reader, tag) for tag in tags[1:])
    reader.end()
    return OscMessage(address=address, tags=tags[1:], values=values)


def _take_value(reader: ByteReader, tag: str) -> OscValue:
    if tag in CONSTANTS:
        return CONSTANTS[tag]
    if tag in NUMBERS:
        return reader.unpack(NUMBERS[tag][0])[0]
    if tag == "s":
        return _take_string(reader)
    if tag == "b":
        (size,) = reader.unpack(">i")
        blob = reader.take(size)
        _take_filling(reader, -size % 4)
        return blob
    raise ValueError(f"an OSC type tag is {tag!r}, expected one of i f s b T F N h d")


def _take_string(reader: ByteReader) -> str:
    text = reader.take_until_zero()
    _take_filling(reader, -(len(text) + 1) % 4)
    return reader.text(text)


def _take_filling(reader: ByteReader, count: int) -> None:
    filling = reader.take(count)
    if filling.strip(b"\0"):
        raise ValueError(f"OSC bytes are filled up with {filling!r}, expected zeros")


def _encode_message(packet: OscMessage) -> bytes:
    if not packet.address.startswith("/"):
        raise ValueError(f"the OSC address is {packet.address!r}, expected one that begins with a slash")
    if len(packet.tags) != len(packet.values):
        raise ValueError(f"{len(packet.values)} OSC values have tags {packet.tags!r}, expected one tag for each")
    arguments = [_encode_value(tag, value) for tag, value in zip(packet.tags, packet.values, strict=True)]
    return _string(packet.address) + _string(f",{packet.tags}") + b"".join(arguments)


def _encode_value(tag: str, value: OscValue) -> bytes:
    if tag in CONSTANTS and value is CONSTANTS[tag]:
        return b""
    if tag in NUMBERS:
        return _number(tag, value)
    if tag == "s" and isinstance(value, str):
        return _string(value)
    if tag == "b" and isinstance(value, bytes):
        return struct.pack(">i", len(value)) + value + bytes(-len(value) % 4)
    raise ValueError(f"an OSC value is {value!r} with type tag {tag!r}, expected one of i f s b T F N h d that fits it")


def _number(tag: str, value: OscValue) -> bytes:
    layout, kind = NUMBERS[tag]
    if isinstance(value, bool) or not isinstance(value, (int, kind)):
        raise ValueError(f"an OSC value is {value!r} with type tag {tag!r}, expected {kind.__name__}")
    try:
        return struct.pack(layout, value)
    except (struct.error, OverflowError):
        raise ValueError(f"an OSC value is {value!r}, expected one that fits into type {tag!r}") from None


def _string(text: str) -> bytes:
    try:
        data = text.encode()
    except UnicodeEncodeError:
        raise ValueError(f"an OSC string is {text!r}, expected one that has a UTF-8 form") from None
    if 0 in data:
        raise ValueError(f"an OSC string is {text!r}, expected no zero character")
    return data + bytes(4 - len(data) % 4)
