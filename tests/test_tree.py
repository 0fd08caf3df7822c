"""Limits of the tree: short files, a test file for every public module, and nothing tracked that does not belong."""

import ast
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "toonface"

MAX_FILE_LINES = 300
MAX_README_LINES = 120
MAX_TREE_BYTES = 60_000_000
MAX_FILE_BYTES = 16_000_000

MIRRORED = ("geometry", "morphable", "io", "stages", "drive")

TESTED_ELSEWHERE: dict[str, str] = {}
"""Module, as in "geometry/normals.py", to the test file that covers it instead of its own mirror."""

LAYERS_BELOW_IO = ("types", "geometry", "morphable", "nets", "worn", "stages", "drive", "synth", "pipeline")

# In two pieces each, so that this file does not find itself.
FOREIGN = tuple(
    "".join(pieces) for pieces in [("/wo", "rk/"), ("/tm", "p/mh"), ("pypi", ".org"), ("registry", ".npmjs")]
)


def python_files(*folders):
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def line_count(path):
    return len(path.read_text(encoding="utf-8").splitlines())


def has_public_door(path):
    """Whether the module defines a function or class that others may use."""
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return any(isinstance(node, definitions) and not node.name.startswith("_") for node in body)


def public_modules():
    return [
        path.relative_to(PACKAGE).as_posix()
        for folder in MIRRORED
        for path in sorted((PACKAGE / folder).rglob("*.py"))
        if has_public_door(path)
    ]


def mirror_of(module):
    folder, _, name = module.rpartition("/")
    return f"tests/{folder}/test_{name}"


@pytest.fixture(scope="module")
def tracked_files():
    """What git tracks or would track: ignored files do not count, files not yet added do."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    paths = [ROOT / name for name in listing.split("\0") if name]
    return [path for path in paths if path.is_file()]


@pytest.mark.parametrize("path", python_files("src", "tools"), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_source_file_fits_in_the_head(path):
    assert line_count(path) <= MAX_FILE_LINES, "split it: a file is one noun or one verb"


def test_the_readme_stays_short():
    assert line_count(ROOT / "README.md") <= MAX_README_LINES, "move the detail to docs/"


def test_the_mirror_has_something_to_mirror():
    assert {module.split("/")[0] for module in public_modules()} == set(MIRRORED)


@pytest.mark.parametrize("module", public_modules())
def test_every_public_module_has_its_test_file(module):
    expected = TESTED_ELSEWHERE.get(module, mirror_of(module))
    assert (ROOT / expected).is_file(), f"write {expected}, named after the laws it checks"


def test_the_exceptions_to_the_mirror_are_still_needed():
    needed = {module for module in public_modules() if not (ROOT / mirror_of(module)).exists()}
    assert TESTED_ELSEWHERE.keys() <= needed, "remove what is stale from TESTED_ELSEWHERE"


def test_every_layer_below_io_is_held_to_touch_no_file():
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    (contract,) = [c for c in contracts if "pathlib" in c.get("forbidden_modules", ())]
    there = {f"toonface.{name}" for name in LAYERS_BELOW_IO if list(PACKAGE.glob(f"{name}*"))}
    assert there == set(contract["source_modules"]), "pyproject.toml: list it under source_modules"


def test_no_tracked_file_names_a_machine_or_a_registry(tracked_files):
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in tracked_files
        for word in FOREIGN
        if word.encode() in path.read_bytes()
    ]
    assert not found, "say what to install, not where from:\n" + "\n".join(found)


def test_the_tracked_tree_is_small(tracked_files):
    sizes = {path.relative_to(ROOT).as_posix(): path.stat().st_size for path in tracked_files}
    assert sum(sizes.values()) < MAX_TREE_BYTES
    assert not [name for name, size in sizes.items() if size > MAX_FILE_BYTES]
