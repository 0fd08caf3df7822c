"""Laws of `toonface create`: one file or a folder, what is there is kept, faults are one line and leave nothing."""

import json
from base64 import b64encode

import numpy as np
import pytest
from PIL import Image
from tests.portrait_avatar import avatar_and_stages, models, portrait

from toonface.cli import outputs
from toonface.io import avatar_report
from toonface.io import models as loading
from toonface.io.glb import read_glb
from toonface.pipeline import avatars


@pytest.fixture
def create(monkeypatch, toonface_says):
    """Exit code and lines on both streams; every portrait that is not dark becomes the one avatar of the tests."""

    def made(picture, given, options, face, progress):
        progress("stylise")
        if picture.mean() < 20.0:
            raise ValueError("no face found, expected at least one")
        return avatar_and_stages()[0]

    def run(*arguments):
        monkeypatch.setattr(avatars, "create_avatar", made)
        monkeypatch.setattr(loading, "load_models", lambda folder: models())
        code, out, err = toonface_says("create", *arguments)
        return code, out, [line for line in err if ": note: " not in line]

    return run


@pytest.fixture
def picture(tmp_path):
    return save(tmp_path / "in" / "one.png", portrait())


def save(path, pixels):
    path.parent.mkdir(exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path


def test_one_portrait_becomes_one_file_with_an_idle_clip(create, picture, tmp_path):
    code, out, err = create(picture, "-o", tmp_path / "new" / "avatar.glb", "--lod", "1", "--compact")
    assert (code, err) == (0, [])
    assert out == [f"{picture}: {avatar_and_stages()[0].cartoon.style} → {tmp_path / 'new' / 'avatar.glb'}"]
    asset = read_glb(tmp_path / "new" / "avatar.glb")
    assert len(asset.mesh("face").targets) == 72
    assert len(asset.clips) == 1


def test_a_folder_goes_on_where_it_stopped_and_failures_do_not_stop_it(create, picture, tmp_path):
    save(picture.parent / "dark.png", np.zeros((64, 64, 3), np.uint8))
    save(picture.parent / "two.png", portrait())
    code, out, err = create(picture.parent, "-o", tmp_path / "out", "--lod", "1", "--compact", "--no-idle")
    assert code == 2
    assert len(out) == 2
    assert len(err) == 1 and "no face found" in err[0]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["one.glb", "two.glb"]
    before = (tmp_path / "out" / "one.glb").stat().st_mtime_ns
    _, out, _ = create(picture.parent, "-o", tmp_path / "out", "--lod", "1")
    assert sum("is there already" in line for line in out) == 2
    assert (tmp_path / "out" / "one.glb").stat().st_mtime_ns == before


def test_json_tells_files_stages_and_notes_and_a_report_is_drawn(create, picture, tmp_path, monkeypatch):
    monkeypatch.setattr(avatar_report, "SIZE", 128)
    code, out, _ = create(
        picture, "-o", tmp_path / "a.glb", "--json", "--report", tmp_path / "steps", "--lod", "1", "--compact"
    )
    (line,) = out
    (result,) = json.loads(line)["pictures"]
    assert code == 0
    assert result["avatar"] == str(tmp_path / "a.glb")
    assert "stylise" in result["seconds"]
    assert Image.open(result["sheet"]).width > 1000
    told = json.loads((tmp_path / "steps" / "a-steps" / "timings.json").read_text("utf-8"))
    assert told["seconds"] == result["seconds"]


def test_a_preview_and_a_turntable_come_with_the_head_and_quiet_says_nothing(create, picture, tmp_path, monkeypatch):
    monkeypatch.setattr(outputs, "MOVING_SIZE", 64)
    views = ["--preview", tmp_path / "a.png", "--turntable", tmp_path / "a.webp", "--background", "transparent"]
    small = ["--lod", "1", "--compact", "--quiet"]
    assert create(picture, "-o", tmp_path / "a.glb", *views, *small) == (0, [], [])
    still, moving = np.asarray(Image.open(tmp_path / "a.png")), Image.open(tmp_path / "a.webp")
    assert still.shape == (768, 768, 4)
    assert still[2, 2, 3] == 0 and still[384, 384, 3] == 255
    assert moving.n_frames > 40
    assert (tmp_path / "a.webp").stat().st_size <= 2_000_000


def test_views_of_several_go_to_folders(create, picture, tmp_path, monkeypatch):
    monkeypatch.setattr(outputs, "STILL_SIZE", 64)
    save(picture.parent / "two.png", portrait())
    code, out, _ = create(
        picture.parent, "-o", tmp_path / "out", "--preview", tmp_path / "views", "--compact", "--json"
    )
    assert code == 0
    assert sorted(path.name for path in (tmp_path / "views").iterdir()) == ["one.png", "two.png"]
    assert [entry["preview"] for entry in json.loads(out[0])["pictures"]] == [
        str(tmp_path / "views" / name) for name in ("one.png", "two.png")
    ]
    assert "expected a folder" in create(picture.parent, "-o", tmp_path / "out", "--preview", tmp_path / "a.png")[2][0]


def test_a_viewer_is_one_page_with_the_head_inside_and_a_folder_of_them_for_a_folder(create, picture, tmp_path):
    small = ("--lod", "1", "--compact")
    code, _, err = create(picture, "-o", tmp_path / "a.glb", "--viewer", tmp_path / "pages" / "a.html", *small)
    assert (code, err) == (0, [])
    inside = b64encode((tmp_path / "a.glb").read_bytes()).decode()
    assert inside in (tmp_path / "pages" / "a.html").read_text(encoding="utf-8")
    code, out, _ = create(picture.parent, "-o", tmp_path / "out", "--viewer", tmp_path / "all", "--json", *small)
    assert code == 0
    (result,) = json.loads(out[0])["pictures"]
    assert result["viewer"] == str(tmp_path / "all" / "one.html")
    code, _, err = create(picture, "-o", tmp_path / "a.glb", "--viewer", tmp_path / "a.pdf", *small)
    assert code == 2 and "expected a name that ends in .html" in err[0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--lod", "2"], "lod is 2, expected 0 or 1"), (["--style", "pixar"], "style is 'pixar'"),
     (["--strength", "-1"], r"strength is -1.0"), (["--format", "fbx"], "format is 'fbx', expected glb, vrm, obj"),
     (["--format", "vrm"], "expected a name that ends in .vrm"), (["--shapes"], "shapes is set for glb"),
     (["--vrm-meta", "none.json"], "cannot read none.json"),
     (["--background", "blue"], "background is 'blue', expected neutral"),
     (["--preview", "a.bmp"], "expected a name that ends in .png"),
     (["--preview", "a.jpg", "--background", "transparent"], "which a.jpg cannot be")],
)  # fmt: skip
def test_options_that_make_no_sense_are_one_line(create, picture, tmp_path, arguments, said):
    code, _, err = create(picture, "-o", tmp_path / "a.glb", *arguments)
    assert code == 2
    assert len(err) == 1 and said in err[0]
    assert not (tmp_path / "a.glb").exists()


def test_outputs_that_make_no_sense_are_one_line(create, picture, tmp_path):
    assert "expected a folder for several" in create(picture, picture, "-o", tmp_path / "a.glb")[2][0]
    assert "expected a name that ends in .glb or .vrm or .obj" in create(picture, "-o", tmp_path / "a.fbx")[2][0]
    (tmp_path / "file").write_text("")
    assert "cannot write" in create(picture, "-o", tmp_path / "file" / "a.glb")[2][0]
