"""Laws of `toonface create` on files of every kind: what can be read is read, what cannot is one line and no file.

Files are real, and so are the networks that look for the face; the stages after them are left out.
"""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.assets import small_asset
from tests.io.test_images import png_header
from tests.portrait_avatar import avatar_and_stages, models, portrait

import toonface.cli
from toonface.io import avatar_files
from toonface.io import models as loading
from toonface.io.asset_preview import render_asset
from toonface.io.glb import read_glb
from toonface.pipeline import avatars
from toonface.pipeline.faces import find_face
from toonface.synth.preview import View


class Run:
    """`toonface create`, which looks for the face in earnest and then gives the one avatar of the tests."""

    def __init__(self, monkeypatch, capsys):
        self.monkeypatch, self.capsys, self.seen = monkeypatch, capsys, []

    def made(self, picture, given, options, face, progress):
        found = find_face(given.networks, picture, face)
        self.seen.append(picture)
        return replace(avatar_and_stages()[0], notes=found.notes)

    def __call__(self, *arguments):
        self.monkeypatch.setattr(avatars, "create_avatar", self.made)
        self.monkeypatch.setattr(loading, "load_models", lambda folder: models())
        self.monkeypatch.setattr(avatar_files, "avatar_asset", lambda *given: small_asset())
        self.monkeypatch.setattr(sys, "argv", ["toonface", "create", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            toonface.cli.main()
        out, err = self.capsys.readouterr()
        return stopped.value.code, out.splitlines(), err.splitlines()


@pytest.fixture
def create(monkeypatch, capsys):
    return Run(monkeypatch, capsys)


def upright():
    return Image.fromarray(portrait())


def noise(size=64):
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (size, size, 3)).astype(np.uint8))


def cut(path, share=0.5):
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])


def test_what_cannot_be_read_is_one_line_each_and_no_file(create, tmp_path):
    inside = tmp_path / "in"
    inside.mkdir()
    (inside / "text.jpg").write_text("a portrait in words")
    (inside / "empty.png").write_bytes(b"")
    (inside / "huge.png").write_bytes(png_header(20_000, 10_000))
    (inside / "phone.heic").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64))
    for name in ("cut.jpg", "cut-too.png"):
        upright().save(inside / name)
        cut(inside / name)
    expected = {
        "text.jpg": "not a picture of a known format; save it as JPEG, PNG or WebP",
        "empty.png": "is empty",
        "huge.png": "more than 100 megapixels; make it smaller",
        "phone.heic": "save it as JPEG, PNG or WebP",
        "cut.jpg": "is not a readable picture",
        "cut-too.png": "is not a readable picture",
    }
    code, out, err = create(inside, "-o", tmp_path / "out")
    assert (code, out) == (2, [])
    assert len(err) == len(expected)
    for name, said in expected.items():
        (line,) = (line for line in err if name in line)
        assert line.startswith("toonface: ") and said in line
    assert not create.seen
    assert not list((tmp_path / "out").iterdir())


def kinds(folder):
    """One portrait in every form that people have; names of the files."""
    picture, grey = upright(), upright().convert("L")
    picture.convert("CMYK").save(folder / "cmyk.jpg", quality=95)
    picture.save(folder / "fine.tif")
    picture.save(folder / "plain.bmp")
    picture.save(folder / "modern.webp", quality=95)
    picture.save(folder / "größe 頭像.jpg", quality=95)
    picture.save(folder / "UPPER.JPEG", quality=95)
    picture.convert("RGBA").save(folder / "alpha.png")
    picture.quantize(128).save(folder / "palette.gif")
    turned = picture.rotate(180)
    picture.save(folder / "moves.webp", save_all=True, append_images=[turned], quality=95)
    picture.quantize(128).save(folder / "moves.gif", save_all=True, append_images=[turned.quantize(128)])
    grey.save(folder / "grey.png")
    Image.fromarray(np.asarray(grey).astype(np.uint16) * 257).save(folder / "sixteen.png")
    return {path.name for path in folder.iterdir()}


