"""Starts the application over a socket of this machine and speaks with it."""

import json
import threading
import time
from contextlib import contextmanager
from io import BytesIO

import httpx
import uvicorn
from PIL import Image
from tests.serve.fake_task import make_fake_task

from toonface.serve.jobs import Jobs
from toonface.serve.limits import Limits
from toonface.serve.server import listen, server_config

PATIENCE_SECONDS = 30.0


@contextmanager
def client(make=make_fake_task, host="127.0.0.1", **limits):
    """The application with a worker; `client.jobs` is what it keeps."""
    with listen("127.0.0.1", 0) as listener:
        jobs = Jobs(make, Limits(**limits))
        server = uvicorn.Server(server_config(jobs, host))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            wait_for(lambda: server.started)
            address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            with httpx.Client(base_url=address, timeout=PATIENCE_SECONDS, trust_env=False) as speaking:
                speaking.jobs, speaking.address = jobs, address
                yield speaking
        finally:
            server.should_exit = True
            thread.join()


def picture(colour=(240, 200, 170), size=(32, 32), kind="PNG"):
    """An upload."""
    data = BytesIO()
    Image.new("RGB", size, colour).save(data, kind)
    return data.getvalue()


def story(speaking, name, number=-1):
    """All events of a job until its end, from after a number on."""
    events = []
    headers = {"last-event-id": str(number)} if number >= 0 else {}
    with speaking.stream("GET", f"/api/jobs/{name}/events", headers=headers) as answer:
        assert answer.status_code == 200, answer.read()
        for line in answer.iter_lines():
            if line.startswith("data: "):
                events.append(json.loads(line.removeprefix("data: ")))
    return [event for event in events if event["kind"] != "queued"]


def made(speaking, colour=(240, 200, 170), **options):
    """Upload a picture and wait for its end: name and last event."""
    answer = speaking.post("/api/jobs", params=options, content=picture(colour))
    assert answer.status_code == 202, answer.text
    name = answer.json()["id"]
    return name, story(speaking, name)[-1]


def wait_for(law):
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not law():
        assert time.monotonic() < end, "this never came"
        time.sleep(0.02)
