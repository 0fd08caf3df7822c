"""A head is timed from its portrait to its file, and what fails in a new process is told."""

import pytest

from toonface.evaluate.bench_create import create_in_new_process, measure_create


def test_no_repeats_are_refused():
    with pytest.raises(ValueError, match="repeats is 0, expected at least 1"):
        measure_create(repeats=0)


def test_a_command_that_fails_says_why(tmp_path):
    with pytest.raises(ValueError, match=r"exit code 2: .*none\.jpg"):
        create_in_new_process(tmp_path / "none.jpg", tmp_path / "head.glb")
    assert not list(tmp_path.iterdir())