def test_every_form_of_a_portrait_is_read_as_the_same_portrait(create, tmp_path):
    inside = tmp_path / "in"
    inside.mkdir()
    names = kinds(inside)
    code, out, err = create(inside, "-o", tmp_path / "out")
    assert (code, err) == (0, [])
    assert len(out) == len(names) == len(create.seen)
    wanted = portrait().astype(int)
    grey = np.repeat(np.asarray(upright().convert("L"))[..., None], 3, axis=2).astype(int)
    for name, seen in zip(sorted(names), create.seen, strict=True):
        apart = np.abs(seen.astype(int) - (grey if name in ("grey.png", "sixteen.png") else wanted)).mean()
        assert apart < (6.0 if "gif" in name else 3.0), name
    assert (tmp_path / "out" / "größe 頭像.glb").is_file()


def test_a_picture_that_was_turned_by_the_camera_is_turned_back(create, tmp_path):
    undone = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    inside = tmp_path / "in"
    inside.mkdir()
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        turned = upright().transpose(undone[orientation]) if orientation in undone else upright()
        turned.save(inside / f"{orientation}.jpg", exif=exif, quality=95)
    code, _, err = create(inside, "-o", tmp_path / "out")
    assert (code, err) == (0, [])
    assert len(create.seen) == 8
    for seen in create.seen:
        assert np.abs(seen.astype(int) - portrait()).mean() < 3.0


def test_what_is_transparent_is_white(create, tmp_path):
    cut_out = np.dstack([portrait(), np.full(portrait().shape[:2], 255, np.uint8)])
    cut_out[:40, :40, 3] = 0
    Image.fromarray(cut_out).save(tmp_path / "a.webp", lossless=True)
    assert create(tmp_path / "a.webp", "-o", tmp_path / "a.glb")[0] == 0
    assert (create.seen[0][:40, :40] == 255).all()


def test_no_face_is_one_line_that_says_what_to_do(create, tmp_path):
    noise(256).save(tmp_path / "wall.png")
    code, out, err = create(tmp_path / "wall.png", "-o", tmp_path / "a.glb")
    assert (code, out) == (2, [])
    assert len(err) == 1 and "wall.png: no face found" in err[0] and "choose a picture" in err[0]
    assert not (tmp_path / "a.glb").exists()


def two_faces(path):
    page = Image.new("RGB", (640, 384), (128, 128, 128))
    page.paste(upright().resize((220, 220)), (0, 80))
    page.paste(upright(), (256, 0))
    page.save(path)
    return path


def test_of_several_faces_the_largest_wins_and_others_can_be_chosen(create, tmp_path):
    picture = two_faces(tmp_path / "two.png")
    code, _, err = create(picture, "-o", tmp_path / "a.glb")
    assert code == 0
    assert len(err) == 1 and "note: 2 faces found; this is 0, where 0 is the largest; the others are 1" in err[0]
    code, _, err = create(picture, "-o", tmp_path / "b.glb", "--face", "1")
    assert code == 0
    assert "this is 1" in err[0]
    code, _, err = create(picture, "-o", tmp_path / "c.glb", "--face", "2")
    assert code == 2
    assert len(err) == 1 and "face is 2, expected 0 to 1" in err[0]
    assert not (tmp_path / "c.glb").exists()


def test_a_tiny_face_is_made_and_said(create, tmp_path):
    page = Image.new("RGB", (300, 300), (128, 128, 128))
    page.paste(upright().resize((54, 54)), (120, 120))
    page.save(tmp_path / "tiny.png")
    code, _, err = create(tmp_path / "tiny.png", "-o", tmp_path / "a.glb")
    assert code == 0
    assert len(err) == 1 and "px large, below 48; a larger picture gives a better result" in err[0]


def test_a_profile_is_said_or_refused(create, tmp_path):
    avatar = avatar_and_stages()[0]
    asset = avatar_files.avatar_asset(models().model, models().textures, avatar, avatar_files.FileOptions(lod=1))
    for yaw in (0.0, 78.0):
        Image.fromarray(render_asset(asset, View(size=384, yaw_degrees=yaw))).save(tmp_path / f"{yaw:.0f}.png")
    code, _, err = create(tmp_path / "0.png", "-o", tmp_path / "front.glb")
    assert (code, err) == (0, [])
    code, _, err = create(tmp_path / "78.png", "-o", tmp_path / "side.glb")
    assert len(err) == 1
    assert "a picture from its front is better" in err[0] if code == 0 else "no face found" in err[0]


