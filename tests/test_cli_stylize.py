"""Laws of `toonface stylize`: sizes stay, cartoons pass, one file or a folder, and faults are one line."""

import json
import sys

import numpy as np
import pytest
from PIL import Image
from tests.evaluate.test_stylizer_suite import NETWORKS, fake_stylizer
from tests.test_cli_look import FakeDetector

from toonface.io import gan_network, networks


@pytest.fixture
def stylize(monkeypatch, toonface_says):
    """Exit code and lines on both streams, with stand-ins for the networks."""

    def run(*arguments, drawn=-5.0, **other):
        stand_ins = NETWORKS | {"cartoon": lambda picture: {"drawn": np.array([[drawn]], np.float32)}} | other
        monkeypatch.setattr(networks, "load_network", lambda name, folder=None: stand_ins[name])
        return toonface_says("stylize", *arguments)

    return run


@pytest.fixture
def portrait(tmp_path):
    return save(tmp_path / "in" / "portrait.png")


def save(path, size=(96, 96), value=150):
    path.parent.mkdir(exist_ok=True)
    noise = np.random.default_rng(0).integers(0, 9, (size[1], size[0], 3))
    Image.fromarray((value + noise).astype(np.uint8)).save(path)
    return path


def test_one_portrait_becomes_one_file_of_its_size(stylize, portrait, tmp_path):
    code, out, err = stylize(portrait, "-o", tmp_path / "new" / "cartoon.jpg")
    assert (code, err) == (0, [])
    assert out == [f"{portrait}: soft → {tmp_path / 'new' / 'cartoon.jpg'}"]
    cartoon = np.asarray(Image.open(tmp_path / "new" / "cartoon.jpg"))
    assert cartoon.shape == (96, 96, 3)
    assert cartoon[48, 48, 0] > 200  # the stand-in makes faces red


def test_several_portraits_become_a_folder_and_names_stay_apart(stylize, portrait, tmp_path):
    other = save(tmp_path / "other" / "portrait.jpg", size=(96, 96))
    code, _, _ = stylize(portrait, other.parent, "-o", tmp_path / "out", "--style", "anime")
    assert code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["portrait-2.png", "portrait.png"]


def test_strength_zero_gives_the_portrait_back(stylize, portrait, tmp_path):
    stylize(portrait, "-o", tmp_path / "same.png", "--strength", "0")
    assert np.array_equal(np.asarray(Image.open(tmp_path / "same.png")), np.asarray(Image.open(portrait)))


def test_a_cartoon_passes_through_and_that_is_said_unless_it_is_to_be_redrawn(stylize, portrait, tmp_path):
    code, out, err = stylize(portrait, "-o", tmp_path / "same.png", drawn=4.0)
    assert code == 0
    assert "none → " in out[0]
    assert "cartoon already (probability 0.98)" in err[0]
    assert np.array_equal(np.asarray(Image.open(tmp_path / "same.png")), np.asarray(Image.open(portrait)))
    _, out, err = stylize(portrait, "-o", tmp_path / "again.png", "--redraw", drawn=4.0)
    assert "soft → " in out[0]
    assert not err


def test_kept_colors_and_a_plain_background_are_passed_on(stylize, portrait, tmp_path):
    stylize(portrait, "-o", tmp_path / "a.png", "--keep-colors", "--background", "plain")
    cartoon = np.asarray(Image.open(tmp_path / "a.png")).astype(int)
    assert np.ptp(cartoon[48, 48]) < 15
    assert cartoon[2, 2].min() > 225


def test_json_tells_style_and_file(stylize, portrait, tmp_path):
    code, out, _ = stylize(portrait, "-o", tmp_path / "a.png", "--json", "--style", "bold")
    (line,) = out
    result = json.loads(line)
    assert code == 0
    assert result["command"] == "stylize"
    assert result["metrics"]["stylize.pictures"] == 1.0
    assert result["pictures"][0]["style"] == "bold"
    assert result["pictures"][0]["cartoon"] == str(tmp_path / "a.png")


@pytest.mark.parametrize(
    ("options", "said"),
    [(["--style", "pixar"], "style is 'pixar', expected one of soft, bold, anime"),
     (["--strength", "2"], "strength is 2.0"), (["--background", "red"], "background is 'red'")],
)  # fmt: skip
def test_options_that_make_no_sense_are_one_line_and_nothing_is_written(stylize, portrait, tmp_path, options, said):
    code, _, err = stylize(portrait, "-o", tmp_path / "a.png", *options)
    assert code == 2
    assert len(err) == 1
    assert said in err[0]
    assert not (tmp_path / "a.png").exists()


