"""Laws of `toonface render`: stills and moving pictures of a finished file, and faults in one line."""

from functools import partial

import numpy as np
import pytest
from PIL import Image
from tests.assets import small_asset

from toonface.io.glb import write_glb
from toonface.stages.gltf.options import GltfOptions


@pytest.fixture
def head(tmp_path):
    write_glb(tmp_path / "a.glb", small_asset())
    return tmp_path / "a.glb"


@pytest.fixture
def render(toonface_says):
    return partial(toonface_says, "render")


def pixels(path):
    return np.asarray(Image.open(path)).astype(int)


def test_a_still_has_its_size_and_shapes_turns_and_backgrounds_are_seen(render, head, tmp_path):
    assert render(head, "-o", tmp_path / "a.png", "--size", "64") == (0, [f"{head} → {tmp_path / 'a.png'}"], [])
    plain = pixels(tmp_path / "a.png")
    assert plain.shape == (64, 64, 3)
    for number, option in enumerate((["--shape", "jawOpen=1"], ["--yaw", "30"], ["--background", "#204060"])):
        assert render(head, "-o", tmp_path / f"{number}.png", "--size", "64", *option)[0] == 0
        assert np.abs(pixels(tmp_path / f"{number}.png") - plain).max() > 30
    assert pixels(tmp_path / "2.png")[0, 0].tolist() == [0x20, 0x40, 0x60]


def test_a_compact_file_looks_like_a_plain_one(render, head, tmp_path):
    write_glb(tmp_path / "small.glb", small_asset(), GltfOptions(sparse=True, quantize=True))
    for path in (head, tmp_path / "small.glb"):
        assert render(path, "-o", path.with_suffix(".png"), "--size", "64", "--shape", "jawOpen=0.5", "-q") == (
            0,
            [],
            [],
        )
    apart = np.abs(pixels(head.with_suffix(".png")) - pixels(tmp_path / "small.png"))
    assert apart.mean() < 1.0


def test_a_moving_picture_is_a_turn_or_a_clip(render, head, tmp_path):
    assert render(head, "-o", tmp_path / "turn.webp", "--size", "32")[0] == 0
    assert (
        render(head, "-o", tmp_path / "wave.webp", "--size", "32", "--clip", "wave", "--background", "transparent")[0]
        == 0
    )
    assert Image.open(tmp_path / "turn.webp").n_frames > 40
    wave = Image.open(tmp_path / "wave.webp")
    assert 2 < wave.n_frames <= 13
    assert np.asarray(wave.convert("RGBA"))[0, 0, 3] == 0


@pytest.mark.parametrize(
    ("out", "arguments", "said"),
    [("a.png", ["--shape", "fly=1"], "there is no target 'fly'"),
     ("a.png", ["--shape", "jawOpen"], "shape is 'jawOpen', expected NAME=WEIGHT"),
     ("a.png", ["--shape", "jawOpen=7"], "with a weight from 0 to 1"),
     ("a.png", ["--shape", "jawOpen=nan"], "with a weight from 0 to 1"),
     ("a.webp", ["--clip", "run"], "there is no clip 'run', expected one of ['wave']"),
     ("a.png", ["--clip", "wave"], "because a clip moves"),
     ("a.png", ["--size", "5"], "size is 5, expected 16 to 2048"),
     ("a.png", ["--background", "blue"], "background is 'blue'"),
     ("a.jpg", ["--background", "transparent"], "which a.jpg cannot be"),
     ("a.mp4", [], "expected a name that ends in .png or .jpg or .jpeg or .webp"),
     ("views", [], "expected the name of a picture")],
)  # fmt: skip
def test_a_fault_is_one_line_and_leaves_nothing(render, head, tmp_path, out, arguments, said):
    code, told, err = render(head, "-o", tmp_path / out, *arguments)
    assert (code, told) == (2, [])
    assert len(err) == 1 and said in err[0]
    assert [path.name for path in tmp_path.iterdir()] == ["a.glb"]


def test_a_file_that_is_no_head_is_refused(render, tmp_path):
    (tmp_path / "a.glb").write_text("no head")
    code, _, err = render(tmp_path / "a.glb", "-o", tmp_path / "a.png")
    assert code == 2
    assert len(err) == 1 and "a.glb" in err[0]
    assert "cannot read" in render(tmp_path / "none.glb", "-o", tmp_path / "a.png")[2][0]
