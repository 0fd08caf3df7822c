"""Laws of `toonface serve`: it tells its address, ends at Ctrl-C without a trace, and faults are one line."""

import os
import re
import signal
import subprocess
import sys

import httpx
import pytest

import toonface.cli
from toonface.serve.server import listen


def run(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["toonface", "serve", "--no-browser", *arguments])
    with pytest.raises(SystemExit) as stopped:
        toonface.cli.main()
    return stopped.value.code, capsys.readouterr().err.splitlines()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--port", "70000"], "the port is 70000"), (["--jobs", "0"], "jobs is 0, expected at least 1"),
     (["--keep-minutes", "0"], "keep_minutes is 0"), (["--host", "203.0.113.9"], "cannot listen at 203.0.113.9")],
)  # fmt: skip
def test_options_that_make_no_sense_are_one_line(monkeypatch, capsys, arguments, said):
    code, err = run(monkeypatch, capsys, *arguments)
    assert code == 2
    assert len(err) == 1 and said in err[0]


def test_a_port_that_is_taken_is_one_line(monkeypatch, capsys):
    with listen("127.0.0.1", 0) as taken:
        code, err = run(monkeypatch, capsys, "--port", str(taken.getsockname()[1]))
    assert code == 2
    assert len(err) == 1 and "choose another port" in err[0]


def test_missing_packages_are_named_with_what_to_install(monkeypatch, capsys):
    monkeypatch.setattr("toonface.cli.serve.NEEDED", ("no_such_package",))
    code, err = run(monkeypatch, capsys)
    assert code == 2
    assert err == ["toonface: toonface serve needs no_such_package; run: pip install 'toonface[serve]'"]


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_ctrl_c_ends_everything_and_leaves_nothing(tmp_path):
    command = [sys.executable, "-m", "toonface", "serve", "--port", "0", "--no-browser"]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout and process.stderr
        (address,) = re.findall(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
        assert "toonface" in httpx.get(address, trust_env=False).text
        assert [path.name[:9] for path in tmp_path.glob("toonface-*")] == ["toonface-"]
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (0, "", "ended\n")
    assert not list(tmp_path.glob("toonface-*"))
