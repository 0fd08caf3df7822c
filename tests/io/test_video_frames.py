"""Laws of pictures over time: every picture once, in order, when the file shows it; faults are one line."""

import builtins

import numpy as np
import pytest
from PIL import Image

from toonface.io.video_frames import Webcam, read_frames

COLOURS = [(200, 30, 30), (30, 200, 30), (30, 30, 200), (220, 220, 60)]


def plain(colour, size=(48, 32)):
    return Image.new("RGB", size, colour)


def near(picture, colour, within):
    return np.abs(picture.reshape(-1, 3).mean(axis=0) - colour).max() <= within


@pytest.fixture
def without(monkeypatch):
    """A module that cannot be imported."""

    def hide(name):
        real = builtins.__import__

        def refuse(wanted, *rest, **named):
            if wanted == name:
                raise ImportError(wanted)
            return real(wanted, *rest, **named)

        monkeypatch.setattr(builtins, "__import__", refuse)

    return hide


@pytest.mark.parametrize("ending", ["gif", "webp", "png"])
def test_an_animation_is_its_pictures_when_they_are_shown(tmp_path, ending):
    first, *others = map(plain, COLOURS)
    path, shown = tmp_path / f"a.{ending}", [40, 100, 40, 200]
    first.save(path, save_all=True, append_images=others, duration=shown, loop=0)
    frames = list(read_frames(path))
    np.testing.assert_allclose([frame.time for frame in frames], [0.0, 0.04, 0.14, 0.18])
    for frame, colour in zip(frames, COLOURS, strict=True):
        assert frame.picture.shape == (32, 48, 3) and frame.picture.dtype == np.uint8
        assert near(frame.picture, colour, 8)


def test_a_still_is_one_picture_and_what_is_clear_is_white(tmp_path):
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(tmp_path / "a.png")
    (frame,) = read_frames(tmp_path / "a.png")
    assert frame.time == 0.0 and (frame.picture == 255).all()


def test_no_duration_is_the_usual_one(tmp_path):
    first, *others = map(plain, COLOURS)
    first.save(tmp_path / "a.gif", save_all=True, append_images=others)
    np.testing.assert_allclose([frame.time for frame in read_frames(tmp_path / "a.gif")], [0.0, 0.1, 0.2, 0.3])


def test_a_folder_is_its_pictures_by_name(tmp_path):
    for name, colour in zip(("b.png", "a.jpg", ".hidden.png"), COLOURS, strict=False):
        plain(colour).save(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no picture")
    frames = list(read_frames(tmp_path, 10.0))
    assert [frame.time for frame in frames] == [0.0, 0.1]
    assert near(frames[0].picture, COLOURS[1], 8) and near(frames[1].picture, COLOURS[0], 1)


def test_a_video_file_is_read_by_pyav(tmp_path):
    av = pytest.importorskip("av", reason="PyAV is optional")
    with av.open(str(tmp_path / "a.mp4"), "w") as container:
        stream = container.add_stream("mpeg4", rate=20)
        stream.width, stream.height, stream.pix_fmt = 48, 32, "yuv420p"
        for colour in COLOURS:
            for packet in stream.encode(av.VideoFrame.from_image(plain(colour))):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    frames = list(read_frames(tmp_path / "a.mp4"))
    np.testing.assert_allclose([frame.time for frame in frames], [0.0, 0.05, 0.10, 0.15], atol=1e-6)
    for frame, colour in zip(frames, COLOURS, strict=True):
        assert frame.picture.shape == (32, 48, 3) and near(frame.picture, colour, 25)
    (tmp_path / "b.mp4").write_bytes((tmp_path / "a.mp4").read_bytes()[:100])
    with pytest.raises(ValueError, match=r"b\.mp4 is not a readable video"):
        list(read_frames(tmp_path / "b.mp4"))


def test_without_pyav_one_line_says_what_to_do(tmp_path, without):
    (tmp_path / "a.mp4").write_bytes(b"anything")
    without("av")
    with pytest.raises(ValueError, match=r"a\.mp4 needs PyAV: pip install 'toonface\[video\]'"):
        list(read_frames(tmp_path / "a.mp4"))


def test_faults_are_one_line(tmp_path):
    with pytest.raises(ValueError, match="No such file"):
        read_frames(tmp_path / "none.gif")
    with pytest.raises(ValueError, match="holds no picture"):
        list(read_frames(tmp_path))
    with pytest.raises(ValueError, match=r"frames per second are 0\.0, expected 1 to 1000"):
        read_frames(tmp_path, 0.0)
    (tmp_path / "a.webp").write_bytes(b"RIFF no picture")
    with pytest.raises(ValueError, match="not an animation of a known format"):
        list(read_frames(tmp_path / "a.webp"))
    first, *others = (Image.effect_noise((64, 64), 90) for _ in COLOURS)
    first.save(tmp_path / "whole.gif", save_all=True, append_images=others)
    (tmp_path / "cut.gif").write_bytes((tmp_path / "whole.gif").read_bytes()[:6000])
    with pytest.raises(ValueError, match=r"cut\.gif is damaged"):
        list(read_frames(tmp_path / "cut.gif"))


def test_a_camera_gives_pictures_as_they_come_until_it_goes_away(tmp_path):
    cv2 = pytest.importorskip("cv2", reason="OpenCV is optional")
    path = str(tmp_path / "a.avi")
    writer = cv2.VideoWriter(path, cv2.VideoWriter_fourcc(*"MJPG"), 25.0, (48, 32))
    for colour in COLOURS:
        writer.write(np.full((32, 48, 3), colour[::-1], np.uint8))
    writer.release()
    with Webcam(path) as camera:
        frames = list(camera.frames())
    assert len(frames) == len(COLOURS)
    assert np.all(np.diff([frame.time for frame in frames]) > 0.0)
    for frame, colour in zip(frames, COLOURS, strict=True):
        assert near(frame.picture, colour, 12)


def test_a_camera_that_is_not_there_is_one_line(tmp_path, without):
    pytest.importorskip("cv2", reason="OpenCV is optional")
    with pytest.raises(ValueError, match="does not open, expected one that is connected"):
        Webcam(str(tmp_path / "none.avi"))
    without("cv2")
    with pytest.raises(ValueError, match=r"needs OpenCV: pip install 'toonface\[webcam\]'"):
        Webcam()
