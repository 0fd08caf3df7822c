"""A WebSocket that takes camera frames and answers each with what the face does."""

import asyncio
from contextlib import suppress
from typing import Any

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from toonface.io.workers import Worker, start_worker
from toonface.serve.face_reader import make_reader_task
from toonface.serve.limits import Limits

SILENCE_SECONDS = 30.0
"""Without a frame, after which a connection is ended."""
ANSWER_SECONDS = 20.0
"""That reading a frame may take; on a new installation the first face waits for code to be compiled."""
LOAD_SECONDS = 60.0
TRY_LATER, TOO_LARGE, BROKEN = 1013, 1009, 1011
"""Codes of WebSocket."""


def add_driving(app: FastAPI, limits: Limits) -> None:
    """Add the address to the application.

    Args:
        app: of the server.
        limits: connections at once, and the size of a frame.
    """
    busy: set[WebSocket] = set()

    @app.websocket("/api/drive")
    async def drive(socket: WebSocket) -> None:
        await socket.accept()
        if len(busy) >= limits.drivers:
            return await socket.close(TRY_LATER, "the server reads as many other cameras as it can; try again later")
        busy.add(socket)
        worker: Worker | None = None
        try:
            worker = await asyncio.to_thread(start_worker, make_reader_task)
            await _serve(socket, worker, limits)
        except (ChildProcessError, TimeoutError):
            with suppress(RuntimeError, WebSocketDisconnect):
                await socket.close(BROKEN, "the reader of faces has ended; start the camera again")
        except (WebSocketDisconnect, KeyError):  # gone, or speaking in text
            return None
        finally:
            busy.discard(socket)
            if worker is not None:
                await asyncio.shield(asyncio.to_thread(_end, worker))


async def _serve(socket: WebSocket, worker: Worker, limits: Limits) -> None:
    await socket.send_json(await asyncio.to_thread(_ask, worker, b"", LOAD_SECONDS))
    while True:
        async with asyncio.timeout(SILENCE_SECONDS):
            data = await socket.receive_bytes()
        if len(data) > limits.frame_bytes:
            return await socket.close(TOO_LARGE, "the frame is too large")
        await socket.send_json(await asyncio.to_thread(_ask, worker, data, ANSWER_SECONDS))


def _ask(worker: Worker, data: bytes, seconds: float) -> dict[str, Any]:
    worker.ask(data)
    if not worker.connection.poll(seconds):
        raise TimeoutError
    try:
        return worker.answer()
    except (ValueError, RuntimeError) as error:  # networks that are missing, or a fault of our own
        raise ChildProcessError(str(error)) from None


def _end(worker: Worker) -> None:
    worker.stop()
    worker.join()
