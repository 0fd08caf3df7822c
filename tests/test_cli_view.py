"""Laws of `toonface view`: a page on this machine until Ctrl-C, or in a file; faults are one line."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
import webbrowser
from functools import partial

import pytest
from tests.assets import small_asset

from toonface.io.page_server import PageServer
from toonface.io.viewer_page import load_viewer_page, page_with_avatar
from toonface.stages.gltf.writer import to_glb

PATIENCE = 60


@pytest.fixture
def avatar(tmp_path):
    path = tmp_path / "wave.glb"
    path.write_bytes(to_glb(small_asset()))
    return path


@pytest.fixture
def run(toonface_says):
    return partial(toonface_says, "view")


def test_a_page_in_a_file_has_the_avatar_inside(run, avatar, tmp_path):
    code, out, err = run(avatar, "-o", tmp_path / "a.html")
    assert (code, out, err) == (0, [f"{avatar} → {tmp_path / 'a.html'}"], [])
    expected = page_with_avatar(load_viewer_page(), "wave.glb", avatar.read_bytes())
    assert (tmp_path / "a.html").read_text(encoding="utf-8") == expected


def test_the_browser_is_opened_at_the_address_unless_that_is_not_wanted(run, avatar, monkeypatch):
    opened = []
    monkeypatch.setattr(webbrowser, "open", opened.append)

    def interrupted(server):
        raise KeyboardInterrupt

    monkeypatch.setattr(PageServer, "serve", interrupted)
    code, out, err = run(avatar)
    (address,) = re.findall(r"http://127\.0\.0\.1:\d+/", out[0])
    assert (code, opened, err) == (0, [address], ["ended"])
    run(avatar, "--no-browser")
    assert len(opened) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is another thing there")
def test_it_serves_page_and_avatar_until_ctrl_c(avatar):
    command = [sys.executable, "-m", "toonface", "view", str(avatar), "--no-browser"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    assert running.stdout is not None
    (address,) = re.findall(r"http://\S+/", running.stdout.readline())
    page = urllib.request.urlopen(address, timeout=PATIENCE).read().decode()
    assert '{"name": "wave.glb", "url": "avatar"}' in page
    assert urllib.request.urlopen(f"{address}avatar", timeout=PATIENCE).read() == avatar.read_bytes()
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=PATIENCE)
    assert (running.returncode, err.strip()) == (0, "ended")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["-o", "page.pdf"], "expected a name that ends in .html"), (["--port", "99999"], "the port is 99999")],
)
def test_options_that_make_no_sense_are_one_line(run, avatar, arguments, said):
    code, out, err = run(avatar, "--no-browser", *arguments)
    assert (code, out) == (2, [])
    assert len(err) == 1 and said in err[0]


@pytest.mark.parametrize(("content", "said"), [(None, "cannot read"), (b"no head", "expected a GLB file")])
def test_a_file_that_is_no_head_is_one_line_and_leaves_nothing(run, tmp_path, content, said):
    path = tmp_path / "bad.glb"
    if content is not None:
        path.write_bytes(content)
    code, out, err = run(path, "-o", tmp_path / "a.html")
    assert (code, out) == (2, [])
    assert len(err) == 1 and said in err[0] and "bad.glb" in err[0]
    assert not (tmp_path / "a.html").exists()
