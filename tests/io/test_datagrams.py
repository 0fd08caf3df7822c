"""Laws of the sockets: what is sent arrives whole, waiting ends, and only this machine is heard unless asked."""

import socket
import time

import pytest

from toonface.io.datagrams import LARGEST, LOOPBACK, MOST_WAITING, DatagramReceiver, DatagramSender


@pytest.fixture
def receiver():
    with DatagramReceiver(0) as receiver:
        yield receiver


@pytest.fixture
def sender(receiver):
    with DatagramSender(receiver.port) as sender:
        yield sender


@pytest.mark.parametrize("data", [b"", b"a", bytes(range(256)) * 40], ids=len)
def test_what_is_sent_arrives(receiver, sender, data):
    sender.send(data)
    assert receiver.receive(5.0) == data


def test_packets_that_wait_come_in_order_and_then_no_more(receiver, sender):
    for number in range(9):
        sender.send(bytes([number]))
    assert list(receiver.receive_all(5.0)) == [bytes([number]) for number in range(9)]
    assert list(receiver.receive_all(0.0)) == []


def test_a_fast_sender_does_not_hold_the_receiver_for_ever(receiver, sender, monkeypatch):
    monkeypatch.setattr(receiver, "receive", lambda timeout_seconds: b"more")
    assert len(list(receiver.receive_all(0.0))) == MOST_WAITING


def test_waiting_ends(receiver):
    start = time.monotonic()
    assert receiver.receive(0.05) is None
    assert time.monotonic() - start < 5.0
    assert receiver.receive(0.0) is None


def test_only_this_machine_is_heard_unless_asked(receiver):
    assert receiver._socket.getsockname() == (LOOPBACK, receiver.port)
    with DatagramReceiver(0, "0.0.0.0") as open_one:
        assert open_one._socket.getsockname()[0] == "0.0.0.0"


def test_a_closed_port_is_free_again():
    with DatagramReceiver(0) as first:
        port = first.port
    with DatagramReceiver(port) as second:
        assert second.port == port


def test_sending_where_nobody_listens_is_no_error():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unused:
        unused.bind((LOOPBACK, 0))
        port = unused.getsockname()[1]
    with DatagramSender(port) as sender:
        sender.send(b"a")
        sender.send(b"b")


def test_a_port_that_is_taken_is_refused(receiver):
    with pytest.raises(ValueError, match=rf"cannot listen at 127.0.0.1:{receiver.port} .* expected a free port"):
        DatagramReceiver(receiver.port)


@pytest.mark.parametrize(
    "make, what",
    [
        (lambda: DatagramReceiver(-1), "the port is -1, expected 0 to 65535"),
        (lambda: DatagramReceiver(65536), "the port is 65536, expected 0 to 65535"),
        (lambda: DatagramReceiver(0, "192.0.2.1"), "cannot listen at 192.0.2.1:0"),
        (lambda: DatagramReceiver(0, "a" * 300), "cannot listen at"),
        (lambda: DatagramSender(0), "the port is 0, expected 1 to 65535"),
        (lambda: DatagramSender(1, "::1"), "'::1' is not found"),
        (lambda: DatagramSender(1, "a" * 300), "is not found"),
    ],
)
def test_an_address_that_is_none_says_why(make, what):
    with pytest.raises(ValueError, match=what):
        make()


@pytest.mark.parametrize("timeout", [-1.0, float("nan"), float("inf")])
def test_a_timeout_that_is_none_is_refused(receiver, timeout):
    with pytest.raises(ValueError, match=rf"timeout is {timeout} s, expected 0 to 1e6"):
        receiver.receive(timeout)


def test_a_packet_that_is_too_large_is_refused(sender):
    with pytest.raises(ValueError, match=f"has {LARGEST + 1} bytes, expected at most {LARGEST}"):
        sender.send(bytes(LARGEST + 1))
