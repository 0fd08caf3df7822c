"""One portrait on its way to an avatar, and what is told of it."""

import threading
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe
from time import monotonic
from typing import Any

from toonface.stages.stylization.stylize import StylizeOptions

UPLOAD = "upload"
"""The portrait as it came, in the folder of its job."""
CANCELLED = "cancelled"
"""A file by which a worker learns that nobody waits any more."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a worker is asked to do; small, and picklable."""

    folder: Path
    """Holds `UPLOAD`, and takes what is made."""
    style: StylizeOptions
    face: int
    """Which one, counted from 0, the largest."""


class Job:
    """An order and its story so far; used by the server's threads and by its event loop.

    Args:
        folder: where a folder for this job is made.
        style: how the portrait is drawn.
        face: which one.
    """

    def __init__(self, folder: Path, style: StylizeOptions, face: int) -> None:
        self.id = token_urlsafe(16)
        self.order = Order(folder=folder / self.id, style=style, face=face)
        self.order.folder.mkdir(mode=0o700)
        self.ended_at: float | None = None
        """By `monotonic`; None while it waits or is worked on."""
        self.fault: tuple[int, str] | None = None
        """Status and sentence, once it has failed."""
        self._lock = threading.Lock()
        self._events: list[dict[str, Any]] = []
        self._files: set[str] = set()

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self.order.folder

    def tell(self, event: dict[str, Any]) -> None:
        """Add to the story; nothing follows an end.

        Args:
            event: with a `kind`: `stage`, `picture`, `faces`, `note`, or an end, which is `done` or `fault`.
        """
        with self._lock:
            if self.ended_at is not None:
                return
            self._events.append(event)
            if event["kind"] == "picture":
                self._files.add(event["name"])
            elif event["kind"] == "done":
                self._files.update(event["files"])
                self.ended_at = monotonic()
            elif event["kind"] == "fault":
                self.fault = (event["status"], event["sentence"])
                self.ended_at = monotonic()

    def fail(self, status: int, sentence: str) -> None:
        """End the story badly.

        Args:
            status: of HTTP; 4xx where another picture would do, 5xx where it is the server's doing.
            sentence: what happened and what helps.
        """
        self.tell({"kind": "fault", "status": status, "sentence": sentence})

    def since(self, number: int) -> list[dict[str, Any]]:
        """Return what was told from an event on.

        Args:
            number: of the first, at least 0.
        """
        with self._lock:
            return self._events[number:]

    def has(self, name: str) -> bool:
        """Whether a file has been made; only such are ever opened.

        Args:
            name: what a client asks for.
        """
        with self._lock:
            return name in self._files

    def cancel(self) -> None:
        """Say that nobody waits any more."""
        self.fail(410, "this job was cancelled")
        if self.folder.is_dir():
            (self.folder / CANCELLED).touch()
