"""The addresses of the web application."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, StreamingResponse
from starlette.exceptions import HTTPException as AnyHTTPException

from toonface.serve.driving import add_driving
from toonface.serve.files import JOB_FILES, load_page, package_files, policy_of, unzipped
from toonface.serve.guard import Guard
from toonface.serve.job import UPLOAD, Job
from toonface.serve.jobs import FullError, Jobs
from toonface.serve.limits import Limits
from toonface.serve.uploads import receive_picture
from toonface.stages.stylization.stylize import StylizeOptions

GLANCE_SECONDS = 0.1
"""Between two looks at a job's story."""
BEAT_SECONDS = 15.0
"""After which a silent connection is shown to be alive."""
SWEEP_SECONDS = 5.0
MOST_FACES = 100
CACHED = {"Cache-Control": "private, max-age=3600"}


def make_app(jobs: Jobs, host: str = "127.0.0.1") -> Guard:
    """Return the application; the workers start and end with it.

    Args:
        jobs: that it takes, works on and keeps.
        host: address that it will listen at.

    Raises:
        ValueError: the page is missing.
    """
    page = load_page()

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        jobs.start()
        sweeper = asyncio.create_task(_sweep(jobs))
        try:
            yield
        finally:
            sweeper.cancel()
            await asyncio.to_thread(jobs.close)

    # Without its documentation, which would be loaded from elsewhere.
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, lifespan=life)
    app.state.jobs = jobs
    app.add_exception_handler(AnyHTTPException, _tell_fault)
    _add_pages(app, page)
    _add_orders(app)
    _add_results(app)
    add_driving(app, jobs.limits)
    return Guard(app, host, policy_of(page))


def _add_pages(app: FastAPI, page: str) -> None:
    files = package_files()

    @app.api_route("/", methods=["GET", "HEAD"])
    async def index() -> Response:
        return HTMLResponse(page)

    @app.get("/files/{name}")
    async def package_file(name: str, request: Request) -> Response:
        found = files.get(name)
        if found is None:
            raise HTTPException(404, "not here")
        if not found.zipped:
            return FileResponse(found.path, media_type=found.media_type, headers=CACHED)
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers = {**CACHED, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
            return FileResponse(found.path, media_type=found.media_type, headers=headers)
        return Response(
            unzipped(found.path), media_type=found.media_type, headers={**CACHED, "Vary": "Accept-Encoding"}
        )


def _add_orders(app: FastAPI) -> None:
    @app.post("/api/jobs", status_code=202)
    async def begin(request: Request, style: str = "soft", strength: str = "1", face: str = "0") -> Response:
        jobs: Jobs = app.state.jobs
        options, number = _options(style, strength, face)
        try:
            job = jobs.reserve(options, number)
        except FullError as error:
            await _drain(request, jobs.limits)
            return _fault(429, str(error), {"Retry-After": str(error.seconds)})
        try:
            await receive_picture(request.stream(), job.folder / UPLOAD, jobs.limits)
        except BaseException:  # the client may also have gone away
            await asyncio.to_thread(jobs.forget, job)
            raise
        jobs.add(job)
        return JSONResponse({"id": job.id}, status_code=202)

    @app.delete("/api/jobs/{name}", status_code=204)
    async def forget(name: str) -> None:
        await asyncio.to_thread(app.state.jobs.forget, _found(app, name))


def _add_results(app: FastAPI) -> None:
    @app.get("/api/jobs/{name}/events")
    async def events(name: str, request: Request) -> Response:
        job, number = _found(app, name), _number(request.headers.get("last-event-id", "-1"), -1) + 1
        story = _story(app.state.jobs, job, max(number, 0))
        return StreamingResponse(story, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    @app.get("/api/jobs/{name}/{file}")
    async def job_file(name: str, file: str) -> Response:
        job = _found(app, name)
        if job.fault is not None:
            raise HTTPException(*job.fault)
        if file not in JOB_FILES or not job.has(file):
            raise HTTPException(404, "not here, or not yet")
        media_type, saved_as = JOB_FILES[file]
        return FileResponse(job.folder / file, media_type=media_type, filename=saved_as, headers=CACHED)


def _found(app: FastAPI, name: str) -> Job:
    job = app.state.jobs.find(name)
    if job is None:
        raise HTTPException(404, "there is no such portrait any more; results are kept for a while only")
    return job


def _options(style: str, strength: str, face: str) -> tuple[StylizeOptions, int]:
    try:
        number = _number(face, -1)
        if not 0 <= number < MOST_FACES:
            raise ValueError(f"face is {face[:20]!r}, expected a number from 0 to {MOST_FACES - 1}")
        return StylizeOptions(style=style[:20], strength=float(strength)), number
    except ValueError as error:
        raise HTTPException(400, str(error)) from None


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


async def _drain(request: Request, limits: Limits) -> None:
    """Read on to the end of a body that is not wanted, within limits: browsers read no answer before."""
    size = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(limits.upload_seconds):
            async for piece in request.stream():
                size += len(piece)
                if size > limits.body_bytes:
                    return


async def _story(jobs: Jobs, job: Job, number: int) -> AsyncIterator[str]:
    """Tell what has happened and what happens, as Server-Sent Events that can be taken up again."""
    quiet, told = 0.0, None
    while True:
        ended = job.ended_at is not None  # asked first, so that nothing is missed
        fresh = job.since(number)
        for event in fresh:
            yield f"id: {number}\ndata: {json.dumps(event)}\n\n"
            number += 1
        if ended:
            return
        ahead = jobs.ahead_of(job)
        if ahead is not None and ahead != told:
            yield f"data: {json.dumps({'kind': 'queued', 'ahead': ahead})}\n\n"
        told, quiet = ahead, 0.0 if fresh else quiet + GLANCE_SECONDS
        if quiet >= BEAT_SECONDS:
            yield ": still here\n\n"
            quiet = 0.0
        await asyncio.sleep(GLANCE_SECONDS)


async def _sweep(jobs: Jobs) -> None:
    while True:
        await asyncio.sleep(min(SWEEP_SECONDS, 10.0 * jobs.limits.keep_minutes))
        await asyncio.to_thread(jobs.sweep)


def _fault(status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"fault": sentence}, status_code=status, headers=headers)


async def _tell_fault(_: Request, error: Exception) -> Response:
    assert isinstance(error, AnyHTTPException)
    return _fault(error.status_code, str(error.detail))
