"""Laws of worker processes: answers come in order, faults come home, and nothing outlives its reader."""

import os
import signal
import time

import pytest
from tests.fake_renderer import is_alive

from toonface.io.workers import THREADS, ready, start_workers


def echoing():
    def task(request):
        for number in range(request):
            yield number, os.getpid()

    return task


def environment():
    def task(name):
        yield os.environ.get(name)

    return task


def failing():
    def task(request):
        yield request
        raise {"value": ValueError("bad value"), "system": OSError(28, "full"), "own": KeyError("hair")}[request]

    return task


def unloadable():
    raise ValueError("no model")


def endless():
    def task(_):
        yield os.getpid()
        while True:
            yield b"x" * 1_000_000

    return task


def mortal():
    def task(number):
        yield os.getpid()
        os.kill(os.getpid(), number)

    return task


def sleeping():
    def task(seconds):
        yield os.getpid()
        time.sleep(seconds)

    return task


def wait_until_gone(process):
    deadline = time.monotonic() + 5.0
    while is_alive(process) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not is_alive(process)


def test_each_worker_answers_in_order_from_a_process_of_its_own():
    with start_workers(echoing, 2) as team:
        for worker in team:
            worker.ask(3)
            worker.ask(2)
        answers = [[worker.answer() for _ in range(5)] for worker in team]
    assert [[number for number, _ in of] for of in answers] == [[0, 1, 2, 0, 1]] * 2
    processes = {process for of in answers for _, process in of}
    assert len(processes) == 2 and os.getpid() not in processes
    assert not any(map(is_alive, processes))


def test_a_worker_has_one_thread_and_the_reader_s_limits_stay(monkeypatch):
    monkeypatch.setenv(THREADS[0], "7")
    monkeypatch.delenv(THREADS[1], raising=False)
    with start_workers(environment, 1) as (worker,):
        for name in THREADS:
            worker.ask(name)
        assert [worker.answer() for _ in THREADS] == ["1"] * len(THREADS)
    assert os.environ[THREADS[0]] == "7" and THREADS[1] not in os.environ


@pytest.mark.parametrize(
    ("request_", "fault", "message"),
    [("value", ValueError, "bad value"), ("system", OSError, "full"), ("own", RuntimeError, "KeyError: 'hair'")],
)
def test_a_fault_arrives_after_the_answers_before_it_and_says_where_it_arose(request_, fault, message):
    with start_workers(failing, 1) as (worker,):
        worker.ask(request_)
        assert worker.answer() == request_
        with pytest.raises(fault, match=message) as caught:
            worker.answer()
    assert "in task" in caught.value.__notes__[0]


def test_a_worker_that_cannot_load_says_why_whenever_it_is_asked():
    with start_workers(unloadable, 1) as (worker,):
        assert ready([worker]) == [worker]
        worker.ask(1)
        with pytest.raises(ValueError, match="no model"):
            worker.answer()


def test_a_worker_that_dies_is_reported_with_its_signal():
    with start_workers(mortal, 1) as (worker,):
        worker.ask(0)
        process = worker.answer()
        worker.ask(int(signal.SIGKILL))
        with pytest.raises(ChildProcessError, match=r"worker process died \(SIGKILL\); if memory ran out"):
            while worker.answer() == process:
                pass
        assert not is_alive(process)
        with pytest.raises(ChildProcessError, match="SIGKILL"):
            worker.ask(1)


def test_only_workers_with_an_answer_are_ready():
    with start_workers(sleeping, 2) as (first, second):
        first.ask(0)
        assert ready([first, second]) == [first]


@pytest.mark.parametrize(("task", "request_"), [(endless, 0), (sleeping, 60)])
def test_a_busy_worker_ends_with_its_block(task, request_):
    start = time.monotonic()
    with pytest.raises(KeyError), start_workers(task, 1) as (worker,):
        worker.ask(request_)
        process = worker.answer()
        raise KeyError
    assert not is_alive(process)
    assert time.monotonic() - start < 5.0


def test_a_worker_whose_reader_is_gone_ends_by_itself():
    with start_workers(endless, 1) as (worker,):
        worker.ask(0)
        process = worker.answer()
        worker.connection.close()
        assert wait_until_gone(process)


def test_a_worker_does_not_hear_ctrl_c():
    with start_workers(sleeping, 1) as (worker,):
        worker.ask(0)
        os.kill(worker.answer(), signal.SIGINT)
        worker.ask(0)
        assert is_alive(worker.answer())


def test_the_reader_still_hears_ctrl_c():
    with start_workers(sleeping, 1), pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(1.0)
