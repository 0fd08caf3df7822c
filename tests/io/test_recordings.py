"""Laws of files of clips: reading undoes writing, and whatever is wrong with a file is named with it."""

import numpy as np
import pytest

from toonface.drive.clips import Clip
from toonface.io import recordings
from toonface.io.recordings import read_clip, write_clip
from toonface.morphable.names import SHAPES


@pytest.fixture
def clip():
    weights = np.random.default_rng(0).random((4, 64))
    weights[:, 52:] = 0.0
    weights[:, [n for n, name in enumerate(SHAPES) if name.startswith("eyeLook")]] = 0.0
    head = np.tile([0.0, 0.6, 0.0, 0.8], (4, 1))
    return Clip(name="wave", times=np.arange(4) / 60.0, weights=weights, head=head)


@pytest.mark.parametrize("name", ["wave.json", "wave.clip", "wave.csv", "wave.CSV"])
def test_reading_undoes_writing(tmp_path, clip, name):
    write_clip(tmp_path / name, clip)
    read = read_clip(tmp_path / name)
    assert read.name == "wave"
    for part in ("times", "weights", "head"):
        np.testing.assert_allclose(getattr(read, part), getattr(clip, part), atol=2e-5)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_clip_that_cannot_be_written_leaves_the_file_as_it_was(tmp_path, clip):
    path = tmp_path / "wave.csv"
    path.write_text("old")
    late = Clip(name="late", times=clip.times + 90_000.0, weights=clip.weights)
    with pytest.raises(ValueError, match=r"expected one in \[0, 86400\)"):
        write_clip(path, late)
    assert path.read_text() == "old"


@pytest.mark.parametrize(
    "name, data, what",
    [
        ("x.json", b"{}", "x.json: the text '{}' is no clip"),
        ("x.csv", b"{}", "x.csv: the header '{}' lacks"),
        ("x.json", b"\xff", "x.json: .*utf-8"),
        ("x.json", None, "cannot read .*x.json"),
    ],
)
def test_what_is_no_clip_is_named_with_its_file(tmp_path, name, data, what):
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(ValueError, match=what):
        read_clip(tmp_path / name)


def test_a_file_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    (tmp_path / "x.json").write_text("{}")
    monkeypatch.setattr(recordings, "LARGEST_BYTES", 1)
    with pytest.raises(ValueError, match="has 2 bytes, expected at most 1"):
        read_clip(tmp_path / "x.json")
