"""How the inner functions of drawing and shading are compiled."""

from functools import partial

from numba import njit

# `_nrt` is numba's own name for counting references; it is in none of the signatures that it declares.
kernel = partial(njit, cache=True, error_model="numpy", _nrt=False)  # pyright: ignore[reportCallIssue]
"""Compile an outer loop that allocates nothing: without reference counts on arrays it takes a fifth of the time."""

inlined = partial(njit, cache=True, error_model="numpy", _nrt=False, forceinline=True)  # pyright: ignore[reportCallIssue]
"""Compile a function into its callers: these pass structures of many arrays, which would be copied at each call."""
