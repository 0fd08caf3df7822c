"""Laws of the server's reading of cameras: it sees what the pipeline sees, follows a face, and refuses in words."""

import json
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from tests.portrait_avatar import models, portrait
from tests.serve.serving import client, picture
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from toonface.drive.gaze import looking
from toonface.geometry.crop import frame_around
from toonface.geometry.rotation import axis_angle_to_matrix
from toonface.io.networks import load_network
from toonface.morphable.names import SHAPES
from toonface.pipeline.faces import find_face
from toonface.serve.face_reader import FaceReader, decode_frame
from toonface.stages import expression
from toonface.stages.gaze import read_gaze


@pytest.fixture(scope="module")
def networks():
    return models().networks | {name: load_network(name) for name in ("expression", "gaze")}


def jpeg(pixels):
    data = BytesIO()
    Image.fromarray(pixels).save(data, "JPEG", quality=95)
    return data.getvalue()


def test_a_frame_is_read_as_the_pipeline_reads_a_picture(networks):
    told = FaceReader(networks).read(portrait())
    found = find_face(networks, portrait())
    points = np.reshape(told["points"], (68, 2))
    assert np.linalg.norm(points - found.landmarks.points_px, axis=1).mean() < 0.02 * np.ptp(points, axis=0).max()
    frame = frame_around(found.landmarks.points_px, expression.MARGIN, expression.LIFT)
    read = expression.read_expression(networks["expression"], portrait(), frame)
    read = looking(read, read_gaze(networks["gaze"], portrait(), found.landmarks.points_px, read.rotation))
    assert len(told["weights"]) == len(SHAPES)
    assert np.abs(told["weights"] - read.weights).max() < 0.1
    assert np.abs(axis_angle_to_matrix(np.array(told["rotation"])) - read.rotation).max() < 0.02


def test_a_face_is_followed_lost_and_found_again(networks):
    looks = []

    def counting(picture):
        looks.append(picture.shape)
        return networks["detector"](picture)

    reader = FaceReader({**networks, "detector": counting})
    moved = np.roll(portrait(), (6, 9), axis=(0, 1))
    first, second = (np.reshape(reader.read(frame)["points"], (68, 2)) for frame in (portrait(), moved))
    assert len(looks) == 1, "a face that was found is not searched for again"
    assert np.abs(second - first - [9, 6]).mean() < 2.0
    assert reader.read(np.full((300, 300, 3), 90, np.uint8)) == {"face": False}
    assert reader.read(portrait())["face"]


@pytest.mark.parametrize("data", [b"", b"text", picture(), jpeg(np.zeros((1001, 1000, 3), np.uint8))[:400]])
def test_what_is_no_frame_is_refused(data):
    with pytest.raises(ValueError, match="a frame is no JPEG"):
        decode_frame(data)


def test_a_frame_with_too_many_pixels_is_refused():
    with pytest.raises(ValueError, match="at most a megapixel"):
        decode_frame(jpeg(np.zeros((1001, 1000, 3), np.uint8)))


def test_frames_go_in_and_numbers_come_out_over_the_socket():
    with client(frame_bytes=100_000) as app:
        address = app.address.replace("http", "ws") + "/api/drive"
        with connect(address, proxy=None) as socket:
            assert json.loads(socket.recv()) == {"ready": True}
            socket.send(jpeg(portrait()))
            assert json.loads(socket.recv())["face"] is True
            socket.send(picture())
            assert "JPEG" in json.loads(socket.recv())["fault"]
            socket.send(bytes(100_001))
            with pytest.raises(ConnectionClosed):
                socket.recv()


def test_strangers_and_those_beyond_the_limit_are_refused():
    with client(drivers=0) as app:
        address = app.address.replace("http", "ws") + "/api/drive"
        with connect(address, proxy=None) as socket, pytest.raises(ConnectionClosed, match="other cameras"):
            socket.recv()
        with pytest.raises((InvalidStatus, ConnectionClosed)):
            with connect(address, proxy=None, origin="https://evil.example") as socket:
                socket.recv()
