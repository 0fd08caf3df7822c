"""Laws of the commands that look at pictures: one line per picture or one object, and faults that stop nothing."""

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

import toonface.cli
from toonface.cli.sights import head_angles_degrees
from toonface.geometry.camera import frame_head
from toonface.io import networks
from toonface.morphable.names import SHAPES
from toonface.stages import landmarks, parsing
from toonface.types import FaceRegion

COMMANDS = ("detect", "landmarks", "parse", "coefficients", "expression")
SIZE = 96
BRIGHT = 0.2
"""Mean of a picture below which there is no face in it."""
FIVE = np.array([[0.35, 0.2], [0.65, 0.2], [0.5, 0.5], [0.38, 0.75], [0.62, 0.75]])
"""Points in the unit square of the face's box."""


def face_points():
    """68 points in the unit square that roughly make a face."""
    contour = np.stack([0.5 - 0.5 * np.cos(np.linspace(0, np.pi, 17)), np.sin(np.linspace(0, np.pi, 17))], axis=1)
    brows = [[x, 0.06 * abs(k - 2)] for start in (0.15, 0.6) for k, x in enumerate(np.linspace(start, start + 0.25, 5))]
    nose = [[0.5, y] for y in np.linspace(0.2, 0.5, 4)] + [[x, 0.56] for x in np.linspace(0.42, 0.58, 5)]
    eye = 0.09 * np.array([[-1, 0], [-0.4, -0.5], [0.4, -0.5], [1, 0], [0.4, 0.5], [-0.4, 0.5]])
    angles = -np.pi + np.linspace(0, 2 * np.pi, 13)[:12]
    lips = np.stack([np.cos(angles), 0.5 * np.sin(angles)], axis=1)
    inner = lips[[0, 2, 3, 4, 6, 8, 9, 10]]
    right, left, mouth = np.array([0.3, 0.2]), np.array([0.7, 0.2]), np.array([0.5, 0.75])
    return np.array(
        [*contour, *brows, *nose, *(right + eye), *(left + eye), *(mouth + 0.16 * lips), *(mouth + 0.1 * inner)]
    )


class FakeDetector:
    """Finds one face of half the picture's width, and on request a smaller one."""

    def __init__(self, faces=1):
        self.faces = faces

    def __call__(self, picture):
        height, width = picture.shape[2:]
        # What is below the picture is its edge, drawn out; the tests' pictures are square.
        boxes = np.array([[0.25, 0.25, 0.75, 0.75], [0.0, 0.0, 0.2, 0.2]], np.float32) * [width, height, width, height]
        sides = boxes[:, 2:] - boxes[:, :2]
        points = boxes[:, None, :2] + sides[:, None] * FIVE
        bright = picture.mean() >= BRIGHT
        scores = [0.95 * bright, 0.8 * bright * (self.faces > 1)]
        found = {"scores": scores, "boxes": boxes, "points": points}
        return {name: np.asarray(values, np.float32)[None] for name, values in found.items()}


def fake_landmarks(picture):
    points = landmarks.SIZE / 1.5 * (face_points() + 0.25)
    return {"points": points.astype(np.float32)[None], "sigma": np.full((1, 68), landmarks.SIZE / 128.0, np.float32)}


