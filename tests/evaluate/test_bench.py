"""Speed: each network that is there is timed on what it has to do, and no other figure appears."""

import numpy as np
import pytest

import toonface.evaluate.bench as bench
from toonface.evaluate.bench import look_once, measure_speed, start_program
from toonface.stages import coarse, expression, gaze, landmarks, parsing
from toonface.stages.stylization import crop


class Recorder:
    """Answers zeros of the right shapes and remembers what it was shown."""

    shapes = {  # noqa: RUF012
        "scores": (9,), "boxes": (9, 4), "points": (9, 5, 2), "sigma": (68,),
        "logits": (19, parsing.LOGITS_SIZE, parsing.LOGITS_SIZE),
        "offset": (3, 2, 64, 64), "scale": (3, 64, 64), "residual": (3, 3, 256, 256),
        "coefficients": (239,), "weights": (64,), "gaze": (4,), "rotation": (3,),
    }  # fmt: skip

    def __init__(self, points=(9, 5, 2)):
        self.seen, self.points = [], points

    def __call__(self, picture):
        self.seen.append(picture.shape)
        shapes = self.shapes | {"points": self.points}
        return {name: np.zeros((1, *shape), np.float32) for name, shape in shapes.items()}


class Eyes(Recorder):
    """Likewise, for two eyes."""

    def __call__(self, picture):
        self.seen.append(picture.shape)
        return {"gaze": np.zeros((2, 2)), "sigma": np.ones((2, 1)), "slope": np.zeros((2, 4))}


@pytest.fixture
def no_program(monkeypatch):
    monkeypatch.setattr(bench, "start_program", lambda: None)


def test_every_network_is_run_on_its_own_size(no_program):
    networks = {name: Recorder() for name in ("detector", "parser", "coarse", "stylizer")}
    networks |= {name: Recorder((68, 2)) for name in ("landmarks", "expression")} | {"gaze": Eyes()}
    said = []
    figures = measure_speed(networks, said.append, repeats=2)
    expected = {"detector", "detector.first_look", "landmarks", "parser", "coarse", "expression", "gaze", "live"}
    expected |= {"stylizer"}
    assert {name.removesuffix(".ms") for name in figures if name.endswith(".ms")} == expected == set(said)
    assert set(networks["detector"].seen) == {(1, 3, 640, 640), (1, 3, 320, 320)}
    stages = {"landmarks": landmarks, "parser": parsing, "coarse": coarse, "expression": expression, "stylizer": crop}
    for name, stage in stages.items():
        assert set(networks[name].seen) == {(1, 3, stage.SIZE, stage.SIZE)}
    assert set(networks["gaze"].seen) == {(2, 3, gaze.SIZE, gaze.SIZE)}
    assert all(value >= 0.0 for value in figures.values())
    assert figures["parser.p90_ms"] >= figures["parser.ms"] > 0.0


def test_networks_that_are_not_there_have_no_figure(no_program):
    assert measure_speed({}, repeats=1).keys() == {"cli.start_ms", "cli.start_p90_ms"}


def test_the_first_runs_do_not_count(no_program, monkeypatch):
    runs = Recorder()
    ticks = iter(range(1000))
    # A clock that stands still but for a second between the two looks at it that surround a counted run.
    monkeypatch.setattr(bench, "perf_counter", lambda: float(next(ticks)))
    figures = measure_speed({"coarse": runs}, repeats=4)
    assert len(runs.seen) == 4 + bench.WARM_UPS
    assert figures["coarse.ms"] == figures["coarse.p90_ms"] == 1000.0


def test_no_repeats_are_refused():
    with pytest.raises(ValueError, match="repeats is 0"):
        measure_speed({}, repeats=0)


def test_boxes_that_count_are_decoded():
    class Sure(Recorder):
        def __call__(self, picture):
            found = super().__call__(picture)
            found["scores"][0, :3] = 0.9
            found["boxes"][0, :3] = [[0, 0, 10, 10], [0, 0, 10, 10], [50, 50, 60, 60]]
            return found

    assert look_once(Sure(), np.zeros((40, 40, 3), np.uint8), 320) == 2


def test_a_program_that_does_not_start_is_told(monkeypatch):
    monkeypatch.setattr(bench, "START", "import sys; sys.exit('broken')")
    with pytest.raises(ValueError, match="exit code 1: broken"):
        start_program()
