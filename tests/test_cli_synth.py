"""Laws of `toonface synth`: whole files or none, one line for a fault, and a run that continues where it stopped."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image
from tests.fake_renderer import FakeRenderer, dying, fake_gan_source, full_disk

from toonface.io import gan_samples, synth_stream
from toonface.io.shards import read_shard

ROOT = Path(__file__).parents[1]
START = """
import sys
import tests.fake_renderer as fakes
from toonface.io import synth_stream
synth_stream.load_renderer = fakes.{renderer}
from toonface.cli import main
main()
"""


@pytest.fixture
def synth(monkeypatch, toonface_says):
    """Exit code and lines on both streams of a run with a stand-in for the renderer."""

    def run(*arguments, load=FakeRenderer):
        monkeypatch.setattr(synth_stream, "load_renderer", load)
        return toonface_says("synth", *arguments)

    return run


def start(*arguments, renderer="SlowRenderer", **options):
    """Start the command in a session of its own, as a terminal does."""
    command = [sys.executable, "-c", START.format(renderer=renderer), "synth", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True, stdout=subprocess.PIPE, **options)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def wait_for(path, process):
    deadline = time.monotonic() + 20.0
    while not path.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert path.exists()


def group_ends(group):
    """Whether no process of a session is left, given a moment."""
    deadline = time.monotonic() + 5.0
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False


def test_shards_are_written_and_told_with_count_seconds_and_rate(synth, tmp_path):
    code, out, err = synth("--count", 5, "--size", 32, "--shard-size", 3, "--workers", 2, "--out", tmp_path / "a")
    assert code == 0
    assert names(tmp_path / "a") == ["manifest.json", "shard-000000.tar", "shard-000001.tar"]
    (line,) = out
    assert line.startswith("5 samples in ") and line.endswith(" samples/s")
    assert [text.partition(",")[0] for text in sorted(err)][-1] == "5 of 5 samples" and len(err) == 2


def test_json_is_one_object_of_the_common_form_and_a_complete_folder_is_left_as_it_is(synth, tmp_path):
    options = ("--count", 2, "--size", 32, "--style", "toon", "--no-maps", "--seed", 9, "--out", tmp_path)
    code, (line,), _ = synth(*options, "--json")
    found, before = json.loads(line), bytes_of(tmp_path)
    assert code == 0
    assert list(found) == ["command", "version", "commit", "machine", "seed", "metrics"]
    assert (found["command"], found["seed"]) == ("synth", 9)
    assert list(found["metrics"]) == ["synth.samples", "synth.seconds", "synth.rate"]
    assert found["metrics"]["synth.samples"] == 2
    assert found["metrics"]["synth.rate"] == pytest.approx(2 / found["metrics"]["synth.seconds"], rel=0.01)
    assert synth(*options) == (0, ["all 2 samples were there already"], [])
    assert json.loads(synth(*options, "--json")[1][0])["metrics"]["synth.rate"] is None
    assert bytes_of(tmp_path) == before


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--count", 0), "count is 0"),
        (("--count", -3), "count is -3"),
        (("--size", 0), "size is 0, expected a number in [32, 2048]"),
        (("--size", 4096), "size is 4096"),
        (("--workers", 0), "workers is 0"),
        (("--workers", -1), "workers is -1"),
        (("--seed", -1), "seed is -1"),
        (("--shard-size", 0), "shard size is 0"),
        (("--style", "sketch"), "style is 'sketch'"),
        (("--sheet", "sheet.tiff"), "sheet.tiff"),
        (("--sheet", "sheet"), "one that ends in .jpg or .png"),
    ],
)
def test_a_bad_option_is_one_line_and_writes_nothing(synth, tmp_path, monkeypatch, options, said):
    monkeypatch.chdir(tmp_path)
    code, out, lines = synth("--count", 4, "--out", tmp_path / "a", *options)
    assert (code, out, len(lines)) == (2, [], 1)
    assert lines[0].startswith("toonface: ") and said in lines[0]
    assert names(tmp_path) == []


def test_a_command_that_would_write_nothing_is_one_line(synth):
    code, out, lines = synth("--count", 4)
    assert (code, out, len(lines)) == (2, [], 1)
    assert "expected --out, --sheet or both" in lines[0]


def test_a_file_in_the_folder_s_place_is_one_line_and_kept(synth, tmp_path):
    (tmp_path / "file").write_text("kept")
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        code, printed, lines = synth("--count", 4, "--out", out)
        assert (code, printed, len(lines)) == (2, [], 1)
        assert f"cannot write to {out}" in lines[0]
    assert (tmp_path / "file").read_text() == "kept"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="everything is writable to this user")
def test_a_folder_without_the_right_to_write_is_one_line(synth, tmp_path):
    tmp_path.chmod(0o500)
    code, printed, lines = synth("--count", 4, "--out", tmp_path)
    assert (code, printed, len(lines)) == (2, [], 1)
    assert f"cannot write to {tmp_path}" in lines[0]


def test_another_option_for_the_same_folder_is_one_line_that_names_it(synth, tmp_path):
    assert synth("--count", 1, "--size", 32, "--out", tmp_path)[0] == 0
    before = bytes_of(tmp_path)
    code, printed, lines = synth("--count", 1, "--size", 32, "--seed", 4, "--out", tmp_path)
    assert (code, printed, len(lines)) == (2, [], 1)
    assert "seed is 0, this run's is 4" in lines[0]
    assert bytes_of(tmp_path) == before


@pytest.mark.parametrize(("load", "said"), [(full_disk, "No space left on device"), (dying, "worker process died")])
def test_a_full_disk_or_a_dead_worker_is_one_line_and_a_run_continues(synth, tmp_path, load, said):
    options = ("--count", 8, "--size", 32, "--shard-size", 4, "--out")
    code, printed, lines = synth(*options, tmp_path / "a", load=load)
    assert (code, printed) == (2, [])
    assert lines[0].startswith("4 of 8 samples") and lines[1].startswith("toonface: ") and said in lines[1]
    assert len(lines) == 2
    assert names(tmp_path / "a") == ["manifest.json", "shard-000000.tar"]
    assert synth(*options, tmp_path / "a")[:1] + synth(*options, tmp_path / "b")[:1] == (0, 0)
    assert bytes_of(tmp_path / "a") == bytes_of(tmp_path / "b")


def test_ctrl_c_is_one_line_keeps_finished_shards_and_leaves_no_partial_one_and_no_process(tmp_path):
    options = ("--count", 400, "--size", 32, "--shard-size", 5, "--workers", 2, "--out", tmp_path)
    process = start(*options, stderr=subprocess.PIPE, text=True)
    wait_for(tmp_path / "shard-000003.tar", process)
    os.killpg(process.pid, signal.SIGINT)  # what a terminal sends: to the workers too
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert out == ""
    assert "interrupted" in err.splitlines()[-1]
    assert all(" of 400 samples, " in line for line in err.splitlines()[:-1])
    kept = names(tmp_path)
    assert kept[0] == "manifest.json" and 2 <= len(kept) < 80
    assert all(name.startswith("shard-0") for name in kept[1:])
    assert group_ends(process.pid)


def test_ctrl_c_while_the_workers_start_is_one_line(tmp_path):
    process = start("--count", 400, "--size", 32, "--workers", 2, "--out", tmp_path, stderr=subprocess.PIPE, text=True)
    wait_for(tmp_path / "manifest.json", process)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert (process.returncode, len(err.splitlines())) == (130, 1)
    assert names(tmp_path) == ["manifest.json"]


def test_a_terminal_shows_a_bar(tmp_path):
    reader, writer = pty.openpty()
    process = start("--count", 6, "--size", 32, "--out", tmp_path, stderr=writer, renderer="FakeRenderer")
    os.close(writer)
    shown = b""
    try:
        while chunk := os.read(reader, 1024):
            shown += chunk
    except OSError:  # how Linux tells that the other end is closed
        pass
    os.close(reader)
    assert process.wait(timeout=20) == 0
    process.stdout.close()
    assert b"6/6" in shown and b"samples/s" in shown
    assert b"6 of 6" not in shown


@pytest.mark.parametrize(("style", "height"), [("pair", 64), ("toon", 32)])
def test_a_sheet_shows_the_first_samples_and_pairs_above_each_other(synth, tmp_path, style, height):
    sheet = tmp_path / "made" / "sheet.png"
    code, (line,), _ = synth("--count", 3, "--size", 32, "--style", style, "--sheet", sheet)
    assert code == 0 and line.startswith("3 samples in ")
    assert names(tmp_path) == ["made"] and names(tmp_path / "made") == ["sheet.png"]
    with Image.open(sheet) as page:
        assert page.size == (3 * 32, height)


def test_a_sheet_has_at_most_48_samples_in_rows_of_8(synth, tmp_path):
    assert synth("--count", 50, "--size", 32, "--style", "photo", "--sheet", tmp_path / "sheet.jpg")[0] == 0
    with Image.open(tmp_path / "sheet.jpg") as page:
        assert page.size == (8 * 32, 6 * 32)


def test_a_sheet_and_shards_may_be_made_in_one_run(synth, tmp_path):
    options = ("--count", 2, "--size", 32, "--out", tmp_path / "a", "--sheet", tmp_path / "a.png")
    assert synth(*options)[0] == 0
    assert names(tmp_path) == ["a", "a.png"]


def test_a_broken_renderer_leaves_no_sheet(synth, tmp_path):
    code, _, lines = synth("--count", 9, "--size", 32, "--sheet", tmp_path / "a.png", load=dying)
    assert (code, len(lines)) == (2, 1)
    assert names(tmp_path) == []


def test_help_has_an_example():
    command = [sys.executable, "-c", "from toonface.cli import main; main()", "synth", "--help"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0
    assert "Example: toonface synth --count 1000" in ran.stdout


def test_a_folder_with_other_options_is_refused_before_a_sheet_is_drawn(synth, tmp_path):
    options = ("--count", 1, "--size", 32, "--out", tmp_path / "a")
    assert synth(*options)[0] == 0
    assert synth(*options, "--style", "toon", "--sheet", tmp_path / "a.png")[0] == 2
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--from", "dreams"], "from is 'dreams', expected renders or gan"),
        (["--from", "gan"], "a generator needs --weights"),
        (["--from", "gan", "--weights", "none.pkl"], "cannot read none.pkl"),
        (["--from", "gan", "--weights", "none.pkl", "--truncation", "3"], "truncation is 3.0"),
    ],
)
def test_a_generator_that_is_missing_or_makes_no_sense_is_one_line(synth, tmp_path, options, said):
    code, _, err = synth("--count", 2, "--out", tmp_path / "new", *options)
    assert code == 2
    assert len(err) == 1
    assert said in err[0]
    assert not (tmp_path / "new").exists()


def test_made_up_faces_are_written_like_renders_under_one_style(synth, tmp_path, monkeypatch):
    monkeypatch.setattr(gan_samples, "load_gan_source", fake_gan_source)
    (tmp_path / "weights.pkl").write_bytes(b"weights")
    options = ["--count", 3, "--size", 32, "--from", "gan", "--weights", tmp_path / "weights.pkl"]
    code, _, _ = synth(*options, "--out", tmp_path / "new")
    assert code == 0
    manifest = json.loads((tmp_path / "new" / "manifest.json").read_text("utf-8"))
    assert manifest["style"] == "toon"
    assert manifest["source"].startswith("gan ")
    assert manifest["licence"] == "that of the generator's weights"
    (first, *_) = [*read_shard(tmp_path / "new" / "shard-000000.tar")]
    assert first.keys() == {"toon"}
    assert first["toon"].labels.depth is None