def test_a_folder_without_pictures_is_one_line(create, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "notes.txt").write_text("later")
    code, _, err = create(tmp_path / "in", "-o", tmp_path / "out")
    assert code == 2
    assert len(err) == 1 and "holds no picture, expected files that end in" in err[0]


def test_a_missing_portrait_is_one_line(create, tmp_path):
    code, _, err = create(tmp_path / "none.jpg", "-o", tmp_path / "a.glb")
    assert code == 2
    assert len(err) == 1 and "none.jpg is not a readable picture (No such file or directory)" in err[0]


@pytest.fixture
def picture(tmp_path):
    upright().save(tmp_path / "one.png")
    return tmp_path / "one.png"


def test_an_output_that_is_a_folder_is_written_into(create, picture, tmp_path):
    (tmp_path / "a.glb").mkdir()
    assert create(picture, "-o", tmp_path / "a.glb")[0] == 0
    assert [path.name for path in (tmp_path / "a.glb").iterdir()] == ["one.glb"]


def test_a_missing_folder_is_made(create, picture, tmp_path):
    assert create(picture, "-o", tmp_path / "new" / "deep" / "a.glb")[0] == 0
    assert read_glb(tmp_path / "new" / "deep" / "a.glb").meshes


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_cannot_be_written_is_one_line(create, picture, tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    code, _, err = create(picture, "-o", tmp_path / "locked" / "a.glb")
    assert code == 2
    assert len(err) == 1 and "cannot write to" in err[0] and "choose another folder" in err[0]


def test_an_old_file_is_replaced_as_a_whole_or_stays(create, picture, tmp_path, monkeypatch):
    out = tmp_path / "out" / "a.glb"
    out.parent.mkdir()
    out.write_bytes(b"old")
    with monkeypatch.context() as full:
        full.setattr(Path, "write_bytes", out_of_space)
        code, _, err = create(picture, "-o", out)
    assert code == 2
    assert len(err) == 1 and "No space left on device" in err[0]
    assert out.read_bytes() == b"old"
    assert create(picture, "-o", out)[0] == 0
    assert read_glb(out).meshes
    assert [path.name for path in out.parent.iterdir()] == ["a.glb"]


def out_of_space(path, data):
    with path.open("wb") as stream:
        stream.write(data[:100])
    raise OSError(28, "No space left on device")


INTERRUPTED = """
import os, signal, sys
import toonface.cli
from toonface.pipeline import avatars
fit, calls = avatars.fit_fine, []
def interrupted(*arguments):
    calls.append(1)
    if len(calls) == 2:
        os.kill(os.getpid(), signal.SIGINT)
    return fit(*arguments)
avatars.fit_fine = interrupted
sys.argv = ["toonface", "create", *sys.argv[1:]]
toonface.cli.main()
"""


@pytest.mark.skipif(not hasattr(signal, "SIGINT") or os.name == "nt", reason="needs POSIX signals")
def test_an_interrupted_run_leaves_whole_files_and_goes_on_where_it_stopped(create, tmp_path):
    inside, out = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    for name in ("one", "two"):
        upright().save(inside / f"{name}.png")
    command = [sys.executable, "-c", INTERRUPTED, inside, "-o", out, "--lod", "1", "--compact"]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=300, env=package_path())
    assert done.returncode == 130
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1] == "toonface: interrupted; what was written so far stays"
    assert [path.name for path in out.iterdir()] == ["one.glb"]
    assert len(read_glb(out / "one.glb").mesh("face").targets) == 72
    code, told, _ = create(inside, "-o", out)
    assert code == 0
    assert "is there already" in told[0] and told[1].endswith(str(out / "two.glb"))
    assert sorted(path.name for path in out.iterdir()) == ["one.glb", "two.glb"]


def package_path():
    """The environment in which a new process finds this package and no other."""
    source = str(Path(toonface.__path__[0]).parent)
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [source, os.environ.get("PYTHONPATH")]))}
