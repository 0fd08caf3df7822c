"""Read a packet from front to back; whatever is wrong with it is a `ValueError`."""

import struct
from typing import Any


class ByteReader:
    """A place in a packet that moves on with every read.

    Args:
        data: the packet.
        what: its name in messages, as in "OSC message".
    """

    def __init__(self, data: bytes, what: str) -> None:
        self.data = data
        self.what = what
        self.place = 0

    @property
    def left(self) -> int:
        """Bytes that were not read yet."""
        return len(self.data) - self.place

    def take(self, count: int) -> bytes:
        """Return the next bytes.

        Args:
            count: how many.

        Raises:
            ValueError: there are fewer, or the count is negative.
        """
        if not 0 <= count <= self.left:
            raise ValueError(f"the {self.what} wants {count} bytes at {self.place}, expected 0 to {self.left}")
        self.place += count
        return self.data[self.place - count : self.place]

    def unpack(self, layout: str) -> tuple[Any, ...]:
        """Return the next numbers.

        Args:
            layout: as for `struct`.

        Raises:
            ValueError: the packet ends before them.
        """
        return struct.unpack(layout, self.take(struct.calcsize(layout)))

    def take_until_zero(self) -> bytes:
        """Return the bytes before the next zero byte and step over it.

        Raises:
            ValueError: there is none.
        """
        end = self.data.find(0, self.place)
        if end < 0:
            raise ValueError(f"the {self.what} has a string at {self.place} without an end, expected a zero byte")
        text = self.take(end - self.place)
        self.place += 1
        return text

    def text(self, data: bytes) -> str:
        """Return bytes as text.

        Args:
            data: UTF-8.

        Raises:
            ValueError: they are not UTF-8.
        """
        try:
            return data.decode()
        except UnicodeDecodeError:
            raise ValueError(f"the {self.what} has a string {data[:40]!r}, expected UTF-8") from None

    def end(self) -> None:
        """Raise `ValueError` unless everything was read."""
        if self.left:
            raise ValueError(f"the {self.what} has {self.left} bytes behind its end at {self.place}, expected none")
