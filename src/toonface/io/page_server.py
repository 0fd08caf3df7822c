"""A server of a few pages that are held in memory, for a browser on this machine and for nobody else."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOOPBACK = "127.0.0.1"
HOSTS = (LOOPBACK, "localhost")
"""Names under which a browser may know this server."""
HTTP_PORT = 80
"""The port that browsers leave out."""
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src blob: data:; "
    "connect-src 'self' blob: data:; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The page is one file, so what it does itself is all that it may do."""


Events = Callable[[], Iterator[str]]


@dataclass(frozen=True, kw_only=True)
class ServedFile:
    """What is sent for one address."""

    data: bytes
    media_type: str


class PageServer:
    """Serves what it was given, at exactly these addresses; no path that a client sends ever reaches a disk.

    Args:
        table: path of the address, as in "/", to what lies there.
        port: in [0, 65535]; 0 takes any that is free.
        events: path of the address to what is told there as Server-Sent Events, for as long as it goes on: one line
            of text each, empty ones only keep the connection.

    Raises:
        ValueError: the port is none, or is taken.
    """

    def __init__(
        self, table: Mapping[str, ServedFile], port: int = 0, events: Mapping[str, Events] | None = None
    ) -> None:
        if not 0 <= port <= 65535:
            raise ValueError(f"the port is {port}, expected one in [0, 65535]")
        handler = type("Handler", (_Handler,), {"table": dict(table), "events": dict(events or {})})
        try:
            self._server = ThreadingHTTPServer((LOOPBACK, port), handler)
        except OSError as error:
            raise ValueError(f"cannot listen at port {port} ({error.strerror}); choose another, or 0") from None
        self._server.daemon_threads = True
        self._port = self._server.server_address[1]
        handler.hosts = {f"{name}:{self._port}" for name in HOSTS} | (set(HOSTS) if self._port == HTTP_PORT else set())

    @property
    def address(self) -> str:
        """What a browser opens."""
        return f"http://{LOOPBACK}:{self._port}/"

    def serve(self) -> None:
        """Answer until `stop` is called from another thread, or an exception such as KeyboardInterrupt comes."""
        try:
            self._server.serve_forever(poll_interval=0.2)
        finally:
            self._server.server_close()

    def stop(self) -> None:
        """Make `serve` return."""
        self._server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    table: Mapping[str, ServedFile]
    events: Mapping[str, Events]
    hosts: set[str]
    server_version, sys_version = "toonface", ""
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: whoever started the server wants to read its address, not every request."""

    def _answer(self, *, with_body: bool) -> None:
        # A page of another site can make a browser send requests here under a name of its own (DNS rebinding).
        ours = self.headers.get("Host", "") in self.hosts
        path = self.path.partition("?")[0]
        if ours and with_body and path in self.events:
            return self._tell(self.events[path])
        served = self.table.get(path) if ours else None
        found = served or ServedFile(data=b"not here\n", media_type="text/plain; charset=utf-8")
        self.send_response(200 if served else 404 if ours else 421)
        self._head(found.media_type, ("Content-Length", str(len(found.data))))
        if with_body:
            self.wfile.write(found.data)

    def _tell(self, events: Events) -> None:
        self.close_connection = True
        self.send_response(200)
        self._head("text/event-stream", ("Connection", "close"))
        try:
            for text in events():
                self.wfile.write(f"data: {text}\n\n".encode() if text else b":\n\n")
                self.wfile.flush()
        except OSError:
            return  # the browser has gone

    def _head(self, media_type: str, further: tuple[str, str]) -> None:
        for name, value in (
            ("Content-Type", media_type),
            further,
            ("Content-Security-Policy", POLICY),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Cache-Control", "no-store"),
        ):
            self.send_header(name, value)
        self.end_headers()
