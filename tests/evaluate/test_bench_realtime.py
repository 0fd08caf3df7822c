"""Frames are timed beside what memory allows, and the paper's figure is that of the paper."""

import numpy as np
import pytest

from toonface.evaluate.bench_realtime import (
    PAPER_SHAPES,
    PAPER_VERTICES,
    TYPICAL,
    a_rigged_head,
    frame_work,
    measure_realtime,
)

HEADS = ("frame.lod0", "frame.paper_size")
FRAMES = {f"{head}{kind}" for head in HEADS for kind in ("", ".typical", ".bound")} | {"animate"}


@pytest.fixture(scope="module")
def rigged(face_model):
    return a_rigged_head(face_model)


def test_frames_and_their_bounds_are_timed(face_model):
    said = []
    figures = measure_realtime(face_model, {}, said.append, repeats=1)
    assert set(said) == FRAMES
    times = {f"{name}.{kind}" for name in FRAMES for kind in ("ms", "p90_ms")}
    assert set(figures) == times | {"frame.paper_size.fps", "paper.fps"}
    assert all(value > 0.0 for value in figures.values())
    assert figures["frame.paper_size.fps"] == pytest.approx(1000.0 / figures["frame.paper_size.ms"])


def test_the_paper_s_size_is_that_of_the_paper_and_a_typical_frame_has_few_weights(rigged):
    work = frame_work(rigged)
    weights, out = work["frame.paper_size"].args
    assert (len(weights), len(out)) == (PAPER_SHAPES, PAPER_VERTICES)
    assert np.all(weights > 0.0)
    for head in HEADS:
        assert TYPICAL <= np.count_nonzero(work[f"{head}.typical"].args[0]) <= 25


def test_the_bound_copies_no_more_than_a_frame_touches(rigged):
    work = frame_work(rigged)
    for head in HEADS:
        shapes = work[head].func.__self__
        there, here = work[f"{head}.bound"].args
        assert 0 <= shapes.bytes_touched - there.nbytes - here.nbytes <= 1
        # All offsets, 12 bytes each, and the head itself, read and written.
        assert shapes.bytes_touched > 12 * shapes.entries + 2 * shapes.rest.nbytes


def test_no_repeats_are_refused(face_model):
    with pytest.raises(ValueError, match="repeats is 0, expected at least 1"):
        measure_realtime(face_model, {}, repeats=0)
