"""Laws of the server: it answers with what it was given, to this machine's browser, and never with a file."""

import http.client
import socket
import threading

import pytest

from toonface.io.page_server import PageServer, ServedFile

TABLE = {
    "/": ServedFile(data="<p>é</p>".encode(), media_type="text/html; charset=utf-8"),
    "/avatar": ServedFile(data=bytes(range(256)), media_type="model/gltf-binary"),
}


@pytest.fixture(scope="module")
def port():
    server = PageServer(TABLE)
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield int(server.address.rstrip("/").rsplit(":", 1)[1])
    server.stop()
    thread.join(timeout=10)
    assert not thread.is_alive()


def ask(port, path, method="GET", host=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest(method, path, skip_host=True)
    connection.putheader("Host", host or f"127.0.0.1:{port}")
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


@pytest.mark.parametrize("path", list(TABLE))
def test_what_is_in_the_table_is_sent_as_it_is(port, path):
    answer, body = ask(port, path)
    assert (answer.status, body) == (200, TABLE[path].data)
    assert answer.getheader("Content-Type") == TABLE[path].media_type
    assert ask(port, f"{path}?again")[1] == TABLE[path].data


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "/../../../../etc/passwd", "/%2e%2e/setup.py", "//etc/passwd", "/avatar/", "*"]
)
def test_no_other_path_is_anything(port, path):
    answer, body = ask(port, path)
    assert (answer.status, body) == (404, b"not here\n")


@pytest.mark.parametrize("path", ["/", "/nothing"])
def test_every_answer_says_what_the_page_may_do(port, path):
    answer, _ = ask(port, path)
    assert answer.getheader("X-Content-Type-Options") == "nosniff"
    policy = answer.getheader("Content-Security-Policy")
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "http" not in policy


def test_a_page_that_reached_us_under_another_name_gets_nothing(port):
    answer, body = ask(port, "/avatar", host=f"evil.example:{port}")
    assert answer.status == 421 and TABLE["/avatar"].data not in body
    assert ask(port, "/", host=f"localhost:{port}")[0].status == 200


def test_head_is_answered_without_a_body_and_post_not_at_all(port):
    answer, body = ask(port, "/avatar", method="HEAD")
    assert (answer.status, answer.getheader("Content-Length"), body) == (200, "256", b"")
    assert ask(port, "/", method="POST")[0].status == 501


def test_it_listens_on_this_machine_only(port):
    server = PageServer(TABLE)
    assert server.address.startswith("http://127.0.0.1:")
    threading.Thread(target=server.stop).start()
    server.serve()


def test_a_port_that_is_taken_or_none_is_one_line(port):
    with pytest.raises(ValueError, match=r"the port is 70000, expected one in \[0, 65535\]"):
        PageServer(TABLE, 70000)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ValueError, match="cannot listen at port"):
            PageServer(TABLE, taken.getsockname()[1])


def test_events_are_told_as_they_come_and_a_browser_that_goes_ends_nothing_else():
    ended = threading.Event()

    def events():
        yield '{"jaw": 1}'
        yield ""
        yield '{"jaw": 2}'
        ended.wait(10)

    server = PageServer(TABLE, events={"/live": events})
    thread = threading.Thread(target=server.serve)
    thread.start()
    port = int(server.address.rstrip("/").rsplit(":", 1)[1])
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/live")
        answer = connection.getresponse()
        assert answer.getheader("Content-Type") == "text/event-stream"
        assert "default-src 'none'" in answer.getheader("Content-Security-Policy")
        assert answer.read(len(b'data: {"jaw": 1}\n\n:\n\ndata: {"jaw": 2}\n\n')).count(b"data: ") == 2
        connection.close()
        assert ask(port, "/")[0].status == 200
        assert ask(port, "/live", method="HEAD")[0].status == 404
        assert ask(port, "/live", host="elsewhere.example")[0].status == 421
    finally:
        ended.set()
        server.stop()
        thread.join(timeout=10)
