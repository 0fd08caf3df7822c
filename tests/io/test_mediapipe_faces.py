"""Laws of MediaPipe as a source, with a stand-in for the package: its faces become moments, faults are one line."""

import sys

import numpy as np
import pytest
from tests.fake_mediapipe import NO_FACE, face, install
from tests.tracked_faces import SIDE, Networks

from toonface.io.mediapipe_faces import MediapipeFaces, mediapipe_stream
from toonface.io.video_frames import Frame
from toonface.morphable.names import SHAPES

JAW, TONGUE = SHAPES.index("jawOpen"), SHAPES.index("tongueOut")


@pytest.fixture
def model(tmp_path):
    (tmp_path / "face.task").write_bytes(b"task")
    return tmp_path / "face.task"


def frames(*times):
    return [Frame(time=time, picture=np.full((SIDE, SIDE, 3), 7, np.uint8)) for time in times]


class OurNetworks(Networks):
    def expression(self, picture):
        return super().expression(picture) | {"weights": np.full((1, 64), 0.5, np.float32)}


def test_its_faces_become_moments_with_our_network_s_tongue(monkeypatch, model):
    landmarker = install(monkeypatch, face(jawOpen=0.25), NO_FACE, face(jawOpen=1.0))
    with MediapipeFaces(model) as faces:
        first, none, last = mediapipe_stream(faces, OurNetworks(), frames(0.0, 0.04, 0.08))
    assert none is None
    assert [(m.time, m.expression.weights[JAW]) for m in (first, last)] == [(0.0, 0.25), (0.08, 1.0)]
    assert last.expression.weights[TONGUE] == 0.5
    np.testing.assert_allclose(last.expression.rotation, np.eye(3), atol=1e-9)
    assert landmarker.closed


def test_where_we_see_no_face_and_it_does_there_is_a_moment(monkeypatch, model):
    install(monkeypatch, face(jawOpen=0.25))
    networks = OurNetworks()
    networks.faces = 0
    (moment,) = mediapipe_stream(MediapipeFaces(model), networks, frames(0.0))
    assert (moment.expression.weights[JAW], moment.expression.weights[TONGUE]) == (0.25, 0.0)


def test_it_is_asked_for_what_is_used(monkeypatch, model):
    landmarker = install(monkeypatch, NO_FACE)
    with MediapipeFaces(model) as faces:
        assert faces.read(frames(0.0)[0]) is None
    options, image = landmarker.options, landmarker.images[0]
    assert (options.running_mode, options.num_faces, options.output_face_blendshapes) == ("VIDEO", 1, True)
    assert options.output_facial_transformation_matrixes
    assert (image.image_format, image.data.shape, image.data.flags.c_contiguous) == ("SRGB", (SIDE, SIDE, 3), True)


def test_its_milliseconds_rise_even_where_pictures_are_closer(monkeypatch, model):
    landmarker = install(monkeypatch, *[NO_FACE] * 4)
    list(mediapipe_stream(MediapipeFaces(model), Networks(), frames(0.0, 0.0001, 0.0001, 0.0002, 0.1)))
    assert landmarker.times_ms == [0, 1, 2, 100]


def test_a_missing_network_is_told(monkeypatch, model):
    install(monkeypatch)
    with pytest.raises(ValueError, match="needs the networks expression"):
        mediapipe_stream(MediapipeFaces(model), {"detector": Networks()["detector"]}, [])


def test_a_missing_package_is_told(monkeypatch, model):
    monkeypatch.setitem(sys.modules, "mediapipe", None)
    with pytest.raises(ValueError, match=r"pip install 'toonface\[mediapipe\]'"):
        MediapipeFaces(model)


def test_a_missing_and_a_wrong_file_are_told(monkeypatch, tmp_path):
    install(monkeypatch)
    with pytest.raises(ValueError, match="No such file"):
        MediapipeFaces(tmp_path / "none.task")
    (tmp_path / "wrong.task").write_bytes(b"junk")
    with pytest.raises(ValueError, match="is not a model that MediaPipe reads"):
        MediapipeFaces(tmp_path / "wrong.task")
