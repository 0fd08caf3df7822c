"""Thread limits and shape checks for every test.

Every annotated shape and type of the package is checked while the tests run, at no cost in production.
"""

import os
import sys

# Before numpy is imported: its libraries read these once. A test run on its own then behaves as in `make test`.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import pytest  # noqa: E402 - after the limits above
from jaxtyping import install_import_hook  # noqa: E402 - likewise

install_import_hook("toonface", "beartype.beartype")


@pytest.fixture
def toonface_says(monkeypatch, capsys):
    """Run the command line in this process; return its exit code and the lines on both streams."""
    import toonface.cli

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["toonface", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            toonface.cli.main()
        out, err = capsys.readouterr()
        return stopped.value.code, out.splitlines(), err.splitlines()

    return run
