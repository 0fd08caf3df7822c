"""Thread limits and shape checks for every test.

Every annotated shape and type of the package is checked while the tests run, at no cost in production.
"""

import os

# Before numpy is imported: its libraries read these once. A test run on its own then behaves as in `make test`.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

from jaxtyping import install_import_hook  # noqa: E402 - after the limits above

install_import_hook("toonface", "beartype.beartype")
