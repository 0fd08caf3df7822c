"""The cubic that rises from 0 to 1 without a corner, over arrays and for compiled loops."""

from typing import no_type_check

import numpy as np
from jaxtyping import Float

from toonface.geometry.kernels import inlined


def smoothstep(low: float, high: float, values: Float[np.ndarray, "*S"]) -> Float[np.ndarray, "*S"]:
    """Rise smoothly from 0 at `low` to 1 at `high`; the other way round where `high` is the lower one.

    Args:
        low: where 0 ends.
        high: where 1 begins; another number than `low`.
        values: any shape.
    """
    t = np.clip((values - low) / (high - low), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


@inlined()
@no_type_check
def smoothstep_at(low, high, x):  # noqa: ANN001, ANN201 - compiled, types inferred
    """Do the same for one number, inside a compiled loop."""
    t = min(max((x - low) / (high - low), 0.0), 1.0)
    return t * t * (3.0 - 2.0 * t)
