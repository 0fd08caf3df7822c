"""Store a basis as small integers with one scale per component."""

import numpy as np
from jaxtyping import Float

Arrays = dict[str, np.ndarray]

SMALLEST = 1e-30
"""A component whose entries are all below this is zero."""


def quantize(name: str, basis: Float[np.ndarray, "K ..."], dtype: type) -> Arrays:
    """Round each component to multiples of its largest entry ÷ the largest integer.

    What `dequantize` gives is quantised to the same integers and scales again.

    Args:
        name: of the array; its scales are stored as `<name>.scale`, float32.
        basis: components along the first axis.
        dtype: a signed integer type.
    """
    limit = np.float32(np.iinfo(dtype).max)
    largest = np.maximum(np.abs(basis).reshape(len(basis), -1).max(1, initial=0.0), SMALLEST).astype(np.float32)
    # The largest entry as it will be read: the scale of a second round is then that of the first.
    scale = largest / limit * limit / limit
    steps = basis / scale.reshape(-1, *[1] * (basis.ndim - 1))
    return {name: np.rint(steps).astype(dtype), f"{name}.scale": scale}


def dequantize(name: str, arrays: Arrays) -> Float[np.ndarray, "K ..."]:
    """Undo `quantize` up to half a step, as float32."""
    steps = arrays[name]
    return steps.astype(np.float32) * arrays[f"{name}.scale"].astype(np.float32).reshape(-1, *[1] * (steps.ndim - 1))
