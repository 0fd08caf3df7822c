"""UDP packets, in and out. Nothing but this machine is listened to unless that is asked for."""

import socket
from collections.abc import Iterator
from types import TracebackType

LOOPBACK = "127.0.0.1"
LARGEST = 65507
"""Bytes that one UDP packet can hold over IPv4."""
MOST_WAITING = 1024
"""Packets that are taken at once: a sender that is faster than its receiver must not hold it for ever."""


class DatagramReceiver:
    """Listens at a port until it is closed.

    Args:
        port: in [0, 65535]; 0 takes any that is free, see `port`.
        host: address of this machine at which to listen; "0.0.0.0" hears the whole network.

    Raises:
        ValueError: the port or the host is none, or somebody listens there already.
    """

    def __init__(self, port: int, host: str = LOOPBACK) -> None:
        _check_port(port, least=0)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.bind((host, port))
        except (OSError, UnicodeError) as error:
            self._socket.close()
            raise ValueError(
                f"cannot listen at {host}:{port} ({error}), expected a free port of this machine"
            ) from None

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._socket.getsockname()[1]

    def receive(self, timeout_seconds: float) -> bytes | None:
        """Wait for one packet.

        Args:
            timeout_seconds: how long; 0 takes only what waits already.

        Returns:
            Its bytes, or None when there was none in time.

        Raises:
            ValueError: the time is negative or not finite.
        """
        # The upper bound is what every platform's clock holds.
        if not 0.0 <= timeout_seconds <= 1e6:
            raise ValueError(f"the timeout is {timeout_seconds} s, expected 0 to 1e6")
        self._socket.settimeout(timeout_seconds)
        try:
            return self._socket.recv(LARGEST + 1)
        except (TimeoutError, BlockingIOError, ConnectionResetError):
            # The last one is what Windows says here when a packet that this machine sent found no listener.
            return None

    def receive_all(self, timeout_seconds: float) -> Iterator[bytes]:
        """Wait for a packet and yield it and those that wait behind it, so that nobody falls behind.

        Args:
            timeout_seconds: for the first.
        """
        for count in range(MOST_WAITING):
            data = self.receive(0.0 if count else timeout_seconds)
            if data is None:
                return
            yield data

    def close(self) -> None:
        """Stop listening; a second call does nothing."""
        self._socket.close()

    def __enter__(self) -> "DatagramReceiver":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class DatagramSender:
    """Sends to one address until it is closed; whether anybody listens there is not known.

    Args:
        port: in [1, 65535].
        host: name or address of the machine.

    Raises:
        ValueError: the port is none, or the host is not found.
    """

    def __init__(self, port: int, host: str = LOOPBACK) -> None:
        _check_port(port, least=1)
        try:
            found = socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_DGRAM)
        except (OSError, UnicodeError) as error:
            raise ValueError(f"the host {host!r} is not found ({error}), expected a name or an address") from None
        self._address = found[0][4]
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def send(self, data: bytes) -> None:
        """Send one packet.

        Args:
            data: at most `LARGEST` bytes.

        Raises:
            ValueError: it is larger.
            OSError: the network is down.
        """
        if len(data) > LARGEST:
            raise ValueError(f"the packet has {len(data)} bytes, expected at most {LARGEST}")
        self._socket.sendto(data, self._address)

    def close(self) -> None:
        """Stop sending; a second call does nothing."""
        self._socket.close()

    def __enter__(self) -> "DatagramSender":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _check_port(port: int, *, least: int) -> None:
    if not least <= port <= 65535:
        raise ValueError(f"the port is {port}, expected {least} to 65535")
