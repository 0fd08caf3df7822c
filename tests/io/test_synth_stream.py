"""Laws of the stream and of written shards: neither workers nor interruptions change a sample or a byte."""

import hashlib
import itertools
import os
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest
from tests.fake_renderer import (
    FakeRenderer,
    dying,
    full_disk,
    is_alive,
    no_model,
    threads,
)

from toonface.io.shard_set import ShardOptions
from toonface.io.shards import read_shard
from toonface.io.synth_stream import stream_samples, write_shards

PAIR = ("photo", "toon")
OPTIONS = ShardOptions(count=10, size=32, seed=5, shard_size=4)


def stream(indices, workers, load=FakeRenderer, styles=PAIR):
    return stream_samples(5, indices, styles=styles, size=32, workers=workers, load=load)


def fingerprint(numbered):
    index, styles = numbered
    return index, [(style, s.picture.tobytes(), s.labels.coefficients.tobytes()) for style, s in styles.items()]


def write(folder, workers=1, load=FakeRenderer, options=OPTIONS):
    wanted, steps = write_shards(folder, options, workers=workers, load=load)
    with closing(steps):
        return wanted, list(steps)


def hashes(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """What an uninterrupted run of one worker writes."""
    folder = tmp_path_factory.mktemp("whole")
    write(folder)
    return folder


def test_the_samples_and_their_order_do_not_depend_on_the_workers():
    indices = [7, 3, 4, 100, 0, 9, 8, 2, 1, 5, 6]
    wanted = [fingerprint(numbered) for numbered in stream(indices, 0)]
    assert [index for index, _ in wanted] == indices
    assert [fingerprint(numbered) for numbered in stream(indices, 2)] == wanted


def test_there_may_be_fewer_samples_than_workers_and_only_the_wanted_styles():
    ((index, sample),) = stream([3], 2, styles=("toon",))
    assert (index, list(sample)) == (3, ["toon"])


def test_the_stream_asks_only_a_little_ahead_of_its_reader():
    """So that endless indices work and memory does not grow."""
    asked = []
    with closing(stream(map(lambda i: asked.append(i) or i, itertools.count()), 2)) as samples:
        for wanted in range(20):
            index, _ = next(samples)
            assert index == wanted
            assert len(asked) - index <= 8


def test_a_closed_stream_leaves_no_process():
    samples = stream(itertools.count(), 2, load=threads)
    processes = {next(samples)[1]["photo"].labels.facts["process"] for _ in range(2)}
    assert len(processes) == 2 and all(map(is_alive, processes)) and os.getpid() not in processes
    samples.close()
    assert not any(map(is_alive, processes))


def test_every_worker_renders_with_one_thread(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    ((_, sample),) = stream([0], 1, load=threads)
    facts = sample["photo"].labels.facts
    assert (facts["OMP_NUM_THREADS"], facts["NUMBA_NUM_THREADS"]) == ("1", "1")


@pytest.mark.parametrize(
    ("load", "fault", "message"),
    [(dying, ChildProcessError, "SIGKILL"), (no_model, ValueError, "head.npz")],
)
def test_a_fault_of_a_worker_ends_the_stream_with_its_reason(load, fault, message):
    with pytest.raises(fault, match=message):
        list(stream(range(30), 2, load=load))


def test_a_negative_number_of_workers_is_refused():
    with pytest.raises(ValueError, match="workers is -1, expected a number of at least 0"):
        next(stream([0], -1))


def test_two_workers_write_the_bytes_of_one(whole, tmp_path):
    wanted, steps = write(tmp_path, workers=2)
    assert hashes(tmp_path) == hashes(whole)
    assert wanted == sum(step.samples for step in steps) == 10
    assert sorted(step.finished for step in steps if step.finished is not None) == [0, 1, 2]


def test_a_shard_holds_the_samples_of_the_stream(whole):
    found = [styles for path in sorted(whole.glob("*.tar")) for styles in read_shard(path)]
    wanted = [styles for _, styles in stream(range(10), 0)]
    for there, expected in zip(found, wanted, strict=True):
        for style in PAIR:
            np.testing.assert_array_equal(there[style].picture, expected[style].picture)
            np.testing.assert_array_equal(there[style].labels.coefficients, expected[style].labels.coefficients)


def test_an_interrupted_run_continues_to_the_bytes_of_an_uninterrupted_one(whole, tmp_path):
    wanted, steps = write_shards(tmp_path, OPTIONS, workers=1, load=FakeRenderer)
    for step in steps:
        if step.finished == 0:
            break
    next(steps)  # into the second shard
    assert (tmp_path / ".shard-000001.part.tar").exists()
    steps.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["manifest.json", "shard-000000.tar"]
    first = (tmp_path / "shard-000000.tar").stat().st_mtime_ns
    wanted, _ = write(tmp_path)
    assert wanted == 6
    assert hashes(tmp_path) == hashes(whole)
    assert (tmp_path / "shard-000000.tar").stat().st_mtime_ns == first


def test_what_a_killed_run_left_is_written_again(whole, tmp_path):
    write(tmp_path)
    (tmp_path / "shard-000002.tar").rename(tmp_path / ".shard-000002.part.tar")
    assert write(tmp_path)[0] == 2
    assert hashes(tmp_path) == hashes(whole)


def test_a_complete_folder_takes_no_worker(whole):
    before = hashes(whole)
    assert write(whole, load=no_model) == (0, [])
    assert hashes(whole) == before


@pytest.mark.parametrize(
    ("load", "fault", "message"),
    [
        (full_disk, OSError, r"cannot write .*shard-000001\.tar: No space left on device"),
        (dying, ChildProcessError, "SIGKILL"),
    ],
)
def test_a_fault_keeps_finished_shards_and_leaves_no_half_written_one(whole, tmp_path, load, fault, message):
    with pytest.raises(fault, match=message):
        write(tmp_path, load=load)
    assert hashes(tmp_path) == {name: hashes(whole)[name] for name in ("manifest.json", "shard-000000.tar")}


def test_writing_takes_a_worker(tmp_path):
    with pytest.raises(ValueError, match="workers is 0, expected a number of at least 1"):
        write_shards(tmp_path / "out", OPTIONS, workers=0)
    assert list(tmp_path.iterdir()) == []


def test_maps_are_left_out_on_wish(tmp_path):
    write(tmp_path, options=replace(OPTIONS, count=1, maps=False))
    (sample,) = read_shard(tmp_path / "shard-000000.tar")
    assert sample["photo"].labels.normals is None
