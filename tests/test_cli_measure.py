"""Laws of `toonface evaluate`, `bench` and `models list`: figures in one form, and faults in one line."""

import json
from hashlib import sha256
from types import SimpleNamespace

import pytest

from toonface.evaluate import bench, network_suite, trials, worst
from toonface.io import face_model_file, images, networks
from toonface.synth import render

CARD = {
    "version": "0.2.0",
    "task": "Finds faces.",
    "input": "picture",
    "outputs": {},
    "data": ["synthetic"],
    "steps": 10,
    "pictures": 320,
    "minutes": 1.5,
    "device": "cpu",
    "seed": 1,
    "commit": "abc",
    "licence": "CC0-1.0",
    "quantisation": "float16",
    "limits": "none known",
}


@pytest.fixture
def folder(tmp_path):
    """Two networks with their cards."""
    for name, figure in (("detector", 0.99), ("parser", 0.81)):
        content = name.encode() * 100_000
        (tmp_path / f"{name}.onnx").write_bytes(content)
        own = {"name": name, "metrics": {f"{name}.figure": figure}, "bytes": len(content)}
        (tmp_path / f"{name}.json").write_text(json.dumps(CARD | own | {"sha256": sha256(content).hexdigest()}))
    return tmp_path


@pytest.fixture
def measured(monkeypatch):
    """Stand-ins for networks and measurements; returns what was measured."""
    asked = []

    def measure(given, *further, **named):
        asked.append((given, further, named))
        return {"landmarks.toon.nme": 0.0212412345, "detector.real": None, "gaze.deg": float("nan")}

    monkeypatch.setattr(networks, "load_network", lambda name, folder: name)
    monkeypatch.setattr(network_suite, "measure_networks", measure)
    monkeypatch.setattr(bench, "measure_speed", measure)
    monkeypatch.setattr(render, "Renderer", lambda *_: "renderer")
    monkeypatch.setattr(trials, "FixedSets", lambda *about: about)
    monkeypatch.setattr(worst, "WorstAnswers", lambda model: SimpleNamespace(see=print, sheets=tuple))
    monkeypatch.setattr(worst, "write_worst", lambda kept, folder: ())
    monkeypatch.setattr(face_model_file, "load_face_model", lambda: "model")
    monkeypatch.setattr(images, "load_textures", lambda: {})
    return asked


@pytest.mark.parametrize("command", ["evaluate", "bench"])
def test_json_is_one_object_of_the_common_form(toonface_says, measured, folder, command):
    code, (line,), err = toonface_says(command, "--suite", "networks", "--json", "--networks", folder)
    found = json.loads(line)
    assert (code, err) == (0, [])
    assert list(found) == ["command", "version", "commit", "machine", "seed", "metrics"]
    assert found["command"] == command
    assert found["metrics"] == {"landmarks.toon.nme": 0.021241, "detector.real": None, "gaze.deg": None}


def test_a_line_per_figure_is_for_people(toonface_says, measured, folder):
    code, out, _ = toonface_says("evaluate", "--networks", folder)
    assert (code, out) == (0, ["landmarks.toon.nme = 0.02124", "detector.real = none", "gaze.deg = none"])


def test_times_are_a_table_for_people(toonface_says, measured, folder, monkeypatch):
    times = {"coarse.ms": 42.04, "coarse.p90_ms": 50.0, "cli.start_ms": 210.0, "cli.start_p90_ms": 260.5}
    monkeypatch.setattr(bench, "measure_speed", lambda *_: times)
    code, out, _ = toonface_says("bench", "--networks", folder)
    assert code == 0
    assert [line.split() for line in out[1:]] == [
        ["coarse", "42.0", "50.0", "80", "1460"],
        ["cli.start", "210.0", "260.5", "300"],
    ]


def test_the_worst_answers_are_watched_and_written_where_asked(toonface_says, measured, folder, tmp_path):
    assert toonface_says("evaluate", "--networks", folder, "--worst", tmp_path / "made")[0] == 0
    ((_, (_, _, watch), _),) = measured
    assert callable(watch) and (tmp_path / "made").is_dir()


def test_the_worst_answers_below_a_file_are_one_line_and_nothing_is_measured(toonface_says, measured, folder):
    code, out, (line,) = toonface_says("evaluate", "--networks", folder, "--worst", folder / "parser.json" / "below")
    assert (code, out, measured) == (2, [], [])
    assert "parser.json" in line


def test_the_networks_that_are_there_are_measured_on_the_pictures_that_are_given(toonface_says, measured, folder):
    toonface_says("evaluate", "--networks", folder, "--data", folder)
    ((given, (sets, *_), _),) = measured
    assert given == {"detector": "detector", "parser": "parser"}
    assert sets == ("renderer", folder, None)


@pytest.mark.parametrize(
    ("command", "second"), [("evaluate", "paper, stylizer, live"), ("bench", "geometry, realtime, create")]
)
def test_an_unknown_suite_is_one_line(toonface_says, measured, folder, command, second):
    code, out, err = toonface_says(command, "--suite", "table9", "--networks", folder)
    assert (code, out) == (2, [])
    assert err == [f"toonface: suite is 'table9', expected one of networks, {second}"]


def test_a_missing_folder_of_portraits_is_one_line(toonface_says, measured, folder):
    code, out, (line,) = toonface_says("evaluate", "--data", folder / "nowhere", "--networks", folder)
    assert (code, out) == (2, [])
    assert str(folder / "nowhere") in line


@pytest.mark.parametrize("command", [("evaluate",), ("bench",), ("models", "list")])
def test_a_folder_without_networks_is_one_line(toonface_says, tmp_path, command):
    code, out, (line,) = toonface_says(*command, "--networks", tmp_path)
    assert (code, out) == (2, [])
    assert f"there are no networks in {tmp_path}" in line


@pytest.mark.parametrize("command", [("evaluate",), ("bench",)])
def test_damaged_weights_are_one_line(toonface_says, folder, command):
    (folder / "parser.onnx").write_bytes(b"cut off")
    (folder / "detector.json").unlink()
    code, out, (line,) = toonface_says(*command, "--networks", folder)
    assert (code, out) == (2, [])
    assert f"{folder / 'parser.onnx'} is damaged" in line


def test_the_list_names_every_network(toonface_says, folder):
    code, out, err = toonface_says("models", "list", "--networks", folder)
    assert (code, err) == (0, [])
    assert [line.split()[0] for line in out[:-1]] == ["detector", "parser"]
    for part in ("0.2.0", "0.8 MB", "CC0-1.0", "detector.figure 0.99"):
        assert part in out[0]
    assert out[-1] == "1.4 MB in all"


def test_the_list_in_json_has_the_cards_and_the_figures(toonface_says, folder):
    _, (line,), _ = toonface_says("models", "list", "--json", "--networks", folder)
    found = json.loads(line)
    assert list(found) == ["command", "version", "commit", "machine", "seed", "metrics", "networks"]
    assert found["metrics"]["parser.figure"] == 0.81 and found["metrics"]["parser.bytes"] == 600_000
    assert [card["sha256"] for card in found["networks"]] == [
        sha256((folder / f"{name}.onnx").read_bytes()).hexdigest() for name in ("detector", "parser")
    ]


def test_a_damaged_card_is_one_line(toonface_says, folder):
    (folder / "parser.json").write_text("{")
    code, out, (line,) = toonface_says("models", "list", "--networks", folder)
    assert (code, out) == (2, [])
    assert str(folder / "parser.json") in line
