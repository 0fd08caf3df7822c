"""Laws of `toonface drive`: real packets in, real packets out, a clip at the end; faults are one line."""

import json
import signal
import socket
import struct
import subprocess
import sys
from functools import partial
from threading import Event, Thread
from time import sleep
from urllib.request import urlopen

import numpy as np
import pytest
from tests.assets import small_asset
from tests.fake_mediapipe import face, install
from tests.packets import bundled, live_link, osc, send_from_elsewhere
from tests.tracked_faces import SIDE, Networks

import toonface.io.networks as networks
from toonface.cli.drive import read_address, status_line
from toonface.drive.stream import FaceMoment
from toonface.io.driving import Tally
from toonface.io.glb import write_glb
from toonface.io.recordings import read_clip
from toonface.morphable.names import SHAPES
from toonface.types import Expression

FILM = 400
"""Pictures of the film that the camera shows."""
JAW, SMILE = SHAPES.index("jawOpen"), SHAPES.index("mouthSmileLeft")


@pytest.fixture
def head(tmp_path):
    write_glb(tmp_path / "a.glb", small_asset())
    return tmp_path / "a.glb"


@pytest.fixture
def drive(toonface_says):
    return partial(toonface_says, "drive", "--no-view")


@pytest.fixture
def sending():
    """Another program that sends the same packets again and again, until the test ends."""
    ended, threads = Event(), []

    def start(port, *packets):
        def send():
            while not ended.wait(0.02):
                send_from_elsewhere(port, *packets)

        threads.append(Thread(target=send))
        threads[-1].start()

    yield start
    ended.set()
    for thread in threads:
        thread.join()


@pytest.fixture
def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_telephone_s_face_is_recorded_and_sent_on(drive, head, sending, free_port, tmp_path):
    values = [0.0] * 61
    values[17], values[52] = 0.75, 0.5
    sending(free_port, b"junk", live_link(values))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(5.0)
        there = f"127.0.0.1:{listener.getsockname()[1]}"
        code, out, err = drive(
            head,
            "--livelink",
            "--port",
            free_port,
            "--seconds",
            0.5,
            "--record",
            tmp_path / "c.json",
            "--vmc-out",
            there,
        )
        heard = b"".join(listener.recv(65507) for _ in range(3))
    assert code == 0
    assert err == [f"listening at 127.0.0.1:{free_port}; Ctrl-C ends"]
    assert "per second" in out[0] and out[1] == f"{head} → {tmp_path / 'c.json'}"
    clip = read_clip(tmp_path / "c.json")
    assert len(clip.times) >= 3 and clip.times[0] == 0.0
    np.testing.assert_allclose(clip.weights[:, JAW], 0.75)
    np.testing.assert_allclose(np.abs(clip.head[:, 1]), np.sin(0.25), atol=1e-5)
    # Laid out by the specification: address, types, name, value.
    name = b"/VMC/Ext/Blend/Val\0\0,sf\0JawOpen\0"
    assert struct.unpack_from(">f", heard, heard.index(name) + len(name)) == (0.75,)
    assert b"/VMC/Ext/Bone/Pos\0\0\0,sfffffff\0\0\0Head\0\0\0\0" in heard


