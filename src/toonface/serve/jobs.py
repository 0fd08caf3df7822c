"""All jobs of the server: who may enter, which are kept, and the private folder in which they lie."""

import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic

from toonface.io.workers import Task
from toonface.serve.crew import Crew
from toonface.serve.job import UPLOAD, Job
from toonface.serve.limits import Limits
from toonface.stages.stylization.stylize import StylizeOptions

WAIT_SECONDS = 15
"""What a client is asked to wait for each job that is before it."""


class FullError(Exception):
    """There is no room for another job.

    Args:
        seconds: after which it may be worth another try.
    """

    def __init__(self, seconds: int) -> None:
        super().__init__(f"the server is busy with other portraits; try again in {seconds} s")
        self.seconds = seconds


class Jobs:
    """Jobs by their names, which nobody can guess.

    Args:
        make: of the workers; see `Crew`.
        limits: how many, and for how long.
    """

    def __init__(self, make: Callable[[], Task], limits: Limits) -> None:
        self.limits = limits
        self.folder = Path(mkdtemp(prefix="toonface-"))
        """For this user only."""
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._crew = Crew(make, limits, self._ended)

    def start(self) -> None:
        """Start the workers."""
        self._crew.start()

    def reserve(self, style: StylizeOptions, face: int) -> Job:
        """Give a job its place, before its upload is read.

        Args:
            style: how the portrait is drawn.
            face: which one.

        Raises:
            FullError: there is no place.
        """
        with self._lock:
            open_jobs = sum(job.ended_at is None for job in self._jobs.values())
            if open_jobs >= self.limits.jobs + self.limits.queue:
                raise FullError(WAIT_SECONDS * max(open_jobs // self.limits.jobs, 1))
            job = Job(self.folder, style, face)
            self._jobs[job.id] = job
            return job

    def add(self, job: Job) -> None:
        """Have a job done.

        Args:
            job: whose upload is complete.
        """
        self._crew.add(job)

    def find(self, name: str) -> Job | None:
        """Return the job of that name.

        Args:
            name: what a client says.
        """
        with self._lock:
            return self._jobs.get(name)

    def ahead_of(self, job: Job) -> int | None:
        """Count the jobs before this one; None if it does not wait."""
        return self._crew.ahead_of(job)

    def forget(self, job: Job) -> None:
        """Stop a job and delete what there is of it.

        Args:
            job: any.
        """
        with self._lock:
            self._jobs.pop(job.id, None)
        if not self._crew.drop(job):  # else its folder goes when the worker lets go of it
            shutil.rmtree(job.folder, ignore_errors=True)

    def sweep(self) -> None:
        """Forget what has been kept for long enough, and the oldest where there are too many."""
        with self._lock:
            ended = [job for job in self._jobs.values() if job.ended_at is not None]
        ended.sort(key=lambda job: job.ended_at or 0.0)
        latest = monotonic() - 60.0 * self.limits.keep_minutes
        surplus = len(ended) - self.limits.kept
        for number, job in enumerate(ended):
            if number < surplus or (job.ended_at or 0.0) < latest:
                self.forget(job)

    def close(self) -> None:
        """End the workers and delete everything."""
        self._crew.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _ended(self, job: Job) -> None:
        (job.folder / UPLOAD).unlink(missing_ok=True)
        if self.find(job.id) is None:  # forgotten while it was worked on
            shutil.rmtree(job.folder, ignore_errors=True)
