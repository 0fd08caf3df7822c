"""Twenty users at once: each gets a head, some after a 429; then memory, files and threads are as before."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from tests.serve.serving import PATIENCE_SECONDS, client, made, picture, story, wait_for

USERS = 20
ROUNDS = 2
MOST_GROWTH_BYTES = 12 << 20
KEPT = 24


def memory_bytes():
    """Resident memory of this process, in which the server runs."""
    status = Path("/proc/self/statm")
    if not status.exists():
        pytest.skip("there is no /proc here to read memory from")
    return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Speaking(httpx.Client):
    """A user; `busy` counts how often the server was full."""

    busy = 0

    def head(self, colour):
        """Upload until there is room, and wait for the end."""
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            answer = self.post("/api/jobs", content=picture(colour, size=(400, 400), kind="JPEG"))
            if answer.status_code == 202:
                name = answer.json()["id"]
                return name, story(self, name)[-1]
            assert answer.status_code == 429, answer.text
            assert int(answer.headers["retry-after"]) > 0
            assert time.monotonic() < end, "never was there room"
            self.busy += 1
            time.sleep(0.05)  # an impatient user: sooner than was asked for


def one_user(address, number):
    with Speaking(base_url=address, timeout=PATIENCE_SECONDS, trust_env=False, verify=False) as user:
        name, end = user.head((240, 200, 100 + 5 * number))
        got = len(user.get(f"/api/jobs/{name}/avatar.glb").content)
        return end["kind"], got, user.busy


def test_twenty_users_at_once_lose_nothing_and_leave_nothing():
    with client(queue=4, kept=KEPT, jobs=1) as app:
        made(app)
        with ThreadPoolExecutor(USERS) as users:
            # Threads, their arenas and imports stay for good: what comes after the first round must add nothing.
            results = list(users.map(lambda number: one_user(app.address, number), range(USERS)))
            before, threads = memory_bytes(), threading.active_count()
            for _ in range(ROUNDS):
                results += users.map(lambda number: one_user(app.address, number), range(USERS))
        assert [result[:2] for result in results] == [("done", 10_000)] * (USERS * (1 + ROUNDS))
        assert sum(busy for *_, busy in results) > 0, "the queue was never full: this tested nothing"
        app.jobs.sweep()
        wait_for(lambda: len(list(app.jobs.folder.iterdir())) <= KEPT)
        grown = memory_bytes() - before
        assert grown < MOST_GROWTH_BYTES, f"{grown / 1e6:.1f} MB more than before"
        assert threading.active_count() <= threads
