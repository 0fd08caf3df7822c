"""Laws of `toonface animate`: clips, recordings and faces in pictures move a head; faults are one line."""

import json
from functools import partial

import numpy as np
import pytest
from PIL import Image
from tests.assets import small_asset, small_person
from tests.fake_mediapipe import face, install
from tests.tracked_faces import SIDE, Networks

import toonface.io.networks as networks
from toonface.drive.clips import Clip
from toonface.io.glb import read_glb, write_glb
from toonface.io.recordings import read_clip, write_clip
from toonface.morphable.names import SHAPES

JAW = SHAPES.index("jawOpen")


@pytest.fixture
def head(tmp_path):
    write_glb(tmp_path / "a.glb", small_asset())
    return tmp_path / "a.glb"


@pytest.fixture
def animate(toonface_says):
    return partial(toonface_says, "animate")


@pytest.fixture
def talk(tmp_path):
    weights = np.zeros((5, 64))
    weights[:, JAW] = [0.0, 0.25, 1.0, 0.25, 0.0]
    clip = Clip(name="said", times=np.arange(5) / 25.0, weights=weights)
    write_clip(tmp_path / "talk.json", clip)
    write_clip(tmp_path / "talk.csv", clip, 25.0)
    return tmp_path / "talk.json"


@pytest.fixture
def video(tmp_path, monkeypatch):
    """Five pictures of a face whose jaw opens, and one without a face."""
    faces = Networks()
    opened = iter([0.25, 0.25, 0.25, 0.5, 1.0, 0.5])  # the first picture is looked at twice

    def expression(picture):
        found = dict(Networks.expression(faces, picture))
        found["weights"] = found["weights"].copy()
        found["weights"][0, JAW] = next(opened)
        return found

    faces["expression"] = expression
    monkeypatch.setattr(networks, "load_network", lambda name, folder: faces[name])
    folder = tmp_path / "face"
    folder.mkdir()
    for number in range(5):
        Image.new("RGB", (SIDE, SIDE), (9, 9, 9)).save(folder / f"{number}.png")
    return folder


@pytest.mark.parametrize("option", ["--clip", "--csv"])
def test_a_clip_goes_into_the_avatar_s_file_under_its_name(animate, head, talk, tmp_path, option):
    source = talk if option == "--clip" else talk.with_suffix(".csv")
    code, (line,), err = animate(head, option, source, "-o", tmp_path / "out" / "b.glb", "--fps", 25, "--name", "said")
    assert (code, err) == (0, [])
    assert line == f"{source} → {tmp_path / 'out' / 'b.glb'}: 5 moments in 0.16 s"
    clip = read_glb(tmp_path / "out" / "b.glb").clip("said")
    np.testing.assert_allclose(clip.weights[:, clip.shapes.index("jawOpen")], [0.0, 0.25, 1.0, 0.25, 0.0], atol=1e-6)


def test_a_clip_becomes_a_vrm_animation_and_never_a_vrm(animate, talk, tmp_path):
    write_glb(tmp_path / "a.glb", small_person())
    code, (line,), err = animate(tmp_path / "a.glb", "--clip", talk, "-o", tmp_path / "a.vrma")
    assert (code, err) == (0, []) and line.endswith(f"→ {tmp_path / 'a.vrma'}: 5 moments in 0.16 s")
    assert (tmp_path / "a.vrma").read_bytes().startswith(b"glTF")
    code, out, err = animate(tmp_path / "a.glb", "--clip", talk, "-o", tmp_path / "b.vrm")
    assert (code, out) == (2, [])
    assert err == [
        f"toonface: out is {tmp_path / 'b.vrm'}, but VRM files hold no animations; expected b.vrma, which plays on them"
    ]


def test_a_clip_is_drawn(animate, head, talk, tmp_path):
    code, (line,), _ = animate(head, "--clip", talk, "-o", tmp_path / "a.webp", "--size", "32", "--json")
    assert code == 0
    assert json.loads(line)["metrics"] == {"animate.moments": 5.0, "animate.seconds": 0.16}
    with Image.open(tmp_path / "a.webp") as drawn:
        assert (drawn.size, drawn.n_frames) == ((32, 32), 4)


def test_a_face_in_pictures_is_read_with_nothing_taken_off(animate, head, video, tmp_path):
    told = animate(head, "--video", video, "-o", tmp_path / "a.json", "--rest", 0, "--no-smooth", "--fps", 10, "-q")
    assert told == (0, [], [])
    clip = read_clip(tmp_path / "a.json")
    assert clip.name == "face"
    np.testing.assert_allclose(clip.times, np.arange(5) / 10.0)
    np.testing.assert_allclose(clip.weights[:, JAW], [0.25, 0.25, 0.5, 1.0, 0.5], atol=1e-6)


