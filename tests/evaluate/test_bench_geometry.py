"""Each step of the geometry is timed, and no other figure appears."""

import pytest

from toonface.evaluate.bench_geometry import measure_geometry

MADE = {"refine", "fine", "rig", "atlas"}
"""What is computed once per model."""
STEPS = MADE | {"diffuse", "atlas"}


def test_every_step_is_timed(face_model):
    said = []
    figures = measure_geometry(face_model, said.append, repeats=1)
    assert set(said) == STEPS
    times = {f"{name}.{kind}" for name in STEPS for kind in ("ms", "p90_ms")}
    assert set(figures) == times | {f"{name}.prepare_ms" for name in MADE}
    assert all(value > 0.0 for value in figures.values())


def test_no_repeats_are_refused(face_model):
    with pytest.raises(ValueError, match="repeats is 0, expected at least 1"):
        measure_geometry(face_model, repeats=0)