def fake_parser(picture):
    size = parsing.LOGITS_SIZE
    logits = np.zeros((1, 19, size, size), np.float32)
    logits[0, FaceRegion.SKIN, size // 4 : 3 * size // 4, size // 4 : 3 * size // 4] = 5.0
    logits[0, FaceRegion.NOSE, 7 * size // 16 : 9 * size // 16, 7 * size // 16 : 9 * size // 16] = 9.0
    return {"logits": logits}


def fake_coarse(picture):
    coefficients = np.zeros((1, 239), np.float32)
    coefficients[0, 80 + 17] = 0.75  # jawOpen
    coefficients[0, 233:239] = [0.0, 0.2, 0.0, 0.0, 0.0, np.log(900.0)]
    return {"coefficients": coefficients}


def fake_expression(picture):
    weights = np.zeros((1, 64), np.float32)
    weights[0, 17] = 0.5
    gaze = np.array([[0.1, 0.0, 0.1, -0.2]], np.float32)
    return {"weights": weights, "gaze": gaze, "rotation": np.array([[0.0, -0.3, 0.0]], np.float32)}


def fake_gaze(picture):
    """Eyes that cannot be seen."""
    return {name: np.full((2, n), 1e3, np.float32) * (n == 1) for name, n in (("gaze", 2), ("sigma", 1), ("slope", 4))}


def fake_networks(faces=1):
    """All networks by name."""
    return {
        "detector": FakeDetector(faces),
        "landmarks": fake_landmarks,
        "parser": fake_parser,
        "coarse": fake_coarse,
        "expression": fake_expression,
        "gaze": fake_gaze,
    }


@pytest.fixture
def look(monkeypatch, capsys):
    """Exit code and lines on both streams of a command with stand-ins for the networks."""

    def run(command, *arguments, faces=1, **other):
        stand_ins = fake_networks(faces) | other
        monkeypatch.setattr(networks, "load_network", lambda name, folder=None: stand_ins[name])
        monkeypatch.setattr(sys, "argv", ["toonface", command, *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            toonface.cli.main()
        out, err = capsys.readouterr()
        return stopped.value.code, out.splitlines(), err.splitlines()

    return run


@pytest.fixture
def portrait(tmp_path):
    return save(tmp_path / "portrait.png")


def save(path, brightness=150, size=SIZE):
    rows = np.arange(size * size * 3).reshape(size, size, 3)
    path.parent.mkdir(exist_ok=True)
    Image.fromarray((brightness + rows % 7).astype(np.uint8)).save(path)
    return path


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("detect", "1 face: 0.95 at 24,24 to 72,72"),
        ("landmarks", "68 points, mean uncertainty 0.56 px, 1.2% of the face"),
        ("parse", "background "),
        ("coefficients", "yaw 11.5°, pitch 0.0°, roll 0.0°; jawOpen 0.75; identity 0.00 standard deviations"),
        ("expression", "yaw -17.2°, pitch 0.0°, roll 0.0°; gaze 6° left, 6° down; jawOpen 0.50"),
    ],
)
def test_one_line_says_what_was_seen_in_a_picture(look, portrait, command, said):
    code, out, err = look(command, portrait)
    assert (code, err) == (0, [])
    (line,) = out
    assert line.startswith(f"{portrait}: ")
    assert said in line, line


@pytest.mark.parametrize("command", COMMANDS)
def test_json_is_one_object_of_the_common_form_with_the_pictures(look, portrait, command):
    code, (line,), err = look(command, portrait, "--json")
    assert (code, err) == (0, [])
    found = json.loads(line)
    assert list(found) == ["command", "version", "commit", "machine", "seed", "metrics", "pictures"]
    assert list(found["metrics"]) == [f"{command}.pictures", f"{command}.failed", f"{command}.ms"]
    assert (found["metrics"][f"{command}.pictures"], found["metrics"][f"{command}.failed"]) == (1, 0)
    assert [picture["file"] for picture in found["pictures"]] == [str(portrait)]


def test_json_holds_all_numbers(look, portrait):
    def seen(command):
        return json.loads(look(command, portrait, "--json")[1][0])["pictures"][0]

    (face,) = seen("detect")["faces"]
    np.testing.assert_allclose(face["box_px"], [24, 24, 72, 72], atol=1e-4)
    assert np.shape(face["points_px"]) == (5, 2) and face["confidence"] == pytest.approx(0.95)
    landmarks = seen("landmarks")
    assert np.shape(landmarks["points_px"]) == (68, 2) and np.shape(landmarks["sigma_px"]) == (68,)
    shares = seen("parse")["shares"]
    assert len(shares) == len(FaceRegion) and sum(shares.values()) == pytest.approx(1.0, abs=1e-3)
    fit = seen("coefficients")
    assert [len(fit[name]) for name in ("identity", "expression", "texture", "light", "pose")] == [80, 64, 80, 9, 6]
    assert fit["expression"]["jawOpen"] == 0.75
    read = seen("expression")
    assert list(read["weights"]) == list(SHAPES) and read["weights"]["jawOpen"] == 0.5
    assert read["gaze_radians"] == {"left": [0.1, -0.1], "right": [0.1, -0.1]}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_picture_that_fails_is_one_line_and_the_others_are_looked_at(look, tmp_path, command):
    good, dark = save(tmp_path / "good.png"), save(tmp_path / "dark.png", brightness=0)
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "text.jpg").write_text("hello")
    (tmp_path / "cut.png").write_bytes(good.read_bytes()[:200])
    bad = [tmp_path / name for name in ("missing.png", "empty.jpg", "text.jpg", "cut.png")] + [dark]
    code, out, err = look(command, *bad[:3], good, *bad[3:], good)
    assert code == 2
    assert [line.partition(": ")[0] for line in out] == [str(good)] * 2
    assert len(err) == len(bad)
    for line, path in zip(err, bad, strict=True):
        assert line.startswith("toonface: ") and str(path) in line
    assert "no face found" in err[-1]


def test_json_tells_what_failed(look, tmp_path, portrait):
    code, (line,), err = look("landmarks", tmp_path / "missing.png", portrait, "--json")
    found = json.loads(line)
    assert (code, len(err)) == (2, 1)
    assert found["metrics"]["landmarks.failed"] == 1
    assert list(found["pictures"][0]) == ["file", "error"] and "points_px" in found["pictures"][1]


def test_figures_are_none_where_every_picture_failed(look, tmp_path):
    code, (line,), _ = look("detect", tmp_path / "missing.png", "--json")
    assert (code, json.loads(line)["metrics"]["detect.ms"]) == (2, None)


def test_a_folder_stands_for_its_pictures(look, tmp_path):
    names = ["b.PNG", "a.jpg", ".hidden.png"]
    for name in names:
        save(tmp_path / "in" / name)
    (tmp_path / "in" / "notes.txt").write_text("no picture")
    code, out, err = look("detect", tmp_path / "in")
    assert (code, err) == (0, [])
    assert [line.partition(": ")[0] for line in out] == [str(tmp_path / "in" / name) for name in ("a.jpg", "b.PNG")]


def test_a_folder_without_pictures_is_one_line(look, tmp_path):
    code, out, (line,) = look("detect", tmp_path)
    assert (code, out) == (2, [])
    assert line.startswith(f"toonface: {tmp_path} holds no picture, expected")


@pytest.mark.parametrize("command", COMMANDS)
def test_overlays_are_written_one_per_picture_and_told(look, tmp_path, command):
    paths = [save(tmp_path / folder / "x.png") for folder in ("a", "b")]
    out = tmp_path / "made" / "here"
    code, (line,), err = look(command, *paths, "--overlay", out, "--json")
    assert (code, err) == (0, [])
    told = [picture["overlay"] for picture in json.loads(line)["pictures"]]
    assert told == [str(out / f"x-{command}.jpg"), str(out / f"x-{command}-2.jpg")]
    assert sorted(map(str, out.iterdir())) == sorted(told)
    with Image.open(told[0]) as drawn:
        assert drawn.height >= 512


def test_an_overlay_folder_in_the_place_of_a_file_is_one_line_and_the_file_is_kept(look, tmp_path, portrait):
    (tmp_path / "file").write_text("kept")
    code, out, (line,) = look("detect", portrait, "--overlay", tmp_path / "file")
    assert (code, out) == (2, []) and str(tmp_path / "file") in line
    assert (tmp_path / "file").read_text() == "kept"


def test_a_face_is_chosen_by_its_number(look, portrait):
    first, second = (look("detect", portrait, "--face", n, faces=2)[1][0] for n in (0, 1))
    assert "0.95 at 24,24" in first and "0.80 at 0,0" in second
    assert "2 faces: 0.95" in look("detect", portrait, faces=2)[1][0]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("number", [1, -1])
def test_a_face_that_is_not_there_is_one_line(look, portrait, command, number):
    code, out, (line,) = look(command, portrait, "--face", number)
    assert (code, out) == (2, [])
    assert line.startswith(f"toonface: {portrait}: ") and f"face is {number}, expected 0 to 0" in line


def test_several_faces_are_noted_beside_the_result(look, portrait):
    code, out, (note,) = look("landmarks", portrait, faces=2)
    assert (code, len(out)) == (0, 1)
    assert note.startswith(f"{portrait}: note: 2 faces found")


@pytest.mark.parametrize("command", COMMANDS)
def test_missing_weights_are_one_line(monkeypatch, capsys, tmp_path, portrait, command):
    monkeypatch.setattr(sys, "argv", ["toonface", command, str(portrait), "--networks", str(tmp_path)])
    with pytest.raises(SystemExit) as stopped:
        toonface.cli.main()
    out, err = capsys.readouterr()
    assert (stopped.value.code, out, len(err.splitlines())) == (2, "", 1)
    assert str(tmp_path / "detector.json") in err


def test_a_network_of_another_shape_is_one_line(look, portrait):
    code, out, (line,) = look("landmarks", portrait, landmarks=lambda _: {"points": np.zeros((1, 5, 2), np.float32)})
    assert (code, out) == (2, [])
    assert "'points' has shape (1, 5, 2)" in line


def test_a_fault_shows_no_traceback(tmp_path, portrait):
    command = [sys.executable, "-m", "toonface", "detect", str(portrait), "--networks", str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (ran.returncode, len(ran.stderr.splitlines())) == (2, 1)


@pytest.mark.parametrize(("yaw", "pitch", "roll"), [(0.0, 0.0, 0.0), (0.5, -0.3, 0.2), (-1.1, 0.4, -2.5)])
def test_head_angles_are_those_that_framed_the_head(yaw, pitch, roll):
    camera = frame_head(np.eye(3), 64, yaw=yaw, pitch=pitch, roll=roll)
    angles = head_angles_degrees(camera.rotation)
    np.testing.assert_allclose([angles[n] for n in ("yaw", "pitch", "roll")], np.degrees([yaw, pitch, roll]), atol=0.01)