def test_what_the_face_does_at_rest_is_taken_off(animate, head, video, tmp_path):
    animate(head, "--video", video, "-o", tmp_path / "a.json", "--rest", 0.15, "--no-smooth", "--fps", 10)
    jaw = read_clip(tmp_path / "a.json").weights[:, JAW]
    np.testing.assert_allclose(jaw, [0.0, 0.0, 1 / 3, 1.0, 1 / 3], atol=1e-6)


def test_smoothing_is_the_default(animate, head, video, tmp_path):
    animate(head, "--video", video, "-o", tmp_path / "a.json", "--rest", 0, "--fps", 10)
    jaw = read_clip(tmp_path / "a.json").weights[:, JAW]
    assert 0.25 < jaw[2] < 0.5 and 0.5 < jaw[3] < 1.0


def test_no_face_is_one_line(animate, head, video, tmp_path, monkeypatch):
    faceless = Networks()
    faceless.faces = 0
    monkeypatch.setattr(networks, "load_network", lambda name, folder: faceless[name])
    code, out, (line,) = animate(head, "--video", video, "-o", tmp_path / "a.json")
    assert (code, out) == (2, [])
    assert line == f"toonface: {video}: no face found in 5 pictures, expected one"


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ((), "0 sources are given, expected one of --video, --csv, --clip"),
        (("--clip", "a.json", "--csv", "a.csv"), "2 sources are given"),
        (("--clip", "none.json"), "cannot read none.json"),
        (("--clip", "none.json", "--rest", "-1"), "rest is -1.0, expected 0 or more seconds"),
        (("--video", "none.mp4"), "cannot read none.mp4"),
    ],
)
def test_faults_are_one_line_and_nothing_is_written(animate, head, tmp_path, arguments, fault):
    code, out, (line,) = animate(head, *arguments, "-o", tmp_path / "b.glb")
    assert (code, out) == (2, []) and fault in line
    assert not (tmp_path / "b.glb").exists()


def test_a_missing_avatar_and_an_unknown_ending_are_one_line(animate, head, talk, tmp_path):
    assert "cannot read" in animate(tmp_path / "none.glb", "--clip", talk, "-o", tmp_path / "b.glb")[2][0]
    assert (
        "expected a name that ends in .glb, .vrma, .webp"
        in animate(head, "--clip", talk, "-o", tmp_path / "b.mp4")[2][0]
    )


def test_a_video_is_read_with_mediapipe_where_its_model_is_given(animate, head, video, tmp_path, monkeypatch):
    install(monkeypatch, *[face(jawOpen=weight) for weight in (0.0, 0.25, 0.5, 0.75, 1.0)])
    (tmp_path / "face.task").write_bytes(b"task")
    arguments = ("--mediapipe", tmp_path / "face.task", "--rest", 0, "--no-smooth", "-o", tmp_path / "m.json")
    code, _, _ = animate(head, "--video", video, *arguments)
    assert code == 0
    np.testing.assert_allclose(read_clip(tmp_path / "m.json").weights[:, JAW], [0.0, 0.25, 0.5, 0.75, 1.0], atol=1e-6)


def test_mediapipe_without_its_model_or_pictures_is_a_fault_of_one_line(animate, head, talk, video, tmp_path):
    code, _, err = animate(head, "--video", video, "--mediapipe", tmp_path / "no.task", "-o", tmp_path / "m.json")
    assert (code, len(err)) == (2, 1)
    assert "no.task" in err[0]
    code, _, err = animate(head, "--clip", talk, "--mediapipe", tmp_path / "no.task", "-o", tmp_path / "m.json")
    assert (code, len(err)) == (2, 1)
    assert "--video" in err[0]


def test_an_animation_of_another_file_moves_the_head_under_its_own_name(animate, head, talk, tmp_path):
    animate(head, "--clip", talk, "-o", tmp_path / "moving.glb", "--name", "said")
    code, _, _ = animate(head, "--clip", f"{tmp_path}/moving.glb#said", "-o", tmp_path / "other.glb")
    assert code == 0
    weights = read_glb(tmp_path / "other.glb").clip("said").weights[:, 0]
    np.testing.assert_allclose(weights, [0.0, 0.25, 1.0, 0.25, 0.0], atol=1e-6)
