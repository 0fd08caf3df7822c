"""Runs the web application until Ctrl-C."""

import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from toonface.io.workers import Task
from toonface.serve.app import make_app
from toonface.serve.jobs import Jobs
from toonface.serve.limits import Limits

GRACE_SECONDS = 2
"""That open connections have to end, once the server stops."""
MOST_CONNECTIONS = 200


def run_server(make: Callable[[], Task], limits: Limits, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve until the process is interrupted; then workers and files are gone.

    Args:
        make: of a worker's task.
        limits: how much it takes on.
        host: address to listen at.
        port: in [0, 65535]; 0 takes any that is free.
        ready: told the address, once it can be opened.

    Raises:
        ValueError: the port or the host is none, or is taken, or the page is missing.
    """
    listener = listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listener.getsockname()[1]}/"

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                ready(address)

    # uvicorn stops in an orderly way at the first Ctrl-C, and then raises it once more.
    with listener, suppress(KeyboardInterrupt):
        Server(server_config(Jobs(make, limits), host)).run(sockets=[listener])


def server_config(jobs: Jobs, host: str) -> uvicorn.Config:
    """Return how the application is served.

    Args:
        jobs: that it takes.
        host: address that it listens at.

    Raises:
        ValueError: the page is missing.
    """
    return uvicorn.Config(
        make_app(jobs, host),
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_keep_alive=15,
        limit_concurrency=MOST_CONNECTIONS,
        ws_max_size=jobs.limits.frame_bytes,
    )


def listen(host: str, port: int) -> socket.socket:
    """Open the socket.

    Args:
        host: an address or a name of this machine.
        port: in [0, 65535].

    Raises:
        ValueError: the port is none, or is taken, or the host is not of this machine.
    """
    if not 0 <= port <= 65535:
        raise ValueError(f"the port is {port}, expected one in [0, 65535]")
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        raise ValueError(f"cannot listen at {host}, port {port} ({error.strerror}); choose another port") from None
