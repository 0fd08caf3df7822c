"""Laws of `toonface train`: options are the fields of a configuration, and PyTorch is asked for in one line."""

import json
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Literal

import pytest

import toonface.cli
from toonface.cli import train

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Of the losses."""

    landmarks: float = 2e-3
    """Of the distance between points,
    squared."""
    photometric: float = 2.0
    """Of colours."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """Every kind of field that a script has."""

    samples: Path
    """Folder of samples."""
    data: Path | None = None
    """Folder of real portraits."""
    backbone: Literal["narrow", "wide"] = "narrow"
    """Which network."""
    widths: tuple[int, int] = (24, 64)
    """Channels of each stage."""
    batch: int = 32
    """Crops per step."""
    compile: bool = True
    """Whether to compile."""
    weights: Weights = field(default_factory=Weights)
    """Of the losses."""

    def __post_init__(self):
        if self.batch < 1:
            raise ValueError(f"batch is {self.batch}, expected at least 1")


@pytest.fixture
def run(monkeypatch, toonface_says):
    """Exit code, lines on both streams, and the configurations that a stand-in for a script was started with."""

    def start(*arguments, main=None, name="landmarks"):
        started = []

        def script_main(config, progress):
            started.append(config)
            progress("step 1")

        script = ModuleType("script", "Train a stand-in.")
        vars(script).update(Config=Config, main=main or script_main)
        monkeypatch.setattr(train, "_script", lambda _: script)
        return *toonface_says("train", name, *arguments), started

    return start


def test_without_options_the_configuration_has_its_defaults(run):
    code, out, err, (config,) = run("--samples", "a")
    assert (code, out, err) == (0, ["step 1"], [])
    assert config == Config(samples=Path("a"))


def test_every_field_is_an_option(run):
    options = ("--samples a --data b --backbone wide --widths 8 16 --batch 4 --no-compile").split()
    _, _, _, (config,) = run(*options, "--weights-landmarks", "0.5")
    weights = Weights(landmarks=0.5)
    assert config == Config(
        samples=Path("a"), data=Path("b"), backbone="wide", widths=(8, 16), batch=4, compile=False, weights=weights
    )


def test_a_dry_run_prints_the_configuration_and_trains_nothing(run):
    code, (line,), err, started = run("--samples", "a", "--batch", 7, "--dry-run")
    assert (code, err, started) == (0, [], [])
    assert json.loads(line) == json.loads(json.dumps(asdict(Config(samples=Path("a"), batch=7)), default=str))


def test_help_has_every_option_with_its_docstring_its_default_and_an_example(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    code, out, _, started = run("--help")
    text = " ".join(" ".join(out).split())
    assert (code, started) == (0, [])
    assert "Train a stand-in." in text
    assert "Of the distance between points, squared. [default: 0.002]" in text
    assert "Crops per step. [default: 32]" in text and "Folder of samples. [required]" in text
    assert "--compile / --no-compile" in text
    assert "Example: toonface train landmarks --samples samples" in text


@pytest.mark.parametrize("options", [(), ("--samples", "a", "--batch", "many"), ("--samples", "a", "--unknown")])
def test_a_missing_or_wrong_option_ends_with_2_and_trains_nothing(run, options):
    code, out, err, started = run(*options)
    assert (code, out, started) == (2, [], [])
    assert "Traceback" not in "\n".join(err)


def test_a_refused_value_is_one_line(run):
    code, out, err, _ = run("--samples", "a", "--batch", "0")
    assert (code, out, err) == (2, [], ["toonface: batch is 0, expected at least 1"])


def test_ctrl_c_is_one_line(run):
    def main(config, progress):
        raise KeyboardInterrupt

    code, out, (line,), _ = run("--samples", "a", main=main)
    assert (code, out) == (130, [])
    assert line.startswith("toonface: interrupted; ") and "continues" in line


def test_an_unknown_network_is_one_line_with_the_known_ones(run):
    code, _, (line,), _ = run("--help", name="nose")
    assert code == 2
    assert "'nose'" in line and all(name in line for name in train.SCRIPTS)


@pytest.mark.parametrize("name", train.SCRIPTS)
def test_without_pytorch_one_line_says_how_to_install_it(monkeypatch, capsys, name):
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, f"toonface.train.{name}", raising=False)
    monkeypatch.setattr(sys, "argv", ["toonface", "train", name, "--help"])
    for module in [name for name in sys.modules if name.startswith(("toonface.train.", "toonface.nets."))]:
        monkeypatch.delitem(sys.modules, module)
    with pytest.raises(SystemExit) as stopped:
        toonface.cli.main()
    out, err = capsys.readouterr()
    assert (stopped.value.code, out) == (2, "")
    assert err == "toonface: training needs torch, which is not installed: pip install 'toonface[train]'\n"


@pytest.mark.parametrize("name", train.SCRIPTS)
def test_every_script_s_options_have_help(name):
    pytest.importorskip("torch")
    settings = list(train._settings(train._script(name).Config))
    assert settings and not [setting.option for setting in settings if not setting.help]


def test_the_list_of_scripts_is_shown():
    command = [sys.executable, "-m", "toonface", "train", "--help"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0 and ran.stderr == ""
    assert all(name in ran.stdout for name in train.SCRIPTS) and "Example: toonface train" in ran.stdout
