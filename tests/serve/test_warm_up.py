"""Laws of the warm-up: it takes every stage, ends when a portrait comes, and its faults stop nobody."""

from threading import Event
from unittest.mock import Mock

import pytest

from toonface.pipeline.avatars import Models
from toonface.serve import avatar_task, warm_up
from toonface.serve.avatar_task import STAGES
from toonface.serve.job import Order
from toonface.serve.warm_up import EnoughError, WarmUp, make_for_nobody
from toonface.stages.stylization.stylize import StylizeOptions

SECONDS = 30.0


class Making:
    """Stands for the pipeline: it goes from stage to stage when it is told to."""

    def __init__(self, monkeypatch, fault=None):
        self.begun, self.go, self.started, self.fault = [], Event(), Event(), fault
        monkeypatch.setattr(warm_up, "create_avatar", self.create)
        monkeypatch.setattr(warm_up, "avatar_asset", lambda *given: "asset")
        monkeypatch.setattr(warm_up, "render_asset", lambda asset, view: self.begun.append(asset))

    def create(self, portrait, models, style, face, begin, made):
        assert portrait.shape[2] == 3 and face == 0
        for stage in STAGES[:-1]:
            begin(stage)
            self.begun.append(stage)
            self.started.set()
            assert self.go.wait(SECONDS)
            if self.fault is not None:
                raise self.fault
        return "avatar"


def loaded():
    return Mock(spec=Models, model=None, textures=None)


def test_with_nobody_waiting_every_stage_is_taken(monkeypatch):
    making = Making(monkeypatch)
    making.go.set()
    make_for_nobody(loaded(), Event())
    assert making.begun == [*STAGES[:-1], "asset"]


def test_once_a_portrait_is_there_no_further_stage_is_begun(monkeypatch):
    making, enough = Making(monkeypatch), Event()
    making.go.set()
    enough.set()
    with pytest.raises(EnoughError):
        make_for_nobody(loaded(), enough)
    assert making.begun == []


def test_an_order_waits_for_the_stage_that_is_at_work_and_no_longer(monkeypatch, tmp_path):
    making, worked = Making(monkeypatch), []

    class Enough(Event):
        def set(self):
            super().set()
            making.go.set()  # the stage ends once somebody waits for it

    monkeypatch.setattr(warm_up, "Event", Enough)
    monkeypatch.setattr(avatar_task, "load_models", loaded)
    monkeypatch.setattr(avatar_task, "_make", lambda models, order, tell: worked.append(list(making.begun)))
    task = avatar_task.make_avatar_task()
    assert making.started.wait(SECONDS)
    assert list(task(Order(folder=tmp_path, style=StylizeOptions(), face=0))) == [None]
    assert worked == [[STAGES[0]]]


@pytest.mark.parametrize("fault", [ValueError("no face"), KeyError("a bug")])
def test_its_faults_are_logged_and_end_nothing_else(monkeypatch, caplog, fault):
    making = Making(monkeypatch, fault)
    making.go.set()
    warm = WarmUp(loaded())
    assert making.started.wait(SECONDS)
    warm.end()
    warm.end()
    assert making.begun == [STAGES[0]] and "the warm-up broke down" in caplog.text
