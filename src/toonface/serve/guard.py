"""What holds for every request: it comes from our own page under our own name, and its answer stays with us."""

from collections.abc import Awaitable, Callable, MutableMapping
from ipaddress import ip_address
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK = ("127.0.0.1", "localhost", "::1")
EVERYWHERE = ("0.0.0.0", "::")
HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Embedder-Policy", "require-corp"),
    ("X-Frame-Options", "DENY"),
    ("Permissions-Policy", "camera=(self), microphone=(), geolocation=()"),
)
NOT_OURS = b"this server is not known by that name\n"
STRANGER = b"pages of other sites may not use this server\n"


class Guard:
    """Refuses foreign hosts (DNS rebinding) and foreign pages, and adds the headers that every answer has.

    Args:
        app: what it guards.
        host: address that the server listens at.
        policy: Content-Security-Policy of every answer.
    """

    def __init__(self, app: App, host: str, policy: str) -> None:
        self.app, self._host = app, host
        headers = (("Content-Security-Policy", policy), *HEADERS)
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection; see ASGI."""
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get("host", "")
        if not self._is_ours(host):
            return await self._refuse(scope, send, 421, NOT_OURS)
        origin = headers.get("origin")
        if origin is not None and origin not in (f"http://{host}", f"https://{host}"):
            return await self._refuse(scope, send, 403, STRANGER)

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                extra = [pair for pair in self._headers if pair[0] not in present]
                if b"cache-control" not in present:
                    extra.append((b"cache-control", b"no-store"))
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        return await self.app(scope, receive, marked)

    def _is_ours(self, host: str) -> bool:
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        name = name.strip("[]").lower()
        if name in (*LOOPBACK, self._host.lower()):
            return True
        # A server for the network is reached by its numbers; a page can only rebind names.
        return self._host in EVERYWHERE and _is_number(name)

    async def _refuse(self, scope: Scope, send: Send, status: int, text: bytes) -> None:
        if scope["type"] == "websocket":
            return await send({"type": "websocket.close", "code": 1008})
        plain = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(text)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": [*plain, *self._headers]})
        await send({"type": "http.response.body", "body": text})
        return None


def _is_number(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