def test_pictures_that_fail_are_one_line_each_and_the_others_are_drawn(stylize, portrait, tmp_path):
    save(tmp_path / "in" / "dark.png", value=0)
    (tmp_path / "in" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    (tmp_path / "in" / "empty.png").write_bytes(b"")
    code, out, err = stylize(tmp_path / "in", "-o", tmp_path / "out")
    assert code == 2
    assert len(out) == 1
    assert len(err) == 3
    assert any("no face found" in line for line in err)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["portrait.png"]


def test_a_file_for_several_pictures_is_refused(stylize, portrait, tmp_path):
    code, _, err = stylize(portrait, portrait, "-o", tmp_path / "a.png")
    assert code == 2
    assert "expected a folder for several pictures" in err[0]


def test_a_place_that_cannot_be_written_is_one_line(stylize, portrait, tmp_path):
    (tmp_path / "file").write_text("")
    code, _, err = stylize(portrait, "-o", tmp_path / "file" / "a.png")
    assert code == 2
    assert len(err) == 1
    assert "cannot write" in err[0]


def test_several_faces_are_noted_and_one_is_chosen(stylize, portrait, tmp_path):
    code, _, err = stylize(portrait, "-o", tmp_path / "a.png", "--face", "1", detector=FakeDetector(2))
    assert code == 0
    assert "2 faces found" in err[0]


@pytest.mark.parametrize("mode", ["L", "I;16", "CMYK", "RGBA", "P"])
def test_grey_16_bit_cmyk_and_transparent_pictures_are_drawn(stylize, tmp_path, mode):
    path = tmp_path / ("a.jpg" if mode == "CMYK" else "a.png")
    if mode == "I;16":
        Image.fromarray(np.full((96, 96), 40000, np.uint16)).save(path)
    else:
        Image.fromarray(np.full((96, 96, 3), 150, np.uint8)).convert(mode).save(path)
    code, _, err = stylize(path, "-o", tmp_path / "b.png")
    assert (code, err) == (0, [])
    assert Image.open(tmp_path / "b.png").size == (96, 96)


def test_a_network_of_another_shape_is_one_line(stylize, portrait, tmp_path):
    wrong = {name: values[:, :2] for name, values in fake_stylizer(None).items()}
    code, _, err = stylize(portrait, "-o", tmp_path / "a.png", stylizer=lambda picture: wrong)
    assert code == 2
    assert "'offset'" in err[0]


class RedGan:
    """Stands for a generator: every face is red."""

    size = 64

    def __call__(self, picture):
        return {"cartoon": picture * 0.0 + np.array([1.0, 0.0, 0.0], np.float32)[:, None, None]}


def test_a_generator_draws_with_the_weights_that_are_given(stylize, portrait, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(gan_network, "load_gan", lambda weights: asked.append(weights) or RedGan())
    files = ["--photo-weights", "a.pkl", "--toon-weights", "b.pt", "--swap-at", "16", "--blend", "0.25"]
    code, out, _ = stylize(portrait, "-o", tmp_path / "a.png", "--style", "gan", *files)
    assert code == 0
    assert "gan → " in out[0]
    assert (asked[0].swap_at, asked[0].blend, asked[0].encoder) == (16, 0.25, None)
    assert tuple(np.asarray(Image.open(tmp_path / "a.png"))[48, 48]) == (255, 0, 0)


def test_a_cartoon_passes_a_generator_too(stylize, portrait, tmp_path, monkeypatch):
    monkeypatch.setattr(gan_network, "load_exported", lambda path: RedGan())
    arguments = [portrait, "-o", tmp_path / "a.png", "--style", "gan", "--toon-weights", "gan.onnx"]
    _, out, err = stylize(*arguments, drawn=4.0)
    assert "none → " in out[0]
    assert "cartoon already" in err[0]
    _, out, _ = stylize(*arguments, "--redraw", drawn=4.0)
    assert "gan → " in out[0]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--photo-weights", "a.pkl"], "needs --photo-weights and --toon-weights"),
        (["--keep-colors"], "keep colors is not possible with the style gan"),
        (["--photo-weights", "a.pkl", "--toon-weights", "b.pt"], "a.pkl is not a readable generator"),
        (["--toon-weights", "b.onnx"], "cannot read b.onnx"),
    ],
)
def test_weights_that_are_missing_or_make_no_sense_are_one_line(stylize, portrait, tmp_path, options, said):
    code, _, err = stylize(portrait, "-o", tmp_path / "a.png", "--style", "gan", *options)
    assert code == 2
    assert len(err) == 1
    assert said in err[0]


def test_weights_for_another_style_are_not_passed_over(stylize, portrait, tmp_path):
    code, _, err = stylize(portrait, "-o", tmp_path / "a.png", "--toon-weights", "b.onnx")
    assert code == 2
    assert "style is 'soft', expected gan: weights of a generator are given" in err[0]


def test_a_generator_without_pytorch_is_one_line(stylize, portrait, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    weights = ["--photo-weights", "a.pkl", "--toon-weights", "b.pt"]
    code, _, err = stylize(portrait, "-o", tmp_path / "a.png", "--style", "gan", *weights)
    assert code == 2
    assert len(err) == 1
    assert "need PyTorch, which is not installed: pip install 'toonface[train]'" in err[0]
