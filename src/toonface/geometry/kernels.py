"""How the inner functions of drawing and shading are compiled."""

from functools import partial

from numba import njit

kernel = partial(njit, cache=True, error_model="numpy", _nrt=False)
"""Compile an outer loop that allocates nothing: without reference counts on arrays it takes a fifth of the time."""

inlined = partial(njit, cache=True, error_model="numpy", _nrt=False, forceinline=True)
"""Compile a function into its callers: these pass structures of many arrays, which would be copied at each call."""
