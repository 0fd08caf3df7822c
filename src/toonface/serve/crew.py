"""The processes that make avatars: each is told one job at a time, and is replaced when it dies or takes too long."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Any

from toonface.io.workers import Task, Worker, start_worker
from toonface.serve.job import Job
from toonface.serve.limits import Limits

LOG = logging.getLogger(__name__)
GLANCE_SECONDS = 0.2
"""Between two looks at whether a job may still go on."""
LOAD_SECONDS = 120.0
"""That a new worker may take to load its models."""


class Crew:
    """Takes jobs from a queue and has them done.

    Args:
        make: loads what a worker needs and returns its task: an order in, events out.
        limits: how many jobs at once, and for how long.
        finished: told each job that has ended, whatever way.
    """

    def __init__(self, make: Callable[[], Task], limits: Limits, finished: Callable[[Job], None]) -> None:
        self._make, self._limits, self._finished = make, limits, finished
        self._waiting: deque[Job] = deque()
        self._working: set[Job] = set()
        self._change = threading.Condition()
        self._closed = False
        self._threads = [threading.Thread(target=self._keep_busy, daemon=True) for _ in range(limits.jobs)]

    def start(self) -> None:
        """Start the processes; they load their models while nobody waits yet."""
        for thread in self._threads:
            thread.start()

    def add(self, job: Job) -> None:
        """Put a job at the end of the queue.

        Args:
            job: whose upload is complete.
        """
        with self._change:
            self._waiting.append(job)
            self._change.notify()

    def ahead_of(self, job: Job) -> int | None:
        """Count the jobs before this one; None if it does not wait.

        Args:
            job: any.
        """
        with self._change:
            return self._waiting.index(job) + len(self._working) if job in self._waiting else None

    def drop(self, job: Job) -> bool:
        """Take a job out of the queue, or have its worker stop at the next stage; tell whether a worker has it still.

        Args:
            job: any.
        """
        job.cancel()
        with self._change:
            if job in self._waiting:
                self._waiting.remove(job)
            return job in self._working

    def close(self) -> None:
        """End the processes, and whatever they work on."""
        with self._change:
            self._closed = True
            self._change.notify_all()
        for thread in self._threads:
            thread.join()
        while self._waiting:
            self._end(self._waiting.popleft(), 503, "the server has been stopped")

    def _keep_busy(self) -> None:
        worker = start_worker(self._make)
        try:
            while (job := self._next()) is not None:
                if not self._do(worker, job):
                    _end_worker(worker)
                    worker = worker if self._closed else start_worker(self._make)
        finally:
            _end_worker(worker)

    def _next(self) -> Job | None:
        with self._change:
            self._change.wait_for(lambda: self._waiting or self._closed)
            if self._closed:
                return None
            job = self._waiting.popleft()
            self._working.add(job)
            return job

    def _do(self, worker: Worker, job: Job) -> bool:
        """Have a job done; tell whether the worker is still good."""
        deadline = monotonic() + LOAD_SECONDS + self._limits.job_seconds
        try:
            worker.ask(job.order)
            while True:
                if self._closed:
                    return self._end(job, 503, "the server has been stopped")
                if monotonic() > deadline:
                    seconds = self._limits.job_seconds
                    return self._end(job, 504, f"this took longer than {seconds:.0f} s and was ended; try again")
                if not worker.connection.poll(GLANCE_SECONDS):
                    continue
                event: dict[str, Any] | None = worker.answer()
                if event is None:  # the order is done with
                    self._end(job, 500, "the work ended without a result")
                    return True
                if not job.since(0):  # the time counts from the first sign of work: a new worker loads its models first
                    deadline = monotonic() + self._limits.job_seconds
                job.tell(event)
        except Exception:  # the process died, could not load, or its task had a fault of its own
            LOG.exception("a job broke down")
            return self._end(job, 500, "the work broke down; this picture may be one that it cannot do")

    def _end(self, job: Job, status: int, sentence: str) -> bool:
        job.fail(status, sentence)  # no effect on one that has ended well
        with self._change:
            self._working.discard(job)
        self._finished(job)
        return False


def _end_worker(worker: Worker) -> None:
    worker.stop()
    worker.join()