def test_ctrl_c_ends_it_and_the_clip_is_written(head, sending, free_port, tmp_path):
    arguments = ["drive", head, "--livelink", "--port", free_port, "--record", tmp_path / "c.json", "--no-browser"]
    command = [sys.executable, "-c", "from toonface.cli import main; main()", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        try:
            shown = running.stderr.readline()
            assert shown.startswith("a.glb is shown at http://127.0.0.1:")
            assert "listening at" in running.stderr.readline()
            sending(free_port, live_link([0.5] * 61))
            with urlopen(f"{shown.split()[-1]}live", timeout=30) as live:
                told = json.loads(live.readline().removeprefix(b"data: "))
            assert told["weights"]["jawOpen"] == 0.5
            sleep(0.5)
            running.send_signal(signal.SIGINT)
            out, err = running.communicate(timeout=60)
        finally:
            running.kill()
    assert (running.returncode, err) == (0, "")
    assert "moments in" in out and len(read_clip(tmp_path / "c.json").times) > 1


def test_a_program_s_face_is_recorded(drive, head, sending, free_port, tmp_path):
    sending(free_port, bundled(osc("/VMC/Ext/Blend/Val", "sf", "MouthSmileLeft", 0.5), osc("/VMC/Ext/Blend/Apply", "")))
    arguments = (head, "--vmc", "--port", free_port, "--seconds", 0.4, "--record", tmp_path / "c.csv")
    assert drive(*arguments)[0] == 0
    np.testing.assert_allclose(read_clip(tmp_path / "c.csv").weights[:, SMILE], 0.5)
    assert drive(*arguments, "--mirror")[0] == 0
    other = SHAPES.index("mouthSmileRight")
    np.testing.assert_allclose(read_clip(tmp_path / "c.csv").weights[:, other], 0.5)


@pytest.fixture
def camera(tmp_path, monkeypatch):
    """Camera 0 shows a film of 400 dark pictures, in which the stand-in finds a face whose jaw opens."""
    cv2 = pytest.importorskip("cv2", reason="OpenCV is optional")
    faces, asked = Networks(), []

    def expression(picture):
        asked.append(None)
        found = dict(Networks.expression(faces, picture))
        found["weights"] = np.where(np.arange(64) == JAW, 0.2 if len(asked) < 8 else 0.6, 0.0).astype(np.float32)[None]
        return found

    faces["expression"] = expression
    monkeypatch.setattr(networks, "load_network", lambda name, folder: faces[name])
    film = str(tmp_path / "a.avi")
    writer = cv2.VideoWriter(film, cv2.VideoWriter_fourcc(*"MJPG"), 25.0, (SIDE, SIDE))
    for _ in range(FILM):
        writer.write(np.zeros((SIDE, SIDE, 3), np.uint8))
    writer.release()
    real = cv2.VideoCapture
    monkeypatch.setattr(cv2, "VideoCapture", lambda device: real(film if device == 0 else "none"))


def test_a_camera_s_face_is_counted_from_rest(drive, head, tmp_path, camera):
    code, out, err = drive(head, "--webcam", "--rest", 0.001, "--record", tmp_path / "c.json")
    assert (code, err) == (0, ["look ahead with your face at rest for 0.001 s"]), out
    clip = read_clip(tmp_path / "c.json")
    assert clip.weights[0, JAW] == pytest.approx(0.0) and clip.weights[-1, JAW] == pytest.approx(0.5, abs=0.01)
    assert drive(head, "--webcam", "--camera", 1)[2] == [
        "toonface: camera 1 does not open, expected one that is connected and not in use"
    ]


def test_a_camera_is_read_with_mediapipe_where_its_model_is_given(drive, head, tmp_path, camera, monkeypatch):
    found = [face(jawOpen=0.1, mouthPucker=0.0)] * 8 + [face(jawOpen=0.55, mouthPucker=0.75)] * (FILM - 8)
    landmarker = install(monkeypatch, *found)
    (tmp_path / "face.task").write_bytes(b"task")
    arguments = ("--mediapipe", tmp_path / "face.task", "--rest", 0.001, "--record", tmp_path / "c.json")
    code, out, err = drive(head, "--webcam", *arguments)
    assert (code, err) == (0, ["look ahead with your face at rest for 0.001 s"]), out
    # MediaPipe's scores, counted from rest, and not the network's, whose jaw goes from 0.2 to 0.6.
    weights = read_clip(tmp_path / "c.json").weights
    assert weights[0, JAW] == pytest.approx(0.0) and weights[-1, JAW] == pytest.approx(0.5, abs=0.01)
    assert weights[-1, SHAPES.index("mouthPucker")] == pytest.approx(0.75, abs=0.01)
    assert len(landmarker.images) == FILM and landmarker.closed


def test_a_camera_with_a_model_that_is_none_is_a_fault_before_it_opens(drive, head, tmp_path, camera, monkeypatch):
    install(monkeypatch)
    (tmp_path / "face.task").write_bytes(b"none")
    code, out, (line,) = drive(head, "--webcam", "--mediapipe", tmp_path / "face.task")
    assert (code, out) == (2, []) and "face.task" in line


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ((), "expected one of --webcam, --livelink and --vmc"),
        (("--vmc", "--livelink"), "expected one of --webcam, --livelink and --vmc"),
        (("--vmc", "--rest", "-1"), "rest is -1.0"),
        (("--vmc", "--vmc-out", "nowhere"), "the address is 'nowhere', expected HOST:PORT"),
        (("--vmc", "--port", "70000"), "70000"),
    ],
)
def test_faults_are_one_line(drive, head, arguments, fault):
    code, out, (line,) = drive(head, *arguments)
    assert (code, out) == (2, []) and fault in line


def test_nothing_heard_is_said_and_no_clip_is_written(drive, head, free_port, tmp_path):
    code, out, err = drive(head, "--vmc", "--port", free_port, "--seconds", 0.1, "--record", tmp_path / "c.json")
    assert code == 2 and out == ["0 moments in 0.0 s, 0.0 per second"]
    assert err[-1] == "toonface: no face was seen for clip 'c', expected at least one moment"
    assert not (tmp_path / "c.json").exists()


def test_the_status_line_says_what_the_face_does_most():
    weights = np.zeros(64)
    weights[[JAW, SMILE]] = 0.25, 0.75
    expression = Expression(weights=weights, gaze_radians=np.zeros((2, 2)), rotation=np.eye(3))
    tally = Tally(moments=60, last=FaceMoment(time=2.0, expression=expression), seconds=2.0)
    assert status_line(tally) == "60 moments, 30 per second  mouthSmileLeft 0.75  jawOpen 0.25"
    assert "Ctrl-C ends" in status_line(Tally())


def test_addresses_are_host_and_port():
    assert read_address("localhost:39539") == ("localhost", 39539)
    with pytest.raises(ValueError, match="expected HOST:PORT"):
        read_address(":1")
