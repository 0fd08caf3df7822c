"""Bytes laid out by hand from the specifications, and the sockets of another program: none of our code."""

import socket
import struct

DEVICE, SUBJECT = b"0F53DC1F-1FCB-4B5E-8A46-D1D6AAC10A33", "Telefon ü".encode()


def send_from_elsewhere(port, *packets):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        for data in packets:
            other.sendto(data, ("127.0.0.1", port))


def osc(address, tags, *arguments):
    def text(characters):
        data = characters.encode("ascii") + b"\0"
        return data + b"\0" * (-len(data) % 4)

    packed = (text(x) if isinstance(x, str) else struct.pack(">i" if type(x) is int else ">f", x) for x in arguments)
    return text(address) + text(f",{tags}") + b"".join(packed)


def bundled(*messages):
    sized = (struct.pack(">i", len(data)) + data for data in messages)
    return b"#bundle\0" + struct.pack(">II", 0, 1) + b"".join(sized)


def live_link(values=None):
    """A packet of version 6; without values, what the telephone sends when it sees no face."""
    head = struct.pack(">B", 6) + struct.pack(">i36s", 36, DEVICE) + struct.pack(">i", len(SUBJECT)) + SUBJECT
    if values is None:
        return head
    return head + struct.pack(">ifii", 6000, 0.25, 60, 1) + struct.pack(">B61f", 61, *values)
