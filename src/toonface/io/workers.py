"""Worker processes that load something heavy once and then answer requests, each in order.

A worker runs ahead of its reader by a fixed number of answers, so memory does not grow. Whatever ends the reader (the
end of the work, an exception, Ctrl-C, an abandoned generator) ends the workers; a worker that dies is reported.
"""

import os
import queue
import signal
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Any

Task = Callable[[Any], Iterator[Any]]
"""Answers one request with any number of answers."""

AHEAD = 4
"""Answers that a worker keeps ready."""
PATIENCE_SECONDS = 5.0
"""How long a worker that was told to end is waited for."""
_STARTING = threading.Lock()
"""A start changes the environment, which all threads share."""
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


class Worker:
    """One process: requests go in, answers come out in the same order."""

    def __init__(self, make: Callable[[], Task]) -> None:
        # Spawned, not forked: the same on every system, and safe in programs that run threads or CUDA.
        context = get_context("spawn")
        self.connection, far_end = context.Pipe()
        self._process = context.Process(target=_serve, args=(far_end, make), daemon=True)
        self._process.start()
        far_end.close()  # so that the worker's death ends the connection

    def ask(self, request: object) -> None:
        """Send a request, without waiting for answers.

        Args:
            request: what the task understands; small, and at most `AHEAD` before the first answer is taken.

        Raises:
            ChildProcessError: the process has died.
        """
        try:
            self.connection.send(request)
        except OSError:
            raise self._death() from None

    def answer(self) -> Any:  # noqa: ANN401 - the task says what
        """Wait for the next answer.

        Raises:
            ChildProcessError: the process has died.
            Exception: what the task raised; of a class of its own it comes as a RuntimeError.
        """
        try:
            fault, answer = self.connection.recv()
        except (EOFError, OSError):
            raise self._death() from None
        if fault is not None:
            raise fault
        return answer

    def stop(self) -> None:
        """Ask the process to end at once."""
        self.connection.close()
        self._process.terminate()

    def join(self) -> None:
        """Wait until the process has ended, and end it by force if it does not."""
        self._process.join(PATIENCE_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def _death(self) -> ChildProcessError:
        self._process.join(PATIENCE_SECONDS)
        code = self._process.exitcode
        how = signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"
        return ChildProcessError(f"a worker process died ({how}); if memory ran out, use fewer workers")


def start_worker(make: Callable[[], Task]) -> Worker:
    """Start one process, which whoever asked for it stops and joins.

    Args:
        make: called once in the process; must be picklable.
    """
    with _STARTING, _quiet_start():
        return Worker(make)


@contextmanager
def start_workers(make: Callable[[], Task], count: int) -> Iterator[list[Worker]]:
    """Start processes that end with the block.

    Args:
        make: called once in each process; must be picklable.
        count: how many, at least 1.
    """
    team: list[Worker] = []
    try:
        with _quiet_start():
            for _ in range(count):
                team.append(Worker(make))
        yield team
    finally:
        for worker in team:
            worker.stop()
        for worker in team:
            worker.join()


def ready(team: Sequence[Worker]) -> list[Worker]:
    """Wait until workers have an answer, or have died, and return them.

    Args:
        team: not empty.
    """
    found = wait([worker.connection for worker in team])
    return [worker for worker in team if worker.connection in found]


@contextmanager
def _quiet_start() -> Iterator[None]:
    """Let processes start with one thread each, and deaf to Ctrl-C, which is the reader's to answer.

    The environment has to be set here: numpy reads it when it is imported, which is before the worker's first line.
    """
    before = {name: os.environ.get(name) for name in THREADS}
    resource_tracker.ensure_running()  # it would lift the mask if it started below
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if hasattr(signal, "pthread_sigmask") else None
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        if mask is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _serve(far_end: Connection, make: Callable[[], Task]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where there are no masks
    answers: queue.Queue = queue.Queue(AHEAD)
    threading.Thread(target=_send_all, args=(answers, far_end), daemon=True).start()
    with suppress(_ReaderIsGoneError):
        try:
            task = make()
            while True:
                for answer in task(_next_request(far_end)):
                    answers.put((None, answer))
        except Exception as error:
            answers.put((_portable(error), None))
        while True:  # until it is told to end: the reader may not have come to the fault yet
            _next_request(far_end)


class _ReaderIsGoneError(BaseException):
    """No fault of a task."""


def _next_request(far_end: Connection) -> object:
    try:
        return far_end.recv()
    except (EOFError, OSError):
        raise _ReaderIsGoneError from None


def _send_all(answers: queue.Queue, far_end: Connection) -> None:
    try:
        while True:
            far_end.send(answers.get())
    except OSError:
        os._exit(1)  # nobody reads any more, and the main thread may be waiting for room


def _portable(error: Exception) -> Exception:
    """Make an exception that survives the way to another process, with the place where it arose as a note."""
    expected = next((kind for kind in (OSError, ValueError) if isinstance(error, kind)), None)
    portable = expected(str(error)) if expected else RuntimeError(f"{type(error).__name__}: {error}")
    portable.add_note("In a worker process:\n" + "".join(traceback.format_exception(error)))
    return portable
