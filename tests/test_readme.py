"""The Python in README.md runs as it is printed there."""

import re
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def python_blocks(markdown):
    return re.findall(r"^```python\n(.*?)^```$", markdown, flags=re.MULTILINE | re.DOTALL)


def test_the_readme_snippet_runs(tmp_path, monkeypatch):
    blocks = python_blocks(README.read_text(encoding="utf-8"))
    assert blocks, "README.md shows no Python"
    monkeypatch.chdir(tmp_path)  # what it writes is thrown away
    names = {"__name__": "readme"}
    for block in blocks:  # one after the other, as a reader would type them
        exec(compile(block, str(README), "exec"), names)
