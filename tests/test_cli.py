import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

import toonface.cli
from toonface.evaluate import face_model_checks, face_model_sheets
from toonface.evaluate.face_model_checks import Check
from toonface.evaluate.face_model_sheets import Sheet
from toonface.io.face_model_file import model_folder

ROOT = Path(__file__).parents[1]
HEAVY = ("numpy", "scipy", "numba", "torch", "PIL", "jaxtyping")
PASSED = Check(name="jawOpen.flipped", value=np.float64(0.0), limit=0.0)
MISSED = Check(name="jawOpen.opening_mm", value=np.float64(3.25), limit=20.0, at_least=True)


def python(*arguments):
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60)


def invoke(*arguments):
    return CliRunner().invoke(toonface.cli.app, ["models", *arguments])


@pytest.fixture
def figures(monkeypatch):
    """Let the checks give these figures; returns what they were asked."""

    def give(*checks):
        asked = []

        def stub(model, rng, heads, progress):
            asked.append((rng.bit_generator.state["state"]["state"], heads))
            progress("jawOpen")
            yield from checks

        monkeypatch.setattr(face_model_checks, "check_model", stub)
        return asked

    return give


def test_help_lists_the_models():
    ran = python("-c", "from toonface.cli import main; main()", "--help")
    assert ran.returncode == 0
    assert "models" in ran.stdout
    assert ran.stderr == ""


def test_models_help_lists_its_commands():
    shown = invoke("--help").stdout
    assert "check" in shown and "show" in shown


def test_the_command_line_starts_without_heavy_modules():
    ran = python("-c", f"import sys, toonface.cli; print(*[m for m in {HEAVY} if m in sys.modules])")
    assert (ran.returncode, ran.stdout.strip(), ran.stderr) == (0, "", "")


def test_figures_inside_their_limits_end_with_0(figures):
    asked = figures(PASSED)
    ran = invoke("check", "--heads", "3", "--seed", "5")
    assert ran.exit_code == 0
    assert ran.stdout.splitlines() == ["ok   jawOpen.flipped = 0 (<= 0)", "1 of 1 figures inside their limits"]
    assert asked == [(np.random.default_rng(5).bit_generator.state["state"]["state"], 3)]


def test_a_missed_figure_ends_with_1_and_is_named(figures):
    figures(PASSED, MISSED)
    ran = invoke("check")
    assert ran.exit_code == 1
    assert "MISS jawOpen.opening_mm = 3.25 (>= 20)" in ran.stdout.splitlines()
    assert ran.stdout.splitlines()[-1] == "1 of 2 figures inside their limits"


@pytest.mark.parametrize(("checks", "code"), [((PASSED,), 0), ((PASSED, MISSED), 1)])
def test_json_is_one_object_of_the_common_form_and_keeps_the_exit_code(figures, checks, code):
    figures(*checks)
    ran = invoke("check", "--json", "--seed", "9")
    assert ran.exit_code == code
    (line,) = ran.stdout.splitlines()
    found = json.loads(line)
    assert list(found) == ["command", "version", "commit", "machine", "seed", "metrics"]
    assert (found["command"], found["seed"]) == ("models check", 9)
    assert found["metrics"] == {check.name: float(check.value) for check in checks} | {"failed": code}


def test_no_heads_are_refused(figures):
    figures(PASSED)
    assert invoke("check", "--heads", "0").exit_code == 2


def test_sheets_are_written_and_their_paths_printed(monkeypatch, tmp_path):
    picture = np.full((20, 30, 3), 90, np.uint8)
    sheets = [Sheet(name=name, columns=2, pictures=(("", picture),) * 3) for name in ("heads", "hair")]
    monkeypatch.setattr(face_model_sheets, "face_model_sheets", lambda *_: iter(sheets))
    out = tmp_path / "made" / "here"
    ran = invoke("show", "--out", str(out))
    assert ran.exit_code == 0
    assert ran.stdout.splitlines() == [str(out / "heads.jpg"), str(out / "hair.jpg")]
    assert sorted(path.name for path in out.iterdir()) == ["hair.jpg", "heads.jpg"]
    with Image.open(out / "heads.jpg") as page:
        assert page.size == (60, 40)


def truncated(folder):
    path = folder / "head.npz"
    path.write_bytes((model_folder() / "head.npz").read_bytes()[:40_000])


def another_version(folder):
    header = json.dumps({"format": "toonface face model", "version": 99}).encode()
    np.savez(folder / "head.npz", header=np.frombuffer(header, np.uint8))


def no_archive(folder):
    (folder / "head.npz").write_text("hello\nworld\n")


def nothing(_):
    pass


@pytest.mark.parametrize("spoil", [nothing, truncated, another_version, no_archive])
@pytest.mark.parametrize("command", ["check", "show"])
def test_a_bad_model_is_one_line_that_names_its_file(toonface_says, tmp_path, spoil, command):
    folder, out = tmp_path / "model", tmp_path / "out"
    folder.mkdir()
    spoil(folder)
    code, printed, lines = toonface_says(
        "models", command, "--model", folder, *(["--out", out] if command == "show" else [])
    )
    assert (code, printed, len(lines)) == (2, [], 1)
    assert lines[0].startswith("toonface: ")
    assert str(folder / "head.npz") in lines[0]
    assert not out.exists()


def test_a_model_of_another_version_says_which_one_is_expected(toonface_says, tmp_path):
    another_version(tmp_path)
    _, _, (line,) = toonface_says("models", "check", "--model", tmp_path)
    assert "version 99" in line and "version 1" in line


def test_a_fault_shows_no_traceback(tmp_path):
    truncated(tmp_path)
    ran = python("-c", "from toonface.cli import main; main()", "models", "check", "--model", str(tmp_path))
    assert ran.returncode == 2
    assert len(ran.stderr.splitlines()) == 1
    assert "Traceback" not in ran.stderr


def test_a_model_without_its_pictures_is_one_line_that_names_one(toonface_says, tmp_path):
    (tmp_path / "head.npz").symlink_to(model_folder() / "head.npz")
    code, printed, lines = toonface_says("models", "show", "--model", tmp_path, "--out", tmp_path / "out")
    assert (code, printed, len(lines)) == (2, [], 1)
    assert "eye_brown" in lines[0]


def test_output_below_a_file_is_one_line_and_leaves_nothing_behind(toonface_says, tmp_path):
    (tmp_path / "file").write_text("kept")
    code, printed, lines = toonface_says("models", "show", "--out", tmp_path / "file" / "pictures")
    assert (code, printed, len(lines)) == (2, [], 1)
    assert str(tmp_path / "file" / "pictures") in lines[0]
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "kept"


def test_output_onto_a_file_is_one_line_and_keeps_the_file(toonface_says, tmp_path):
    (tmp_path / "file").write_text("kept")
    code, _, lines = toonface_says("models", "show", "--out", tmp_path / "file")
    assert (code, len(lines)) == (2, 1)
    assert (tmp_path / "file").read_text() == "kept"
