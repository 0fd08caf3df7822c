"""Laws of what a worker does: every step has its picture, files are whole, faults are sentences without a path."""

import json

import numpy as np
import pytest
from PIL import Image
from tests.portrait_avatar import models, portrait

from toonface.io.glb import read_glb
from toonface.serve import avatar_task
from toonface.serve.files import DOWNLOADS, STEPS
from toonface.serve.job import CANCELLED, UPLOAD, Order
from toonface.stages.gltf.layout import split_glb
from toonface.stages.stylization.stylize import StylizeOptions


@pytest.fixture
def task(monkeypatch):
    monkeypatch.setattr(avatar_task, "load_models", models)
    return avatar_task.make_avatar_task()


def order(folder, pixels, face=0):
    Image.fromarray(pixels).save(folder / UPLOAD, "PNG")
    return Order(folder=folder, style=StylizeOptions(), face=face)


def test_a_portrait_becomes_pictures_of_every_step_and_files(task, tmp_path):
    *events, end, done = task(order(tmp_path, portrait()))
    assert done is None
    pictures = [event["name"] for event in events if event["kind"] == "picture"]
    assert pictures == [f"{step}.jpg" for step in STEPS]
    assert all(np.asarray(Image.open(tmp_path / name)).std() > 10.0 for name in pictures)
    shares = [event["share"] for event in events if event["kind"] == "stage"]
    assert shares == sorted(shares) and 0.0 <= shares[0] < shares[-1] < 1.0
    assert end["kind"] == "done"
    assert end["files"] == {name: (tmp_path / name).stat().st_size for name in DOWNLOADS}
    assert len(read_glb(tmp_path / "avatar.glb").clips) == 1
    assert "VRMC_vrm" in split_glb((tmp_path / "avatar.vrm").read_bytes())[0]["extensions"]
    assert end["files"]["small.glb"] < end["files"]["avatar.glb"] / 2
    json.dumps([*events, end])  # it goes to a browser


@pytest.mark.parametrize(
    ("pixels", "face", "said"),
    [(np.full((200, 200, 3), 128, np.uint8), 0, "no face found"), (None, 7, "face is 7, expected 0 to 0")],
)
def test_faults_of_a_picture_are_one_sentence(task, tmp_path, pixels, face, said):
    *_, end, done = task(order(tmp_path, portrait() if pixels is None else pixels, face))
    assert done is None
    assert (end["kind"], end["status"]) == ("fault", 422)
    assert said in end["sentence"]


def test_a_damaged_upload_is_told_without_its_path(task, tmp_path):
    asked = order(tmp_path, portrait())
    (tmp_path / UPLOAD).write_bytes((tmp_path / UPLOAD).read_bytes()[:5000])
    *_, end, _ = task(asked)
    assert end["sentence"].startswith("the upload is not a readable picture")
    assert str(tmp_path) not in end["sentence"]


def test_a_cancelled_order_stops_at_the_next_stage(task, tmp_path):
    asked = order(tmp_path, portrait())
    (tmp_path / CANCELLED).touch()
    *events, end, _ = task(asked)
    assert end["sentence"] == "this job was cancelled"
    assert not [event for event in events if event["kind"] == "picture"]


def test_large_portraits_are_shrunk():
    assert avatar_task._shrunk(np.zeros((300, 5000, 3), np.uint8)).shape == (123, 2048, 3)
    assert avatar_task._shrunk(np.zeros((30, 50, 3), np.uint8)).shape == (30, 50, 3)


def test_a_fault_of_our_own_is_not_taken_for_the_user_s():
    def work(tell):
        tell({"kind": "stage"})
        raise KeyError("a bug")

    story = avatar_task.told(work)
    assert next(story) == {"kind": "stage"}
    with pytest.raises(KeyError):
        next(story)
